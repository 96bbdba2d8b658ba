import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import { createTwoFilesPatch } from 'diff';
import type { Config, Target } from '../config/config.ts';
import { isWish } from '../model/asker.ts';
import { FalloutdError, UsageError } from '../model/errors.ts';
import type { FoundRemedies, WantedValue } from '../model/remedy.ts';
import { remedyLines } from '../report/text/remedyLines.ts';
import { whyTarget } from '../run/whyTarget.ts';
import { remedyFinder } from '../run/remediesFor.ts';
import { readText } from '../config/configFile.ts';
import { findConfigFile } from '../config/findConfig.ts';
import { withPursued } from '../config/withPursued.ts';
import { configAndTarget, sharedOptions } from './commandLine.ts';
import { lookAtTarget } from './lookAtTarget.ts';
import { printNote, printProblem, printText, render } from './output.ts';
import { INTERRUPTED } from './runExitCode.ts';
import { unknownName } from './unknownName.ts';
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

/** Prints what was found, or the names that are none. @returns the exit code: 0 where it holds, or a way was found. */
export function printRemedies(found: FoundRemedies, subject: string, { json, all }: WantOptions): number {
  const [unknown, ...more] = json ? [] : unknownIn(found);
  if (unknown !== undefined) {
    for (const { problem } of [unknown, ...more]) printProblem(problem);
    return unknown.exitCode;
  }
  printText((look) =>
    render(found, { json, style: look }, (data, style) => remedyLines(data, subject, { all }, style)),
  );
  return found.outcome === 'found' || found.outcome === 'holds' ? 0 : 1;
}

const unknownIn = ({ wanted, blockedBy = [] }: FoundRemedies): UsageError[] =>
  blockedBy.flatMap(({ symbol, cause }) =>
    cause?.kind === 'unknown' && wanted.some((each) => each.symbol === symbol) ? unknownName({ symbol, cause }) : [],
  );

/** `falloutd want --pursue`: how falloutd.toml would name a wish that each run is to give. */
async function showPursued(name: string, command: CommandUnknownOpts): Promise<number> {
  if (!/^\w+$/.test(name))
    throw new UsageError({
      message: `\`${name}\` is no option`,
      hint: 'its name is enough, as in `falloutd want --pursue RTLWIFI`: your patches say which value it is to have',
    });
  const file = findConfigFile(sharedOptions(command).config, process.cwd());
  if (file === null) throw new UsageError({ message: 'there is no falloutd.toml', hint: '`falloutd init` writes one' });
  const [config, target] = await configAndTarget(command);
  const symbol = name.replace(/^CONFIG_/, '');
  const before = readText(file);
  const after = withPursued(before, file, target.name, symbol);
  const note = await noteOn(symbol, config, target);
  if (note === null) return INTERRUPTED;
  if (note !== '') printNote(note);
  printText(() => createTwoFilesPatch(file, file, before, after, 'now', 'with the wish'));
  return 0;
}

/** What to know before a symbol is pursued; null after an interruption. @throws UsageError for a name that is none. */
async function noteOn(symbol: string, config: Config, target: Target): Promise<string | null> {
  try {
    const found = await lookAtTarget(config, async (history, looking) => whyTarget(target, [symbol], history, looking));
    if (found === null) return null;
    const [unknown] = found.unknown;
    if (unknown !== undefined) throw unknownName(unknown);
    const isWished = found.symbols.some(({ asked }) => asked.some(isWish));
    return isWished ? '' : `no patch of yours asks for ${symbol}: until one does there is nothing to pursue`;
  } catch (error) {
    if (!(error instanceof FalloutdError) || error instanceof UsageError) throw error;
    return `whether ${symbol} is an option cannot be looked up: ${error.problem.message}`;
  }
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
      if (pursue !== undefined) {
        process.exitCode = await showPursued(pursue, self);
        return;
      }
      if (words.length === 0) throw new UsageError({ message: 'what do you want?', hint: '`falloutd want RTLWIFI=n`' });
      const wanted = wantedValues(words);
      process.exitCode = await want(...(await configAndTarget(self)), wanted, { all, json });
    });
}
