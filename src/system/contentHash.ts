import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The SHA-256 of a file's content; null where it cannot be read. */
export function contentHash(file: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return null;
  }
}

/** One hash over the contents of the files that an evaluation read, independent of their order. */
export function inputsHash(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of [...new Set(files)].sort()) hash.update(`${file}\0${contentHash(file) ?? 'missing'}\n`);
  return hash.digest('hex');
}

/** The hash of each file by its path; null for one that cannot be read. */
export function inputHashes(files: readonly string[]): Record<string, string | null> {
  return Object.fromEntries([...new Set(files)].sort().map((file) => [file, contentHash(file)]));
}
