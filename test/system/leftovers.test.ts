import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kernelExchange } from '../../src/system/exchange.ts';
import { mendLeftovers } from '../../src/system/leftovers.ts';
import { replaceFile } from '../../src/system/replaceFile.ts';

const OLD = Buffer.from('old\n');
const NEW = Buffer.from('new\n');
const kernel = await kernelExchange();

let root: string;
let file: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'falloutd-leftovers-'));
  file = join(root, 'patches.nix');
  await writeFile(file, OLD);
});
afterEach(() => rm(root, { recursive: true }));

describe('mendLeftovers', () => {
  it('removes what a kill left, and nothing else', async () => {
    const suffix = `falloutd-${'0'.repeat(32)}-${'1'.repeat(32)}-0123456789ab`;
    const left = join(root, `.patches.nix.${suffix}`);
    const kept = ['.patches.nix.falloutd-notours', `.other.nix.${suffix}`, 'patches.nix'];
    for (const name of [basename(left), ...kept]) await writeFile(join(root, name), OLD);
    expect(await mendLeftovers(file)).toEqual([left]);
    expect((await readdir(root)).sort()).toEqual([...kept].sort());
    expect(await mendLeftovers(join(root, 'no/such.nix'))).toEqual([]);
  });

  /** As a kill leaves it: `act` is the last thing that happens around the exchange. */
  async function killedAround(act: (move: () => Promise<void>) => Promise<void>): Promise<void> {
    const never = new Promise<void>(() => undefined);
    await new Promise<void>((killed) => {
      void replaceFile(file, OLD, NEW, {
        root,
        exchange: async (one, other): Promise<'exchanged'> => {
          await act(async () => {
            await kernel(one, other);
          });
          killed();
          await never;
          return 'exchanged';
        },
      });
    });
  }

  it('a kill between the exchange and the look at the displaced file: a save that went into that is put back', async () => {
    await killedAround(async (move) => {
      await writeFile(file, 'saved by the user');
      await move();
    });
    expect(await readFile(file)).toEqual(NEW);
    await mendLeftovers(file);
    expect(await readFile(file, 'utf8')).toBe('saved by the user');
    expect(await readdir(root)).toEqual(['patches.nix']);
  });

  it.each<[string, (move: () => Promise<void>) => Promise<void>, string]>([
    [
      'a save by rename in the instant before the exchange',
      async (move) => {
        await writeFile(join(root, 'editor'), 'saved by rename');
        await rename(join(root, 'editor'), file);
        await move();
      },
      'saved by rename',
    ],
    ['no save', (move) => move(), NEW.toString()],
    ['not even the exchange', () => Promise.resolve(), OLD.toString()],
    ['a save before the exchange that is not made', () => writeFile(file, 'saved'), 'saved'],
    [
      'a save before the exchange and one after it',
      async (move) => {
        await writeFile(file, 'saved');
        await move();
        await writeFile(file, 'saved again');
      },
      'saved again',
    ],
    [
      'a save that only truncated',
      async (move) => {
        await writeFile(file, '');
        await move();
      },
      NEW.toString(),
    ],
  ])('a kill with %s: the newest content stays', async (_, act, expected) => {
    await killedAround(act);
    await mendLeftovers(file);
    expect(await readFile(file, 'utf8')).toBe(expected);
    expect(await readdir(root)).toEqual(['patches.nix']);
  });
});
