import type { Config, Target } from '../config/config.ts';
import { converge } from '../run/converge.ts';
import type { History } from '../state/history.ts';
import { mendLeftovers } from '../system/leftovers.ts';
import { openState } from '../state/stateDirectory.ts';
import { documentText } from '../report/data/documents.ts';
import { reporter } from '../report/text/terminalReporter.ts';
import { style } from '../report/text/style.ts';
import type { Run } from '../model/run.ts';

export type OnceOptions = { fresh: boolean; strict: boolean; json: boolean; signal: AbortSignal };

/** `falloutd once`: one run of a target to its end. @returns the exit code of README's table. */
export async function once(config: Config, target: Target, options: OnceOptions): Promise<number> {
  const { history, close } = await openState(config);
  await mendLeftovers(target.managedFile);
  const screen = reporter(process.stderr, style(process.stderr));
  screen.print(history.notices);
  try {
    const run = await toTheEnd(config, target, history, options, screen);
    if (options.json) process.stdout.write(documentText(run, 2));
    return exitCode(run, options.strict);
  } finally {
    screen.close();
    close();
  }
}

/** The user may save while it runs: then the run starts over on what was saved. */
async function toTheEnd(
  config: Config,
  target: Target,
  history: History,
  options: OnceOptions,
  screen: ReturnType<typeof reporter>,
): Promise<Run> {
  for (;;) {
    const run = await converge(target, history, {
      cause: 'command',
      signal: options.signal,
      fresh: options.fresh,
      transcripts: config.transcripts,
      emit: (event) => screen.handle(event),
    });
    if (run.outcome?.kind !== 'superseded') return run;
  }
}

/** What a run's outcome means to the shell. */
export function exitCode(run: Run, strict: boolean): number {
  switch (run.outcome?.kind) {
    case 'stable':
      return strict && run.lost.length > 0 ? 1 : 0;
    case 'blocked':
      return 3;
    case 'infrastructure':
      return 5;
    case 'interrupted':
      return 130;
    case 'stalled':
    case 'superseded':
    case undefined:
      return 1;
  }
}
