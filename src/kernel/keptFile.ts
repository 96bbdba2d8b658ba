/** Files beside kernel facts that can be made again at any time: they are whole, or they count as missing. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { wholeFile } from '../system/wholeFile.ts';

/** The first line. `title` says what follows and in which format; another one is not read. */
const header = (title: string, content: Buffer): Buffer =>
  Buffer.from(`falloutd ${title} ${content.length} ${crc32(content)}\n`);

/** What was kept under this title. null: nothing, or it is damaged, or of another title. */
export function keptContent(file: string, title: string): Buffer | null {
  try {
    const bytes = wholeFile(file);
    const content = bytes.subarray(bytes.indexOf('\n') + 1);
    const expected = header(title, content);
    return bytes.subarray(0, expected.length).equals(expected) ? content : null;
  } catch {
    return null;
  }
}

/**
 * Keeps it. A kill leaves the whole file or none.
 * @throws Error of node:fs where it cannot be written.
 */
export function keepContent(file: string, title: string, content: Buffer): void {
  const temporary = `${file}.tmp`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, Buffer.concat([header(title, content), content]), { mode: 0o600 });
  renameSync(temporary, file);
}
