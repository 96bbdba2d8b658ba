import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import type { Config, Target } from '../config/config.ts';
import { documentText } from '../report/data/documents.ts';
import { predictionLines } from '../report/text/predictionLines.ts';
import { LiveLine, SYSTEM_CLOCK } from '../report/text/liveLine.ts';
import { style } from '../report/text/style.ts';
import { predictTarget, type PredictedRun } from '../run/predictTarget.ts';
import { Predictor } from '../run/predictor.ts';
import { copiedHistory } from '../state/copiedHistory.ts';
import { configAndTarget } from './commandLine.ts';
import { interruption } from './interruption.ts';
import { printText } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';

const DOING = { evaluate: 'evaluating', facts: 'reading the kernel', predict: 'predicting' } as const;

type PredictOptions = { json: boolean; output?: string | undefined };

/** `falloutd predict`: what a run would come to, without a config build. @returns the exit code that `once` would have. */
async function predict(config: Config, target: Target, { json, output }: PredictOptions): Promise<number> {
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
    let predicted: PredictedRun | null;
    try {
      predicted = await predictTarget(target, history, {
        predictor,
        signal: interruption,
        onPhase: (phase) => show(DOING[phase]),
        onProgress: ({ step }) => show(`${DOING.facts}: ${step}`),
      });
    } finally {
      history.close();
    }
    show('');
    if (predicted === null) return INTERRUPTED;
    const { dotConfig, ...document } = predicted;
    if (json) process.stdout.write(documentText(document, 2));
    else
      printText((look) =>
        predictionLines(document, target.name, look)
          .map((line) => `${line}\n`)
          .join(''),
      );
    if (output !== undefined && dotConfig !== null) await writeFile(output, dotConfig);
    return { stable: 0, stalled: 1, blocked: 3 }[predicted.outcome.kind];
  } finally {
    show('');
    await predictor.close();
    await rm(scratch, { recursive: true, force: true });
  }
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
