import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kernelVersion, STAND_IN } from '../../src/setup/demo/demoHost.ts';
import { nixString } from '../../src/nixfile/strings.ts';

/** Gives a file of the stand-in for nixpkgs another text. */
type Edits = Readonly<Record<string, (text: string) => string>>;

/** A copy of the stand-in for nixpkgs with other files, as the next nixpkgs has them. @returns its folder. */
export async function otherNixpkgs(folder: string, edits: Edits): Promise<string> {
  await cp(STAND_IN, folder, { recursive: true });
  for (const [path, edit] of Object.entries(edits)) {
    const file = join(folder, path);
    const before = await readFile(file, 'utf8');
    const after = edit(before);
    if (after === before) throw new Error(`nothing was changed in ${path}`);
    await writeFile(file, after);
  }
  return folder;
}

/** A copy of it whose kernel is made of this source, whatever a host says. */
export const nixpkgsOf = async (folder: string, source: string): Promise<string> => {
  const tree = `{ kind = "linux"; path = ${nixString(source)}; version = ${nixString(kernelVersion(source))}; }`;
  return otherNixpkgs(folder, {
    'pkgs.nix': (text) => text.replace('// standIn;', `// standIn // { tree = ${tree}; };`),
  });
};
