import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ANY_FORM } from '../../src/nix/logFrame.ts';
import { KeptLines, type Ear } from '../../src/script/keptLines.ts';
import { FRAMES } from '../helpers/logFrames.ts';
import { LOGS, log } from '../helpers/recordedLogs.ts';

/** A line of each kind that is kept, with as few signs as its kind allows. */
const TELLING = [
  'GOT: > 1. None (PREEMPT_NONE)',
  'GOT:   2. Voluntary (PREEMPT_VOLUNTARY)',
  'GOT: # No change to .config',
  'QUESTION: Foo, NAME: FOO, ALTS: N/m/?, ANSWER: y',
  'CHOICE: 1-2?, ANSWER: 1',
  '*** Error 1',
  'unused option: FOO',
  'repeated question: Foo',
  'conflicting answers!',
  'clamped FOO',
  'probe: refused FOO wanted y offered n using n',
  'invalid config line: FOO',
  'Could not open answer file',
  "don't know how to answer this question: foo",
  "Kernel config didn't contain FOO",
  'generating kernel configuration',
  'Running phase: installPhase',
  'installing',
  'applying patch /nix/store/a.patch',
  'patching file a.c',
  'checking file a.c',
  'Hunk #1 FAILED at 1.',
  '1 out of 1 hunk FAILED',
  '2 out of 2 hunks ignored',
  'Reversed (or previously applied) patch detected',
  "can't find file to patch",
  'error: patch failed',
  '{"log":"unused option: FOO"}',
  '@nix {"action":"msg","level":0,"msg":"error: no"}',
  '&#117;nused&nbsp;option&#58; FOO',
];

it('no line that says something is passed over unread', () => {
  const recorded = LOGS.flatMap((name) => log(name).split('\n'));
  const frames = Object.values(FRAMES);
  const framed = TELLING.flatMap((line) => [line, ...frames.map((frame, i) => frame(i) + line)]);
  expect(TELLING.filter((line) => ANY_FORM.saidIn(line).text === '')).toEqual([]);
  const passedOver = [...recorded, ...framed].filter(
    (line) => ANY_FORM.saidIn(line).text !== '' && !ANY_FORM.maySay(line),
  );
  expect(passedOver).toEqual([]);
});

it('of a long log the same lines are kept whether each is read or not', () => {
  const readAll: Ear = { ...ANY_FORM, maySay: () => true };
  const kept = (lines: readonly string[], ear: Ear): string[] => {
    const within = new KeptLines(2000, ear);
    for (const line of lines) within.push(line);
    return within.lines();
  };
  // As many as fill some blocks, so that whole blocks say nothing.
  const noise = fc
    .integer({ min: 1, max: 60 })
    .map((count) => Array<string>(count).fill('  CC      drivers/net/foo.o'));
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          noise,
          fc.constantFrom(...TELLING).map((line) => [line]),
        ),
        { minLength: 10, maxLength: 60 },
      ),
      (parts) => {
        expect(kept(parts.flat(), ANY_FORM)).toEqual(kept(parts.flat(), readAll));
      },
    ),
  );
});
