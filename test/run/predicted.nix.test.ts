/** Runs with predictions on real Nix and the small tree. The engine works in this process. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect } from 'vitest';
import type { Engine } from '../../src/kernel/engine.ts';
import { Predictor } from '../../src/run/predictor.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Run } from '../../src/model/run.ts';
import { sideEffects } from '../../src/state/recordedRuns.ts';
import { engineHere } from '../helpers/engineHere.ts';
import { test } from '../helpers/hostTest.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { listText, MANAGED, patchText, wishing } from '../helpers/patchesText.ts';

let host: KernelHost;
test.beforeAll(({ host: shared }) => {
  host = shared;
});
beforeEach(() => host.forget());

const buildsOf = (run: Run): number => run.iterations.filter(({ buildMs }) => buildMs > 0).length;

async function predicted(engine: Pick<Engine, 'ask' | 'close'> = engineHere) {
  const events: RunEvent[] = [];
  const predictor = new Predictor(host.stateDir, engine);
  const run = await host.run({ predictor, emit: (event) => events.push(event) });
  const warnings = events.flatMap((event) => (event.kind === 'warning' ? event.problem.message : []));
  const phases = events.flatMap((event) => (event.kind === 'phase' ? event.phase : []));
  return { run, events, warnings, phases, predictions: run.iterations.flatMap(({ prediction }) => prediction ?? []) };
}

/** What a run says of the .config of the last stable one. */
const configOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.kind === 'run-finished' ? [event.config] : [])).at(-1);

/** Wishes of every kind that the plain loop takes several builds for. */
const OFF = 'WLAN = no;\nSOUND = no;\nUSB = no;\nATH9K = yes;\nSND_SOC = module;\nUSB_STORAGE = module;';
const SETS = {
  'parents off, children wanted': OFF,
  'a misspelt name': 'EXT5_FS = yes;\nWLAN = no;',
  'two members of a choice': 'PREEMPT = yes;\nPREEMPT_VOLUNTARY = yes;',
  'a number out of range': 'LOG_BUF_SHIFT = freeform "40";',
  'no modules at all': 'MODULES = no;',
};

describe('a run with a prediction', () => {
  test('says what changed in the .config since the last stable run', async () => {
    await host.save(wishing('WLAN = yes;'));
    expect(configOf((await predicted()).events)).toBeUndefined();
    await host.save(wishing('WLAN = yes;\nDEBUG_FS = no;'));
    expect(configOf((await predicted()).events)?.first).toContainEqual({ symbol: 'DEBUG_FS', from: 'y', to: 'n' });
    host.forget();
  });

  for (const [name, wishes] of Object.entries(SETS))
    test(`${name}: comes to the same as builds alone, in one config build`, async () => {
      await host.save(wishing(wishes));
      const plain = await host.run();
      const [entries, config] = [await host.entries(), host.config(plain)];

      host.forget();
      await host.save(wishing(wishes));
      const { run, warnings, predictions } = await predicted();
      expect(run.outcome).toEqual({ kind: 'stable' });
      expect(predictions.map(({ missed }) => missed)).toEqual([[]]);
      expect(warnings).toEqual([]);
      expect(buildsOf(run)).toBe(1);
      expect(await host.entries()).toEqual(entries);
      expect(host.config(run)).toBe(config);
      expect(run.lost.map(({ symbol }) => symbol)).toEqual(plain.lost.map(({ symbol }) => symbol));
    });

  test('with the request in a file and empty texts, as in nixpkgs of 2026: the facts are kept, and the result is foretold', async ({
    onTestFinished,
  }) => {
    await host.kernel({ script: 'emptying', requestFile: true, extraConfig: 'DEBUG_FS n\n' });
    onTestFinished(() => host.kernel({}));
    await host.save(wishing(OFF));
    const first = await predicted();
    expect([first.run.outcome, buildsOf(first.run)]).toEqual([{ kind: 'stable' }, 1]);
    const texts = 'HIDRAW = no;\nDEFAULT_HOSTNAME = freeform "";\nGONE = freeform "";';
    await host.save(listText([patchText('mine', texts, 'extraConfig = "SYSVIPC n";'), MANAGED]));
    const { run, warnings, phases, predictions } = await predicted();
    expect(phases).not.toContain('facts');
    expect(predictions.map(({ missed }) => missed)).toEqual([[]]);
    expect([run.outcome, warnings, buildsOf(run)]).toEqual([{ kind: 'stable' }, [], 1]);
    const config = host.config(run);
    expect(config).toMatch(/^CONFIG_DEFAULT_HOSTNAME=""$/m);
    for (const legacy of ['SYSVIPC', 'DEBUG_FS']) expect(config).toContain(`\n# CONFIG_${legacy} is not set\n`);
    expect(run.lost.map(({ symbol }) => symbol)).toEqual(['GONE']);
  });

  test('the facts are made once, and kept', async () => {
    await host.save(wishing(OFF));
    const first = await predicted();
    expect(first.phases).toContain('facts');
    await host.save(wishing('WLAN = no;'));
    const second = await predicted();
    expect(second.phases).not.toContain('facts');
    expect(buildsOf(second.run)).toBe(1);
  });

  test('facts that are damaged are made again', async () => {
    await host.save(wishing(OFF));
    await predicted();
    const folder = join(host.stateDir, 'facts');
    for (const name of readdirSync(folder))
      if (/\.(?:facts|tree)$/.test(name)) writeFileSync(join(folder, name), 'cut');
    await host.save(wishing('SOUND = no;'));
    const { run, warnings } = await predicted();
    expect([run.outcome, warnings]).toEqual([{ kind: 'stable' }, []]);
  });

  test('a misspelt name blocks without a build where the user wants that', async () => {
    await host.save(wishing('EXT5_FS = yes;'));
    const predictor = new Predictor(host.stateDir, engineHere);
    const run = await host.run({ predictor, target: { unknown: 'block' } });
    expect(run.outcome).toMatchObject({ kind: 'blocked', problem: { line: expect.any(Number) as number } });
    expect(buildsOf(run)).toBe(0);
  });
});

