import type { KernelBuildOutcome } from '../../model/kernelBuild.ts';
import type { Iteration, Run, RunOutcome } from '../../model/run.ts';
import { duration } from './duration.ts';
import { counts, lostText } from './falloutText.ts';
import { firstOf } from '../../system/someOf.ts';
import { beyondText } from './sideEffectLines.ts';
import { problemLines } from './problemLines.ts';
import { parts, plural } from './sentenceParts.ts';
import { clean, cut, hanging, type Style } from './style.ts';

/** `absorbed 101, released 2`, or nothing when the managed patch stayed as it was. */
function absorbed({ entries, restored }: Pick<Iteration, 'entries' | 'restored'>): string {
  const released = entries.filter((entry) => entry.to === null).length - (restored?.takenOut ?? 0);
  const written = entries.length - entries.filter((entry) => entry.to === null).length - (restored?.putBack ?? 0);
  return parts(', ', written === 0 ? '' : `absorbed ${written}`, released === 0 ? '' : `released ${released}`);
}

/** `an older text of the managed patch came back: put back 3, took out 1`, or nothing. */
export function restoredText(restored: Iteration['restored']): string {
  if (restored === undefined) return '';
  const { putBack, takenOut } = restored;
  const what = parts(', ', putBack === 0 ? '' : `put back ${putBack}`, takenOut === 0 ? '' : `took out ${takenOut}`);
  return `an older text of the managed patch came back: ${what}`;
}

/**
 * What an iteration came to: `3 other values, 101 with no option; absorbed 104`, `config built`, `blocked`; with a prediction
 * that came true `predicted 3 other values; absorbed 3; config built`.
 */
export function iterationText(iteration: Iteration): string {
  const fallout = counts(iteration.fallout);
  // What was judged before is not built again.
  const config = iteration.buildMs === 0 ? 'as built before' : 'config built';
  if (iteration.prediction !== undefined && iteration.outcome === 'green' && fallout !== '')
    return parts('; ', restoredText(iteration.restored), `predicted ${fallout}`, absorbed(iteration), config);
  const built = iteration.probe ? 'nothing to absorb' : config;
  const kind = iteration.outcome === 'green' ? built : iteration.outcome;
  const outcome = kind === 'fallout' && fallout !== '' ? fallout : parts(': ', kind, fallout);
  return `${iteration.probe ? 'full check: ' : ''}${parts('; ', restoredText(iteration.restored), outcome, absorbed(iteration))}`;
}

/** Whether a config build showed what was predicted. */
export function cameTrue({ prediction, outcome }: Iteration): boolean {
  return prediction !== undefined && prediction.missed.length === 0 && outcome === 'green';
}

/** A line of the screen about an iteration: its number, a duration, and what there is to say, painted. */
export function iterationRow(
  { iteration, ms, text }: { iteration: number; ms: number; text: string },
  paint: (text: string) => string,
  style: Style,
): string[] {
  const head = `${String(iteration).padStart(5)}  ${duration(ms).padStart(9)}  `;
  return hanging(head, text, style.width).map((line) => line.slice(0, head.length) + paint(line.slice(head.length)));
}

const COLOURS = {
  stable: 'green',
  green: 'green',
  built: 'green',
  fallout: 'yellow',
  stalled: 'yellow',
  blocked: 'red',
  infrastructure: 'red',
  failed: 'red',
  superseded: 'dim',
  interrupted: 'dim',
  cancelled: 'dim',
} as const satisfies Record<RunOutcome['kind'] | Iteration['outcome'] | KernelBuildOutcome, string>;

/** Colours an outcome by what it means for the user; null: it is under way. */
export function paintOutcome(kind: keyof typeof COLOURS | null, { colors }: Style): (text: string) => string {
  return colors[kind === null ? 'cyan' : COLOURS[kind]];
}

/** How a run ended, for a person: one line, and below it what a blocked one wants to be done. */
export function outcomeLines(run: Run, style: Style): string[] {
  const { outcome } = run;
  if (outcome === null) return [style.colors.cyan('running')];
  const took = `${plural(run.iterations.length, 'iteration')}${run.durationMs === null ? '' : ` in ${duration(run.durationMs)}`}`;
  const paint = paintOutcome(outcome.kind, style);
  const [first = '', ...more] = bareOutcome(outcome, run, took, style);
  return [paint(first), ...more];
}

function bareOutcome(outcome: RunOutcome, run: Run, took: string, style: Style): string[] {
  switch (outcome.kind) {
    case 'stable': {
      const entries = plural(Math.abs(run.absorbed), 'entry', 'entries');
      const gained = run.absorbed === 0 ? '' : `${entries} ${run.absorbed > 0 ? 'added' : 'removed'}`;
      const effects = beyondText(run.sideEffects);
      const beyond = effects === '' ? '' : `${effects} (see \`falloutd diff --baseline\`)`;
      return hanging('', parts('; ', stableText(run, took), gained, lostText(run), beyond), style.width);
    }
    case 'blocked':
    case 'infrastructure':
      return problemLines(`${outcome.kind}: `, outcome.problem, style);
    case 'stalled': {
      const why = parts(' for ', STALLED[outcome.reason], firstOf(outcome.symbols));
      return hanging('', `stalled after ${took}: ${why}`, style.width);
    }
    case 'superseded':
      return ['ended by a newer save'];
    case 'interrupted':
      return ['interrupted'];
  }
}

/** `stable as predicted, 1 build, 6 m 14 s`; where builds had to find out, `stable after 3 iterations in 9 m 02 s`. */
function stableText({ iterations, durationMs }: Run, took: string): string {
  if (iterations.length === 0 || !iterations.every(cameTrue) || durationMs === null) return `stable after ${took}`;
  return parts(', ', 'stable as predicted', plural(iterations.length, 'build'), duration(durationMs));
}

const STALLED = {
  'no-rung': 'nothing is left to try',
  'max-iterations': '`max-iterations` is reached, with more to absorb',
  'repeated-state': 'the same settings came up again',
} as const;

/** Why a run began, as it stands before a time: `saved 13:05:11`. */
export const CAUSES: Record<Run['cause'], string> = {
  start: 'at the start',
  save: 'saved',
  command: 'on command',
  retry: 'tried again',
};

/** One line, cut to the width. */
export function oneLine(text: string, style: Style): string {
  return cut(clean(text), style.width);
}
