import type { Command } from '@commander-js/extra-typings';
import type { Config, Target } from '../config/config.ts';
import { predictionLines } from '../report/text/predictionLines.ts';
import { predictTarget } from '../run/predictTarget.ts';
import { configAndTarget } from './commandLine.ts';
import { lookAtTarget } from './lookAtTarget.ts';
import { printText, render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';
import { writeResult } from './writeResult.ts';

type PredictOptions = { json: boolean; output?: string | undefined };

/** `falloutd predict`: what a run would come to, without a config build. @returns the exit code that `once` would have. */
async function predict(config: Config, target: Target, { json, output }: PredictOptions): Promise<number> {
  const run = await lookAtTarget(config, async (history, looking) => predictTarget(target, history, looking));
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
