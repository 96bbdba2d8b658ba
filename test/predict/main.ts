/** `npm run test:predict -- [options]`: predictions beside the runs that they foretell, on real kernels. */
import { parseArgs } from 'node:util';
import type { Prediction } from '../../src/kernel/prediction.ts';
import { predictTarget } from '../../src/run/predictTarget.ts';
import { recogniseScript } from '../../src/kernel/answeringScript.ts';
import type { AnsweredKernel } from '../../src/kernel/answerSession.ts';
import { kconfigOf } from '../../src/kernel/kernelTree.ts';
import { settings as recordedSettings } from '../../src/state/recordedRuns.ts';
import { evaluate } from '../../src/nix/evaluate.ts';
import { countForCi } from '../helpers/countForCi.ts';
import { engineInProcess } from '../helpers/engineInProcess.ts';
import { askText, wishing } from '../helpers/patchesText.ts';
import { CELLS, cellsNamed, CI_SHARE, type Cell } from './cells.ts';
import {
  builtResult,
  configDifferences,
  differences,
  outcomeText,
  misses,
  predictedResult,
  questionsDiffer,
  unforeseen,
} from './comparison.ts';
import type { KernelFacts } from '../../src/kernel/kernelFacts.ts';
import type { KernelHost } from '../helpers/kernelHost.ts';
import { comparedWhole } from './wholeRun.ts';
import { PreparedHost } from './preparedHost.ts';
import { Wishables } from './wishes.ts';

const HELP = `npm run test:predict -- [options]
  (none)           the whole matrix
  --cells A,B      only these kernels: ${CELLS.map(({ name }) => name).join(', ')}
  --seeds N        N wish sets for each
  --first-seed S   their seeds begin with S (1)
  --whole          the first set of each kernel also by falloutd itself on the derivation as it is: predict, then once
  --ci             the share that CI runs, in at most ten minutes
`;

