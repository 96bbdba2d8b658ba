import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import { createTwoFilesPatch } from 'diff';
import type { Config, Target } from '../config/config.ts';
import { UsageError } from '../model/errors.ts';
import type { FoundRemedies, WantedValue } from '../model/remedy.ts';
import { causeText } from '../fallout/causeText.ts';
import { remedyLines } from '../report/text/remedyLines.ts';
import { remedyFinder } from '../run/remediesFor.ts';
import { readText } from '../config/configFile.ts';
import { findConfigFile } from '../config/findConfig.ts';
import { withPursued } from '../config/withPursued.ts';
import { configAndTarget, configOf, sharedOptions, targetOf } from './commandLine.ts';
import { lookAtTarget } from './lookAtTarget.ts';
import { printText, render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';
import { wantedValues } from './wantedValues.ts';

/** So many ways are shown. */
export const MOST_WAYS = 3;

export type WantOptions = { json: boolean; all: boolean };

/** `falloutd want`: settings that give what is wanted, to be pasted. @returns the exit code. */
async function want(
  config: Config,
  target: Target,
  wanted: readonly WantedValue[],
  options: WantOptions,
): Promise<number> {
  const found = await lookAtTarget(config, async (history, looking, say) => {
    const find = await remedyFinder(target, history, looking);
    say('looking for settings');
    return find && (await find({ wanted, most: MOST_WAYS }));
  });
  if (found === null) return INTERRUPTED;
  const alternatives = found.alternatives.map(({ settings, nix, overrides, alsoChanges }) => ({
    settings,
    nix,
    overrides,
    alsoChanges,
  }));
  return printRemedies({ ...found, alternatives }, target.name, options);
}

/** Prints what was found. @returns 0 where it holds, or a way was found. @throws UsageError for a name that is none. */
export function printRemedies(found: FoundRemedies, subject: string, { json, all }: WantOptions): number {
  const unknown = found.blockedBy?.find(({ symbol, cause }) => cause?.kind === 'unknown' && isWanted(found, symbol));
  if (unknown?.cause != null && !json)
    throw new UsageError({ message: `${unknown.symbol}: ${causeText(unknown.cause)}` });
  printText((look) =>
    render(found, { json, style: look }, (data, style) => remedyLines(data, subject, { all }, style)),
  );
  return found.outcome === 'found' || found.outcome === 'holds' ? 0 : 1;
}

const isWanted = ({ wanted }: FoundRemedies, symbol: string): boolean => wanted.some((each) => each.symbol === symbol);

/** `falloutd want --pursue`: how falloutd.toml would name a wish that each run is to give. */
async function showPursued(symbol: string, command: CommandUnknownOpts): Promise<void> {
  if (!/^\w+$/.test(symbol))
    throw new UsageError({
      message: `\`${symbol}\` is no option`,
      hint: 'its name is enough, as in `falloutd want --pursue RTLWIFI`: your patches say which value it is to have',
    });
  const file = findConfigFile(sharedOptions(command).config, process.cwd());
  if (file === null) throw new UsageError({ message: 'there is no falloutd.toml', hint: '`falloutd init` writes one' });
  const target = targetOf(await configOf(command), command);
  const before = readText(file);
  const after = withPursued(before, file, target.name, symbol.replace(/^CONFIG_/, ''));
  printText(() => createTwoFilesPatch(file, file, before, after, 'now', 'with the wish'));
}

/** The arguments of `falloutd want`. */
export function wantCommand(command: Command): void {
  command
    .description('settings that give a symbol a value, to be pasted, and what else they change')
    .argument('[symbol=value...]', 'what you want, all at once: RTLWIFI=n')
    .option('--pursue <symbol>', 'show how falloutd.toml names a wish that every run is to give, by entries of its own')
    .option('--all', 'list all that would also change')
    .option('--json', 'print JSON')
    .action(async (words, { all = false, json = false, pursue }, self) => {
      if (pursue !== undefined) return showPursued(pursue, self);
      if (words.length === 0) throw new UsageError({ message: 'what do you want?', hint: '`falloutd want RTLWIFI=n`' });
      const wanted = wantedValues(words);
      process.exitCode = await want(...(await configAndTarget(self)), wanted, { all, json });
    });
}
