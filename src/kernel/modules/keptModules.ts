/** The index of a kernel's modules, kept beside its facts: its Makefiles are read once. */
import { deserialize, serialize } from 'node:v8';
import { wholeFile } from '../../system/wholeFile.ts';
import { modulesBeside } from '../keptFacts.ts';
import { keepContent, keptContent } from '../keptFile.ts';
import { readFacts, type KernelFacts } from '../kernelFacts.ts';
import { buildIndex, type ModuleIndex } from './moduleIndex.ts';

/** To be raised when `ModuleIndex` or what is read from a Makefile changes. */
const TITLE = 'kernel modules 3';

/**
 * The index that is kept beside a file of facts. Where that is missing or damaged, it is made of the facts, and kept. null: there
 * are no facts that could be read.
 * @throws UnreadableFile where there are no facts.
 */
export function modulesOf(factsFile: string): ModuleIndex | null {
  const kept = keptModules(factsFile);
  if (kept !== null) return kept;
  const read = readFacts(wholeFile(factsFile));
  if (read.kind !== 'facts') return null;
  const index = indexOf(read.facts);
  try {
    keepContent(modulesBeside(factsFile), TITLE, serialize(index));
  } catch {
    // It is made again next time.
  }
  return index;
}

/** The index of the kernel that facts are about. */
export const indexOf = ({ files, aliases, environment }: KernelFacts): ModuleIndex =>
  buildIndex({ files, aliases, architecture: environment['SRCARCH'] ?? '' });

function keptModules(factsFile: string): ModuleIndex | null {
  const content = keptContent(modulesBeside(factsFile), TITLE);
  try {
    return content === null ? null : (deserialize(content) as ModuleIndex);
  } catch {
    return null;
  }
}
