import { UsageError } from '../../model/errors.ts';
import { buildIndex } from '../../kernel/modules/moduleIndex.ts';
import { moduleList } from '../../kernel/modules/moduleQueries.ts';
import { moduleSources } from '../../kernel/modules/moduleSources.ts';
import { moduleLines } from '../../report/text/moduleLines.ts';
import { style as styleOf } from '../../report/text/style.ts';
import { parseDotConfig } from '../../script/dotConfig.ts';
import { render } from '../output.ts';
import { architectureOf, readGiven, type TreeOptions } from './load.ts';

type ModulesOptions = Omit<TreeOptions, 'shell'> & { config?: string | undefined; json?: boolean | undefined };

/** `falloutd kconfig modules`: every module of a kernel source, its symbols, and what a .config makes of it. Runs nothing. */
export async function listModules(options: ModulesOptions): Promise<void> {
  const values = options.config === undefined ? null : await finishedValues(options.config);
  const { root, architecture } = await architectureOf(options);
  const index = buildIndex({ files: moduleSources(root), aliases: '', architecture });
  const modules = moduleList(index, values === null ? null : (symbol) => values.get(symbol) ?? null);
  const style = styleOf(process.stdout);
  process.stdout.write(render({ modules }, { json: options.json, style }, () => moduleLines(modules, style)));
}

async function finishedValues(file: string): Promise<Map<string, string>> {
  const values = parseDotConfig((await readGiven(file)).text);
  if (values.size > 0) return values;
  throw new UsageError({ message: 'this is no .config: it has no line with CONFIG_', file });
}
