import type { Command } from '@commander-js/extra-typings';
import { UsageError } from '../model/errors.ts';
import type { History } from '../state/historyDatabase.ts';
import { dotConfig, lastStableIterations } from '../state/recordedRuns.ts';
import { count, printFromHistory } from './commandLine.ts';
import type { OutputOptions } from './output.ts';
import { writeResult } from './writeResult.ts';

/**
 * `falloutd config N`: the .config of an iteration; without a number, of the last stable one.
 * @throws UsageError where it has none, or none is stable.
 */
export function config(db: History, named: number | undefined, { target }: OutputOptions = {}): string {
  const n = named ?? lastStableIterations(db, target).at(-1);
  if (n === undefined)
    throw new UsageError({
      message: 'nothing has been stable yet',
      hint: 'name an iteration: falloutd config N; falloutd history lists them',
    });
  const text = dotConfig(db, n);
  if (text !== null) return text;
  const hint = 'falloutd history lists them; a build that failed gives no .config';
  throw new UsageError({ message: `iteration ${n} has no .config`, hint });
}

/** The arguments of `falloutd config`. */
export function configCommand(command: Command): void {
  command
    .description('the .config that an iteration gave')
    .argument('[iteration]', 'its number in `history`; default: the last stable one', count)
    .option('--output <file>', 'write it to this file')
    .action((iteration, { output }, self) =>
      printFromHistory(self, (db, options) => {
        writeResult(output, config(db, iteration, options));
        return '';
      }),
    );
}
