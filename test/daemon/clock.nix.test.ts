import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { status } from '../../src/cli/status.ts';
import { history as historyText } from '../../src/cli/history.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createDaemon, type Daemon } from '../../src/daemon/daemon.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { run as recordedRun } from '../../src/state/recordedRuns.ts';
import { closeUnfinished } from '../../src/state/recordRun.ts';
import { KernelHost } from '../helpers/kernelHost.ts';
import { Listener } from '../helpers/listener.ts';
import { listText, MANAGED, patchText, wishing } from '../helpers/patchesText.ts';
import { standInNix } from '../helpers/standInNix.ts';

let host: KernelHost;
let daemon: Daemon | null = null;
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await daemon?.stop();
  daemon = null;
  await host.remove();
});

const DAY = 86_400_000;

test('a clock that jumps to and fro: durations, retries and saves go by another one', async () => {
  host = await KernelHost.create();
  const listener = new Listener();
  const began = performance.now();
  const PATH = process.env['PATH'] ?? '';
  vi.stubEnv(
    'PATH',
    standInNix(await host.scratch('broken'), {
      'nix-store': 'echo "error: cannot connect to socket" >&2; exit 1',
    }),
  );
  await host.file('modules/more.nix', listText([patchText('more', 'BT = module;')]));
  await host.save(
    `{ lib, ... }:\n(import ./modules/more.nix { inherit lib; }) ++ [\n${patchText('mine', 'RTLWIFI = no;\nE1000E = yes;')}${MANAGED}]\n`,
  );

  // The clock stands still from here on. It must not stand before the files' times: then each file would count as saved after
  // it was read, and that save, which never was, would cancel a run whenever it came to be seen.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1000 });
  const real = Date.now();
  let jumps = 0;
  // At each event another day: days before and after.
  listener.at(() => vi.setSystemTime(real + ([-3, 5, -30, 400][jumps++ % 4] ?? 0) * DAY));
  const failed = listener.ended();
  daemon = createDaemon(loadConfig(host.host.configFile, host.stateDir), host.history, listener.emit, {
    retryMs: [20],
  });
  daemon.start();
  expect((await failed).outcome?.kind).toBe('infrastructure');
  const again = listener.next((event) => event.kind === 'run-finished' && event.run.outcome?.kind === 'stable');
  vi.stubEnv('PATH', PATH);
  await again;
  expect(listener.runs.at(-1)?.cause).toBe('retry');

  // A save whose time, by the file system, is long before or after what the clock says.
  for (const [value, offset] of [
    ['no', -400 * DAY],
    ['yes', 400 * DAY],
  ] as const) {
    const ended = listener.ended();
    const file = join(host.dir, 'modules/more.nix');
    writeFileSync(file, listText([patchText('more', `BT = ${value === 'yes' ? 'module' : 'no'};`)]));
    utimesSync(file, new Date(real + offset), new Date(real + offset));
    expect((await ended).outcome).toEqual({ kind: 'stable' });
  }

  expect(listener.runs.map((run) => run.cause)).toEqual(['start', 'retry', 'save', 'save']);
  const elapsed = performance.now() - began;
  for (const run of listener.runs) {
    const durations = [run.durationMs ?? -1, ...run.iterations.flatMap((i) => [i.durationMs, i.evaluateMs, i.buildMs])];
    expect(Math.min(...durations)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...durations)).toBeLessThanOrEqual(elapsed);
    expect(recordedRun(host.history, run.run)?.durationMs).toBe(run.durationMs);
  }
  expect(jumps).toBeGreaterThan(10);
  expect(new Set(listener.runs.map((run) => run.startedAt.slice(0, 10))).size).toBeGreaterThan(1);
  // What is printed of such a history is readable, whatever the clock says now.
  vi.setSystemTime(real - 1000 * DAY);
  expect(status(host.history)).not.toMatch(/ -\d|NaN/);
  expect(historyText(host.history, { limit: 20 })).not.toMatch(/ -\d|NaN/);
});

test('a run that a killed falloutd left, begun by a clock that was ahead, ends with no negative duration', async () => {
  host = await KernelHost.create();
  await host.save(wishing('SWAP = no;'));
  const history = openHistory(await host.scratch('state'));
  history.run(
    "INSERT INTO runs (run, target, cause, started_at) VALUES (1, 'demo', 'save', ?)",
    new Date(Date.now() + DAY).toISOString(),
  );
  history.run(
    'INSERT INTO iterations (iteration, run, started_at, duration_ms) VALUES (1, 1, ?, 10)',
    new Date().toISOString(),
  );
  closeUnfinished(history);
  expect(recordedRun(history, 1)).toMatchObject({ durationMs: 0, outcome: { kind: 'interrupted' } });
  history.close();
});
