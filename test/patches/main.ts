/** `npm run test:patches -- [options]`: drawn configurations of Linux 6.12 as patches, and what a run makes of them. */
import { parseArgs } from 'node:util';
import { byMenu, nixText } from '../../src/generate/nixPatches.ts';
import type { Kconfig } from '../../src/kconfig/index.ts';
import { withWishes } from '../../src/kernel/addedWishes.ts';
import { kconfigOf } from '../../src/kernel/kernelTree.ts';
import type { TowardInput } from '../../src/kernel/settingsToward.ts';
import { differing, valuesOf, type Wanted } from '../../src/kernel/wantedConfig.ts';
import { writtenValues } from '../../src/script/dotConfig.ts';
import { predictTarget } from '../../src/run/predictTarget.ts';
import { settingsForTarget, type TargetSettings } from '../../src/run/patchesFor.ts';
import type { Predictor } from '../../src/run/predictor.ts';
import { countForCi } from '../helpers/countForCi.ts';
import { engineInProcess } from '../helpers/engineInProcess.ts';
import { drawnConfig } from '../helpers/drawnConfig.ts';
import { wishing } from '../helpers/patchesText.ts';
import { generator } from '../helpers/plannedFiles.ts';
import { cellsNamed } from '../predict/cells.ts';
import { outcomeText } from '../predict/comparison.ts';
import { PreparedHost } from '../predict/preparedHost.ts';
import { Wishables } from '../predict/wishes.ts';

