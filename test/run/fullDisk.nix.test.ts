import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createDaemon, type Daemon } from '../../src/daemon/daemon.ts';
import { openHistory, type History } from '../../src/state/historyDatabase.ts';
import { runs } from '../../src/state/recordedRuns.ts';
import { openDatabase } from '../../src/state/sqlite.ts';
import { falloutd } from '../helpers/command.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { Listener } from '../helpers/listener.ts';
import { pragma } from '../helpers/pragma.ts';
import { wishing } from '../helpers/patchesText.ts';
import { noMount, smallDisk, type SmallDisk } from '../helpers/smallDisk.ts';
import type { Problem } from '../../src/model/problem.ts';

let host: KernelHost;
let disk: SmallDisk | null = null;
let daemon: Daemon | null = null;
let history: History;
let listener: Listener;
test.beforeEach(async ({ newHost }) => {
  // Beside the flake stands the store: each can be a disk of its own.
  host = await newHost({ git: false });
  listener = new Listener();
});
afterEach(async () => {
  await daemon?.stop();
  daemon = null;
  disk?.unmount();
  disk = null;
});

const MEGABYTE = 1 << 20;
const WISHES = wishing('RTLWIFI = no;\nE1000E = yes;\nHIDRAW = no;');
const storeDir = (): string => `${host.dir}.demo/nix`;

/** The daemon on a state directory, after its first run; it tries again after `retryMs`. */
async function started(stateDir: string, retryMs: number): Promise<void> {
  history = openHistory(stateDir);
  const ended = listener.ended();
  daemon = createDaemon(loadConfig(host.host.configFile, stateDir), history, listener.emit, { retryMs: [retryMs] });
  daemon.start();
  expect((await ended).outcome).toEqual({ kind: 'stable' });
}

/** What a run came to that could not, because a disk is full. */
async function troubleOf(save: () => void): Promise<Problem> {
  const told = listener.next(
    (event) => event.kind === 'trouble' || (event.kind === 'run-finished' && event.run.outcome?.kind !== 'superseded'),
  );
  save();
  const event = await told;
  if (event.kind === 'trouble') return event.problem;
  if (event.kind !== 'run-finished' || event.run.outcome?.kind !== 'infrastructure')
    throw new Error(`no trouble but ${JSON.stringify(event)}`);
  return event.run.outcome.problem;
}

/** Whether the daemon comes to a stable end by itself. */
async function recovers(): Promise<void> {
  const event = await listener.next((e) => e.kind === 'run-finished' && e.run.outcome?.kind === 'stable');
  expect(event.kind === 'run-finished' && event.run.cause).toBe('retry');
  expect(Object.keys(await host.entries()).sort()).toEqual(['E1000E', 'HIDRAW', 'RTLWIFI']);
}

function isWhole(stateDir: string): void {
  const db = openDatabase(join(stateDir, 'falloutd.db'), { readonly: true });
  expect(pragma(db, 'integrity_check')).toBe('ok');
  expect(pragma(db, 'foreign_key_check')).toBeUndefined();
  db.close();
  const under = runs(history, { limit: 50 }).filter((run) => run.outcome === null);
  expect(under).toEqual([]);
}

