import { closest } from 'fastest-levenshtein';
import {
  compareConfigurations,
  Configuration,
  explain,
  explainLine,
  type ValueDifference,
  type Explanation,
  type Kconfig,
  type ReverseDependency,
} from '../../kconfig/index.ts';
import { render } from '../output.ts';
import { clean, hanging, style as styleOf, type Style } from '../../report/text/style.ts';
import { loadKernel, readGiven, setValues, type Given, type TreeOptions } from './load.ts';

type ExplainOptions = TreeOptions & { config?: string | undefined; json?: boolean | undefined };

/** `falloutd kconfig explain SYMBOL…`: the value of each symbol and why, under a .config or the defaults. */
export async function explainSymbols(names: readonly string[], options: ExplainOptions): Promise<void> {
  const given = options.config === undefined ? null : await readGiven(options.config);
  const { kconfig } = await loadKernel(options);
  const configuration = configurationFrom(kconfig, given);
  const explained = names.map((name) => explain(configuration, name.replace(/^CONFIG_/, '')));
  const style = styleOf(process.stdout);
  process.stdout.write(
    render({ symbols: explained }, { json: options.json, style }, () =>
      explained.flatMap((explanation) => explanationLines(explanation, kconfig, style)),
    ),
  );
}

/** `falloutd kconfig diff A B`: what two .config files come to, symbol by symbol. */
export async function diffConfigs(
  before: string,
  after: string,
  options: TreeOptions & { json?: boolean | undefined },
): Promise<void> {
  const [a, b] = [await readGiven(before), await readGiven(after)];
  const { kconfig } = await loadKernel(options);
  const differences = compareConfigurations(configurationFrom(kconfig, a), configurationFrom(kconfig, b));
  process.stdout.write(
    render({ symbols: differences }, { json: options.json }, () =>
      differences.length === 0 ? ['no symbol differs'] : differences.map(differenceLine),
    ),
  );
}

/** Of the symbols that depend on one, so many are named; `--json` has all. */
const SHOWN = 8;

function configurationFrom(kconfig: Kconfig, given: Given | null): Configuration {
  const configuration = new Configuration(kconfig);
  if (given !== null) setValues(configuration, given);
  else configuration.clear();
  return configuration;
}

function differenceLine({ symbol, before, after }: ValueDifference): string {
  return clean(`${symbol} ${before ?? '-'} -> ${after ?? '-'}`);
}

function explanationLines(explanation: Explanation, kconfig: Kconfig, style: Style): string[] {
  const lines = hanging('', explainLine(explanation), style.width);
  if (explanation.reason.kind === 'undefined') {
    const known = [...kconfig.byName].flatMap(([name, symbol]) => (symbol.menus.length > 0 ? [name] : []));
    lines.push(`  the nearest: ${closest(explanation.symbol, known)}`);
  }
  for (const { file, line, prompt } of explanation.definitions)
    lines.push(...hanging('  ', `${file}:${line}${prompt === null ? '' : `  ${prompt}`}`, style.width));
  lines.push(
    ...reverseLines('selected by', explanation.selectedBy, style),
    ...reverseLines('implied by', explanation.impliedBy, style),
  );
  if (explanation.mentionedBy.length > 0)
    lines.push(...hanging('  ', `what depends on it: ${listed(explanation.mentionedBy)}`, style.width));
  return lines;
}

/** The first names, and how many more there are. */
function listed(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return more > 1 ? `${names.slice(0, SHOWN).join(', ')} and ${more} more` : names.join(', ');
}

/** Who is on comes first; of those that are off, only how many. */
function reverseLines(verb: string, all: readonly ReverseDependency[], style: Style): string[] {
  const on = all.filter((reverse) => reverse.forces > 0);
  const off = all.length - on.length;
  if (all.length === 0) return [];
  const names = on.map((reverse) => `${reverse.symbol} (${reverse.value})`);
  if (off > 0) names.push(`${on.length === 0 ? '' : 'and '}${off} that ${off === 1 ? 'is' : 'are'} off`);
  return hanging('  ', `${verb} ${names.join(', ')}`, style.width);
}
