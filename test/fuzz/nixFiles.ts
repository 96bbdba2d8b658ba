/** One mutated Nix file through everything that reads or edits one, held against what a second reader finds in it. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { examplePatches, withManagedPatch } from '../../src/setup/demo/demoHost.ts';
import { bytesOf, textOf } from '../../src/system/fileText.ts';
import { newFalloutFile } from '../../src/managed/addPatch.ts';
import { editManaged, planInit, removeInit, type TextEdit } from '../helpers/onText.ts';
import { locateBinding } from '../../src/managed/positions.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import { restoreManaged } from '../../src/managed/edit.ts';
import type { Entry } from '../../src/model/entry.ts';
import { entries } from '../helpers/nixFiles.ts';
import { Choices } from './choices.ts';
import { markersOf } from './nixLexer.ts';
import { mutated } from './nixMutations.ts';
import { nixFile } from './nixText.ts';

const STAND_IN = fileURLToPath(new URL('../../src/setup/demo/nixpkgs', import.meta.url));

/** Files that are not made up, with a managed patch where one can be added. */
const REAL = [
  ...(['small', 'linux'] as const).map((tree) => withManagedPatch(examplePatches(tree)).text),
  newFalloutFile('fallout', 'structuredExtraConfig'),
  ...readdirSync(STAND_IN, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.nix'))
    .map((name) => readFileSync(`${STAND_IN}/${name}`, 'utf8'))
    .filter((text) => text.length < 4000)
    .map((text) => withManagedPatch(text).text),
];

/** `part` is which of the dearer checks an input goes through. */
export type NixInput = { file: Uint8Array; mutations: Uint8Array; first: Entry[]; second: Entry[]; part: number };

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength, size: 'max' });
export const nixInput: fc.Arbitrary<NixInput> = fc.record({
  file: bytes(120),
  mutations: bytes(24),
  first: entries,
  second: entries,
  part: fc.nat({ max: 3 }),
});

/** The file of an input, and whether it is as it was written: then every edit has to succeed. */
function fileOf({ file, mutations }: NixInput): { text: string; whole: boolean } {
  const c = new Choices(file);
  const text = c.below(4) === 3 ? c.pick(REAL) : nixFile(c);
  return mutations.length === 0 ? { text, whole: true } : { text: mutated(text, new Choices(mutations)), whole: false };
}

/** Everything that is done to one file. Gives it as it was and as it is after an edit. */
export function checkNixFile(input: NixInput): { before: string; after: string } {
  const { text, whole } = fileOf(input);
  const { first, second, part } = input;
  checkReading(text);
  const edit = editManaged(text, 'fallout', first);
  if (whole && edit.kind === 'refused' && text.includes('# falloutd: begin fallout'))
    assert.fail(
      `a good file was refused: ${edit.problem.message} (${edit.problem.line ?? ''}:${edit.problem.column ?? ''})`,
    );
  const after = checkEdit(text, edit);
  if (edit.kind === 'edited') {
    assert.equal(readManaged(after, 'fallout').kind, 'managed');
    assert.deepEqual(editManaged(after, 'fallout', part % 2 === 0 ? first : [...first].reverse()), {
      kind: 'unchanged',
    });
    // Undone, whatever the user wrote elsewhere meanwhile.
    const mine = text.startsWith('\ufeff') ? '' : '# mine\n';
    const saved = mine + checkEdit(after, editManaged(after, 'fallout', second));
    assert.deepEqual(
      restoreManaged(saved, text, 'fallout'),
      saved === mine + text ? { kind: 'unchanged' } : { kind: 'restored', text: mine + text },
    );
  } else {
    restoreManaged(text, text, 'fallout');
  }
  if (part === 2) checkInit(text);
  if (part === 3) locateBinding(text, 'fallout', 'RTLWIFI');
  assert.ok(bytesOf(textOf(bytesOf(text))).equals(bytesOf(text)));
  return { before: text, after };
}

/** What is read of a file is what a second reader finds in it: no marker, one whole pair, or damage. */
function checkReading(text: string): void {
  const reading = readManaged(text, 'fallout');
  if (reading.kind === 'syntax') return;
  const edges = markersOf(text, 'fallout')
    .map(({ edge }) => edge)
    .join();
  if (reading.kind === 'managed') assert.equal(edges, 'begin,end');
  assert.equal(reading.kind === 'absent', edges === '');
}

/** The file after an edit, which left every byte outside of the markers as a second reader finds them. */
function checkEdit(text: string, edit: TextEdit): string {
  if (edit.kind === 'refused') {
    assert.doesNotMatch(edit.problem.message, /could not be written|^$/);
    return text;
  }
  const [begin, end, ...more] = markersOf(text, 'fallout');
  assert.deepEqual([begin?.edge, end?.edge, more], ['begin', 'end', []]);
  if (edit.kind === 'unchanged') return text;
  const [head, tail] = [bytesOf(text.slice(0, begin?.to)), bytesOf(text.slice(end?.from))];
  const next = bytesOf(edit.text);
  assert.ok(next.length >= head.length + tail.length);
  assert.ok(next.subarray(0, head.length).equals(head), 'bytes above the block changed');
  assert.ok(next.subarray(next.length - tail.length).equals(tail), 'bytes below the block changed');
  return edit.text;
}

/** What init adds is one piece, and taking it out gives the very same text again. */
function checkInit(text: string): void {
  const plan = planInit(text, {
    name: 'mine',
    how: text.length % 2 === 0 ? 'inside' : { importOf: './fallout.nix' },
    attribute: 'structuredExtraConfig',
  });
  removeInit(text, 'fallout');
  if (plan.kind === 'refused') {
    assert.doesNotMatch(plan.problem.message, /could not be added/);
    return;
  }
  let head = 0;
  while (head < text.length && text[head] === plan.text[head]) head++;
  let tail = 0;
  while (tail < text.length - head && text[text.length - 1 - tail] === plan.text[plan.text.length - 1 - tail]) tail++;
  assert.equal(head + tail, text.length);
  assert.deepEqual(removeInit(plan.text, 'mine'), { kind: 'removed', text });
}

/** The input as a person reads it. */
export function showNixFile(input: NixInput): string {
  const { text } = fileOf(input);
  return `${JSON.stringify(text)}\n${text}\nentries: ${JSON.stringify(input.first)}\nthen: ${JSON.stringify(input.second)}`;
}
