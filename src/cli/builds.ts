import type { Command } from '@commander-js/extra-typings';
import { count, printFromHistory } from './commandLine.ts';
import { kernelBuildTable } from '../report/text/kernelBuildLines.ts';
import type { History } from '../state/historyDatabase.ts';
import { kernelBuilds } from '../state/kernelBuilds.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd builds`: the newest `limit` kernel builds, of one target or of all. For people the newest stands last. */
export function builds(db: History, options: OutputOptions & { limit: number }): string {
  const all = kernelBuilds(db, options);
  return render({ builds: all }, options, (_, style, now) =>
    all.length === 0
      ? [`no kernel build${options.target === undefined ? '' : ` of ${options.target}`} is recorded`]
      : kernelBuildTable(all, style, now),
  );
}

/** The arguments of `falloutd builds`. */
export function buildsCommand(command: Command): void {
  command
    .description('the kernel builds with their durations and sizes, the newest last')
    .option('--json', 'print JSON')
    .option('--limit <n>', 'how many', count, 20)
    .action(({ limit }, self) => printFromHistory(self, (db, output) => builds(db, { ...output, limit })));
}
