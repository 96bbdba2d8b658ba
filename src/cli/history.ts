import type { Command } from '@commander-js/extra-typings';
import { count, printFromHistory } from './commandLine.ts';
import { historyLines } from '../report/text/historyLines.ts';
import type { History } from '../state/historyDatabase.ts';
import { runs } from '../state/recordedRuns.ts';
import { render, type OutputOptions } from './output.ts';

/**
 * `falloutd history`: the newest `limit` runs (20 without it), of one target or of all. For people the
 * newest stands last, as it happened; as JSON it comes first.
 */
export function history(db: History, options: OutputOptions & { limit?: number } = {}): string {
  const all = runs(db, { target: options.target, limit: options.limit ?? 20 });
  return render({ runs: all }, options, (_, style, now) =>
    all.length === 0
      ? [`no run${options.target === undefined ? '' : ` of ${options.target}`} is recorded`]
      : historyLines(all, style, now),
  );
}

/** The arguments of `falloutd history`. */
export function historyCommand(command: Command): void {
  command
    .description('the runs and their iterations, the newest last')
    .option('--json', 'print JSON, the newest run first')
    .option('--limit <n>', 'how many runs', count, 20)
    .action(({ limit }, self) => printFromHistory(self, (db, output) => history(db, { ...output, limit })));
}
