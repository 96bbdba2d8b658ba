import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { test } from '../helpers/hostTest.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createDaemon, type Daemon } from '../../src/daemon/daemon.ts';
import { formatText } from '../helpers/formatText.ts';
import { type KernelHost, type Gate } from '../helpers/kernelHost.ts';
import { Listener } from '../helpers/listener.ts';
import { listText, MANAGED, patchText, wishing } from '../helpers/patchesText.ts';
import type { Run } from '../../src/model/run.ts';

let host: KernelHost;
let gate: Gate;
let listener: Listener;
let daemon: Daemon | null = null;

test.beforeAll(async ({ host: shared }) => {
  host = shared;
  gate = await host.gate();
  await host.keepBuilders();
});
beforeEach(() => {
  host.forget();
  listener = new Listener();
});
afterEach(async () => {
  await gate.open();
  await daemon?.stop();
  daemon = null;
});

/** Starts the daemon on what is saved and waits for its first run. */
async function started(text: string): Promise<Run> {
  await host.save(text);
  const ended = listener.ended();
  daemon = createDaemon(loadConfig(host.host.configFile, host.stateDir), host.history, listener.emit);
  daemon.start();
  return ended;
}

/** Saves another wish and waits for its run: whatever came before it has been dealt with then. */
async function another(): Promise<Run> {
  const ended = listener.ended();
  const text = readFileSync(host.patchesFile, 'utf8');
  writeFileSync(
    host.patchesFile,
    text.includes('SWAP = no;') ? text.replace('SWAP = no;', 'SWAP = yes;') : text.replace('SWAP = yes;', 'SWAP = no;'),
  );
  return ended;
}

const WISHES = wishing('RTLWIFI = no;\nSWAP = yes;');

describe('a save during a build', () => {
  test('cancels it at once, leaves no process behind, and starts over on what was saved', async () => {
    await started(WISHES);
    await gate.shut();
    const superseded = listener.next((e) => e.kind === 'run-finished');
    const ended = listener.ended();
    writeFileSync(host.patchesFile, (await host.text()).replace('SWAP = yes;', 'SWAP = no;'));
    await gate.reached();
    expect(host.processes().join('\n')).toMatch(/nix-store[\s\S]*perl|perl[\s\S]*nix-store/);

    let left: string[] | null = null;
    listener.at((event) => {
      if (event.kind === 'run-finished' && left === null) left = host.processes();
    });
    writeFileSync(host.patchesFile, (await host.text()).replace('SWAP = no;', 'SWAP = yes;\n      USB_STORAGE = no;'));
    const first = await superseded;
    expect(first.kind === 'run-finished' && first.run.outcome).toEqual({ kind: 'superseded' });
    expect(left).toEqual([]);
    await gate.open();
    const run = await ended;
    expect(run).toMatchObject({ cause: 'save', outcome: { kind: 'stable' } });
    expect(host.symbols(run).get('USB_STORAGE')).toBe('n');
    expect(host.symbols(run).get('SWAP')).toBe('y');
    expect(first.kind === 'run-finished' && first.run.iterations.at(-1)?.outcome).toBe('cancelled');
  });

  test('during an evaluation as well: the last of many saves is what counts', async () => {
    await started(WISHES);
    const before = listener.runs.length;
    const text = await host.text();
    for (const symbol of ['IPV6', 'BT', 'IGB', 'R8169']) {
      const evaluating = listener.next((e) => e.kind === 'phase' && e.phase === 'evaluate');
      writeFileSync(host.patchesFile, text.replace('SWAP = yes;', `SWAP = yes;\n      ${symbol} = no;`));
      await evaluating;
    }
    const run = await listener.ended();
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(host.symbols(run).get('R8169')).toBe('n');
    expect(host.symbols(run).get('IGB')).not.toBe('n');
    expect(listener.runs.slice(before, -1).map((r) => r.outcome?.kind)).toEqual([
      'superseded',
      'superseded',
      'superseded',
    ]);
  });
});

