import path from 'node:path';
import { type Asker, askerName, type Position } from '../../model/intent.ts';
import type { Fallout, FalloutKind, Wish } from '../../model/fallout.ts';
import type { Iteration, Run, RunOutcome } from '../../model/run.ts';
import type { Problem } from '../../model/problem.ts';
import { causeText } from '../../fallout/causeText.ts';
import { duration } from './duration.ts';
import type { Style } from './style.ts';
import { clean, cut, hanging } from './table.ts';

/** The order in which kinds are listed: first what a user most wants to hear about. */
const KINDS: readonly FalloutKind[] = [
  'unknown',
  'choice',
  'conflict',
  'repeated',
  'value',
  'unused',
  'silent',
  'overridden',
  'clamped',
];

/** `3 value, 101 unused`: how many of each kind. */
export function counts(fallout: readonly { kind: FalloutKind }[]): string {
  return KINDS.flatMap((kind) => {
    const n = fallout.filter((each) => each.kind === kind).length;
    return n === 0 ? [] : [`${n} ${kind}`];
  }).join(', ');
}

/** Sorted by kind, as they are listed; the order within a kind stays. */
export function byKind<T extends { kind: FalloutKind }>(fallout: readonly T[]): T[] {
  return [...fallout].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** `1 wish`, `3 wishes`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `absorbed 101, released 2`, or nothing when the managed patch stayed as it was. */
export function absorbed({ entries, restored }: Pick<Iteration, 'entries' | 'restored'>): string {
  const released = entries.filter((entry) => entry.to === null).length - (restored?.takenOut ?? 0);
  const written = entries.length - entries.filter((entry) => entry.to === null).length - (restored?.putBack ?? 0);
  return parts(', ', written === 0 ? '' : `absorbed ${written}`, released === 0 ? '' : `released ${released}`);
}

/** `an older text of the managed patch came back: put back 3, took out 1`, or nothing. */
export function restoredText(restored: Iteration['restored']): string {
  if (restored === undefined) return '';
  const { putBack, takenOut } = restored;
  return `an older text of the managed patch came back: ${parts(', ', putBack === 0 ? '' : `put back ${putBack}`, takenOut === 0 ? '' : `took out ${takenOut}`)}`;
}

/** What an iteration came to: `3 value, 101 unused; absorbed 104`, `green`, `blocked`. */
export function iterationText(iteration: Iteration): string {
  const fallout = counts(iteration.fallout);
  const outcome = iteration.outcome === 'fallout' && fallout !== '' ? fallout : parts(': ', iteration.outcome, fallout);
  return `${iteration.probe ? 'probe: ' : ''}${parts('; ', restoredText(iteration.restored), outcome, absorbed(iteration))}`;
}

/** `3 wishes not honoured, 1 default not`: nixpkgs' and the kernel's own defaults are counted apart. */
export function lostCount(lost: readonly Wish[]): string {
  const wishes = lost.filter((wish) => wish.by.kind === 'patch').length;
  const defaults = lost.length - wishes;
  const first = wishes === 0 ? 'every wish honoured' : `${plural(wishes, 'wish', 'wishes')} not honoured`;
  return parts(', ', first, defaults === 0 ? '' : `${plural(defaults, 'default')} not`);
}

/** The same, and where there are any, how to list them. */
export function lostText(lost: readonly Wish[]): string {
  return parts(': ', lostCount(lost), lost.length === 0 ? '' : 'falloutd lost lists them');
}

/** Those of the texts that say something, joined. */
export function parts(separator: string, ...texts: (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join(separator);
}

/** Who asked and where: `patch wlan, patches.nix:12`. */
export function askedBy(by: Asker | null, position: Position | null | undefined): string {
  const at = position == null ? '' : `${shortPath(position.file)}:${position.line}`;
  return parts(', ', by === null ? '' : askerName(by), at);
}

/** `wanted n, got m`; `wanted y, not in .config`; `wanted quiet, got ""`. */
export function wantedGot(fallout: Pick<Fallout, 'wanted' | 'got'>): string {
  return `wanted ${fallout.wanted ?? 'unset'}, ${fallout.got === null ? 'not in .config' : `got ${fallout.got === '' ? '""' : fallout.got}`}`;
}

/** The cause in one line, with the nearest names of an unknown symbol. */
export function why(fallout: Pick<Fallout, 'cause' | 'suggestions'>): string {
  const names = fallout.suggestions ?? [];
  const near = names.length === 0 ? '' : `the nearest: ${names.join(', ')}`;
  return parts('; ', fallout.cause === undefined ? '' : causeText(fallout.cause), near);
}

/** A file as short as it can be said from here: below the current directory, or below the home directory. */
export function shortPath(file: string, from: { cwd?: string; home?: string | undefined } = {}): string {
  const cwd = from.cwd ?? process.cwd();
  const relative = path.relative(cwd, file);
  // In the root directory, where services run, it would only miss its first character.
  if (cwd !== '/' && relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative)) return relative;
  const home = 'home' in from ? from.home : process.env['HOME'];
  return home !== undefined && home !== '' && home !== '/' && file.startsWith(`${home}/`)
    ? `~${file.slice(home.length)}`
    : file;
}

/** `patches.nix:12:3: undefined variable 'foo'`, and what to do about it below. */
export function problemLines(first: string, problem: Problem, style: Style): string[] {
  const place = parts(
    ':',
    problem.file === undefined ? '' : shortPath(problem.file),
    problem.line?.toString(),
    problem.column?.toString(),
  );
  const text = parts(': ', place, problem.message.trimEnd());
  const [head = '', ...more] = text.split('\n');
  return [
    ...hanging('', first + head, style.width),
    ...more.flatMap((line) => hanging('  ', line, style.width)),
    ...(problem.hint === undefined
      ? []
      : hanging('  ', problem.hint, style.width).map((line) => style.colors.cyan(line))),
  ];
}

/** How an outcome is called in a table: one word, coloured by what it means for the user. */
export function paintOutcome(
  kind: RunOutcome['kind'] | Iteration['outcome'] | null,
  style: Style,
): (text: string) => string {
  switch (kind) {
    case 'stable':
    case 'green':
      return style.colors.green;
    case 'fallout':
    case 'conflict':
    case 'stalled':
      return style.colors.yellow;
    case 'blocked':
    case 'infrastructure':
      return style.colors.red;
    case 'superseded':
    case 'interrupted':
    case 'cancelled':
      return style.colors.dim;
    case null:
      return style.colors.cyan;
  }
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
      const gained =
        run.absorbed === 0
          ? ''
          : `, ${run.absorbed > 0 ? plural(run.absorbed, 'entry', 'entries') + ' more' : plural(-run.absorbed, 'entry', 'entries') + ' fewer'}`;
      return hanging('', `stable after ${took}${gained}; ${lostText(run.lost)}`, style.width);
    }
    case 'blocked':
    case 'infrastructure':
      return problemLines(`${outcome.kind}: `, outcome.problem, style);
    case 'stalled':
      return hanging('', `stalled after ${took}: ${STALLED[outcome.reason]}${some(outcome.symbols)}`, style.width);
    case 'superseded':
      return ['superseded: saved again'];
    case 'interrupted':
      return ['interrupted'];
  }
}

const STALLED = {
  'no-rung': 'no rung is left',
  'max-iterations': 'max-iterations is reached',
  'repeated-state': 'the same state came again',
} as const;

function some(symbols: readonly string[]): string {
  if (symbols.length === 0) return '';
  const shown = symbols.slice(0, 5).join(', ');
  return ` for ${shown}${symbols.length > 5 ? ` and ${symbols.length - 5} more` : ''}`;
}

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
