import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Config, Target } from '../config/config.ts';
import { FalloutdError, UsageError } from '../model/errors.ts';
import { whyLines } from '../report/text/whyLines.ts';
import { whyTarget } from '../run/whyTarget.ts';
import { configAndTarget, configInFile } from './commandLine.ts';
import { lookAtTarget } from './lookAtTarget.ts';
import { printProblem, printText, render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';
import { unknownName } from './unknownName.ts';

/** `falloutd why SYMBOL…`: who asks for it, what it comes to, and why. @returns the exit code. */
async function why(config: Config, target: Target, names: readonly string[], json: boolean): Promise<number> {
  const given = [...new Set(names.map((name) => name.replace(/^CONFIG_/, '')))];
  const found = await lookAtTarget(config, async (history, looking) => whyTarget(target, given, history, looking));
  if (found === null) return INTERRUPTED;
  const { symbols, unknown } = found;
  const document = { target: target.name, symbols, ...(unknown.length === 0 ? {} : { unknown }) };
  if (json || symbols.length > 0) printText((look) => render(document, { json, style: look }, whyLines));
  const errors = unknown.map(unknownName);
  for (const { problem } of errors) printProblem(problem);
  return errors[0]?.exitCode ?? 0;
}

/** The target; where there is none, it says what explains a kernel source. */
async function targetFor(command: CommandUnknownOpts): Promise<[Config, Target]> {
  try {
    return await configAndTarget(command);
  } catch (error) {
    if (!(error instanceof FalloutdError) || (await configInFile(command)) !== null) throw error;
    const { message, hint } = error.problem;
    const without = '`falloutd kconfig explain SYMBOL --tree DIR` explains one of a kernel source';
    throw new UsageError({ message, hint: hint === undefined ? without : `${hint}; ${without}` }, { cause: error });
  }
}

/** The arguments of `falloutd why`. */
export function whyCommand(command: Command): void {
  command
    .description('who asks for an option, what it comes to, and why')
    .argument('<symbol...>', 'the options')
    .option('--json', 'print JSON')
    .action(async (symbols, { json = false }, self) => {
      process.exitCode = await why(...(await targetFor(self)), symbols, json);
    });
}