const title = noMount === null ? 'a full disk' : `a full disk (skipped: ${noMount})`;
describe.skipIf(noMount !== null)(title, () => {
  test('under the state directory: told, nothing lost, and it goes on by itself', async () => {
    await host.save(wishing('SWAP = no;'));
    const stateDir = await host.scratch('state');
    disk = smallDisk(stateDir, 3 * MEGABYTE);
    await started(stateDir, 50);
    disk.fill();
    const problem = await troubleOf(() => writeFileSync(host.patchesFile, WISHES));
    expect(problem).toMatchObject({
      file: join(stateDir, 'falloutd.db'),
      message: expect.stringMatching(/cannot be read or written|full/) as string,
      hint: expect.stringContaining('room on its disk') as string,
    });
    expect(await host.text()).toBe(WISHES);
    expect(
      listener.events.filter((event) => event.kind === 'run-finished' && event.run.outcome?.kind === 'stable'),
    ).toHaveLength(1);
    disk.free();
    await recovers();
    isWhole(stateDir);
  });

  test('under the flake: the file stays whole, and it goes on by itself', async () => {
    await host.save(wishing('SWAP = no;'));
    const stateDir = await host.scratch('state');
    disk = smallDisk(host.dir, 2 * MEGABYTE);
    await started(stateDir, 50);
    const told = troubleOf(() => writeFileSync(host.patchesFile, WISHES));
    disk.fill();
    const problem = await told;
    expect(problem).toMatchObject({
      file: host.patchesFile,
      message: `cannot write ${host.patchesFile}: no space left on the disk`,
      hint: 'free some space',
    });
    expect(await host.text()).toBe(WISHES);
    expect(readdirSync(host.dir).filter((name) => name.includes('.falloutd-'))).toEqual([]);
    disk.free();
    await recovers();
    isWhole(stateDir);
  });

  test('under the Nix store: never a verdict, and it goes on by itself', async () => {
    await host.save(wishing('SWAP = no;'));
    const stateDir = await host.scratch('state');
    disk = smallDisk(storeDir(), 48 * MEGABYTE);
    await started(stateDir, 50);
    disk.fill();
    const problem = await troubleOf(() => writeFileSync(host.patchesFile, WISHES));
    expect(problem.hint).toMatch(/free some space|not full/);
    expect(await host.text()).toBe(WISHES);
    expect(listener.runs.flatMap((run) => run.iterations).flatMap((i) => i.entries)).toEqual([]);
    disk.free();
    await recovers();
    isWhole(stateDir);
  });

  test('under the directory that builds work in: as well', async () => {
    await host.save(wishing('SWAP = no;'));
    await host.keepBuilders();
    const stateDir = await host.scratch('state');
    await started(stateDir, 50);
    disk = smallDisk(await host.scratch('builds'), 8 * MEGABYTE);
    disk.fill();
    const problem = await troubleOf(() => writeFileSync(host.patchesFile, WISHES));
    expect(problem.hint).toMatch(/free some space/);
    disk.free();
    await recovers();
    isWhole(stateDir);
  });

  test('the commands say it in one line, with exit code 5, and all is there again afterwards', async () => {
    await host.save(wishing('SWAP = no;'));
    const stateDir = await host.scratch('state');
    disk = smallDisk(stateDir, 3 * MEGABYTE);
    const command = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await falloutd([...args, '--config', host.host.configFile, '--state', stateDir]);
      return `${code ?? 'none'} ${stderr}`;
    };
    expect(await command('once')).toMatch(/^0 /);
    disk.fill();
    writeFileSync(host.patchesFile, WISHES);
    expect(await command('once')).toMatch(
      /^5 falloutd: \S+: the state directory cannot be used: database or disk is full\n {2}.*room on its disk.*\n$/,
    );
    expect(await command('history')).toMatch(
      /^5 falloutd: \S+falloutd\.db: the history database cannot be read or written \(.*\)\n {2}.*room on its disk.*\n$/,
    );
    expect(readFileSync(host.patchesFile, 'utf8')).toBe(WISHES);
    disk.free();
    expect(await command('history')).toMatch(/^0 $/);
    expect(await command('once')).toMatch(/^0 /);
    history = openHistory(stateDir);
    isWhole(stateDir);
    history.close();
  });
});

test('what a full disk left of a run is closed by the next one', async () => {
  await host.save(wishing('SWAP = no;'));
  history = host.history;
  await expect(
    host.run({
      emit: (event) => {
        if (event.kind === 'phase' && event.phase === 'build') throw new Error('as if it could not be recorded');
      },
    }),
  ).rejects.toThrow();
  expect(runs(host.history, { limit: 1 })[0]?.outcome).toBeNull();
  expect((await host.run()).outcome).toEqual({ kind: 'stable' });
  expect(runs(host.history, { limit: 9 }).map((run) => run.outcome?.kind)).toEqual(['stable', 'interrupted']);
  isWhole(dirname(host.history.path));
});
