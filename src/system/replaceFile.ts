import { constants, fstatSync, lstatSync } from 'node:fs';
import { chmod, type FileHandle, link, open, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Problem } from '../model/problem.ts';
import { exchangeInSteps, kernelExchange, type Exchange } from './exchange.ts';
import { extendedAttributes } from './extendedAttributes.ts';
import { nameBeside } from './leftovers.ts';
import { errorCode } from './fileErrors.ts';
import { contentOf, MOST_BYTES, UnreadableFile, wholeFile } from './wholeFile.ts';
import { whyForbidden, whyUnwritable } from './writable.ts';

const READ = constants.O_RDONLY | constants.O_NONBLOCK;
/** No person or script saves more often between two system calls. */
const MOST_SAVES = 100;

export type Replacement = { kind: 'written' } | { kind: 'changed' } | { kind: 'refused'; problem: Problem };

/**
 * Takes over the file that a write has displaced, open for reading: it has no name any more, but a program that had it open can
 * still write to it.
 */
type OnDisplaced = (file: FileHandle) => void;

/**
 * Replaces the content of a file if it still is what the new content was made from.
 *
 * Symbolic links are followed; the real file must be inside of `root` and outside of the Nix store. The new content goes into
 * a temporary file beside it (same mode, attributes and ACL), is flushed, and the two exchange their names in one step.
 * Then what was displaced is checked: a save of the last instant, in place or by rename, goes back in the same way, with
 * whatever its editor still writes; after a kill, `mendLeftovers` does the same. If the kernel cannot exchange names, a save by
 * rename in the microseconds between the last check and the rename is lost. `changed`: the file is gone, or its content or mode
 * is no longer the expected one; the newest content is in it. `refused` names what the file system or the rules forbid. No
 * file of ours remains.
 * @param options.root the folder that must contain the real file: the user's flake.
 * @param options.onDisplaced without it, the old file is closed.
 * @param options.exchange replaces the kernel's, so that a test can act at that very moment.
 * @throws InfrastructureError when the disk is full or broken.
 */
export async function replaceFile(
  path: string,
  expected: Buffer,
  next: Buffer,
  options: { root: string; exchange?: Exchange; onDisplaced?: OnDisplaced | undefined },
): Promise<Replacement> {
  try {
    const real = await realpath(path);
    const forbidden = await whyForbidden(path, real, options.root);
    if (forbidden !== null) return { kind: 'refused', problem: forbidden };
    const exchange = options.exchange ?? (await kernelExchange());
    const file = await open(real, READ);
    return await handingOver(file, options.onDisplaced, async () =>
      replaceKnown(real, known(file, expected), next, exchange),
    );
  } catch (error) {
    // The user deleted it, or is about to create it again.
    if (errorCode(error) === 'ENOENT') return { kind: 'changed' };
    return { kind: 'refused', problem: whyUnwritable(path, error) };
  }
}

/**
 * Creates a file, whole or not at all. `changed`: somebody else created it meanwhile.
 * @throws InfrastructureError when the disk is full or broken.
 */
