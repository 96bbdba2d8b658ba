import { basename, dirname, relative } from 'node:path';
import { bytesOf, textOf } from '../system/fileText.ts';
import type { Tracking } from '../system/git.ts';
import { importName, newFalloutFile, planInit, removeInit } from '../managed/addPatch.ts';
import type { Attribute } from '../managed/managedPatch.ts';
import { readMarkers } from '../managed/markers.ts';
import { NixFile } from '../nixfile/nixFile.ts';
import type { Problem } from '../model/problem.ts';
import type { FileChange } from '../run/writeUserFile.ts';
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

export type Refusal = { kind: 'refused'; problem: Problem };

/** The files around one managed patch, as they are now. */
export type Present = {
  managedName: string;
  patches: { path: string; content: Buffer };
  /** The separate file; null if the managed patch is in the patches file. */
  separate: { path: string; content: Buffer | null; tracking: Tracking } | null;
  /** falloutd.toml: its content, and what `init` would write. */
  config: { path: string; content: Buffer | null; wanted: string | null };
};

/** Plans what is missing: the separate file, its import (or the managed patch itself) in the patches file, falloutd.toml. */
export function planAdding(present: Present, attribute: Attribute): Plan | Refusal {
  const steps: Step[] = [];
  const { separate, config } = present;
  if (separate !== null) {
    const own = planSeparate(present.managedName, separate, attribute);
    if (own.kind === 'refused') return own;
    steps.push(...own.steps);
  }
  const patches = planPatches(present, attribute);
  if (patches.kind === 'refused') return patches;
  steps.push(...patches.steps);
  if (config.content === null && config.wanted !== null) {
    steps.push({ kind: 'change', change: { path: config.path, before: null, after: Buffer.from(config.wanted) } });
  }
  return { kind: 'plan', steps, notes: [] };
}

function planSeparate(
  name: string,
  { path, content, tracking }: NonNullable<Present['separate']>,
  attribute: Attribute,
): { kind: 'plan'; steps: Step[] } | Refusal {
  if (tracking === 'ignored') {
    return refused({
      message: 'git ignores this file, so the flake would not see it',
      file: path,
      hint: 'remove it from .gitignore, or use another name: falloutd init --name NAME',
    });
  }
  const track: Step[] = tracking === 'untracked' ? [{ kind: 'track', path }] : [];
  if (content === null) {
    const text = newFalloutFile(name, attribute);
    return {
      kind: 'plan',
      steps: [{ kind: 'change', change: { path, before: null, after: Buffer.from(text) } }, ...track],
    };
  }
  if (hasMarker(NixFile.parseLoosely(textOf(content)), name)) return { kind: 'plan', steps: track };
  return refused({
    message: `this file already exists and has no managed patch \`${name}\``,
    file: path,
    hint: 'use another name: falloutd init --name NAME; or put the managed patch into your patches file: falloutd init --inside',
  });
}

function planPatches(
  { managedName, patches, separate }: Present,
  attribute: Attribute,
): { kind: 'plan'; steps: Step[] } | Refusal {
  const text = textOf(patches.content);
  const importOf = separate === null ? null : importPath(patches.path, separate.path);
  const reading = NixFile.parse(text);
  const file = reading.kind === 'file' ? reading.file : NixFile.parseLoosely(text);
  const isThere =
    importOf === null
      ? hasMarker(file, managedName)
      : hasMarker(file, importName(managedName)) || namesPath(file, importOf);
  if (isThere) return { kind: 'plan', steps: [] };
  const how = importOf === null ? 'inside' : { importOf };
  const planned =
    reading.kind === 'file' ? planInit(file, { name: managedName, how, attribute }) : refused(reading.problem);
  if (planned.kind === 'refused') return refused({ file: patches.path, ...planned.problem, ...again(planned.problem) });
  return {
    kind: 'plan',
    steps: [{ kind: 'change', change: { path: patches.path, before: patches.content, after: bytesOf(planned.text) } }],
  };
}

/** A user who adds the lines by hand still needs the other files. */
function again({ hint }: Problem): { hint: string } {
  return {
    hint:
      hint === undefined ? 'repair it, then run `falloutd init` again' : `${hint}\nThen run \`falloutd init\` again.`,
  };
}

/** Plans to remove every trace. What is not falloutd's alone is left, with a note. */
export function planRemoval(present: Present): Plan | Refusal {
  const steps: Step[] = [];
  const notes: string[] = [];
  const { managedName, patches, separate, config } = present;
  const reading = NixFile.parse(textOf(patches.content));
  const removal = reading.kind === 'file' ? removeInit(reading.file, managedName) : refused(reading.problem);
  if (removal.kind === 'refused') return refused({ file: patches.path, ...removal.problem });
  if (removal.kind === 'removed') {
    steps.push({
      kind: 'change',
      change: { path: patches.path, before: patches.content, after: bytesOf(removal.text) },
    });
  }
  if (separate !== null && separate.content !== null) {
    if (isOwnFile(textOf(separate.content), managedName)) {
      steps.push({ kind: 'change', change: { path: separate.path, before: separate.content, after: null } });
      if (separate.tracking === 'tracked') steps.push({ kind: 'untrack', path: separate.path });
      if (separate.tracking === 'committed')
        notes.push(`${basename(separate.path)} is in your last commit: commit its removal.`);
    } else {
      notes.push(`${basename(separate.path)} stays: it contains more than the managed patch.`);
    }
  }
  if (config.content !== null) {
    if (config.wanted !== null && sameConfig(config.content.toString(), config.wanted))
      steps.push({ kind: 'change', change: { path: config.path, before: config.content, after: null } });
    else notes.push(`${basename(config.path)} stays: it differs from what \`falloutd init\` writes.`);
  }
  return { kind: 'plan', steps, notes };
}

/** The path as it is written in an `import`: `./fallout.nix`. */
function importPath(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return path.startsWith('../') ? path : `./${path}`;
}

function hasMarker(file: NixFile, name: string): boolean {
  return readMarkers(file).some((marker) => marker.name === name);
}

function refused(problem: Problem): Refusal {
  return { kind: 'refused', problem };
}
