/** What the engine made of a kernel's facts, kept beside them: the text of the Kconfig files is read once for each kernel. */
import { writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { PACKED_TREE_FORMAT, type PackedTree } from '../kconfig/index.ts';
import type { KernelFacts } from './kernelFacts.ts';
import { keepContent, keptContent } from './keptFile.ts';
import { promptsText, type Prompts } from './formerNames.ts';
import { promptsBeside, symbolsBeside, treeBeside } from './keptFacts.ts';

/** What a session needs of a kernel, as plain data. */
export type KeptKernel = Pick<
  KernelFacts,
  'script' | 'baseConfig' | 'autoModules' | 'preferBuiltin' | 'ignoreConfigErrors'
> & {
  tree: PackedTree;
  /** Names that this architecture's tree lacks, each with who defines it. */
  elsewhere: Map<string, string[]>;
};

/** To be raised when `KeptKernel` changes. */
const FORMAT = 3;
const TITLE = `kernel tree ${FORMAT} ${PACKED_TREE_FORMAT}`;

/** What is kept beside a file of facts. null: nothing, or it is damaged, or of another version, and has to be made again. */
export function keptKernel(factsFile: string): KeptKernel | null {
  const content = keptContent(treeBeside(factsFile), TITLE);
  try {
    return content === null ? null : (deserialize(content) as KeptKernel);
  } catch {
    return null;
  }
}

/** Keeps it, and the names and prompts that its tree defines, beside a file of facts. A kill leaves the whole file or none; a full disk none. */
export function keepKernel(
  factsFile: string,
  kernel: KeptKernel,
  { names, prompts }: { names: readonly string[]; prompts: Prompts },
): void {
  try {
    // Before the tree: where that stands, nothing is made again.
    writeFileSync(symbolsBeside(factsFile), names.map((name) => `${name}\n`).join(''), { mode: 0o600 });
    writeFileSync(promptsBeside(factsFile), promptsText(prompts), { mode: 0o600 });
    keepContent(treeBeside(factsFile), TITLE, serialize(kernel));
  } catch {
    // It is made again next time.
  }
}
