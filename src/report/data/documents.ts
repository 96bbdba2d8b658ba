import { jsonOf } from '../../fallout/causeText.ts';
import type { Explanation, ValueDifference } from '../../kconfig/index.ts';
import type { RunEvent } from '../../model/event.ts';
import type { KernelBuild } from '../../model/kernelBuild.ts';
import type { Iteration, Run } from '../../model/run.ts';
import type { IterationDifference } from './iterationDifference.ts';
import type { LostOfTarget } from './lostOfTarget.ts';
import type { LogReading } from './readLog.ts';
import type { TargetStatus } from './targetStatus.ts';

/** What each JSON document holds besides its version, by the name of its schema in `config/schema`. */
export type Documents = {
  /** `once`, and what the hooks `on-stable` and `on-blocked` read. `patch`: what a dry run would have written. */
  run: Run & { patch?: string };
  /** `show N`. */
  iteration: Iteration;
  /** `build`, `show --build N`, and what the hook `on-built` reads. */
  'kernel-build': KernelBuild;
  status: { targets: TargetStatus[] };
  /** A line of `status --follow`, after the first. */
  event: { event: RunEvent };
  /** The newest run comes first. */
  history: { runs: Run[] };
  builds: { builds: KernelBuild[] };
  lost: { targets: LostOfTarget[] };
  diff: IterationDifference;
  read: LogReading;
  'kconfig-explain': { symbols: Explanation[] };
  'kconfig-diff': { symbols: ValueDifference[] };
};

export type Document = Documents[keyof Documents];

/**
 * A JSON document, with its version. A key that goes or changes its meaning makes a new version; a new key does not.
 * @param indent spaces; without it the text is one line.
 */
export function documentText(document: Document, indent?: number): string {
  return `${jsonOf({ version: 1, ...document }, indent)}\n`;
}
