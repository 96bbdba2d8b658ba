/** What the engine made of a kernel's facts, kept beside them: the text of the Kconfig files is read once for each kernel. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { PACKED_TREE_FORMAT, type PackedTree } from '../kconfig/index.ts';
import { wholeFile } from '../system/wholeFile.ts';
import type { KernelFacts } from './kernelFacts.ts';
import { symbolsBeside, treeBeside } from './keptFacts.ts';

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
const FORMAT = 2;
/** The first line; what follows is only read by an engine that writes the same one. */
const header = (content: Buffer): Buffer =>
  Buffer.from(`falloutd kernel tree ${FORMAT} ${PACKED_TREE_FORMAT} ${content.length} ${crc32(content)}\n`);

/** What is kept beside a file of facts. null: nothing, or it is damaged, or of another version, and has to be made again. */
export function keptKernel(factsFile: string): KeptKernel | null {
  try {
    const bytes = wholeFile(treeBeside(factsFile));
    const content = bytes.subarray(bytes.indexOf('\n') + 1);
    const expected = header(content);
    return bytes.subarray(0, expected.length).equals(expected) ? (deserialize(content) as KeptKernel) : null;
  } catch {
    return null;
  }
}

/** Keeps it, and the names that its tree defines, beside a file of facts. A kill leaves the whole file or none; a full disk none. */
export function keepKernel(factsFile: string, kernel: KeptKernel, names: readonly string[]): void {
  const file = treeBeside(factsFile);
  const temporary = `${file}.tmp`;
  try {
    // Before the tree: where that stands, nothing is made again.
    writeFileSync(symbolsBeside(factsFile), names.map((name) => `${name}\n`).join(''), {
      mode: 0o600,
    });
    const content = serialize(kernel);
    rmSync(temporary, { force: true });
    writeFileSync(temporary, Buffer.concat([header(content), content]), { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // It is made again next time.
  }
}
