import { createHash, randomBytes } from 'node:crypto';
import { fstatSync, lstatSync, readSync, renameSync } from 'node:fs';
import { chmod, type FileHandle, link, lstat, open, readdir, readFile, realpath, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { InfrastructureError } from '../errors.ts';
import { NOT_FOUND, runNix, type NixCommand } from '../nix/command.ts';
import type { Problem } from '../words.ts';
import { bytesOf } from './bytes.ts';

/** A syntax error and its excerpt are a few lines. */
const MAX_STDERR_BYTES = 1 << 20;

export type Replacement = { kind: 'written' } | { kind: 'changed' } | { kind: 'refused'; problem: Problem };

export type ReplaceOptions = {
  /** The folder that the real file must stand in: the user's flake. */
  root: string;
  /** Stands in for the file system's rename, so that a test can act at that very moment. */
  rename?: Move;
};

type Move = (from: string, to: string) => Promise<void> | void;

/**
 * Replaces the content of a file if it still is what the new content was made from.
 *
 * Symbolic links are followed; the real file must be inside of `root` and outside of the Nix store. The new
 * content goes into a temporary file beside it (same mode, and owner where that may be set), is flushed and
 * renamed over it. The replaced file keeps a second name until it has been looked at once more: a save that went
 * into it during the rename is put back by that name, with whatever its editor still writes; after a kill,
 * `mendLeftovers` does the same. `changed`: the file is gone or holds something else than `expected`, and the
 * newest content stands in it. `refused` names what the file system or the rules forbid; no file of ours stays behind.
 * @throws InfrastructureError when the disk is full or broken.
 */
export async function replaceFile(path: string, expected: Buffer, next: Buffer, options: ReplaceOptions): Promise<Replacement> {
  try {
    const real = await realpath(path);
    const forbidden = await whyForbidden(path, real, options.root);
    if (forbidden !== null) return { kind: 'refused', problem: forbidden };
    const old = await open(real, 'r');
    try {
      return await replaceOpened(real, old, expected, next, options.rename ?? renameSync);
    } finally {
      await old.close();
    }
  } catch (error) {
    // The user takes it away, or is about to make it anew.
    if (errorCode(error) === 'ENOENT') return { kind: 'changed' };
    const problem = fileProblem(path, error);
    if (TRANSIENT.has(errorCode(error))) throw new InfrastructureError(problem, { cause: error });
    return { kind: 'refused', problem };
  }
}

async function replaceOpened(real: string, old: FileHandle, expected: Buffer, next: Buffer, move: Move): Promise<Replacement> {
  if (!contentOf(old).equals(expected)) return { kind: 'changed' };
  const { mode } = fstatSync(old.fd);
  const replaced = await secondName(real, expected, next);
  try {
    if (!(await putInPlace(real, next, old, () => isStill(real, old, expected), move))) return { kind: 'changed' };
    if (contentOf(old).equals(expected)) return { kind: 'written' };
    await putBack(real, replaced, old, { content: next, mode }, move);
    return { kind: 'changed' };
  } finally {
    if (replaced !== null) await rm(replaced, { force: true });
  }
}

/**
 * Clears up what a kill in the middle of `replaceFile` left beside a file: temporary files go, and a save that went into the
 * replaced file is put back if nothing was saved since. Only for the one process that may write it. Gives the paths of
 * what it found; a folder that cannot be read has none.
 */
export async function mendLeftovers(path: string): Promise<string[]> {
  const real = await realpath(path).catch(() => path);
  const folder = dirname(real);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(temporaryPrefix(real)));
  const found: string[] = [];
  for (const name of names) {
    const left = join(folder, name);
    const suffix = name.slice(temporaryPrefix(real).length);
    const [, expected, next] = SECOND_NAME.exec(suffix) ?? [];
    if (expected !== undefined && next !== undefined) await mend(real, left, expected, next);
    else if (!/^[0-9a-f]{12}$/.test(suffix)) continue;
    await rm(left, { force: true });
    found.push(left);
  }
  return found;
}

/** What stands behind the prefix of a replaced file's second name: the hashes of what it held, and of what replaced it. */
const SECOND_NAME = /^([0-9a-f]{32})-([0-9a-f]{32})$/;

/** Gives the file a second name; null where the file system knows none. */
async function secondName(real: string, expected: Buffer, next: Buffer): Promise<string | null> {
  const name = join(dirname(real), `${temporaryPrefix(real)}${shortHash(expected)}-${shortHash(next)}`);
  try {
    await rm(name, { force: true });
    await link(real, name);
    return name;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    return null;
  }
}

