/** `falloutd tidy`: the settings of the user's own files that can go. */
import type { Command } from '@commander-js/extra-typings';
import type { Config, Target } from '../config/config.ts';
import { tidyLines } from '../report/text/tidyLines.ts';
import { findNeedless } from '../run/findNeedless.ts';
import { configAndTarget } from './commandLine.ts';
import { lookAtTarget } from './lookAtTarget.ts';
import { printText, render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';

type TidyOptions = { implied: boolean; json: boolean };

/** @returns the exit code: 1 where something could go. */
async function tidy(config: Config, target: Target, { implied, json }: TidyOptions): Promise<number> {
  const options = { withImplied: implied, how: 'comment' } as const;
  const found = await lookAtTarget(config, async (history, looking) => findNeedless(target, history, options, looking));
  if (found === null) return INTERRUPTED;
  const { needless } = found;
  printText((look) =>
    render({ target: target.name, needless }, { json, style: look }, (data, style) =>
      tidyLines(data.needless, data.target, style),
    ),
  );
  return needless.length === 0 ? 0 : 1;
}

/** The arguments of `falloutd tidy`. */
export function tidyCommand(command: Command): void {
  command
    .description('the settings in your own files without which the .config is the same')
    .option('--implied', 'also those that are true anyway today')
    .option('--json', 'print JSON')
    .action(async ({ implied = false, json = false }, self) => {
      process.exitCode = await tidy(...(await configAndTarget(self)), { implied, json });
    });
}
