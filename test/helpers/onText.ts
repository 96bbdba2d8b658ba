/** The functions on Nix files as functions on their text. */
import * as addPatch from '../../src/managed/addPatch.ts';
import * as edit from '../../src/managed/edit.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import type { Entry } from '../../src/model/entry.ts';
import type { Problem } from '../../src/model/problem.ts';
import { NixFile } from '../../src/nixfile/nixFile.ts';

export type TextEdit = { kind: 'edited'; text: string } | { kind: 'unchanged' } | { kind: 'refused'; problem: Problem };

export function editManaged(
  text: string,
  name: string,
  entries: readonly Entry[],
  reworded?: ReadonlySet<string>,
): TextEdit {
  const reading = readManaged(text, name);
  if (reading.kind === 'absent') return { kind: 'refused', problem: { message: `no managed patch '${name}'` } };
  if (reading.kind !== 'managed') return { kind: 'refused', problem: reading.problem };
  const edited = edit.editManaged(reading.patch, entries, reworded);
  return edited.kind === 'edited' ? { kind: 'edited', text: edited.file.text } : edited;
}

export function planInit(text: string, options: addPatch.InitOptions): addPatch.InitPlan {
  const reading = NixFile.parse(text);
  return reading.kind === 'file'
    ? addPatch.planInit(reading.file, options)
    : { kind: 'refused', problem: reading.problem };
}

export function removeInit(text: string, name: string): addPatch.Removal {
  const reading = NixFile.parse(text);
  return reading.kind === 'file'
    ? addPatch.removeInit(reading.file, name)
    : { kind: 'refused', problem: reading.problem };
}
