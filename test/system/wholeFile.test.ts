import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentHash } from '../../src/system/contentHash.ts';
import { UnreadableFile, wholeFile } from '../../src/system/wholeFile.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-whole-'));
  file = join(dir, 'patches.nix');
});
afterEach(() => rmSync(dir, { recursive: true }));

function refusal(path = file): string {
  try {
    wholeFile(path);
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableFile);
    expect((error as UnreadableFile).problem.file).toBe(path);
    return (error as UnreadableFile).problem.message;
  }
  return 'it was read';
}

describe('wholeFile', () => {
  it('takes for a small file no more memory than it needs: a daemon reads many again at each save', () => {
    writeFileSync(file, 'small\n');
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 40; n++) wholeFile(file);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  it('gives the bytes of a file, also through a link', () => {
    writeFileSync(file, 'x'.repeat(200_000));
    symlinkSync(file, join(dir, 'link'));
    expect(wholeFile(join(dir, 'link')).length).toBe(200_000);
    expect(wholeFile('/proc/self/stat').length).toBeGreaterThan(10);
  });

  it.each([
    ['a FIFO', () => execaSync('mkfifo', [file]), 'is a FIFO, not a regular file'],
    ['a directory', () => mkdirSync(file), 'is a directory, not a regular file'],
    ['a device without end', () => symlinkSync('/dev/zero', file), 'is a device, not a regular file'],
    ['a device that is full', () => symlinkSync('/dev/full', file), 'is a device, not a regular file'],
    ['a link to nothing', () => symlinkSync(join(dir, 'gone'), file), 'is a link to a file that does not exist'],
    ['a loop of links', () => symlinkSync(file, file), 'cannot be read: the links lead in a circle'],
    ['nothing', () => undefined, 'does not exist'],
    [
      'a gigabyte',
      () => {
        writeFileSync(file, '');
        truncateSync(file, 1 << 30);
      },
      'is too large: 1.1 GB; at most 67.1 MB are read',
    ],
  ])('refuses %s at once, and says what it is', (_, make, message) => {
    make();
    expect(refusal()).toBe(message);
  });

  it.runIf(process.getuid?.() !== 0)('says that a file may not be read', () => {
    writeFileSync(file, '');
    chmodSync(file, 0);
    expect(refusal()).toBe('cannot be read: permission denied');
  });

  it('a FIFO in place of a file has another hash than none', () => {
    expect(contentHash(file)).toBeNull();
    execaSync('mkfifo', [file]);
    expect(contentHash(file)).not.toBeNull();
  });
});
