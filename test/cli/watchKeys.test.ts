import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyAction, WatchKeys } from '../../src/cli/watchKeys.ts';
import type { Service } from '../../src/daemon/service.ts';
import { PLAIN } from '../../src/report/text/style.ts';

/** A service of two targets that writes down what it is told, and keys at it. */
function setUp() {
  const [told, screen]: [string[], string[]] = [[], []];
  const held = new Set<string>();
  const loop = (name: string) => ({
    target: { name },
    live: () => ({ state: held.has(name) ? 'held' : 'idle' }),
    hold: async () => {
      await Promise.resolve(held.add(name));
      told.push(`pause ${name}`);
    },
    resume: () => {
      held.delete(name);
      told.push(`resume ${name}`);
    },
    retry: () => told.push(`retry ${name}`),
    trigger: () => told.push(`run ${name}`),
  });
  const loops = new Map(['demo', 'laptop'].map((name) => [name, loop(name)]));
  const service = {
    daemon: async () =>
      Promise.resolve({ live: () => Object.fromEntries(loops), loop: (name: string) => loops.get(name) ?? null }),
    undo: async ({ target }: { target: { name: string } }) => {
      told.push(`undo ${target.name}`);
      return Promise.resolve({ target: target.name, run: 3, path: '/p/fallout.nix', changed: true, late: [] });
    },
    kernels: {
      request: async ({ target }: { target: { name: string } }) => {
        told.push(`build ${target.name}`);
        return Promise.resolve({ state: 'queued' });
      },
    },
  } as unknown as Service;
  const print = (lines: readonly string[]): void => void screen.push(...lines);
  const keys = new WatchKeys(
    service,
    '/nowhere',
    { print },
    () => PLAIN,
    () => told.push('quit'),
  );
  const press = async (typed: string): Promise<void> => {
    for (const key of typed) await keys.press(key);
  };
  return { told, screen, press };
}

test('p pauses and goes on, r runs, q ends', async () => {
  const { told, press } = setUp();
  await press('pprq');
  expect(told).toEqual(['pause demo', 'resume demo', 'retry demo', 'quit']);
});

test('what takes something back or takes hours asks first, and only y confirms it', async () => {
  const { told, screen, press } = setUp();
  await press('unub');
  expect(told).toEqual([]);
  await press('uy');
  expect(told).toEqual(['undo demo']);
  await press('by');
  expect(told).toEqual(['undo demo', 'build demo']);
  expect(screen).toContain('take the last run of demo back, and hold it? (y/n)');
  expect(screen.join(' ')).toContain('the managed patch is again as it was before run 3');
});

test('a digit chooses the target that the keys are about; help names them', async () => {
  const { told, screen, press } = setUp();
  await press('2r9r1r?');
  expect(told).toEqual(['retry laptop', 'retry laptop', 'retry demo']);
  expect(screen.at(-1)).toContain('1 demo, 2 laptop');
});

test('a failure is said, and the next key works', async () => {
  const { told, screen, press } = setUp();
  await press('lr');
  expect(screen).not.toEqual([]);
  expect(told).toEqual(['retry demo']);
});

test('whatever is typed, nothing is undone, built or ended without its key', async () => {
  const harmless = fc.string().filter((text) => !/[ubq]/.test(text));
  await fc.assert(
    fc.asyncProperty(harmless, async (typed) => {
      const { told, press } = setUp();
      await press(typed.replace(/[lds]/g, ''));
      expect(told.filter((what) => /undo|build|quit/.test(what))).toEqual([]);
    }),
    { numRuns: 50 },
  );
  expect(keyAction('\u001b')).toBeNull();
  expect(keyAction('toString')).toBeNull();
});
