import { createHash } from 'node:crypto';
import type { FileHashes } from '../model/targetState.ts';
import { UnreadableFile, wholeFile } from './wholeFile.ts';

/** The SHA-256 of these bytes, in hex. */
export const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

/** The SHA-256 of a file's content; null where there is none. What cannot be read whole has a hash of what it is instead. */
export function contentHash(file: string): string | null {
  try {
    return sha256(wholeFile(file));
  } catch (error) {
    if (!(error instanceof UnreadableFile) || error.fault.kind === 'missing') return null;
    return sha256(JSON.stringify(error.fault));
  }
}

/** One hash over the contents of the files that an evaluation read, independent of their order. */
export function inputsHash(files: readonly string[]): string {
  const hashes = Object.entries(inputHashes(files)).map(([file, hash]) => `${file}\0${hash ?? 'missing'}\n`);
  return sha256(hashes.join(''));
}

/** The hash of each file by its path; null for one that does not exist. */
export function inputHashes(files: readonly string[]): Record<string, string | null> {
  return Object.fromEntries([...new Set(files)].sort().map((file) => [file, contentHash(file)]));
}

/** The files whose content no longer has the recorded hash. */
export const changedFiles = (inputs: FileHashes): string[] =>
  Object.keys(inputs).filter((file) => contentHash(file) !== inputs[file]);