export async function createFile(path: string, content: Buffer): Promise<Replacement> {
  const temporary = nameBeside(path, Buffer.alloc(0), content);
  try {
    await writeFile(temporary, content, { flag: 'wx', flush: true });
    await link(temporary, path);
    return { kind: 'written' };
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return { kind: 'changed' };
    return { kind: 'refused', problem: whyUnwritable(path, error, 'create') };
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/**
 * Deletes a file if it still has this content; `changed` if it has another.
 * @throws InfrastructureError when the disk is broken.
 */
export async function deleteFile(path: string, expected: Buffer, onDisplaced?: OnDisplaced): Promise<Replacement> {
  try {
    if (!wholeFile(path).equals(expected)) return { kind: 'changed' };
    const file = await open(path, READ);
    return await handingOver(file, onDisplaced, async () => {
      if (!contentOf(file.fd, MOST_BYTES).equals(expected)) return { kind: 'changed' };
      await rm(path);
      return { kind: 'written' };
    });
  } catch (error) {
    if (error instanceof UnreadableFile) return { kind: 'refused', problem: error.problem };
    return { kind: 'refused', problem: whyUnwritable(path, error, 'delete') };
  }
}

/** Closes a file after `write`, or hands it over where that has displaced it. */
async function handingOver(
  file: FileHandle,
  onDisplaced: OnDisplaced | undefined,
  write: () => Promise<Replacement>,
): Promise<Replacement> {
  let isTaken = false;
  try {
    const answer = await write();
    isTaken = answer.kind === 'written' && onDisplaced !== undefined;
    if (isTaken) onDisplaced?.(file);
    return answer;
  } finally {
    if (!isTaken) await file.close();
  }
}

/** An open file as it was last known. */
type Known = { file: FileHandle; content: Buffer; mode: number };
const known = (file: FileHandle, content: Buffer): Known => ({ file, content, mode: fstatSync(file.fd).mode });

async function replaceKnown(real: string, old: Known, next: Buffer, exchange: Exchange): Promise<Replacement> {
  if (!contentOf(old.file.fd).equals(old.content)) return { kind: 'changed' };
  const beside = nameBeside(real, old.content, next);
  const opened: FileHandle[] = [];
  try {
    const ours = await open(beside, 'wx+', 0o600);
    opened.push(ours);
    await fill(ours, next, old);
    const placed = known(ours, next);
    // There is no await between this check and the kernel's exchange.
    if (!isStill(real, old)) return { kind: 'changed' };
    const swap = async (): Promise<void> => {
      if ((await exchange(beside, real)) === 'unsupported')
        await exchangeInSteps(beside, real, nameBeside(real, old.content, next));
    };
    await swap();
    const answer = await settle(beside, old, placed, swap, opened);
    await syncFolder(dirname(real));
    return answer;
  } finally {
    for (const file of opened) await file.close();
    await rm(beside, { force: true });
  }
}

/** Writes the content of a new file and gives it the owner, the mode and the extended attributes of the old one. */
async function fill(file: FileHandle, content: Buffer, old: Known): Promise<void> {
  const { uid, gid } = fstatSync(old.file.fd);
  await file.writeFile(content);
  // Only root may give files away; a user's own file has the right owner already.
  await file.chown(uid, gid).catch(() => undefined);
  (await extendedAttributes())(old.file.fd, file.fd);
  await file.chmod(old.mode & 0o7777);
  await file.sync();
}

/**
 * `placed` has just displaced what is now named `beside`. If that is not `meant`, unchanged, it is a save: it goes back, and
 * what it displaces is checked in the same way, until there was no save in between.
 */
async function settle(
  beside: string,
  meant: Known,
  placed: Known,
  swap: () => Promise<void>,
  opened: FileHandle[],
): Promise<Replacement> {
  let [displaced, standing] = [meant, placed];
  for (let saves = 0; saves < MOST_SAVES; saves++) {
    if (isStill(beside, displaced)) return { kind: saves === 0 ? 'written' : 'changed' };
    const file = await open(beside, 'r');
    opened.push(file);
    [displaced, standing] = [standing, known(file, contentOf(file.fd))];
    // A chmod after the exchange changed the file that had been put in place; one before it is kept anyway.
    const { mode } = fstatSync(displaced.file.fd);
    if (mode !== displaced.mode) await chmod(beside, mode & 0o7777);
    displaced = { ...displaced, mode };
    try {
      await swap();
    } catch (error) {
      if (errorCode(error) === 'ENOENT') throw error;
      await overwrite(displaced.file, file);
      break;
    }
  }
  return { kind: 'changed' };
}

/** The names cannot be exchanged any more, but what the user saved must be in the file. */
async function overwrite(ours: FileHandle, save: FileHandle): Promise<void> {
  const content = await settledContent(save);
  await ours.truncate();
  await ours.write(content, 0, content.length, 0);
}

/** The content when an editor, which truncates first, has written it: two readings agree. Waits a second at most. */
async function settledContent(file: FileHandle): Promise<Buffer> {
  let content = contentOf(file.fd);
  for (let reading = 0; reading < 40; reading += 1) {
    await setTimeout(25);
    const again = contentOf(file.fd);
    if (again.length > 0 && again.equals(content)) break;
    content = again;
  }
  return content;
}

/** Whether `path` still names this file with this content and mode; the name is checked last. */
function isStill(path: string, { file, content, mode }: Known): boolean {
  if (!contentOf(file.fd).equals(content)) return false;
  const [opened, named] = [fstatSync(file.fd), lstatSync(path)];
  return named.ino === opened.ino && named.dev === opened.dev && opened.mode === mode;
}

/** Makes the exchange last through a power cut, where the file system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}
