import type { Command } from '@commander-js/extra-typings';
import { bootedKernel } from '../build/booted.ts';
import { runningKernel } from '../build/runningKernel.ts';
import type { RunningKernel } from '../model/booted.ts';
import { bootedLines } from '../report/text/bootedLines.ts';
import type { History } from '../state/historyDatabase.ts';
import { printFromHistory } from './commandLine.ts';
import { render, type OutputOptions } from './output.ts';

/** `falloutd booted`: which of the recorded kernels runs, of one target or of all. */
export function booted(db: History, running: RunningKernel, options: OutputOptions = {}): string {
  return render(bootedKernel(db, running, options.target), options, bootedLines);
}

/** The arguments of `falloutd booted`. */
export function bootedCommand(command: Command): void {
  command
    .description('which recorded kernel runs, and how it differs from the last stable configuration')
    .option('--json', 'print JSON')
    .option('--root <dir>', 'the folder with the files of another machine: its /proc and /run; default: /')
    .action(({ root }, self) => printFromHistory(self, (db, output) => booted(db, runningKernel(root), output)));
}
