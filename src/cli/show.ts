import type { Command } from '@commander-js/extra-typings';
import { UsageError } from '../model/errors.ts';
import { count, printFromHistory } from './commandLine.ts';
import { iterationDetail, iterationDocument, iterationLog, latestRecorded } from '../report/data/recordedIteration.ts';
import { kernelBuildLog, recordedKernelBuild } from '../report/data/recordedKernelBuild.ts';
import { lateContent } from '../state/lateWrites.ts';
import { textOf } from '../system/fileText.ts';
import { iterationLines } from '../report/text/iterationLines.ts';
import { kernelBuildLines } from '../report/text/kernelBuildLines.ts';
import type { History } from '../state/historyDatabase.ts';
import { printable, render, type OutputOptions } from './output.ts';

type ShowOptions = OutputOptions & { log?: boolean | undefined };

/**
 * `falloutd show N`; without a number, the latest iteration.
 * @throws UsageError for a number that is not recorded, or a transcript that is not kept.
 */
export function show(db: History, named: number | undefined, options: ShowOptions = {}): string {
  const n = named ?? latestRecorded(db, options.target);
  if (options.log === true) return printable(iterationLog(db, n), options);
  return render(iterationDocument(db, n), options, (_, style, now) =>
    iterationLines(iterationDetail(db, n), style, now),
  );
}

/** `falloutd show --build N`. @throws UsageError for a number that is not recorded, or a log that is not kept. */
export function showBuild(db: History, n: number, options: ShowOptions): string {
  return options.log === true
    ? printable(kernelBuildLog(db, n), options)
    : render(recordedKernelBuild(db, n), options, kernelBuildLines);
}

/** `falloutd show --late N`: a replaced file as a program left it that had it open. @throws UsageError for an unknown number. */
export function showLate(db: History, n: number, options: OutputOptions): string {
  const late = lateContent(db, n);
  if (late === null)
    throw new UsageError({ message: `there is no late write ${n}`, hint: '`falloutd status` names them' });
  return printable(textOf(late), options);
}

/** The arguments of `falloutd show`. */
export function showCommand(command: Command): void {
  command
    .description('one iteration: its fallout, its entries, its log; or one kernel build')
    .option('--json', 'print JSON')
    .argument('[iteration]', 'its number in `history`; default: the latest', count)
    .option('--build <build>', 'a kernel build, by its number in `builds`', count)
    .option(
      '--late <n>',
      'a file that a program wrote to after falloutd had replaced it, by its number in `status`',
      count,
    )
    .option('--log', 'print the transcript')
    .action(async (iteration, { build, late, log }, self) => {
      if ([iteration, build, late].filter((each) => each !== undefined).length > 1)
        throw new UsageError({ message: 'name one iteration, `--build N` or `--late N`' });
      await printFromHistory(self, (db, output) =>
        late !== undefined
          ? showLate(db, late, output)
          : build === undefined
            ? show(db, iteration, { ...output, log })
            : showBuild(db, build, { ...output, log }),
      );
    });
}