const HELP = `npm run test:patches -- [options]
  --seeds N        so many configurations (30)
  --first-seed S   their seeds begin with S (1)
  --cell C         one of the kernels of test:predict (gcc)
  --alone N        so many settings of each are taken out alone (7)
  --ci             the share that CI runs, in at most three minutes
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    'first-seed': { type: 'string', default: '1' },
    cell: { type: 'string', default: 'gcc' },
    alone: { type: 'string', default: '7' },
    ci: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const NO_PATCHES = '{ lib, ... }: [ ]\n';

async function compareAll(): Promise<number> {
  const [cell] = cellsNamed([values.cell]);
  if (cell === undefined) throw new Error('there is no cell');
  const prepared = await PreparedHost.create(cell, { say, whole: async () => Promise.resolve() });
  let [passed, failed] = [0, 0];
  try {
    await prepared.host.file('old.nix', NO_PATCHES);
    const comparison = await Comparison.on(prepared);
    const [first, seeds] = [Number(values['first-seed']), values.ci ? 2 : Number(values.seeds)];
    for (let seed = first; seed < first + seeds; seed++) {
      const { what, problems } = await comparison.of(seed);
      say(`seed ${seed}  ${what}  ${problems.length === 0 ? 'same' : 'DIFFERENT'}`);
      for (const problem of problems) say(`    ${problem}`);
      if (problems.length === 0) passed++;
      else failed++;
    }
  } finally {
    await prepared.remove();
  }
  say(`${passed} passed, ${failed} failed`);
  countForCi('patches', passed, failed);
  return failed === 0 ? 0 : 1;
}

class Comparison {
  readonly #kconfig: Kconfig;
  readonly #wishables: Wishables;

  private constructor(
    private readonly prepared: PreparedHost,
    private readonly last: { asked: TowardInput | null },
    private readonly predictor: Predictor,
  ) {
    this.#kconfig = kconfigOf(prepared.facts);
    this.#wishables = new Wishables(this.#kconfig);
  }

  static async on(prepared: PreparedHost): Promise<Comparison> {
    await prepared.host.save(importing(wishing('')));
    const last: { asked: TowardInput | null } = { asked: null };
    const engine = engineInProcess(prepared.engine, (ask) => {
      if (ask.kind === 'toward') last.asked = ask.input;
    });
    return new Comparison(prepared, last, await prepared.predictor(engine));
  }

  /** A host with wishes of its own where the seed is even, and a configuration that it shall have. */
  async of(seed: number): Promise<{ what: string; problems: string[] }> {
    const { host } = this.prepared;
    await host.file('old.nix', NO_PATCHES);
    host.forget();
    await host.save(importing(seed % 2 === 0 ? this.#wishables.draw(seed).text : wishing('')));
    const present = await this.#present(seed);
    const base = seed % 3 === 0 ? this.prepared.facts.baseConfig : present;
    const changes = Math.round(3 * 300 ** generator(seed * 104729)());
    const wanted = drawnConfig(this.#kconfig, base, { seed, changes });

    const started = performance.now();
    const found = await this.#settings({ kind: 'config', text: wanted });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { asked: input } = this.last;
    const problems = [...(await this.#diffProblems(present, wanted, found)), ...this.#needless(seed, input, found)];

    await host.file(
      'old.nix',
      nixText(byMenu(found.settings), found.attribute, { command: 'test:patches', file: 'old.nix' }),
    );
    const after = await host.run({ predictor: this.predictor });
    if (after.outcome?.kind !== 'stable') problems.push(`the patched host: ${outcomeText(after.outcome)}`);
    else problems.push(...unsaid(host.config(after), wanted, found));
    const what = `${changes} changes of ${base === present ? 'the host' : 'the base'}: ${found.settings.length} settings, ${found.needless.length} needless, ${found.notAskable.length} not askable, ${seconds} s`;
    return { what, problems };
  }

  /** What the host comes to; with wishes after a run, which leaves entries. */
  async #present(seed: number): Promise<string> {
    const { host } = this.prepared;
    if (seed % 2 === 0) {
      const run = await host.run({ predictor: this.predictor });
      if (run.outcome?.kind === 'stable') return host.config(run);
      throw new Error(`seed ${seed}: ${outcomeText(run.outcome)}`);
    }
    const { dotConfig } = (await predictTarget(host.target(), host.history, this.#looking())) ?? {};
    if (dotConfig == null) throw new Error(`seed ${seed}: there is no .config`);
    return dotConfig;
  }

  #looking() {
    const unheard = { onPhase: () => undefined, onProgress: () => undefined, say: () => undefined };
    return { predictor: this.predictor, signal: new AbortController().signal, ...unheard };
  }

  async #settings(wanted: Wanted): Promise<TargetSettings> {
    const { host } = this.prepared;
    const found = await settingsForTarget(host.target(), host.history, { wanted, against: null }, this.#looking());
    if (found === null) throw new Error('interrupted');
    return found;
  }

  /** The lines of a diff of the two ends give the same settings. */
  async #diffProblems(present: string, wanted: string, found: TargetSettings): Promise<string[]> {
    const [before, after] = [writtenValues(present), writtenValues(wanted)];
    const changes = differing(before, after).map((symbol) => {
      return { symbol, from: before.get(symbol) ?? null, to: after.get(symbol) ?? null };
    });
    const again = await this.#settings({ kind: 'changes', changes });
    const names = (settings: TargetSettings['settings']): string => settings.map(({ symbol }) => symbol).join(' ');
    return names(again.settings) === names(found.settings) ? [] : ['the diff gives other settings'];
  }

  /** The settings of a sample without which the .config is the same. */
  #needless(seed: number, input: TowardInput | null, { settings }: TargetSettings): string[] {
    if (input === null || settings.length === 0) return [];
    const random = generator(seed * 15485863);
    const predicted = (wishes: TargetSettings['settings']): string | null =>
      this.prepared.engine.predict(withWishes(input.asking, wishes)).dotConfig;
    const whole = predicted(settings);
    const sample = new Set(
      Array.from({ length: Number(values.alone) }, () => settings[Math.floor(random() * settings.length)]),
    );
    return [...sample].flatMap((setting) =>
      setting !== undefined && predicted(settings.filter((each) => each !== setting)) === whole
        ? `${setting.symbol} changes nothing`
        : [],
    );
  }
}

/** What differs from the wanted configuration, and was not told. */
function unsaid(dotConfig: string, wanted: string, { notAskable }: TargetSettings): string[] {
  const told = new Set(notAskable.map(({ symbol }) => symbol));
  const [got, asked] = [valuesOf(dotConfig), valuesOf(wanted)];
  return differing(got, asked)
    .filter((symbol) => !told.has(symbol))
    .map((symbol) => `${symbol}: wanted ${asked.get(symbol) ?? 'n'}, got ${got.get(symbol) ?? 'n'}`);
}

const importing = (patches: string): string => patches.replace(/\]\s*$/, '] ++ import ./old.nix { inherit lib; }\n');

if (values.help) process.stdout.write(HELP);
else process.exitCode = await compareAll();