function shortHash(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** Puts a replaced file back if it was saved into since, and what replaced it still stands there. */
async function mend(real: string, replaced: string, expected: string, next: string): Promise<void> {
  try {
    const stands = await lstat(real);
    if (stands.ino === (await lstat(replaced)).ino) return;
    const late = await readFile(replaced);
    // Its editor was cut off too, and wrote nothing.
    if (late.length === 0 || shortHash(late) === expected || shortHash(await readFile(real)) !== next) return;
    await rename(replaced, real);
  } catch {
    // The user's file is gone, or not to be read: then nothing of ours stands in it.
  }
}

/**
 * Asks Nix itself whether a text parses (`nix-instantiate --parse`). Without Nix on the path it is taken as ok:
 * then nothing can be evaluated either. Undefined variables count as errors, as they do for Nix.
 * @throws InfrastructureError when Nix comes to no answer.
 */
export async function checkWithNix(
  text: string,
  running: Pick<NixCommand, 'signal' | 'limit' | 'processes'> = {},
): Promise<{ kind: 'ok' } | { kind: 'aborted' } | { kind: 'syntax'; problem: Problem }> {
  const said: Buffer[] = [];
  let room = MAX_STDERR_BYTES;
  // The store has no part in this: none is opened.
  const exit = await runNix({ command: 'nix-instantiate', args: ['--store', 'dummy://', '--parse', '-'], input: bytesOf(text), ...running, onStderr: (chunk) => {
    if (room > 0) said.push(chunk.subarray(0, room));
    room -= chunk.length;
  } }).catch((error: unknown) => {
    if (error instanceof InfrastructureError && (error.cause as { exitCode?: number }).exitCode === NOT_FOUND) return null;
    throw error;
  });
  if (exit === null || (exit.kind === 'exited' && exit.code === 0)) return { kind: 'ok' };
  if (exit.kind === 'aborted') return exit;
  if (exit.kind === 'broken') throw new InfrastructureError(exit.problem);
  const stderr = stripVTControlCharacters(Buffer.concat(said).toString('utf8'));
  const error = stderr.split('\n').filter((line) => /^\s*error:/.test(line)).at(-1)?.replace(/^\s*error:\s*/, '').trim();
  const place = /«?(?:stdin|\(string\)|string)»?:(\d+):(\d+)/.exec(stderr);
  // Without a place in the text it is not the text that Nix complains of.
  if (place === null) throw new InfrastructureError({ message: `nix-instantiate --parse failed: ${error ?? (stderr.trim() || `exit code ${exit.code}`)}`, hint: 'see what Nix says, then try again' });
  return { kind: 'syntax', problem: { message: error ?? stderr.trim(), line: Number(place[1]), column: Number(place[2]) } };
}

async function whyForbidden(path: string, real: string, root: string): Promise<Problem | null> {
  const found = await lstat(real);
  if (!found.isFile()) return { message: `${path} is not a regular file`, file: path };
  // A rename would replace it all the same, and root may write anything: the mode is the user's word.
  if ((found.mode & 0o222) === 0) return { message: `${path} is read-only`, file: path, hint: `\`chmod u+w ${path}\` lets falloutd write between the markers` };
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

/** Puts what was saved into the replaced file over our own content, unless that has been replaced since. */
async function putBack(real: string, replaced: string | null, old: FileHandle, ours: { content: Buffer; mode: number }, move: Move): Promise<void> {
  const written = await open(real, 'r+');
  try {
    if (replaced === null) {
      const late = await settledContent(old);
      await putInPlace(real, late, old, () => isStill(real, written, ours.content), move);
    } else {
      // A chmod that came behind the rename went to our file; one before it stands.
      const { mode } = fstatSync(written.fd);
      if (mode !== ours.mode) await chmod(replaced, mode & 0o7777);
      if (isStill(real, written, ours.content)) await move(replaced, real);
    }
  } catch {
    // No room for a second file: what the user saved must stand there all the same.
    const late = await settledContent(old);
    await written.truncate();
    await written.write(late, 0, late.length, 0);
  } finally {
    await written.close();
  }
}

/** An editor that saves in place truncates first: waits until it has written and two readings agree, for a second at most. */
async function settledContent(handle: FileHandle): Promise<Buffer> {
  let content = contentOf(handle);
  for (let reading = 0; reading < 40; reading += 1) {
    await setTimeout(25);
    const again = contentOf(handle);
    if (again.length > 0 && again.equals(content)) break;
    content = again;
  }
  return content;
}

/** Whether `path` still names the file behind the descriptor, and that holds `content`; the name is looked at last. */
function isStill(path: string, { fd }: FileHandle, content: Buffer): boolean {
  if (!contentOf({ fd }).equals(content)) return false;
  const [opened, named] = [fstatSync(fd), lstatSync(path)];
  return named.ino === opened.ino && named.dev === opened.dev;
}

/**
 * Writes a file beside `real` and renames it over that, if `stillRight` says so at the last moment. Nothing is waited for
 * between that and the rename: a save by rename in between, which POSIX cannot tell, has microseconds to come.
 */
async function putInPlace(
  real: string,
  content: Buffer,
  like: FileHandle,
  stillRight: () => boolean,
  move: Move,
): Promise<boolean> {
  const { mode, uid, gid } = await like.stat();
  const temporary = join(dirname(real), temporaryPrefix(real) + randomBytes(6).toString('hex'));
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
    if (!stillRight()) {
      await unlink(temporary);
      return false;
    }
    await move(temporary, real);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(real));
  return true;
}

function temporaryPrefix(real: string): string {
  return `.${basename(real)}.falloutd-`;
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
function contentOf({ fd }: Pick<FileHandle, 'fd'>): Buffer {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const buffer = Buffer.alloc(65536);
    const bytesRead = readSync(fd, buffer, 0, buffer.length, position);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** What passes by itself, or by making room: tried again. */
const TRANSIENT = new Set(['ENOSPC', 'EDQUOT', 'EIO']);

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function fileProblem(path: string, error: unknown): Problem {
  const [message, hint] = FILE_ERRORS[errorCode(error)] ?? [error instanceof Error ? error.message : String(error), null];
  return { message: `cannot write ${path}: ${message}`, file: path, ...(hint === null ? {} : { hint }) };
}

const FILE_ERRORS: Record<string, [string, string | null]> = {
  ENOSPC: ['no space left on the disk', 'free some space'],
  EDQUOT: ['the disk quota is used up', 'free some space'],
  EACCES: ['permission denied', 'falloutd needs to write the file and its folder.'],
  EPERM: ['not permitted', 'falloutd needs to write the file and its folder.'],
  EROFS: ['the file system is read-only', null],
  ENOENT: ['there is no such file', null],
  ELOOP: ['the links lead in a circle', null],
  EIO: ['the disk reports an error', null],
};
