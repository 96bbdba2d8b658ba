/** The folders that Kbuild visits, from the top of the tree down, and what each of them builds. */
import { ALWAYS, NEVER, type Condition, type Conditions } from './conditions.ts';
import type { GuardedText, GuardedWord } from './guardedText.ts';
import { Makefile } from './makefile.ts';
import { inFolder } from './treePath.ts';

/** How deep a folder is in it: whether it is visited at all, and whether what it has for the kernel and for modules is linked. */
type Reach = { visited: Condition; builtIn: Condition; modular: Condition };

export type BuildFolder = {
  path: string;
  reach: Reach;
  makefile: Makefile;
  /** What goes into the kernel and what becomes a module: files and, with a slash at the end, folders. */
  builtIn: GuardedWord[];
  modular: GuardedWord[];
  /** The folders that lead here, each with its own conditions. */
  parents: { path: string; reach: Reach }[];
};

/** All the folders that some `.config` leads to, each after those that lead there. */
export function buildFolders(
  conditions: Conditions,
  files: ReadonlyMap<string, string>,
  architecture: string,
): Map<string, BuildFolder> {
  const top = topMakefile(conditions, files, architecture);
  const inherited = (name: string): GuardedText | null => top.exported(name);
  const found = new Map<string, BuildFolder>();
  const links: { from: string; to: string; reach: Reach }[] = [];
  const waiting = [''];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    const file = ['Kbuild', 'Makefile'].map((name) => inFolder(path, name)).find((name) => files.has(name));
    if (file === undefined) continue;
    const makefile = folderMakefile(conditions, files, { path, architecture }, inherited);
    makefile.read(file);
    const [builtIn, modular] = [merged(conditions, makefile.words('obj-y')), modularOf(conditions, makefile)];
    found.set(path, { path, reach: NOT_REACHED, makefile, builtIn, modular, parents: [] });
    for (const [to, reach] of foldersBelow(conditions, path, makefile, builtIn, modular)) {
      links.push({ from: path, to, reach });
      waiting.push(to);
    }
  }
  return reached(conditions, found, links);
}

const NOT_REACHED: Reach = { visited: NEVER, builtIn: NEVER, modular: NEVER };
/**
 * What Makefile.build sets before a folder's own file is read: from then on `+=` expands at once. `obj-`, where all that is off goes, is
 * here so that nobody has to work out when it is set.
 */
const LISTS = ['obj-y', 'obj-m', 'obj-', 'lib-y', 'lib-m', 'always-y', 'always-m', 'extra-y', 'subdir-y', 'subdir-m'];

/** The Makefile at the top, with that of the architecture: they say where the way down begins. */
export function topMakefile(
  conditions: Conditions,
  files: ReadonlyMap<string, string>,
  architecture: string,
): Makefile {
  // As in the last of the makes that it starts for itself.
  const running = { sub_make_done: '1', MAKEFLAGS: '--no-print-directory' };
  const top = new Makefile({ conditions, files, variables: { ...running, ...placesOf(architecture) } });
  top.read('Makefile');
  return top;
}

const placesOf = (architecture: string): Record<string, string> => ({
  srctree: '.',
  objtree: '.',
  srcroot: '.',
  SRCARCH: architecture,
  ARCH: architecture,
});

function folderMakefile(
  conditions: Conditions,
  files: ReadonlyMap<string, string>,
  { path, architecture }: { path: string; architecture: string },
  inherited: (name: string) => GuardedText | null,
): Makefile {
  const obj = path === '' ? '.' : path;
  const variables = { ...placesOf(architecture), obj, src: obj };
  const lists = Object.fromEntries(LISTS.map((name) => [name, '']));
  return new Makefile({ conditions, files, variables: { ...lists, ...variables }, inherited });
}

/** What is in both lists is built in. */
function modularOf(conditions: Conditions, makefile: Makefile): GuardedWord[] {
  const builtIn = new Map(merged(conditions, makefile.words('obj-y')).map(({ word, when }) => [word, when]));
  return merged(conditions, makefile.words('obj-m')).flatMap(({ word, when }) => {
    const alone = conditions.and(when, conditions.not(builtIn.get(word) ?? NEVER));
    return alone === NEVER ? [] : { word, when: alone };
  });
}

/** Each word once. */
export function merged(conditions: Conditions, words: readonly GuardedWord[]): GuardedWord[] {
  const found = new Map<string, Condition>();
  for (const { word, when } of words) found.set(word, conditions.or(found.get(word) ?? NEVER, when));
  return Array.from(found, ([word, when]) => ({ word, when }));
}

function* foldersBelow(
  conditions: Conditions,
  path: string,
  makefile: Makefile,
  builtIn: readonly GuardedWord[],
  modular: readonly GuardedWord[],
): Generator<[string, Reach]> {
  const at = (word: string): string => inFolder(path, word);
  for (const { word, when } of builtIn)
    if (word.endsWith('/')) yield [at(word), { visited: when, builtIn: when, modular: when }];
  for (const { word, when } of modular)
    if (word.endsWith('/')) yield [at(word), { visited: when, builtIn: NEVER, modular: when }];
  for (const list of ['subdir-y', 'subdir-m'])
    for (const { word, when } of merged(conditions, makefile.words(list)))
      yield [at(word), { visited: when, builtIn: NEVER, modular: NEVER }];
}

/** Works out how each folder is reached, parents first. A link that closes a ring is left out. */
function reached(
  conditions: Conditions,
  found: ReadonlyMap<string, BuildFolder>,
  links: readonly { from: string; to: string; reach: Reach }[],
): Map<string, BuildFolder> {
  const into = new Map<string, (typeof links)[number][]>();
  for (const link of links) into.set(link.to, [...(into.get(link.to) ?? []), link]);
  const ordered = new Map<string, BuildFolder>();
  const underWay = new Set<string>();
  const visit = (folder: BuildFolder): void => {
    if (ordered.has(folder.path) || underWay.has(folder.path)) return;
    underWay.add(folder.path);
    if (folder.path === '') folder.reach = { visited: ALWAYS, builtIn: ALWAYS, modular: ALWAYS };
    for (const { from, reach } of into.get(folder.path) ?? []) {
      const parent = found.get(from);
      if (parent === undefined) continue;
      visit(parent);
      folder.parents.push({ path: from, reach });
      folder.reach = {
        visited: conditions.or(folder.reach.visited, conditions.and(parent.reach.visited, reach.visited)),
        builtIn: conditions.or(folder.reach.builtIn, conditions.and(parent.reach.builtIn, reach.builtIn)),
        modular: conditions.or(folder.reach.modular, conditions.and(parent.reach.modular, reach.modular)),
      };
    }
    underWay.delete(folder.path);
    ordered.set(folder.path, folder);
  };
  for (const folder of found.values()) visit(folder);
  return ordered;
}
