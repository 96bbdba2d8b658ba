import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readManaged } from '../../src/managed/managedPatch.ts';
import { editManaged, removeInit } from '../helpers/onText.ts';
import { entries, userFile } from '../helpers/nixFiles.ts';
import { edited, generator, planned } from '../helpers/plannedFiles.ts';
import { reformat } from '../helpers/reformat.ts';

const attribute = fc.constantFrom('structuredExtraConfig' as const, 'extraStructuredConfig' as const);

/** What stands before and behind the block. */
function outside(text: string): [string, string] {
  const reading = readManaged(text, 'fallout');
  if (reading.kind !== 'managed') throw new Error(reading.kind);
  return [text.slice(0, reading.patch.begin.to), text.slice(reading.patch.end.from)];
}

describe('the managed patch in random files', () => {
  it('changes nothing outside of the markers, reads back as asked, and is then left alone', () => {
    fc.assert(
      fc.property(userFile, attribute, entries, entries, (file, name, first, second) => {
        let text = planned(file, 'inside', name);
        for (const wanted of [first, second, []]) {
          const before = outside(text);
          text = edited(text, wanted);
          expect(outside(text)).toEqual(before);
          expect(editManaged(text, 'fallout', wanted)).toEqual({ kind: 'unchanged' });
          expect(editManaged(text, 'fallout', [...wanted].reverse())).toEqual({ kind: 'unchanged' });
        }
      }),
      { numRuns: 80 },
    );
  });

  it('gives the original bytes back when init is taken back, also after edits', () => {
    fc.assert(
      fc.property(
        userFile,
        fc.constantFrom('inside' as const, { importOf: './fallout.nix' }),
        entries,
        (file, how, wanted) => {
          let text = planned(file, how);
          if (how === 'inside') text = edited(text, wanted);
          expect(removeInit(text, 'fallout')).toEqual({ kind: 'removed', text: file.text });
          expect(removeInit(file.text, 'fallout')).toEqual({ kind: 'absent' });
        },
      ),
      { numRuns: 80 },
    );
  });

  it('starts no fight with a formatter', () => {
    fc.assert(
      fc.property(userFile, entries, fc.integer(), (file, wanted, seed) => {
        const text = edited(planned(file), wanted);
        const formatted = reformat(text, generator(seed));
        expect(editManaged(formatted, 'fallout', wanted)).toEqual({ kind: 'unchanged' });
      }),
      { numRuns: 80 },
    );
  });

  it('edits what a formatter made of the file', () => {
    fc.assert(
      fc.property(userFile, entries, entries, fc.integer(), (file, first, second, seed) => {
        const formatted = reformat(edited(planned(file), first), generator(seed));
        const text = edited(formatted, second);
        expect(outside(text)).toEqual(outside(formatted));
        expect(editManaged(text, 'fallout', second)).toEqual({ kind: 'unchanged' });
      }),
      { numRuns: 80 },
    );
  });

  it('leaves a hundred kilobytes of comments alone', () => {
    fc.assert(
      fc.property(userFile, entries, fc.integer({ min: 0, max: 99 }), (file, wanted, filler) => {
        const noise = `# ${String.fromCodePoint(0x1f400 + filler)} falloutd: begin fallout\n`.repeat(2500);
        const text = planned({ ...file, text: noise + file.text.replace('\ufeff', '') });
        expect(edited(text, wanted).startsWith(noise)).toBe(true);
      }),
      { numRuns: 5 },
    );
  });
});
