import type { Command } from '@commander-js/extra-typings';
import type { Config, Target } from '../config/config.ts';
import { RefusedError } from '../model/errors.ts';
import { isFatal, preflightLines } from '../report/text/preflightLines.ts';
import { preflightTarget } from '../run/preflightTarget.ts';
import { configAndTarget } from './commandLine.ts';
import { lookAtTarget } from './lookAtTarget.ts';
import { printText, render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';

/** `falloutd preflight`: what the kernel lacks of what the host needs. @returns the exit code: 1 where an error was found. */
async function preflight(config: Config, target: Target, json: boolean): Promise<number> {
  const checked = await lookAtTarget(config, async (history, looking) => preflightTarget(target, history, looking));
  if (checked === null) return INTERRUPTED;
  if (checked.kind === 'unread') throw new RefusedError(checked.problem);
  const { found } = checked;
  printText((look) => render(found, { json, style: look }, (data, style) => preflightLines(data, target.name, style)));
  return isFatal(found) ? 1 : 0;
}

/** The arguments of `falloutd preflight`. */
export function preflightCommand(command: Command): void {
  command
    .description('what the kernel lacks of what the host needs, before it is compiled')
    .option('--json', 'print JSON')
    .action(async ({ json = false }, self) => {
      process.exitCode = await preflight(...(await configAndTarget(self)), json);
    });
}
