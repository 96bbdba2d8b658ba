/** A prediction beside the run that it foretells. */
import { isAbsorbed } from '../../src/fallout/absorbedKinds.ts';
import { causeText } from '../../src/fallout/causeText.ts';
import { answersOf, runSession, type AnsweredKernel } from '../../src/kernel/answerSession.ts';
import type { Fallout, Wish } from '../../src/model/fallout.ts';
import type { Iteration, Run } from '../../src/model/run.ts';
import type { PredictedRun } from '../../src/run/predictTarget.ts';
import type { Settings } from '../../src/script/settings.ts';

/** What a run, predicted or built, came to: texts that have to be the same, by what they tell of. */
export type Result = {
  outcome: string;
  dotConfig: string | null;
  fallout: readonly string[];
  entries: readonly string[];
  lost: readonly string[];
};

export function predictedResult(run: PredictedRun, entries: readonly string[]): Result {
  return {
    outcome: outcomeText(run.outcome),
    dotConfig: run.outcome.kind === 'stable' ? run.dotConfig : null,
    fallout: falloutOf([{ fallout: run.fallout }]),
    entries,
    lost: lostOf(run),
  };
}

export function builtResult(run: Run, dotConfig: string | null, entries: readonly string[]): Result {
  return {
    outcome: outcomeText(run.outcome),
    dotConfig,
    fallout: falloutOf(run.iterations),
    entries,
    lost: lostOf(run),
  };
}

export function outcomeText(outcome: Run['outcome']): string {
  const why = outcome !== null && 'problem' in outcome ? `: ${outcome.problem.message}` : '';
  return `${outcome?.kind ?? 'none'}${why}`;
}

/** What a run recorded as mispredicted, and the builds that it took beyond one. */
export function misses(run: Run): string[] {
  const missed = run.iterations.flatMap(({ prediction }) => prediction?.missed ?? []);
  const builds = run.iterations.filter(({ buildMs }) => buildMs > 0).length;
  const isOver = run.outcome?.kind === 'stable' && builds !== 1;
  return [
    ...missed.map(({ symbol, predicted, built }) => `${symbol}: - ${predicted ?? 'none'} + ${built ?? 'none'}`),
    ...(isOver ? [`builds: - 1 + ${builds}`] : []),
  ];
}

/** The fallout of a first build that the prediction does not know, or knows otherwise. A script may die before it shows more. */
export function unforeseen(first: Pick<Iteration, 'fallout'>, predicted: PredictedRun): string[] {
  // A script that dies says less of what a symbol got than a session that goes on, and none tells an unknown name from an unused one.
  const met = (fallout: readonly Fallout[]): string[] =>
    falloutOf([{ fallout: fallout.map((miss) => (miss.kind === 'unknown' ? { ...miss, kind: 'unused' } : miss)) }]).map(
      (line) => line.replace(/, got .*/, ''),
    );
  const known = new Set(met(predicted.fallout));
  return met(first.fallout)
    .filter((line) => !known.has(line))
    .map((line) => `first build: + ${line}`);
}

/** What was met on the way, of each symbol first. The causes are not compared: a build that failed has no .config to find them in. */
function falloutOf(iterations: readonly Pick<Iteration, 'fallout'>[]): string[] {
  const met = new Map<string, Fallout>();
  for (const miss of iterations.flatMap(({ fallout }) => fallout))
    if (isAbsorbed(miss) && !met.has(miss.symbol)) met.set(miss.symbol, miss);
  return [...met.values()].map(missText).sort();
}

/** The wishes and defaults that are not honoured, and why. */
export const lostOf = ({
  lost,
  lostDefaults = [],
  unknownNames = [],
}: Pick<Run, 'lost' | 'lostDefaults' | 'unknownNames'>) =>
  [...lost, ...lostDefaults, ...unknownNames].map((miss) => missText(miss) + becauseText(miss)).sort();

function missText({ symbol, kind, wanted, got }: Fallout | Wish): string {
  return `${symbol} ${kind}, wanted ${wanted ?? 'nothing'}, got ${got ?? 'nothing'}`;
}

/** The user's lines move down when entries are written above them. */
const becauseText = ({ cause }: Wish): string =>
  cause === undefined ? '' : `: ${causeText(cause).replace(/ \(\S+:\d+\)$/, '')}`;

const SHOWN = 6;

/** The differences, each with a line for some symbols; empty where the prediction was right. */
export function differences(predicted: Result, built: Result): string[] {
  // All else follows from it.
  if (predicted.outcome !== built.outcome) return [`outcome: - ${predicted.outcome} + ${built.outcome}`];
  return [
    ...configDifferences(predicted.dotConfig, built.dotConfig),
    ...(['fallout', 'entries', 'lost'] as const).flatMap((part) => {
      const lines = linesBetween(predicted[part], built[part]);
      return lines.length === 0 ? [] : [part, ...lines];
    }),
  ];
}

/** The lines in which two .config files differ; empty where every byte is the same. */
export function configDifferences(predicted: string | null, built: string | null): string[] {
  if (predicted === built) return [];
  return ['.config', ...linesBetween(predicted?.split('\n') ?? [], built?.split('\n') ?? [])];
}

function linesBetween(predicted: readonly string[], built: readonly string[]): string[] {
  const [a, b] = [new Set(predicted), new Set(built)];
  const lines = [
    ...predicted.filter((line) => !b.has(line)).map((line) => `  - ${line}`),
    ...built.filter((line) => !a.has(line)).map((line) => `  + ${line}`),
  ].sort((x, y) => (x.slice(4) < y.slice(4) ? -1 : 1));
  return lines.length <= SHOWN * 2 ? lines : [...lines.slice(0, SHOWN * 2), `  and ${lines.length - SHOWN * 2} more`];
}

const SAID = /^(?:QUESTION: |CHOICE: |repeated question: |conflicting answers!|clamped |don't know how)/;

/** The first question that a build's script met or answered otherwise than the engine's session; null where there is none. */
export function questionsDiffer(kernel: AnsweredKernel, settings: Settings, transcript: string): string | null {
  const predicted: string[] = [];
  const take = (line: string): void => {
    // Perl adds where in its own text it died.
    if (SAID.test(line)) predicted.push(line.trimEnd());
  };
  runSession(kernel, answersOf(settings), 'script', take);
  const built = transcript
    .split('\n')
    .flatMap((line) => (SAID.test(line) ? line.replace(/ at \S+ line \d+.*$/, '').trimEnd() : []));
  const at = [...built.keys(), built.length].find((i) => built[i] !== predicted[i]);
  return at === undefined || built[at] === predicted[at]
    ? null
    : `question ${at + 1}: - ${predicted[at] ?? 'none'} + ${built[at] ?? 'none'}`;
}
