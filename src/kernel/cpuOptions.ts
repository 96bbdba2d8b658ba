/** Which options of a kernel compile it for which processor, from its Makefiles. */
import type { Kconfig } from '../kconfig/index.ts';
import { topMakefile } from './modules/buildFolders.ts';
import { conditionsOn } from './modules/tristates.ts';
import { isOption } from './wantedConfig.ts';

/** The symbols that have to be on for each `-march`; several where they are needed together or each of them is enough. */
export type CpuOptions = ReadonlyMap<string, string[]>;

const MARCH = '-march=';

/** Reads the Makefiles at the top and of the architecture. */
export function cpuOptions(files: ReadonlyMap<string, string>, architecture: string): CpuOptions {
  const conditions = conditionsOn(files);
  const makefile = topMakefile(conditions, files, architecture);
  const found = new Map<string, Set<string>>();
  for (const { word, when } of makefile.words('KBUILD_CFLAGS')) {
    if (!word.startsWith(MARCH)) continue;
    const name = word.slice(MARCH.length);
    const { tristate, other } = conditions.neededFor(when);
    found.set(name, new Set([...(found.get(name) ?? []), ...tristate, ...other]));
  }
  return new Map(Array.from(found, ([name, symbols]) => [name, [...symbols]]));
}

/** What the options of a kernel say of a processor. */
export type CpuChoice = {
  /** Those that are for it. */
  options: string[];
  /** Those that are for the machine that builds, whichever that is. */
  native: string[];
};

/** The options that somebody could be asked for. */
export function cpuChoice(kconfig: Kconfig, options: CpuOptions, cpu: string): CpuChoice {
  const askable = (name: string): string[] =>
    (options.get(name) ?? []).filter((each) => {
      const symbol = kconfig.byName.get(each);
      return symbol !== undefined && isOption(symbol);
    });
  return { options: askable(cpu), native: askable('native') };
}
