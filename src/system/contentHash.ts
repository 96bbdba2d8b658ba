import { createHash } from 'node:crypto';
import type { FileHashes } from '../model/targetState.ts';
import { UnreadableFile, wholeFile } from './wholeFile.ts';

/** The SHA-256 of these bytes, in hex. */
export const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

/** The SHA-256 of a file's content; null where there is none or it cannot be read. A FIFO, a device and a file that is too large have a hash of what they are. */
export function contentHash(file: string): string | null {
  try {
    return sha256(wholeFile(file));
  } catch (error) {
    const fault = error instanceof UnreadableFile ? error.fault : null;
    // A device or a FIFO in place of a file is not the same as none.
    const isThere = fault?.kind === 'too-large' || (fault?.kind === 'special' && fault.what !== 'a directory');
    return isThere ? sha256(JSON.stringify(fault)) : null;
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
