import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingFinder } from '../../src/managed/ownBindings.ts';
import { takenOut, type TakingOut } from '../../src/managed/takeOut.ts';
import type { Ask } from '../../src/model/value.ts';
import { keysOf } from '../../src/nixfile/attributes.ts';
import { NixFile } from '../../src/nixfile/nixFile.ts';

function parsed(text: string): NixFile {
  const reading = NixFile.parse(text);
  if (reading.kind !== 'file') throw new Error(`${reading.problem.message} in ${text}`);
  return reading.file;
}

/** The symbols that a file binds, in its order. */
function bound(file: NixFile): string[] {
  return [...file.tree.topNode.inside('Binding')].map((node) => keysOf(file, node).at(-1) ?? '');
}

/** The text without the bindings of these symbols, or without the `mkForce` of their values. */
function without(text: string, how: TakingOut['how'], symbols: string[], unforced: string[] = []): string {
  const file = parsed(text);
  const nodes = [...file.tree.topNode.inside('Binding')];
  const named = (names: string[]) => nodes.filter((node) => names.includes(keysOf(file, node).at(-1) ?? ''));
  const find = bindingFinder(file);
  const forces = named(unforced).flatMap((node) => {
    const symbol = keysOf(file, node).at(-1) ?? '';
    return find({ symbol, ask: NO, line: file.placeOf(node.from).line })?.force ?? [];
  });
  const edited = takenOut(file, { bindings: named(symbols), forces, how });
  if (edited.kind !== 'edited') throw new Error(edited.problem.message);
  return edited.file.text;
}

const NO: Ask = { value: { kind: 'tristate', tristate: 'n' }, optional: false };

describe('a setting that goes', () => {
  const lines = '{ lib, ... }:\nwith lib.kernel; {\n  A = no; # mine\n  # of B\n  B = yes;\n}\n';

  it('becomes a comment on its line', () => {
    expect(without(lines, 'comment', ['A', 'B'])).toBe(
      '{ lib, ... }:\nwith lib.kernel; {\n  # A = no; # mine\n  # of B\n  # B = yes;\n}\n',
    );
  });

  it('is taken out with its line and the comment on it', () => {
    expect(without(lines, 'remove', ['A', 'B'])).toBe('{ lib, ... }:\nwith lib.kernel; {\n  # of B\n}\n');
  });

  it('of several lines is a comment on each', () => {
    const text = "{\r\n\tA = freeform ''\r\n\t  a\r\n\r\nb */\r\n\t'';\r\n\tB = 1;\r\n}\r\n";
    expect(without(text, 'comment', ['A'])).toBe(
      "{\r\n\t# A = freeform ''\r\n\t#   a\r\n#\r\n# b */\r\n\t# '';\r\n\tB = 1;\r\n}\r\n",
    );
    expect(without(text, 'remove', ['A'])).toBe('{\r\n\tB = 1;\r\n}\r\n');
  });

  it('shares a line with others', () => {
    expect(without('{ A = 1; B = 2; C = 3; }', 'comment', ['A', 'B'])).toBe('{ /* A = 1; B = 2; */ C = 3; }');
    expect(without('{ A = 1; B = 2; C = 3; }', 'remove', ['A', 'B'])).toBe('{ C = 3; }');
    expect(without('{\n  A = 1; B = 2;\n}', 'remove', ['A'])).toBe('{\n  B = 2;\n}');
    expect(without('{ A = 1; }', 'comment', ['A'])).toBe('{ /* A = 1; */ }');
  });

  it('shares a line and holds the end of a block comment', () => {
    expect(without('  { A = "*/"; B = 2; }', 'comment', ['A'])).toBe('  { # A = "*/";\n  B = 2; }');
    expect(without('{ A = /* a */ 1; # c\n}', 'comment', ['A'])).toBe('{ # A = /* a */ 1; # c\n}');
  });

  it('loses its mkForce only', () => {
    const text =
      '{ lib }: with lib.kernel; { A = lib.mkForce no; B = lib.mkForce (option no); C = (lib.mkOverride 60 ((no))); }';
    expect(without(text, 'comment', [], ['A', 'C'])).toBe(
      '{ lib }: with lib.kernel; { A = no; B = lib.mkForce (option no); C = (no); }',
    );
  });
});

