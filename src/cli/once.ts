import type { Command } from '@commander-js/extra-typings';
import { configAndTarget } from './commandLine.ts';
import { interruption } from './interruption.ts';
import type { Config, Target } from '../config/config.ts';
import { converge } from '../run/converge.ts';
import { LateWrites } from '../run/lateWrites.ts';
import { Predictor } from '../run/predictor.ts';
import { mendLeftovers } from '../system/leftovers.ts';
import { openState } from '../state/stateDirectory.ts';
import { documentText } from '../report/data/documents.ts';
import { reporter } from '../report/text/terminalReporter.ts';
import { style } from '../report/text/style.ts';
import type { Run } from '../model/run.ts';
import { runExitCode, type OnceOptions } from './runExitCode.ts';

/** `falloutd once`: one run of a target to its end. @returns the exit code of README's table. */
export async function once(config: Config, target: Target, options: OnceOptions): Promise<number> {
  const { history, close } = await openState(config);
  await mendLeftovers(target.managedFile);
  const screen = reporter(process.stderr, style(process.stderr));
  const predictor = new Predictor(config.stateDir);
  const late = new LateWrites(history, (event) => screen.handle(event));
  screen.print(history.notices);
  try {
    let run: Run;
    // The user may save while it runs: then the run starts over on what was saved.
    do
      run = await converge(target, history, {
        cause: 'command',
        signal: options.signal,
        fresh: options.fresh,
        transcripts: config.transcripts,
        emit: (event) => screen.handle(event),
        onDisplaced: late.take,
        predictor,
      });
    while (run.outcome?.kind === 'superseded');
    if (options.json) process.stdout.write(documentText(run, 2));
    return runExitCode(run, options.strict);
  } finally {
    await predictor.close();
    await late.end(options.signal);
    screen.close();
    close();
  }
}

/** The arguments of `falloutd once`. */
export function onceCommand(command: Command): void {
  command
    .description('one run to the fixed point')
    .option('--json', 'print JSON')
    .option('--dry-run', 'show the diff, write nothing')
    .option('--fresh', 'release every entry first')
    .option('--strict', 'exit 1 when wishes were lost')
    .action(async ({ json = false, dryRun = false, fresh = false, strict = false }, self) => {
      const run = dryRun ? (await import('./dryRun.ts')).dryRun : once;
      process.exitCode = await run(...(await configAndTarget(self)), { json, fresh, strict, signal: interruption });
    });
}
