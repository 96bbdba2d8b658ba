/** The modules of symbols, beside what the engine tells of them. */
import { dirname } from 'node:path';
import type { Explanation } from '../../kconfig/index.ts';
import { filesAbout } from '../../kernel/modules/filesAbout.ts';
import { buildIndex, type ModuleIndex } from '../../kernel/modules/moduleIndex.ts';
import { madeBy, rulesBy } from '../../kernel/modules/moduleQueries.ts';
import { moduleSources } from '../../kernel/modules/moduleSources.ts';
import type { ExplainedInTree } from '../../report/data/documentSchemas.ts';
import { aliasLinesIn } from './aliasLines.ts';
import { architectureOf, type TreeOptions } from './load.ts';

/** Adds what each symbol makes. What cannot be m makes no module. */
export async function withModules(explained: readonly Explanation[], options: TreeOptions): Promise<ExplainedInTree[]> {
  const tristates = explained.flatMap(({ symbol, type }) => (type === 'tristate' ? symbol : []));
  const index = tristates.length === 0 ? null : await indexAbout(tristates, options);
  return explained.map((each) => ({
    ...each,
    ...(index === null ? { modules: [], role: null } : madeBy(index, each.symbol)),
  }));
}

/** The index of the modules that these symbols make, from the Makefiles, and what their sources say they are for. */
async function indexAbout(symbols: readonly string[], options: TreeOptions): Promise<ModuleIndex> {
  const { root, architecture } = await architectureOf(options);
  const files = filesAbout(moduleSources(root), symbols);
  const index = buildIndex({ files, aliases: '', architecture });
  const made = symbols.flatMap((symbol) => rulesBy(index, symbol));
  const folders = [...new Set(made.map(([, { file }]) => dirname(file)))];
  if (folders.length === 0) return index;
  return buildIndex({ files, aliases: await aliasLinesIn(root, folders), architecture });
}
