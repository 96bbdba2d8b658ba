import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editManaged } from '../helpers/onText.ts';
import { readManaged } from '../../src/managed/managedPatch.ts';
import { restoreManaged } from '../../src/managed/edit.ts';
import { entries } from '../helpers/nixFiles.ts';

/** A file with a managed patch, and anything before, between and behind that a user may have written. */
const file = (block: string, above = '', below = ''): string =>
  `${above}{ lib, ... }:\n[\n  # falloutd: begin fallout\n${block}  # falloutd: end fallout\n${below}]\n`;
const block = (bindings: string): string =>
  `  {\n    name = "fallout";\n    patch = null;\n    structuredExtraConfig = {${bindings}};\n  }\n`;

describe('restoreManaged', () => {
  it('puts back what stood between the markers', () => {
    const now = file(block(' A = lib.mkOverride 40 lib.kernel.no; '), '# mine\n', '  { name = "new"; }\n');
    const restored = restoreManaged(now, file(block(' ')), 'fallout');
    expect(restored).toEqual({ kind: 'restored', text: file(block(' '), '# mine\n', '  { name = "new"; }\n') });
  });

  it('has nothing to do where it stands there already', () => {
    expect(restoreManaged(file(block(''), '# a\n'), file(block(''), '# b\n'), 'fallout')).toEqual({
      kind: 'unchanged',
    });
  });

  it.each<[string, string, string, RegExp]>([
    ['no markers now', '{ lib, ... }: [ ]\n', file(block('')), /the file does not have both markers/],
    ['no markers then', file(block('')), '{ lib, ... }: [ ]\n', /the earlier version does not have both markers/],
    [
      'a marker doubled now',
      file(block(''), '# falloutd: begin fallout\n'),
      file(block('')),
      /^the file does not have/,
    ],
    [
      "another patch's markers",
      file(block('')).replaceAll('fallout\n', 'other\n'),
      file(block('')),
      /^the file does not have/,
    ],
    ['a file that does not parse now', `${file(block(''))}{`, file(block('')), /^the file does not have/],
  ])('refuses: %s', (_, now, before, message) => {
    expect(restoreManaged(now, before, 'fallout')).toMatchObject({
      kind: 'refused',
      problem: { message: expect.stringMatching(message) as string },
    });
  });

  it('leaves every character outside, whatever they are and whatever was between', () => {
    const outside = fc
      .array(
        fc.constantFrom(
          '# 🐧\n',
          '\t# tab\r\n',
          '/* falloutd: end fallout */\n',
          '# é ∀ # falloutd: begin fallouts\n',
          '\n\n',
          '  ',
        ),
        { maxLength: 6 },
      )
      .map((parts) => parts.join(''));
    const managed = (held: Parameters<typeof editManaged>[2], text: string): string => {
      const edit = editManaged(text, 'fallout', held);
      return edit.kind === 'edited' ? edit.text : text;
    };
    fc.assert(
      fc.property(entries, entries, outside, outside, fc.boolean(), (one, other, above, below, hasMark) => {
        const start = (hasMark ? '\ufeff' : '') + above;
        const then = managed(one, file(block(' ')));
        const now = managed(other, file(block(' '), start, below));
        const result = restoreManaged(now, then, 'fallout');
        expect(result.kind).not.toBe('refused');
        const text = result.kind === 'restored' ? result.text : now;
        const at = (whole: string): [string, string, string] => {
          const reading = readManaged(whole, 'fallout');
          if (reading.kind !== 'managed') throw new Error(reading.kind);
          const { begin, end } = reading.patch;
          return [whole.slice(0, begin.to), whole.slice(begin.to, end.from), whole.slice(end.from)];
        };
        expect(at(text)).toEqual([at(now)[0], at(then)[1], at(now)[2]]);
        expect(text.startsWith(start)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
