import { execa } from 'execa';
import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import type { Problem } from '../words.ts';

export type Replacement = { kind: 'written' } | { kind: 'changed' } | { kind: 'refused'; problem: Problem };

export type ReplaceOptions = {
  /** The folder that the real file must stand in: the user's flake. */
  root: string;
  /** Called between the last comparison and the rename, for tests of what happens in that moment. */
  beforeRename?: () => Promise<void>;
};

/**
 * Replaces the content of a file if it still is what the new content was made from.
 *
 * Symbolic links are followed; the real file must be inside of `root` and outside of the Nix store. The new
 * content goes into a temporary file beside it (same mode, and owner where that may be set), is flushed and
 * renamed over it. `changed`: the file holds something else than `expected`, and the newest content stands in
 * it: either nothing was written, or a save into the old file that came during the rename was put back.
 * `refused` names what the file system or the rules forbid; no temporary file stays behind.
 */
export async function replaceFile(path: string, expected: Buffer, next: Buffer, options: ReplaceOptions): Promise<Replacement> {
  let old: FileHandle | null = null;
  try {
    const real = await realpath(path);
    const forbidden = await whyForbidden(path, real, options.root);
    if (forbidden !== null) return { kind: 'refused', problem: forbidden };
    old = await open(real, 'r');
    if (!(await contentOf(old)).equals(expected)) return { kind: 'changed' };
    const renamed = await putInPlace(real, next, old, async () => {
      await options.beforeRename?.();
      return isStill(real, old, expected);
    });
    if (!renamed) return { kind: 'changed' };
    const late = await contentOf(old);
    if (late.equals(expected)) return { kind: 'written' };
    const written = await open(real, 'r');
    try {
      await putInPlace(real, late, old, () => isStill(real, written, next));
    } finally {
      await written.close();
    }
    return { kind: 'changed' };
  } catch (error) {
    return { kind: 'refused', problem: fileProblem(path, error) };
  } finally {
    await old?.close();
  }
}

/**
 * Asks Nix itself whether a text parses (`nix-instantiate --parse`). Without Nix on the path it is taken as ok:
 * then nothing can be evaluated either. Undefined variables count as errors, as they do for Nix.
 */
export async function checkWithNix(text: string): Promise<{ kind: 'ok' } | { kind: 'syntax'; problem: Problem }> {
  const result = await execa('nix-instantiate', ['--parse', '-'], {
    input: text,
    reject: false,
    stdout: 'ignore',
    stripFinalNewline: true,
  });
  if (!result.failed || result.code === 'ENOENT') return { kind: 'ok' };
  const stderr = result.stderr.replace(/\u001b\[[0-9;]*m/g, '');
  const error = stderr.split('\n').filter((line) => /^\s*error:/.test(line)).at(-1);
  const place = /«?(?:stdin|\(string\)|string)»?:(\d+):(\d+)/.exec(stderr);
  return {
    kind: 'syntax',
    problem: {
      message: error?.replace(/^\s*error:\s*/, '').trim() ?? `nix-instantiate --parse failed: ${stderr.trim() || result.shortMessage}`,
      ...(place === null ? {} : { line: Number(place[1]), column: Number(place[2]) }),
    },
  };
}

async function whyForbidden(path: string, real: string, root: string): Promise<Problem | null> {
  if (!(await lstat(real)).isFile()) return { message: `${path} is not a regular file`, file: path };
  const linked = real === path ? path : `${path} leads to ${real}`;
  if (isInside('/nix/store', real)) {
    return {
      message: `${linked}: the Nix store cannot be written`,
      file: path,
      hint: 'Point falloutd at the file that this copy was made from.',
    };
  }
  if (!isInside(await realpath(root), real)) {
    return {
      message: `${linked}, which is outside of ${root}`,
      file: path,
      hint: 'Nix refuses links that leave the flake; put the file itself into it.',
    };
  }
  return null;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

/** Whether `path` still names the file behind the descriptor, and that holds `content`. */
async function isStill(path: string, handle: FileHandle | null, content: Buffer): Promise<boolean> {
  if (handle === null) return false;
  const [named, opened] = [await lstat(path), await handle.stat()];
  return named.ino === opened.ino && named.dev === opened.dev && (await contentOf(handle)).equals(content);
}

/** Writes a file beside `real` and renames it over that, if `stillRight` says so at the last moment. */
async function putInPlace(real: string, content: Buffer, like: FileHandle, stillRight: () => Promise<boolean>): Promise<boolean> {
  const { mode, uid, gid } = await like.stat();
  const temporary = join(dirname(real), `.${basename(real)}.falloutd-${randomBytes(6).toString('hex')}`);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(content);
      // Only root may give files away; a user's own file has the right owner already.
      await handle.chown(uid, gid).catch(() => undefined);
      await handle.chmod(mode & 0o7777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!(await stillRight())) {
      await unlink(temporary);
      return false;
    }
    await rename(temporary, real);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(real));
  return true;
}

/** Makes the rename last through a power cut, where the file system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}

/** The whole content from the start, wherever the descriptor stands. */
async function contentOf(handle: FileHandle): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65536), 0, 65536, position);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

function fileProblem(path: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [message, hint] = FILE_ERRORS[code] ?? [error instanceof Error ? error.message : String(error), null];
  return { message: `cannot write ${path}: ${message}`, file: path, ...(hint === null ? {} : { hint }) };
}

const FILE_ERRORS: Record<string, [string, string | null]> = {
  ENOSPC: ['no space left on the disk', 'Free some space; falloutd tries again on the next save.'],
  EDQUOT: ['the disk quota is used up', 'Free some space; falloutd tries again on the next save.'],
  EACCES: ['permission denied', 'falloutd needs to write the file and its folder.'],
  EPERM: ['not permitted', 'falloutd needs to write the file and its folder.'],
  EROFS: ['the file system is read-only', null],
  ENOENT: ['there is no such file', null],
  ELOOP: ['the links lead in a circle', null],
  EIO: ['the disk reports an error', null],
};
