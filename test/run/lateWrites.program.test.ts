import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import { LateWrites } from '../../src/run/lateWrites.ts';
import type { History } from '../../src/state/historyDatabase.ts';
import { lateContent, lateWrites } from '../../src/state/lateWrites.ts';
import { keepReplaced } from '../../src/state/replacements.ts';
import { deleteFile, replaceFile } from '../../src/system/replaceFile.ts';
import { opened } from '../helpers/history.ts';
import { openWriter } from '../helpers/openWriter.ts';
import { folder } from '../helpers/target.ts';

const [OLD, NEW] = [Buffer.from('[ ]\n'), Buffer.from('[ 1 ]\n')];
const EVER = '2000-01-01T00:00:00.000Z';

let root: string;
let path: string;
let history: History;
let events: RunEvent[];
let late: LateWrites;
beforeEach(() => {
  root = folder();
  path = join(root, 'patches.nix');
  writeFileSync(path, OLD);
  history = opened();
  events = [];
  late = new LateWrites(history, (event) => events.push(event));
});

/** Replaces the file (or deletes it) as falloutd does; gives the number of the replacement. */
async function replace(after: Buffer | null = NEW): Promise<number> {
  const replaced = keepReplaced(history, {
    path,
    target: 'host',
    run: null,
    before: OLD,
    after: after ?? Buffer.alloc(0),
  });
  const onDisplaced: NonNullable<Parameters<typeof deleteFile>[2]> = (file) =>
    late.take({ replaced, target: 'host', path, before: OLD, file });
  const answer =
    after === null ? deleteFile(path, OLD, onDisplaced) : replaceFile(path, OLD, after, { root, onDisplaced });
  expect(await answer).toEqual({ kind: 'written' });
  return replaced;
}

const never = new AbortController().signal;
const said = (): unknown[] => events.map((event) => (event.kind === 'late-write' ? event.late : event));

describe('what a program writes to a file that it had open when falloutd replaced it', () => {
  it.each([
    ['replaced', NEW],
    ['deleted', null],
  ])('is in the database, and reported, when the program has closed the file (%s)', async (_, after) => {
    const writer = await openWriter(path);
    const id = await replace(after);
    await sleep(1000);
    await writer.append('# late\n# and later\n');
    await vi.waitUntil(() => events.length > 0, { timeout: 20_000 });
    expect(said()).toEqual([{ id, path, foundAt: expect.any(String) as string, lines: 2 }]);
    expect(lateContent(history, id)?.toString()).toBe('[ ]\n# late\n# and later\n');
    if (after !== null) expect(readFileSync(path)).toEqual(after);
    await late.end(never);
    expect(events).toHaveLength(1);
  });

  it('is there also where the program never closes it, and where it writes twice', async () => {
    const writer = await open(path, 'a');
    const id = await replace();
    await writer.appendFile('# one\n');
    await vi.waitUntil(() => lateContent(history, id) !== null, { timeout: 20_000 });
    await writer.appendFile('# two\n');
    await late.end(AbortSignal.abort());
    expect(said()).toMatchObject([{ id, lines: 2 }]);
    expect(lateContent(history, id)?.toString()).toBe('[ ]\n# one\n# two\n');
    await writer.close();
  });

  it('is waited for by a command that ends, and by one in a hurry only looked at', async () => {
    const writer = await openWriter(path);
    const id = await replace();
    const ended = late.end(never);
    await sleep(1000);
    await writer.append('# late\n');
    await ended;
    expect(said()).toMatchObject([{ id, lines: 1 }]);

    const hasty = await open(path, 'a');
    writeFileSync(path, OLD);
    const second = await replace();
    await hasty.appendFile('# at once\n');
    await late.end(AbortSignal.abort());
    await appendFile(hasty, '# too late\n');
    expect(lateContent(history, second)?.toString()).toBe('[ ]\n# at once\n');
    await hasty.close();
  });

  it('is no longer lacking when somebody has put it into the file', async () => {
    const writer = await openWriter(path);
    const id = await replace();
    await writer.append('# late\n');
    await late.end(never);
    expect(lateWrites(history, { target: 'host', since: EVER })).toMatchObject([{ id, lines: 1 }]);
    expect(lateWrites(history, { target: 'other', since: EVER })).toEqual([]);
    writeFileSync(path, '[ 1 ] # late\n');
    expect(lateWrites(history, { replaced: id })).toMatchObject([{ lines: 1 }]);
    writeFileSync(path, '# late\n[ 1 ]\n');
    expect(lateWrites(history, { replaced: id })).toMatchObject([{ lines: 0 }]);
  });

  it('cannot be kept on a broken database, and that is reported', async () => {
    const writer = await openWriter(path);
    await replace();
    history.run('ALTER TABLE late_writes RENAME TO gone');
    await writer.append('# late\n');
    await late.end(never);
    expect(events).toMatchObject([{ kind: 'trouble', target: 'host', problem: { message: /late_writes/ } }]);
  });
});

it('a file that nobody has open is let go of at once', async () => {
  const openFiles = (): number => readdirSync('/proc/self/fd').length;
  const before = openFiles();
  await replace();
  expect(openFiles()).toBe(before + 1);
  await late.end(never);
  expect(openFiles()).toBe(before);
  expect(events).toEqual([]);
});
