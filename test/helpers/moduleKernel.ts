/** A small kernel with a module for each of its tristates. */
import { buildKconfig, Configuration, fillNew, parseText, writeConfig } from '../../src/kconfig/index.ts';
import { buildIndex } from '../../src/kernel/modules/moduleIndex.ts';
import { finished } from '../../src/kernel/finished.ts';

export type KernelSources = {
  kconfig: string;
  /** The lines of sources: the file of a module is its name. */
  aliases?: Record<string, string>;
  folder?: Record<string, string>;
};

const MODULES = 'config MODULES\n\tbool "modules"\n\tmodules\n\tdefault y\n';

/** A symbol that makes a module of its own name; `rest` are lines of its definition. */
export const option = (name: string, ...rest: string[]): string =>
  [`config ${name}`, `\ttristate "${name}"`, ...rest.map((line) => `\t${line}`), ''].join('\n');

/** The kernel, with the configuration that conf's mode gives it. */
export function moduleKernel(
  { kconfig: given, aliases = {}, folder = {} }: KernelSources,
  mode: Parameters<typeof fillNew>[1],
) {
  const text = given.includes('config MODULES') ? given : MODULES + given;
  const names = Array.from(text.matchAll(/^config (\w+)\n\ttristate/gm), ([, name = '']) => name);
  const placed = names.map((name) => ({ name, path: folder[name] ?? 'drivers/' }));
  const makefiles = new Map<string, string>();
  for (const { name, path } of placed)
    makefiles.set(`${path}Makefile`, `${makefiles.get(`${path}Makefile`) ?? ''}obj-$(CONFIG_${name}) += ${name}.o\n`);
  const folders = [...new Set(placed.map(({ path }) => path))];
  const files = new Map([['Kconfig', text], ['Kbuild', `obj-y += ${folders.join(' ')}\n`], ...makefiles]);
  const lines = placed.flatMap(({ name, path }) =>
    name in aliases ? [`${path}${name}.c:${aliases[name] ?? ''}`] : [],
  );
  const index = buildIndex({ files, aliases: lines.join('\n'), architecture: 'x86' });
  const kconfig = buildKconfig(parseText(text), { choices: 'ranked' });
  const configuration = new Configuration(kconfig);
  fillNew(configuration, mode);
  return { kconfig, index, present: finished(kconfig, writeConfig(configuration)) };
}
