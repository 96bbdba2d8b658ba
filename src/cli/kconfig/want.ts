import { PLAIN } from '../../kernel/addedWishes.ts';
import { definedNames, namesOf } from '../../kernel/kernelNames.ts';
import { valueIn } from '../../kernel/settingValue.ts';
import { withoutWay } from '../../kernel/withoutWay.ts';
import { Configuration, findRemedies, isLogic, menuText, type SymbolValue } from '../../kconfig/index.ts';
import { writeBinding } from '../../managed/kernelValues.ts';
import { UsageError } from '../../model/errors.ts';
import type { FoundRemedies, Overridden } from '../../model/remedy.ts';
import { wantedValues } from '../wantedValues.ts';
import { MOST_WAYS, printRemedies, type WantOptions } from '../want.ts';
import { loadKernel, readGiven, setValues, type TreeOptions } from './load.ts';

type Options = TreeOptions & Partial<WantOptions> & { config?: string | undefined };

/** `falloutd kconfig want SYMBOL=VALUE…`: further lines of a .config that give what is wanted. @returns the exit code. */
export async function wantInTree(words: readonly string[], options: Options): Promise<number> {
  const wanted = wantedValues(words);
  const { config, json = false, all = false } = options;
  if (config === undefined)
    throw new UsageError({
      message: 'no .config is given',
      hint: 'name the one that the settings are for with --config',
    });
  const given = await readGiven(config);
  const { kconfig } = await loadKernel(options);
  const configuration = new Configuration(kconfig);
  setValues(configuration, given);
  return printRemedies(remediesIn(configuration, wanted), config, { json, all });
}

/** Ways in a configuration, as data. */
function remediesIn(configuration: Configuration, wanted: readonly SymbolValue[]): FoundRemedies {
  const { kconfig } = configuration;
  const found = findRemedies(configuration, wanted, { most: MOST_WAYS });
  const result = { wanted: [...wanted], alternatives: [] };
  if (found.kind === 'holds') return { ...result, outcome: 'holds' };
  if (found.kind !== 'found') {
    const known = { names: namesOf(definedNames(kconfig), new Map()), asked: new Map() };
    return { ...result, ...withoutWay(found, wanted, configuration, known) };
  }
  const alternatives = found.alternatives.map(({ settings, alsoChanges }) => ({
    settings,
    nix: settings.map(({ symbol, value }) => writeBinding(symbol, valueIn(kconfig, symbol, value), PLAIN)),
    overrides: settings.flatMap(({ symbol }) => overriddenIn(configuration, symbol) ?? []),
    alsoChanges: alsoChanges.map(({ symbol, before, after }) => ({
      symbol,
      from: before,
      to: after,
      menu: menuText(configuration.symbol(symbol)),
    })),
  }));
  return { ...result, outcome: 'found', alternatives };
}

/** What the .config says of a symbol. */
function overriddenIn(configuration: Configuration, name: string): Overridden | null {
  const symbol = configuration.symbol(name);
  if (symbol === undefined || !configuration.hasUserValue(symbol)) return null;
  if (!isLogic(symbol) && !configuration.isWritten(symbol)) return null;
  return { symbol: name, value: configuration.value(symbol), by: null, position: null };
}
