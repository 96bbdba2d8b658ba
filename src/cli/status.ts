import type { Target } from '../config/config.ts';
import { targetStatuses } from '../report/data/targetStatus.ts';
import { statusLines } from '../report/text/statusLines.ts';
import type { LiveStatus } from '../model/liveStatus.ts';
import type { History } from '../state/history.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd status`. */
export function status(
  db: History,
  options: OutputOptions & {
    target?: string | undefined;
    live?: Readonly<Record<string, LiveStatus>> | undefined;
    configured?: readonly Target[] | undefined;
  } = {},
): string {
  const all = targetStatuses(db, options);
  return render({ targets: all }, options, (_, style, now) =>
    all.length === 0
      ? [`${options.target ?? 'no target'} has ${options.target === undefined ? '' : 'not '}run yet`]
      : statusLines(all, style, now),
  );
}
