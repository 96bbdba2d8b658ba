import { cpSync, mkdirSync, mkdtempSync, openSync, closeSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';

/** A disk of its own (tmpfs) that a test can fill and free. */
export type SmallDisk = { fill: () => void; free: () => void; unmount: () => void };

/** Why no disk can be mounted here; null where it can. */
export const noMount: string | null = whyNoMount();

/** Mounts a disk of `bytes` over a directory; what stood in there is copied onto it. */
export function smallDisk(dir: string, bytes: number): SmallDisk {
  mkdirSync(dir, { recursive: true });
  const copy = mkdtempSync(`${dir}-`);
  cpSync(dir, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  mount(dir, bytes);
  cpSync(copy, dir, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  rmSync(copy, { recursive: true });
  const filler = join(dir, '.filler');
  return {
    fill: () => fill(filler),
    free: () => rmSync(filler, { force: true }),
    // Lazily: what still has a file of it open may end later.
    unmount: () => void execaSync('umount', ['--lazy', dir], { reject: false }),
  };
}

function mount(dir: string, bytes: number): void {
  execaSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'falloutd-test', dir]);
}

function fill(file: string): void {
  const fd = openSync(file, 'a');
  for (const size of [1 << 20, 1 << 16, 1 << 12, 1]) {
    try {
      for (;;) writeSync(fd, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  closeSync(fd);
}

function whyNoMount(): string | null {
  if (process.getuid?.() !== 0) return 'only root may mount';
  const dir = mkdtempSync(join(tmpdir(), 'falloutd-mount-'));
  try {
    mount(dir, 65536);
    execaSync('umount', [dir]);
    return null;
  } catch (error) {
    return `mounting is not allowed here: ${(error as Error).message.split('\n')[0] ?? ''}`;
  } finally {
    rmdirSync(dir);
  }
}
