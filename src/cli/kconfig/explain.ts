import { causeText } from '../../fallout/causeText.ts';
import {
  compareConfigurations,
  Configuration,
  explain,
  explainLine,
  type ValueDifference,
  type Kconfig,
  type ReverseDependency,
} from '../../kconfig/index.ts';
import { definedNames, namesOf, unknownCause } from '../../kernel/kernelNames.ts';
import type { ExplainedInTree } from '../../report/data/documentSchemas.ts';
import { render } from '../output.ts';
import { clean, hanging, style as styleOf, type Style } from '../../report/text/style.ts';
import { definitionLines, madeLines, namedLines } from '../../report/text/symbolLines.ts';
import { loadKernel, readGiven, setValues, type Given, type TreeOptions } from './load.ts';
import { withModules } from './withModules.ts';

type ExplainOptions = TreeOptions & { config?: string | undefined; json?: boolean | undefined };

/** `falloutd kconfig explain SYMBOL…`: the value of each symbol and why, under a .config or the defaults. */
export async function explainSymbols(names: readonly string[], options: ExplainOptions): Promise<void> {
  const given = options.config === undefined ? null : await readGiven(options.config);
  const { kconfig } = await loadKernel(options);
  const configuration = configurationFrom(kconfig, given);
  const explained = await withModules(
    names.map((name) => explain(configuration, name.replace(/^CONFIG_/, ''))),
    options,
  );
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

function configurationFrom(kconfig: Kconfig, given: Given | null): Configuration {
  const configuration = new Configuration(kconfig);
  if (given !== null) setValues(configuration, given);
  else configuration.clear();
  return configuration;
}

function differenceLine({ symbol, before, after }: ValueDifference): string {
  return clean(`${symbol} ${before ?? '-'} -> ${after ?? '-'}`);
}

/** The value and why; of a name that is none, what it may stand for. */
function explanationText(explanation: ExplainedInTree, kconfig: Kconfig): string {
  const { symbol, reason } = explanation;
  if (reason.kind !== 'undefined') return explainLine(explanation);
  return `${symbol}: ${causeText(unknownCause(symbol, namesOf(definedNames(kconfig), new Map()), []))}`;
}

function explanationLines(explanation: ExplainedInTree, kconfig: Kconfig, style: Style): string[] {
  const lines = hanging('', explanationText(explanation, kconfig), style.width);
  const reverse = (all: readonly ReverseDependency[]): { on: string[]; off: number } => {
    const on = all.filter(({ forces }) => forces > 0).map(({ symbol, value }) => `${symbol} (${value})`);
    return { on, off: all.length - on.length };
  };
  lines.push(
    ...definitionLines(explanation.definitions, style),
    ...namedLines('selected by', reverse(explanation.selectedBy), style),
    ...namedLines('implied by', reverse(explanation.impliedBy), style),
    ...namedLines('what depends on it:', { on: explanation.mentionedBy, off: 0 }, style),
    ...madeLines(explanation, style),
  );
  return lines;
}