describe('what a run changes beyond its wishes', () => {
  const beyond = (run: Run) => sideEffects(host.history, run.iterations.at(-1)?.iteration ?? 0);

  test('is recorded with the wishes that it follows from, and the prediction foretells it', async () => {
    await host.save(wishing('SOUND = no;'));
    const { run, events } = await predicted();
    expect(run.sideEffects).toMatchObject({ on: 0, groups: [{ roots: [{ symbol: 'SOUND', value: 'n' }] }] });
    const [foretold] = events.flatMap((event) => (event.kind === 'predicted' ? event.sideEffects : []));
    expect(run.sideEffects).toEqual(foretold);
    const all = beyond(run) ?? [];
    expect(all).toHaveLength(run.sideEffects?.off ?? 0);
    expect(all.map(({ symbol }) => symbol)).toContain('SND');
    expect(all.map(({ symbol }) => symbol)).not.toContain('SOUND');
  });

  test('is what was built where the prediction was wrong, and nothing where nothing is wished', async () => {
    await host.save(wishing('SOUND = no;'));
    const { run: right } = await predicted();
    const all = beyond(right);
    host.forget();
    await host.save(wishing('SOUND = no;'));
    const { run } = await predicted({
      ...engineHere,
      ask: async (file, ask, signal) => {
        const end = await engineHere.ask(file, ask, signal);
        if (end.kind !== 'predicted') return end;
        const dotConfig = (end.prediction.dotConfig ?? '').replace(/^CONFIG_MODULES=y$/m, '');
        return { ...end, sideEffects: [], prediction: { ...end.prediction, dotConfig } };
      },
    });
    expect(run.iterations.at(-1)?.prediction?.missed).toHaveLength(1);
    expect(beyond(run)).toEqual(all);
    await host.save(wishing(''));
    const { run: plain } = await predicted();
    expect(plain.sideEffects).toEqual({ off: 0, on: 0, changed: 0, symbols: [], groups: [] });
  });

  test('is the same of the same derivation, built before', async () => {
    await host.save(wishing('SOUND = no;'));
    const { run } = await predicted();
    const { run: again } = await predicted();
    expect(again.iterations.map(({ buildMs }) => buildMs)).toEqual([0]);
    expect(again.sideEffects).toEqual(run.sideEffects);
  });
});

describe('a run whose prediction', () => {
  test('is wrong goes on from what the build shows, and says so', async () => {
    await host.save(wishing(OFF));
    const { run, warnings, predictions } = await predicted({
      ...engineHere,
      ask: async (file, ask, signal) => {
        const end = await engineHere.ask(file, ask, signal);
        if (end.kind !== 'predicted' || ask.kind !== 'predict') return end;
        // As if the engine had not seen anything miss.
        const { settings, entries } = ask.input;
        const prediction = { ...end.prediction, settings, entries: [...entries], fallout: [] };
        return { ...end, prediction };
      },
    });
    expect(run.outcome).toEqual({ kind: 'stable' });
    expect(warnings).toEqual([expect.stringMatching(/^the build shows something else than predicted: ATH9K/)]);
    expect(predictions).toHaveLength(1);
    expect(predictions[0]?.missed.map(({ symbol }) => symbol)).toContain('ATH9K');
    expect(buildsOf(run)).toBeGreaterThan(1);
  });

  test('fails in the engine does without it', async () => {
    await host.save(wishing(OFF));
    const { run, warnings } = await predicted({
      ...engineHere,
      ask: async () => Promise.resolve({ kind: 'error', reason: 'out of memory' }),
    });
    expect(run.outcome).toEqual({ kind: 'stable' });
    // More than one iteration met it; it is said once.
    expect(warnings.filter((message) => message.startsWith('engine error'))).toHaveLength(1);
    expect(run.iterations[0]?.unpredicted).toMatchObject({ hint: 'out of memory' });
  });
});
