import { dirname } from 'node:path';
import { USUAL_NAME, type Target } from '../config/config.ts';
import type { Entry } from '../model/entry.ts';
import { BlockedError } from '../model/errors.ts';
import { areSame, type Managed, type OnDisk } from '../fallout/absorb.ts';
import { checkoutOf } from '../system/checkout.ts';
import type { History } from '../state/historyDatabase.ts';
import { keepState, saveManaged } from '../state/targets.ts';
import { keep } from '../state/contents.ts';
import { limitOf } from '../model/limits.ts';
import type { NixCommand } from '../nix/command.ts';
import { type FileWrite, type FileWriteOptions, type WriteListeners, writeUserFile } from './writeUserFile.ts';
import { editManaged } from '../managed/edit.ts';
import { findManaged, type ManagedPatch } from '../managed/managedPatch.ts';
import { valueOf } from '../model/value.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import { bytesOf, textOf } from '../system/fileText.ts';
import { UnreadableFile, wholeFile } from '../system/wholeFile.ts';

/** The user's files as one iteration found them. */
export type PatchFiles = {
  /** The file in which the managed patch stands. */
  managed: { path: string; content: Buffer; patch: ManagedPatch };
  entries: OnDisk[];
  /** The content of the patches file by hash, as history keeps it. */
  patchesSha256: string;
};

/** More than 50,000 settings, with which Nix takes 20 s and 400 MB. A kernel has 20,000 symbols; nixpkgs sets 2,000. */
const MOST_PATCHES_BYTES = 4 << 20;

/**
 * Reads the user's patches file and the managed patch, and keeps the content in history.
 * @throws BlockedError when a file is missing, unreadable, not text, not Nix, or has no (or damaged) markers.
 */
export function readPatchFiles(target: Target, history: History): PatchFiles {
  const content = readUserFile(target.managedFile);
  const patch = managedPatchIn(textIn(content, target.managedFile), target);
  const entries = entriesOf(patch, target);
  const patches =
    target.patchesFile === target.managedFile
      ? content
      : Buffer.concat([
          readUserFile(target.patchesFile, MOST_PATCHES_BYTES),
          Buffer.from(`\n# ${target.managedFile}\n`),
          content,
        ]);
  return {
    managed: { path: target.managedFile, content, patch },
    entries,
    patchesSha256: keep(history, 'patches', patches),
  };
}

/** @throws BlockedError when it is missing, no regular file, too large, or cannot be read. */
export function readUserFile(path: string, mostBytes?: number): Buffer {
  try {
    return wholeFile(path, mostBytes);
  } catch (cause) {
    if (!(cause instanceof UnreadableFile)) throw cause;
    const hint = '`falloutd watch` goes on as soon as it is there; `falloutd init` makes a fallout.nix';
    throw new BlockedError(cause.fault.kind === 'missing' ? { ...cause.problem, hint } : cause.problem, { cause });
  }
}

/**
 * The text of a Nix file, from which `bytesOf` gives the same bytes again. Nix takes any bytes in comments and strings.
 * @throws BlockedError when it is no text.
 */
export function textIn(content: Buffer, path: string): string {
  if (content.includes(0))
    throw new BlockedError({
      message: 'is not text: it holds NUL bytes',
      file: path,
      hint: 'is this the right file? Nix reads UTF-8, and no UTF-16',
    });
  return textOf(content);
}

/** A patch of another name that stands there is often the user's, from before a second target gave this one its longer name. */
function howToHave(file: NixFile, { name, managedName }: Target): string {
  const isUsual = managedName !== USUAL_NAME && findManaged(file, USUAL_NAME).kind === 'managed';
  return isUsual
    ? `\`name = "${USUAL_NAME}"\` in [target.${name}] takes the one that stands there; \`falloutd init\` adds another`
    : '`falloutd init` adds it';
}

function managedPatchIn(text: string, target: Target): ManagedPatch {
  const file = target.managedFile;
  const reading = NixFile.parse(text);
  if (reading.kind !== 'file') throw new BlockedError({ file, ...reading.problem });
  const search = findManaged(reading.file, target.managedName);
  switch (search.kind) {
    case 'managed':
      return search.patch;
    case 'absent':
      throw new BlockedError({
        message: `has no managed patch \`${target.managedName}\` (no markers \`# falloutd: begin ${target.managedName}\`)`,
        file,
        hint: howToHave(reading.file, target),
      });
    case 'damaged':
      throw new BlockedError({ file, ...search.problem });
  }
}

function entriesOf(patch: ManagedPatch, target: Target): OnDisk[] {
  const structured = patch.bindings.map((binding): OnDisk => {
    if (binding.ask === null) {
      throw new BlockedError({
        message: `\`${binding.symbol} = ${binding.expression};\` between the markers is no entry that falloutd understands`,
        file: target.managedFile,
        hint: 'keep it in a patch of your own',
      });
    }
    return {
      symbol: binding.symbol,
      ask: binding.ask,
      override: binding.override ?? 100,
      via: 'structured',
      reason: binding.comment ?? '',
    };
  });
  const legacy = patch.legacy.map((line): OnDisk => ({
    symbol: line.symbol,
    ask: { value: valueOf(line.value), optional: line.optional },
    override: 0,
    via: 'legacy',
    reason: '',
  }));
  return [...structured, ...legacy];
}

type WriteOptions = WriteListeners &
  Pick<FileWriteOptions, 'history' | 'run'> &
  Pick<NixCommand, 'signal' | 'processes'>;

/**
 * Makes the managed patch hold exactly the entries `to`, if the file is still what was read. `from` is what it holds now:
 * that is recorded when the file stays as it is. `recorded` is what this run has recorded of it, if anything.
 */
export async function writeEntries(
  target: Target,
  { managed: { path, content, patch } }: PatchFiles,
  { from, to, recorded = null }: { from: Managed; to: Managed; recorded?: Managed | null },
  { history, run, onWrite, onDisplaced, signal, processes }: WriteOptions,
): Promise<FileWrite | { kind: 'unchanged' }> {
  const save = (entries: Managed): void => saveManaged(history, target.name, [...entries.values()]);
  const isReworded = ({ symbol, reason }: Entry): boolean => (from.get(symbol)?.reason ?? reason) !== reason;
  const reworded = new Set([...to.values()].filter(isReworded).map(({ symbol }) => symbol));
  const edit = editManaged(patch, [...to.values()], reworded);
  if (edit.kind === 'unchanged') {
    if (recorded === null || !areSame(recorded, to)) save(to);
    return edit;
  }
  if (edit.kind === 'refused') return { kind: 'refused', problem: { file: path, ...edit.problem } };
  return writeUserFile(
    { path, before: content, after: bytesOf(edit.file.text) },
    {
      history,
      target: target.name,
      run,
      root: writeRoot(target),
      onWrite,
      onDisplaced,
      record: {
        // Before the file: entries that nobody remembers would pass for the user's own after a kill in between.
        before: () => keepState(history, target.name, [...to.values()]),
        after: (isWritten) => save(isWritten ? to : from),
      },
      nix: { signal, processes, limit: limitOf(target.limits, 'evaluation') },
    },
  );
}

/** The folder that the managed file must stand in, links followed: the checkout of the flake. */
export function writeRoot(target: Target): string {
  return target.installable.kind === 'flake' ? checkoutOf(target.installable.dir) : dirname(target.managedFile);
}
