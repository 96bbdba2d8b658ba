/** The modules and the object files of one folder. */
import { merged, type BuildFolder } from './buildFolders.ts';
import { NEVER, type Condition, type Conditions } from './conditions.ts';
import type { GuardedWord } from './guardedText.ts';
import { baseName, inFolder } from './treePath.ts';

/** A module as a Makefile makes it, or what can only be built in. */
export type ModuleRule = {
  /** As lsmod prints it, with `_` for `-`. */
  module: string;
  /** Where it stands in the tree, and below `kernel/` where modules are installed: `drivers/ata/ahci.ko`. */
  file: string;
  /** The symbols that ask for it. Where there are several, they are needed together, or each of them is enough. */
  symbols: string[];
  /** When it is in the kernel itself. */
  builtIn: Condition;
  /** When it becomes a module. */
  modular: Condition;
};

const isObject = ({ word }: GuardedWord): boolean => word.endsWith('.o');

/** The name of a module as it is compared: with `_` for `-`. */
export const moduleName = (name: string): string => name.replaceAll('-', '_');

/** What a folder links into the kernel or into a module, with the paths of the objects that it is put together from. */
export function rulesOf(
  conditions: Conditions,
  folder: BuildFolder,
  folders: ReadonlyMap<string, BuildFolder>,
): { rule: ModuleRule; objects: string[] }[] {
  const [inKernel, asModule] = [folder.builtIn, folder.modular].map(
    (words) => new Map(words.filter(isObject).map(({ word, when }) => [word, when])),
  );
  return [...new Set([...(inKernel?.keys() ?? []), ...(asModule?.keys() ?? [])])].flatMap((word) => {
    const [y, m] = [inKernel?.get(word) ?? NEVER, asModule?.get(word) ?? NEVER];
    const builtIn = conditions.and(folder.reach.builtIn, y);
    const modular = conditions.and(folder.reach.modular, m);
    if (builtIn === NEVER && modular === NEVER) return [];
    const file = inFolder(folder.path, word.replace(/\.o$/, '.ko'));
    const symbols = symbolsFor(conditions, modular === NEVER ? y : m, folder, folders);
    const rule = { module: moduleName(baseName(file).replace(/\.ko$/, '')), file, symbols, builtIn, modular };
    const parts = partsOf(conditions, folder, word, conditions.or(y, m), PARTS_OF_MODULE);
    return { rule, objects: parts.map((part) => inFolder(folder.path, part.word)) };
  });
}

/** The symbols that a condition in a folder needs; where it needs none, those that the way to the folder does. */
function symbolsFor(
  conditions: Conditions,
  when: Condition,
  folder: BuildFolder,
  folders: ReadonlyMap<string, BuildFolder>,
): string[] {
  const { tristate, other } = conditions.neededFor(when);
  if (tristate.length > 0) return tristate;
  if (other.length > 0) return other;
  const above = folder.parents.flatMap(({ path, reach }) => {
    const parent = folders.get(path);
    return parent === undefined ? [] : symbolsFor(conditions, reach.modular, parent, folders);
  });
  return [...new Set(above)];
}

const PARTS_BUILT_IN = ['-objs', '-y'];
const PARTS_OF_MODULE = ['-objs', '-y', '-m'];

/** What a folder has compiled: the parts of what is put together, and what stands alone. */
export function objectsOf(conditions: Conditions, folder: BuildFolder): { path: string; when: Condition }[] {
  const { reach, makefile, path } = folder;
  const libraries = merged(conditions, [...makefile.words('lib-y'), ...makefile.words('lib-m')]);
  const lists: [GuardedWord[], Condition, string[]][] = [
    [folder.builtIn, reach.builtIn, PARTS_BUILT_IN],
    [folder.modular, reach.visited, PARTS_OF_MODULE],
    [libraries, reach.visited, []],
    [makefile.words('extra-y'), reach.visited, []],
  ];
  return lists.flatMap(([words, reached, suffixes]) =>
    words
      .filter(isObject)
      .flatMap(({ word, when }) => partsOf(conditions, folder, word, conditions.and(when, reached), suffixes))
      .map(({ word, when }) => ({ path: inFolder(path, word), when })),
  );
}

/** The objects that one of a list is put together from; the object itself where it has no parts. */
function partsOf(
  conditions: Conditions,
  { makefile }: BuildFolder,
  object: string,
  when: Condition,
  suffixes: readonly string[],
): GuardedWord[] {
  if (when === NEVER) return [];
  const stem = object.replace(/\.o$/, '');
  const parts = suffixes.flatMap((suffix) => makefile.words(stem + suffix));
  // `NAME-` holds the parts that are off.
  const named = suffixes.length === 0 ? [] : [...parts, ...makefile.words(`${stem}-`)];
  const isPutTogether = named.reduce((any, part) => conditions.or(any, part.when), NEVER);
  return [{ word: object, when: conditions.not(isPutTogether) }, ...parts.filter(isObject)].flatMap((part) => {
    const both = conditions.and(part.when, when);
    return both === NEVER ? [] : { word: part.word, when: both };
  });
}
