import { realpath } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { bytesOf, textOf } from '../system/fileText.ts';
import { track, untrack, type Tracking } from '../system/git.ts';
import { importName, newFalloutFile, planInit, removeInit } from '../managed/addPatch.ts';
import type { Attribute } from '../managed/managedPatch.ts';
import { readMarkers } from '../managed/markers.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import { BlockedError, refused, type Refused } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import { checkWithNix } from '../nix/checkSyntax.ts';
import { type FileChange, type FileWriteOptions, writeUserFile } from '../run/writeUserFile.ts';
import { isOwnFile, namesPath } from './boundNames.ts';
import { sameConfig } from './configText.ts';

/** A step of a plan. A host that evaluates also does so after each step. */
export type Step =
  { kind: 'change'; change: FileChange } | { kind: 'track'; path: string } | { kind: 'untrack'; path: string };

export type Plan = {
  kind: 'plan';
  steps: Step[];
  /** Sentences for the user about what is left, although one might expect otherwise. */
  notes: string[];
};

/** The files around one managed patch, as they are now. */
export type Present = {
  managedName: string;
  patches: { path: string; content: Buffer };
  /** The separate file; null if the managed patch is in the patches file. */
  separate: { path: string; content: Buffer | null; tracking: Tracking } | null;
  /** falloutd.toml: its content, and what `init` would write. */
  config: { path: string; content: Buffer | null; wanted: string };
};

function planOf(steps: Step[], notes: string[] = []): Plan {
  return { kind: 'plan', steps, notes };
}

function change(path: string, before: Buffer | null, after: Buffer | null): Step {
  return { kind: 'change', change: { path, before, after } };
}

/** Plans what is missing: the separate file, its import (or the managed patch itself) in the patches file, falloutd.toml. */
export function planAdding(present: Present, attribute: Attribute): Plan | Refused {
  const { separate, config } = present;
  const own = separate === null ? planOf([]) : planSeparate(present.managedName, separate, attribute);
  if (own.kind === 'refused') return own;
  const patches = planPatches(present, attribute);
  if (patches.kind === 'refused') return patches;
  const added = config.content === null ? [change(config.path, null, Buffer.from(config.wanted))] : [];
  return planOf([...own.steps, ...patches.steps, ...added]);
}

function planSeparate(
  name: string,
  { path, content, tracking }: NonNullable<Present['separate']>,
  attribute: Attribute,
): Plan | Refused {
  if (tracking === 'ignored') {
    return refused({
      message: 'git ignores this file, so the flake would not see it',
      file: path,
      hint: 'remove it from .gitignore, or use another name: falloutd init --name NAME',
    });
  }
  const tracked: Step[] = tracking === 'untracked' ? [{ kind: 'track', path }] : [];
  if (content === null) return planOf([change(path, null, Buffer.from(newFalloutFile(name, attribute))), ...tracked]);
  if (hasMarker(NixFile.parseLoosely(textOf(content)), name)) return planOf(tracked);
  return refused({
    message: `this file already exists and has no managed patch \`${name}\``,
    file: path,
    hint: 'use another name: falloutd init --name NAME; or put the managed patch into your patches file: falloutd init --inside',
  });
}

function planPatches({ managedName, patches, separate }: Present, attribute: Attribute): Plan | Refused {
  const text = textOf(patches.content);
  const importOf = separate === null ? null : importPath(patches.path, separate.path);
  const reading = NixFile.parse(text);
  const file = reading.kind === 'file' ? reading.file : NixFile.parseLoosely(text);
  const isThere =
    importOf === null
      ? hasMarker(file, managedName)
      : hasMarker(file, importName(managedName)) || namesPath(file, importOf);
  if (isThere) return planOf([]);
  const how = importOf === null ? 'inside' : { importOf };
  const planned =
    reading.kind === 'file' ? planInit(file, { name: managedName, how, attribute }) : refused(reading.problem);
  return planned.kind === 'refused'
    ? refused({ file: patches.path, ...planned.problem, hint: thenAgain(planned.problem) })
    : planOf([change(patches.path, patches.content, bytesOf(planned.text))]);
}

/** A user who adds the lines by hand still needs the other files. */
function thenAgain({ hint }: Problem): string {
  return hint === undefined
    ? 'repair it, then run `falloutd init` again'
    : `${hint}\nThen run \`falloutd init\` again.`;
}

/** Plans to remove every trace. What is not falloutd's alone stays, with a note. */
export function planRemoval({ managedName, patches, separate, config }: Present): Plan | Refused {
  const { steps, notes } = planOf([]);
  const reading = NixFile.parse(textOf(patches.content));
  const removal = reading.kind === 'file' ? removeInit(reading.file, managedName) : refused(reading.problem);
  if (removal.kind === 'refused') return refused({ file: patches.path, ...removal.problem });
  if (removal.kind === 'removed') steps.push(change(patches.path, patches.content, bytesOf(removal.text)));
  if (separate !== null && separate.content !== null) {
    const { path, content, tracking } = separate;
    if (isOwnFile(textOf(content), managedName)) {
      steps.push(change(path, content, null));
      if (tracking === 'tracked') steps.push({ kind: 'untrack', path });
      if (tracking === 'committed') notes.push(`${basename(path)} is in your last commit: commit its removal.`);
    } else {
      notes.push(`${basename(path)} stays: it contains more than the managed patch.`);
    }
  }
  if (config.content !== null) {
    if (sameConfig(config.content.toString(), config.wanted)) steps.push(change(config.path, config.content, null));
    else notes.push(`${basename(config.path)} stays: it differs from what \`falloutd init\` writes.`);
  }
  return planOf(steps, notes);
}

/** The path as it is written in an `import`: `./fallout.nix`. */
function importPath(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return path.startsWith('../') ? path : `./${path}`;
}

function hasMarker(file: NixFile, name: string): boolean {
  return readMarkers(file).some((marker) => marker.name === name);
}

/** `root`: the folder that must contain all files, the user's flake. */
export type ApplyOptions = Pick<FileWriteOptions, 'root' | 'history' | 'target' | 'onDisplaced'>;

/**
 * Does the steps of a plan in their order if Nix can parse every new text.
 * @throws BlockedError at the first step that fails: those before it stay done, and `init` goes on from there.
 */
export async function apply(steps: readonly Step[], options: ApplyOptions): Promise<void> {
  for (const step of steps) if (step.kind === 'change') await check(step.change, options);
  for (const step of steps) {
    if (step.kind === 'track') await track(step.path);
    else if (step.kind === 'untrack') await untrack(step.path);
    else await applyChange(step.change, options);
  }
}

/** Checks a change before the first one is made. The writer checks each again when it is its turn. */
async function check({ path, after }: FileChange, { root }: ApplyOptions): Promise<void> {
  if (after === null || !path.endsWith('.nix')) return;
  const way = relative(await realpath(root), await realpath(dirname(path)));
  if (way === '..' || way.startsWith('../')) {
    throw new BlockedError({
      message: `is outside of ${root}`,
      file: path,
      hint: 'a flake cannot read it there; put the file itself into the flake',
    });
  }
  const checked = await checkWithNix(textOf(after));
  if (checked.kind === 'syntax') throw new BlockedError({ file: path, ...checked.problem });
}

async function applyChange(change: FileChange, options: ApplyOptions): Promise<void> {
  const written = await writeUserFile(change, { ...options, run: null });
  if (written.kind === 'refused') throw new BlockedError(written.problem);
  if (written.kind !== 'written')
    throw new BlockedError({
      message: 'was saved in the meantime and is left as it is',
      file: change.path,
      hint: 'run the same command again',
    });
}
