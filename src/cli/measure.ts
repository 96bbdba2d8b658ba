import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import { measure } from '../build/measure.ts';
import { recordMeasurement } from '../build/recordMeasurement.ts';
import { runningKernel } from '../build/runningKernel.ts';
import { measurementLines } from '../report/text/measurementLines.ts';
import { openHistory, type History } from '../state/historyDatabase.ts';
import { takeMeasuringLock } from '../state/lock.ts';
import { measurements } from '../state/measurements.ts';
import { runTool } from '../system/tool.ts';
import { printFromHistory, stateDirOf } from './commandLine.ts';
import { interruption } from './interruption.ts';
import { liveText } from './liveText.ts';
import { render, type OutputOptions } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';

/** Longer than any of the tools takes on a machine that works. */
const LIMIT_MS = 60_000;

/** The measurements on record, of one target or of all; `measured` is the number of the one that was made now. */
export function measured(db: History, n: number | null, options: OutputOptions = {}): string {
  const all = measurements(db);
  const now = all.find(({ measurement }) => measurement === n) ?? null;
  const shown = all.filter(({ target }) => options.target === undefined || target === options.target);
  return render({ measured: now, measurements: shown }, options, (_, look, time) =>
    measurementLines(shown, look, time),
  );
}

/** Measures the running kernel and records that. @returns its number; null after an interruption, when nothing is recorded. */
async function measureHere(command: CommandUnknownOpts): Promise<number | null> {
  const stateDir = await stateDirOf(command);
  const lock = takeMeasuringLock(stateDir);
  const show = liveText();
  try {
    const history = openHistory(stateDir);
    try {
      const running = runningKernel();
      const figures = await measure(running, {
        tool: async (name, args) => runTool(name, args, { signal: interruption, limitMs: LIMIT_MS }),
        onStep: (step) => show(`measuring: ${step}`),
      });
      if (figures === null) return null;
      return recordMeasurement(history, running, figures);
    } finally {
      history.close();
    }
  } finally {
    show('');
    lock.release();
  }
}

/** The arguments of `falloutd measure`. */
export function measureCommand(command: Command): void {
  command
    .description('how fast the running kernel boots and encrypts, and how large it is, beside earlier ones')
    .option('--json', 'print JSON')
    .option('--list', 'measure nothing: show what is recorded')
    .action(async ({ list = false }, self) => {
      const n = list ? null : await measureHere(self);
      if (!list && n === null) process.exitCode = INTERRUPTED;
      else await printFromHistory(self, (db, output) => measured(db, n, output));
    });
}
