/** Kernel facts to the engine's tree of symbols. */
import { buildKconfig, dialectOf, grammarOf, readTree, type Files, type Kconfig } from '../kconfig/index.ts';
import type { KernelFacts } from './kernelFacts.ts';

/** A command that the builder's conf did not run: the tree is not read as it read it. */
export class MissingAnswer extends Error {
  constructor(command: string) {
    super(`the facts have no answer for $(shell,${command})`);
    this.name = 'MissingAnswer';
  }
}

/**
 * The Kconfig tree of a kernel, from facts alone: no command runs, and no file is opened.
 * @throws MissingAnswer, KconfigError.
 */
export function kconfigOf({ environment, answers, files }: KernelFacts): Kconfig {
  const srctree = environment['srctree'] ?? '.';
  const inTree = (name: string): string | null =>
    files.get(name.startsWith(`${srctree}/`) ? name.slice(srctree.length + 1) : name) ?? null;
  const probe = (command: string): string => {
    const answer = answers.get(command);
    if (answer === undefined) throw new MissingAnswer(command);
    return answer;
  };
  // No kconfig of a kernel knows patterns in a file's name.
  const treeFiles: Files = { read: inTree, glob: () => [] };
  const tree = readTree({ root: srctree, file: 'Kconfig', environment }, probe, treeFiles, grammarOf(inTree));
  return buildKconfig(tree, dialectOf(inTree));
}