describe('what starts a run', () => {
  test('a burst of saves is one run', async () => {
    const first = await started(WISHES);
    const text = await host.text();
    const ended = listener.ended();
    for (let i = 0; i < 8; i++)
      writeFileSync(host.patchesFile, text.replace('SWAP = yes;', `SWAP = yes;\n      # ${i}\n      BT = no;`));
    const run = await ended;
    expect(host.symbols(run).get('BT')).toBe('n');
    expect(run.run).toBe(first.run + 1);
    expect((await another()).run).toBe(first.run + 2);
  });

  test("a touch, a save of the same content and falloutd's own writes start nothing", async () => {
    const first = await started(wishing('RTLWIFI = no;\nE1000E = yes;\nHIDRAW = no;\nSWAP = yes;'));
    expect(first.iterations.length).toBeGreaterThan(1);
    const now = new Date();
    utimesSync(host.patchesFile, now, now);
    writeFileSync(host.patchesFile, await host.text());
    renameOver(host.patchesFile, await host.text());
    expect((await another()).run).toBe(first.run + 1);
  });

  test('saves by rename are followed, again and again', async () => {
    await started(WISHES);
    const text = await host.text();
    for (const symbol of ['BT', 'IGB', 'R8169']) {
      const ended = listener.ended();
      renameOver(host.patchesFile, text.replace('SWAP = yes;', `SWAP = yes;\n      ${symbol} = no;`));
      const run = await ended;
      expect(run.outcome).toEqual({ kind: 'stable' });
      expect(host.symbols(run).get(symbol)).toBe('n');
    }
  });

  test('a file that goes blocks, and is stable again when it comes back', async () => {
    const first = await started(WISHES);
    const text = await host.text();
    const gone = listener.ended();
    rmSync(host.patchesFile);
    const blocked = await gone;
    expect(blocked.outcome).toMatchObject({
      kind: 'blocked',
      problem: { file: host.patchesFile, message: 'does not exist' },
    });
    const back = listener.ended();
    writeFileSync(host.patchesFile, text);
    const run = await back;
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect([blocked.run, run.run]).toEqual([first.run + 1, first.run + 2]);
    expect(await host.text()).toBe(text);
  });

  test('an imported file counts, from the moment that it is imported', async () => {
    await host.file('modules/more.nix', listText([patchText('more', 'BT = module;')]));
    await started(WISHES);
    const imported = listener.ended();
    writeFileSync(
      host.patchesFile,
      `{ lib, ... }:\n(import ./modules/more.nix { inherit lib; }) ++ [\n${patchText('mine', 'RTLWIFI = no;\nSWAP = yes;')}${MANAGED}]\n`,
    );
    expect((await imported).outcome).toEqual({ kind: 'stable' });
    const changed = listener.ended();
    writeFileSync(join(host.dir, 'modules/more.nix'), listText([patchText('more', 'BT = no;')]));
    const run = await changed;
    expect(run).toMatchObject({ cause: 'save', outcome: { kind: 'stable' } });
    expect(host.symbols(run).get('BT')).toBe('n');
  });

  test('the flake itself counts', async () => {
    await started(WISHES);
    const flake = join(host.dir, 'flake.nix');
    const text = readFileSync(flake, 'utf8');
    const ended = listener.ended();
    writeFileSync(
      flake,
      text.replace(
        'boot.kernelPatches = patches.all or patches;',
        'boot.kernelPatches = lib.filter (p: p.name != "mine") (patches.all or patches);',
      ),
    );
    const run = await ended;
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(await host.entries()).toEqual({});
    const back = listener.ended();
    writeFileSync(flake, text);
    await back;
    expect(await host.entries()).toEqual({ RTLWIFI: 'option n' });
  });

  test('a save right after the start is not lost', async () => {
    await host.save(WISHES);
    const seen = listener.next(
      (e) => e.kind === 'run-finished' && e.run.outcome?.kind === 'stable' && host.symbols(e.run).get('BT') === 'n',
    );
    daemon = createDaemon(loadConfig(host.host.configFile, host.stateDir), host.history, listener.emit);
    daemon.start();
    await Promise.resolve();
    writeFileSync(host.patchesFile, WISHES.replace('SWAP = yes;', 'SWAP = yes;\nBT = no;'));
    await seen;
  });

  test('an error that is repaired', async () => {
    await started(WISHES);
    const text = await host.text();
    const broken = listener.ended();
    writeFileSync(host.patchesFile, text.replace('SWAP = yes;', 'SWAP = yse;'));
    expect((await broken).outcome).toMatchObject({ kind: 'blocked', problem: { file: host.patchesFile, line: 8 } });
    const repaired = listener.ended();
    writeFileSync(host.patchesFile, text);
    expect((await repaired).outcome).toEqual({ kind: 'stable' });
  });
});

test('a formatter that re-indents and joins lines on every save is no fight: no extra write', async () => {
  let writes = 0;
  const format = (): void => {
    writes++;
    writeFileSync(host.patchesFile, formatText(readFileSync(host.patchesFile, 'utf8')));
  };
  // The editor's hook: it formats whatever is new in the file, falloutd's writes too.
  let last = '';
  listener.at((event) => {
    const text = readFileSync(host.patchesFile, 'utf8');
    if (event.kind !== 'run-finished' || text === last || formatText(text) === text) return;
    format();
    last = readFileSync(host.patchesFile, 'utf8');
  });
  await started(wishing('RTLWIFI = no;\nWLAN = no;\nATH9K = module;\nHIDRAW = no;\nSWAP = yes;'));
  const formatted = await host.text();
  expect((await listener.ended()).outcome).toEqual({ kind: 'stable' });
  expect(writes).toBe(1);
  expect(formatted).not.toContain('      RTLWIFI = lib');
  const run = await another();
  expect(run.outcome).toEqual({ kind: 'stable' });
  expect(run.iterations.flatMap((i) => i.entries)).toEqual([]);
  expect(await host.text()).toBe(formatted.replace('SWAP = yes;', 'SWAP = no;'));
  expect(await host.entries()).toEqual({ RTLWIFI: 'option n', ATH9K: 'option m', HIDRAW: 'n' });
});

test('stop ends the run under way, and leaves no process behind', async () => {
  await started(WISHES);
  await gate.shut();
  const finished = listener.next((e) => e.kind === 'run-finished');
  writeFileSync(host.patchesFile, (await host.text()).replace('SWAP = yes;', 'SWAP = no;'));
  await gate.reached();
  await daemon?.stop();
  expect(host.processes()).toEqual([]);
  const event = await finished;
  expect(event.kind === 'run-finished' && event.run.outcome).toEqual({ kind: 'interrupted' });
});

function renameOver(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