const { values } = parseArgs({
  options: {
    cells: { type: 'string' },
    seeds: { type: 'string' },
    'first-seed': { type: 'string', default: '1' },
    whole: { type: 'boolean', default: false },
    ci: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function compareAll(): Promise<number> {
  const cells = values.ci ? CI_SHARE : values.cells === undefined ? CELLS : cellsNamed(values.cells.split(','));
  if (values.ci) say(`a fixed share: ${cells.map(({ name, sets }) => `${sets} of ${name}`).join(', ')}`);
  const first = Number(values['first-seed']);
  let [passed, failed] = [0, 0];
  for (const cell of cells) {
    const whole = async (host: KernelHost, facts: KernelFacts): Promise<void> => {
      if (!values.whole) return;
      const { count, text } = new Wishables(kconfigOf(facts)).draw(first);
      const found = await comparedWhole(host, text);
      if (tell(`${cell.name}  seed ${first}  ${count} wishes  by predict and once`, found)) passed++;
      else failed++;
    };
    const prepared = await PreparedHost.create(cell, { say: (line) => say(`${cell.name}: ${line}`), whole });
    try {
      if (tell(`${cell.name}  baseline`, await baselineDifferences(prepared))) passed++;
      else failed++;
      const compare = await comparing(cell, prepared);
      const sets = values.seeds === undefined ? cell.sets : Number(values.seeds);
      for (let seed = first; seed < first + sets; seed++)
        if (await compare(seed)) passed++;
        else failed++;
    } finally {
      await prepared.remove();
    }
  }
  say(`${passed} passed, ${failed} failed`);
  countForCi('predict', passed, failed);
  return failed === 0 ? 0 : 1;
}

/** Prints a line for a comparison and those of its differences; whether there are none. */
function tell(what: string, found: readonly string[]): boolean {
  say(`${what}  ${found.length === 0 ? 'same' : 'DIFFERENT'}`);
  for (const line of found) say(`    ${line}`);
  return found.length === 0;
}

/** The baseline that side effects are told from, predicted from wishes, beside a config build of the host without them. */
async function baselineDifferences({ host, engine }: PreparedHost): Promise<string[]> {
  await host.save(wishing('EXPERT = yes;\nSND = no;\nMODULES = no;'));
  const wished = await evaluate(host.target());
  if (wished.kind !== 'evaluated') throw new Error(`the host cannot be evaluated: ${wished.kind}`);
  const { intents, legacy } = wished.kernel;
  const baseline = engine.baseline({ intents, legacy, managedName: host.target().managedName });
  await host.save(wishing(''));
  host.forget();
  const run = await host.run({ predictor: undefined });
  const built = run.outcome?.kind === 'stable' ? host.config(run) : outcomeText(run.outcome);
  return configDifferences(baseline, built);
}

/** Compares the wish set of a seed with the run that it comes to. */
async function comparing(cell: Cell, prepared: PreparedHost): Promise<(seed: number) => Promise<boolean>> {
  const { host, facts } = prepared;
  const protocol = recogniseScript(facts.script);
  if (protocol === null) throw new Error('the answering script is not known');
  const kernel: AnsweredKernel = { ...facts, protocol, kconfig: kconfigOf(facts) };
  const wishables = new Wishables(kernel.kconfig);
  const last: { prediction: Prediction | null } = { prediction: null };
  const recording = engineInProcess(prepared.engine, (_, reply) => {
    if (reply.kind === 'predicted') last.prediction = reply.prediction;
  });
  const predictor = await prepared.predictor(recording);
  return async (seed) => {
    const started = performance.now();
    const { count, text } = wishables.draw(seed);
    await host.save(text);
    host.forget();
    const unheard = { onPhase: () => undefined, onProgress: () => undefined };
    const signal = new AbortController().signal;
    const predictedRun = await predictTarget(host.target(), host.history, { predictor, signal, ...unheard });
    if (predictedRun === null) throw new Error('interrupted');
    const predictedEntries = (last.prediction?.entries ?? []).map(({ symbol, ask }) => `${symbol} ${askText(ask)}`);
    const predicted = predictedResult(predictedRun, predictedEntries.sort());

    host.forget();
    const run = await host.run({ predictor });
    const isStable = run.outcome?.kind === 'stable';
    const entries = Object.entries(await host.entries()).map(([symbol, ask]) => `${symbol} ${ask}`);
    const built = builtResult(run, isStable ? host.config(run) : null, entries.sort());
    const found = [...differences(predicted, built), ...misses(run)];

    // What the script makes of the wishes as they are: one step of the loop without predictions.
    host.forget();
    await host.save(text);
    const plain = await host.run({ predictor: undefined, target: { maxIterations: 1 } });
    const [first] = plain.iterations;
    if (first !== undefined && first.buildMs > 0 && !first.fallout.some(({ kind }) => kind === 'choice')) {
      found.push(...unforeseen(first, predictedRun));
      const asked = recordedSettings(host.history, first.iteration);
      const question = asked === null ? null : questionsDiffer(kernel, asked, host.log(first.iteration));
      if (question !== null) found.push(question);
    }
    const what = `${cell.name}  seed ${seed}  ${count} wishes  ${built.fallout.length} fallout${kindsIn(built.fallout)}  ${last.prediction?.sessions ?? 0} sessions  ${((performance.now() - started) / 1000).toFixed(0)} s`;
    const isSame = tell(what, found);
    if (!isSame) say(`    again: npm run test:predict -- --cells ${cell.name} --seeds 1 --first-seed ${seed}`);
    return isSame;
  };
}

/** ` (3 value, 1 choice)`. */
function kindsIn(fallout: readonly string[]): string {
  const kinds = fallout.map((text) => /^\S+ (\w+)/.exec(text)?.[1] ?? '').sort();
  const counts = [...new Set(kinds)].map((kind) => `${kinds.filter((each) => each === kind).length} ${kind}`);
  return counts.length === 0 ? '' : ` (${counts.join(', ')})`;
}

if (values.help) process.stdout.write(HELP);
else process.exitCode = await compareAll();