const LAYOUTS = [
  (binding: string) => `\n    ${binding}`,
  (binding: string) => `\n    ${binding} # why */ not\n    `,
  (binding: string) => `\n\t/* before */ ${binding}`,
  (binding: string) => ` ${binding}`,
  (binding: string) => `\n\n    # above\n    ${binding} /* behind */`,
  (binding: string) => binding,
];
const VALUES = [
  'no',
  'lib.mkForce (option yes)',
  'freeform "a */ b"',
  "freeform ''\n  two\n\n# lines\n''",
  'if x then\n yes else no',
];

it('leaves every other setting and every other line as they are', () => {
  const settings = fc.array(
    fc.record({ layout: fc.constantFrom(...LAYOUTS), value: fc.constantFrom(...VALUES), goes: fc.boolean() }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(settings, fc.constantFrom('comment' as const, 'remove' as const), fc.boolean(), (all, how, isCrLf) => {
      const body = all.map(({ layout, value }, i) => layout(`S${i} = ${value};`)).join('');
      const text = `{ lib, x }: with lib.kernel; {${body}\n}\n`.replaceAll('\n', isCrLf ? '\r\n' : '\n');
      const gone = all.flatMap(({ goes }, i) => (goes ? `S${i}` : []));
      const after = without(text, how, gone);
      expect(bound(parsed(after))).toEqual(all.flatMap(({ goes }, i) => (goes ? [] : `S${i}`)));
      // What a comment adds, and what a removal takes, is on the lines of these settings alone.
      const file = parsed(text);
      const touched = [...file.tree.topNode.inside('Binding')]
        .filter((node) => gone.includes(keysOf(file, node).at(-1) ?? ''))
        .map(({ from, to }) => [file.lineStart(from), file.lineEnd(to)] as const);
      const first = Math.min(text.length, ...touched.map(([from]) => from));
      const last = Math.max(0, ...touched.map(([, to]) => to));
      expect(after.slice(0, first)).toBe(text.slice(0, first));
      if (gone.length > 0) expect(after.endsWith(text.slice(last))).toBe(true);
      else expect(after).toBe(text);
    }),
    { numRuns: 300 },
  );
});

describe('a setting is left alone', () => {
  const find = (text: string, symbol: string, line = 1) => bindingFinder(parsed(text))({ symbol, ask: NO, line });

  it('where its name is used elsewhere, or a function makes it', () => {
    expect(find('with lib.kernel; { A = no; }', 'A')).not.toBeNull();
    expect(find('with lib.kernel; { structuredExtraConfig.A = no; }', 'A')).not.toBeNull();
    expect(find('rec { A = no; B = A; }', 'A')).toBeNull();
    expect(find('let s = { A = no; }; in { B = s.A; }', 'A')).toBeNull();
    expect(find('let s = { A = no; }; in { inherit (s) A; }', 'A')).toBeNull();
    expect(find('lib.genAttrs [ "A" ] (_: no)', 'A')).toBeNull();
    expect(find('{ "A" = no; }', 'A')).not.toBeNull();
  });

  it('where another value stands there by now, or two of its name', () => {
    expect(find('{ lib }: with lib.kernel; { A = yes; }', 'A')).toBeNull();
    expect(find('[ { A = no; } { A = no; } ]', 'A')).toBeNull();
  });

  it('between the markers of a managed patch', () => {
    const text = '[\n# falloutd: begin x\n{ A = no; }\n# falloutd: end x\n{ B = no; }\n]';
    expect([find(text, 'A', 3), find(text, 'B', 5) === null]).toEqual([null, false]);
  });
});
