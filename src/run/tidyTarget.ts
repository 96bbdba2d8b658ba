/** Takes the needless settings out of the user's files, and proves by a config build that the .config stays. */
import type { Target } from '../config/config.ts';
import { RefusedError } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import type { Run } from '../model/run.ts';
import { compareSymbols } from '../script/configDifference.ts';
import { writtenValues } from '../script/dotConfig.ts';
import type { History } from '../state/historyDatabase.ts';
import { dotConfig } from '../state/recordedRuns.ts';
import { replacementsOf } from '../state/replacements.ts';
import { sha256 } from '../system/contentHash.ts';
import { firstOf } from '../system/someOf.ts';
import { converge, type ConvergeOptions } from './converge.ts';
import { findNeedless, type FindOptions, type FoundTidy } from './findNeedless.ts';
import type { Looking } from './evaluatedUnwritten.ts';
import { undoRun } from './undo.ts';

export type Tidied =
  | { kind: 'tidied'; run: Run }
  /** Every file is as it was. */
  | { kind: 'put-back'; run: Run; problem: Problem };

export type TidyRun = Omit<ConvergeOptions, 'cause' | 'saved' | 'edits' | 'fresh'>;

/**
 * Writes the changes, and runs once. Unless the run comes to the same .config, everything is put back, except for files that
 * were saved meanwhile: the save stands.
 */
export async function tidyTarget(
  target: Target,
  history: History,
  found: FoundTidy,
  options: TidyRun,
): Promise<Tidied> {
  const run = await converge(target, history, { ...options, cause: 'command', edits: found.changes });
  const problem = whyNot(run, found, history);
  if (problem === null) return { kind: 'tidied', run };
  const { onWrite, onDisplaced } = options;
  const isWritten = replacementsOf(history, target.name, run.run).length > 0;
  if (isWritten) await undoRun(target, history, run.run, { onWrite, onDisplaced, savesStand: true });
  return { kind: 'put-back', run, problem };
}

function whyNot({ outcome, iterations }: Run, found: FoundTidy, history: History): Problem | null {
  switch (outcome?.kind) {
    case 'stable': {
      const last = iterations.at(-1)?.iteration;
      const built = last === undefined ? null : dotConfig(history, last);
      return otherConfig(found.dotConfig, built ?? '');
    }
    case 'blocked':
    case 'infrastructure':
      return outcome.problem;
    case 'superseded':
      return { message: 'a file was saved meanwhile', hint: 'try again' };
    case 'interrupted':
      return { message: 'interrupted' };
    case 'stalled':
    case undefined:
      return { message: 'without these settings the run does not come to its end' };
  }
}

/** What is wrong where the values are not the same; the comments between them are another matter of conf's version. */
function otherConfig(before: string, after: string): Problem | null {
  const changes = compareSymbols(writtenValues(before), writtenValues(after));
  if (changes.length === 0) return null;
  const named = changes.map(({ symbol, from, to }) => `${symbol}: ${from ?? 'none'} → ${to ?? 'none'}`);
  return {
    message: `without these settings the config build gives another .config: ${firstOf(named)}`,
    hint: 'that was predicted otherwise; please report it',
  };
}

/** What a user has seen and agreed to: the same only for the same changes of the same files. */
export const planOf = ({ changes }: FoundTidy): string =>
  sha256(
    JSON.stringify(
      changes.map(({ path, before, after }) => [path, ...[before, after].map((bytes) => sha256(bytes ?? ''))]),
    ),
  );

/**
 * Finds them once more, and takes them out if they are what the user has agreed to. null after an interruption.
 * @throws RefusedError where they are not.
 */
export async function tidyAsPlanned(
  target: Target,
  history: History,
  { plan, ...find }: FindOptions & { plan: string },
  options: TidyRun & Looking,
): Promise<Tidied | null> {
  const found = await findNeedless(target, history, find, options);
  if (found === null) return null;
  if (planOf(found) === plan) return await tidyTarget(target, history, found, options);
  throw new RefusedError({ message: 'a file was saved meanwhile', hint: 'nothing was written; try again' });
}
