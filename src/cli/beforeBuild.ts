/** What is looked at before a kernel is built for hours. */
import type { Config, Target } from '../config/config.ts';
import { FalloutdError, InfrastructureError, RefusedError } from '../model/errors.ts';
import { HistoryError } from '../state/historyError.ts';
import { someOf } from '../system/someOf.ts';
import { missLines, missText } from '../report/text/preflightLines.ts';
import type { Style } from '../report/text/style.ts';
import { preflightTarget, type TargetPreflight } from '../run/preflightTarget.ts';
import { lookAtTarget } from './lookAtTarget.ts';

/**
 * Refuses a kernel that its host could not use, and prints what else is missing. Where that cannot be found out, it says why, and the
 * build may begin. @returns false after an interruption.
 * @throws RefusedError; InfrastructureError.
 */
export async function refuseUnfit(
  config: Config,
  target: Target,
  print: (lines: readonly string[]) => void,
  style: Style,
): Promise<boolean> {
  const found = await checked(config, target, print);
  if (found === null) return false;
  if (found.kind === 'unread') print([`not checked against its host: ${found.problem.message}`]);
  if (found.kind !== 'checked') return true;
  const { misses } = found.found;
  const errors = misses.filter(({ severity }) => severity === 'error');
  const warnings = misses.filter(({ severity }) => severity === 'warning');
  print(warnings.flatMap((miss) => missLines(miss, style)));
  if (errors.length === 0) return true;
  throw new RefusedError({
    message: `this kernel lacks what its host needs:\n${someOf(errors.map(missText), '\n', 8)}`,
    hint: '`falloutd preflight` lists it all; `falloutd build --force` builds the kernel all the same',
  });
}

/** `unchecked`: the build itself will say why. A history that cannot be read ends the build, too. */
async function checked(
  config: Config,
  target: Target,
  print: (lines: readonly string[]) => void,
): Promise<TargetPreflight | { kind: 'unchecked' } | null> {
  try {
    return await lookAtTarget(config, async (history, looking) => preflightTarget(target, history, looking));
  } catch (error) {
    if (!(error instanceof FalloutdError) || error instanceof InfrastructureError || error instanceof HistoryError)
      throw error;
    print([`not checked against its host: ${error.problem.message}`]);
    return { kind: 'unchecked' };
  }
}
