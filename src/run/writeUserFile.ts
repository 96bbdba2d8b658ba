import type { FileHandle } from 'node:fs/promises';
import type { Problem } from '../model/problem.ts';
import type { NixCommand } from '../nix/command.ts';
import { checkWithNix } from '../nix/checkSyntax.ts';
import type { History } from '../state/historyDatabase.ts';
import { keepReplaced } from '../state/replacements.ts';
import type { Displaced } from './lateWrites.ts';
import { textOf } from '../system/fileText.ts';
import { waitForGit } from '../system/git.ts';
import { createFile, deleteFile, replaceFile } from '../system/replaceFile.ts';

/** A user's file as it was read and as it shall be; null: it does not exist. */
export type FileChange = { path: string; before: Buffer | null; after: Buffer | null };

export type FileWrite =
  | { kind: 'written' }
  /** Somebody has saved the file since it was read: their save stands. */
  | { kind: 'newer-save' }
  | { kind: 'aborted' }
  | { kind: 'refused'; problem: Problem };

export type WriteListeners = {
  /** Called with what is about to be written, so that a watcher knows the content when it sees it. */
  onWrite?: ((path: string, content: Buffer) => void) | undefined;
  /** Takes over the file that was replaced or deleted. Without it, nobody sees what a program that has it open still writes. */
  onDisplaced?: ((displaced: Displaced) => void) | undefined;
};

export type FileWriteOptions = WriteListeners & {
  history: History;
  target: string;
  /** The run that writes; null: a command. */
  run: number | null;
  /** The folder that the file must stand in, links followed: the checkout of the user's flake. */
  root: string;
  /** What else is recorded: `before` the file changes, and `after` it did or did not. */
  record?: { before: () => void; after: (isWritten: boolean) => void };
  nix?: Pick<NixCommand, 'signal' | 'limit' | 'processes'>;
};

/**
 * Changes a file of the user's, if it is still what was read. Everything falloutd writes there goes through here: Nix
 * parses the new text, git must leave the files alone, what is replaced is on disk in history, and only then the file changes.
 * @throws BlockedError or InfrastructureError from git or Nix before anything is changed; InfrastructureError from a full disk.
 */
export async function writeUserFile(
  { path, before, after }: FileChange,
  { history, target, run, root, onWrite, onDisplaced, record, nix }: FileWriteOptions,
): Promise<FileWrite> {
  if (after !== null && path.endsWith('.nix')) {
    const checked = await checkWithNix(textOf(after), nix);
    if (checked.kind === 'aborted') return checked;
    if (checked.kind === 'syntax') return { kind: 'refused', problem: { file: path, ...checked.problem } };
  }
  await waitForGit(root);
  const replaced =
    before === null ? null : keepReplaced(history, { path, target, run, before, after: after ?? Buffer.alloc(0) });
  const handOver =
    before === null || replaced === null || onDisplaced === undefined
      ? undefined
      : (file: FileHandle): void => onDisplaced({ replaced, target, path, before, file });
  record?.before();
  if (after !== null) onWrite?.(path, after);
  let isWritten = false;
  try {
    const written = await (before === null
      ? createFile(path, after ?? Buffer.alloc(0))
      : after === null
        ? deleteFile(path, before, handOver)
        : replaceFile(path, before, after, { root, onDisplaced: handOver }));
    isWritten = written.kind === 'written';
    if (written.kind === 'changed') return { kind: 'newer-save' };
    return written.kind === 'refused' ? { kind: 'refused', problem: { file: path, ...written.problem } } : written;
  } finally {
    record?.after(isWritten);
  }
}
