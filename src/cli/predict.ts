import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import type { Config, Target } from '../config/config.ts';
import { predictionLines } from '../report/text/predictionLines.ts';
import { LiveLine, SYSTEM_CLOCK } from '../report/text/liveLine.ts';
import { style } from '../report/text/style.ts';
import { PHASES } from '../report/text/terminalReporter.ts';
import { predictTarget, type PredictedRun } from '../run/predictTarget.ts';
import { Predictor } from '../run/predictor.ts';
import { copiedHistory } from '../state/copiedHistory.ts';
import { configAndTarget } from './commandLine.ts';
import { interruption } from './interruption.ts';
import { printText, render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';
import { writeResult } from './writeResult.ts';

/** Predicts, and shows on a terminal what goes on; null after an interruption. */
async function predicted(config: Config, target: Target): Promise<PredictedRun | null> {
  const scratch = await mkdtemp(join(tmpdir(), 'falloutd-predict-'));
  const predictor = new Predictor(config.stateDir);
  let doing = '';
  const live = new LiveLine(process.stderr, style(process.stderr), SYSTEM_CLOCK, () => doing);
  const show = (text: string): void => {
    doing = text;
    live.update();
  };
  try {
    const history = await copiedHistory(config.stateDir, join(scratch, 'state'));
    try {
      return await predictTarget(target, history, {
        predictor,
        signal: interruption,
        onPhase: (phase) => show(PHASES[phase]),
        onProgress: ({ step }) => show(`${PHASES.facts}: ${step}`),
      });
    } finally {
      history.close();
    }
  } finally {
    show('');
    await predictor.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

type PredictOptions = { json: boolean; output?: string | undefined };

/** `falloutd predict`: what a run would come to, without a config build. @returns the exit code that `once` would have. */
async function predict(config: Config, target: Target, { json, output }: PredictOptions): Promise<number> {
  const run = await predicted(config, target);
  if (run === null) return INTERRUPTED;
  const { dotConfig, ...document } = run;
  printText((look) =>
    render(document, { json, style: look }, (data, style) => predictionLines(data, target.name, style)),
  );
  if (output !== undefined && dotConfig !== null) writeResult(output, dotConfig);
  return { stable: 0, stalled: 1, blocked: 3 }[run.outcome.kind];
}

/** The arguments of `falloutd predict`. */
export function predictCommand(command: Command): void {
  command
    .description('what a run would come to, without a config build')
    .option('--json', 'print JSON')
    .option('--output <file>', 'write the predicted .config')
    .action(async ({ json = false, output }, self) => {
      process.exitCode = await predict(...(await configAndTarget(self)), { json, output });
    });
}
