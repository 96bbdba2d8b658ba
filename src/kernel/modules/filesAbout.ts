/** The files of a kernel that say which modules single symbols make: with them alone an index takes a fraction of the time. */

/** What the Makefile at the top includes, and the Kconfig files, which tell what can be m. */
const ALWAYS = /^(?:[^/]+|scripts\/.*|arch\/[^/]+\/Makefile[^/]*)$|(?:^|\/|\.)Kconfig[^/]*$/;

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/**
 * All that names one of the symbols, with the folders on the way there and those below: there a module may follow from the folder
 * alone.
 */
export function filesAbout(files: ReadonlyMap<string, string>, symbols: readonly string[]): Map<string, string> {
  const names = new RegExp(`\\bCONFIG_(?:${symbols.join('|')})\\b`);
  const naming = new Set<string>();
  const above = new Set<string>();
  for (const [path, text] of files) {
    if (ALWAYS.test(path) || !names.test(text)) continue;
    naming.add(folderOf(path));
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) above.add(folder);
  }
  const isBelow = (path: string): boolean => {
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) if (naming.has(folder)) return true;
    return false;
  };
  return new Map([...files].filter(([path]) => ALWAYS.test(path) || above.has(folderOf(path)) || isBelow(path)));
}
