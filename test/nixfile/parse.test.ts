import { execaSync } from 'execa';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLoosely, parseNix } from '../../src/nixfile/parse.ts';

/** What nix itself says: null where it cannot be asked. */
function nixAccepts(text: string): boolean | null {
  const { code, stderr, failed } = execaSync('nix-instantiate', ['--parse', '-'], { input: text, reject: false });
  if (code === 'ENOENT') return null;
  // The parser of 2.8 also looks variables up; that a name is undefined says that the syntax is right.
  return !failed || /undefined variable|already defined|duplicate formal/.test(stderr);
}

const ACCEPTED = [
  '{ a, b ? 1, ... }: a',
  '{ a, }: a',
  '{ a, b, }: a',
  '{ }: 1',
  '{ ... }: 1',
  'args@{ lib, ... }: lib',
  '{ lib, ... }@args: args',
  'x: y: x',
  "''a ''${b} ''' ''\\n $$ $${c} ${\"d\"} '$''",
  "''\n  two\n    lines '${\"x\"}'\n''",
  "'''''''",
  '"a \\${b} $$ $${c} \\" $"',
  '"${"nested ${"deep"}"}"',
  '/* x **/ 1 /***/',
  '# only a comment\n1 # behind',
  'let a = "x"; in ./a/${a}.nix',
  'let a = "x"; in ./${a}/b/${a}',
  'let a = "x"; in a/${a}',
  '~/x',
  '<nixpkgs/nixos>',
  'https://example.org/x?y=z',
  'x:x',
  '{ a.b = 1; }.a.b or 2',
  '({ or = 1; }).or or 3',
  '{ a = 1; } ? a.b && !({ } ? "${"b"}")',
  '{ "${"x"}" = 1; ${"y"} = 2; "a b".c = 3; }',
  '{ inherit ({ a = 1; b = 2; }) a "b"; inherit; }',
  'rec { a = 1; inherit a1; }',
  'let inherit ({ a = 1; }) a; in a',
  'let { body = 1; }',
  'with { a = 1; }; assert true; a',
  'if true then 1 else if false then 2 else 3',
  'true -> false || true && (1 == 2) != false && 1 < 2 == 2 > 1',
  '{ } // { } // { } ++ [ ]',
  '1 - 2 + 3 * 4 / 5',
  '-1 + - 2 * -3',
  '[ 1 .5 1.5 2.e3 (x: x) ./a <b> ]',
  '[ a.b a.b or c { } rec { } "x" ]',
  '1/2',
  'a-b',
  "a'",
  '__curPos',
  '1 < 2 && 3 >= 2',
  '(((1)))',
  'x: with x; y',
  '{\r\n  a = 1;\r\n}\r\n',
];

const PIPES = ['1 |> (x: x) |> (y: y)', '(x: x) <| (y: y) <| 1'];

const REFUSED: [text: string, line: number, column: number][] = [
  ['{ a = 1 }', 1, 9],
  ['{\n  a = 1;\n  b = 2\n}\n', 4, 1],
  ['{\n  a = [ 1 2;\n}', 2, 12],
  ['{ lib, ... : lib', 1, 12],
  ['{ a = ; }', 1, 7],
  ['"open', 1, 6],
  ['./a/', 1, 1],
  ['1 == 2 == 3', 1, 8],
  ['1 < 2 >= 3', 1, 7],
  ['./a ${"b"}', 1, 5],
  ['a: b: ', 1, 7],
  ['', 1, 1],
  ['[ x: x ]', 1, 4],
  ['1 + x: x', 1, 6],
  ['let a = 1; b', 1, 13],
  ['{ inherit (a; }', 1, 13],
  ['1 |> f <| 2', 1, 8],
  ['rec { a.if = 1; }', 1, 9],
];

describe('parseNix', () => {
  it.each([...ACCEPTED, ...PIPES])('accepts %j', (text) => {
    expect(parseNix(text).kind).toBe('parsed');
  });

  it.each(REFUSED)('refuses %j at line %i, column %i', (text, line, column) => {
    expect(parseNix(text)).toMatchObject({ kind: 'syntax', line, column });
  });

  it.each([...ACCEPTED, ...REFUSED.map(([text]) => text)].filter((text) => !text.includes('|>')))(
    'agrees with nix about %j',
    (text) => {
      const verdict = nixAccepts(text);
      if (verdict !== null) expect(parseNix(text).kind === 'parsed').toBe(verdict);
    },
  );

  it('names what does not fit', () => {
    expect(parseNix('{\n  a = with;\n}')).toEqual({
      kind: 'syntax',
      line: 2,
      column: 11,
      message: "syntax error: unexpected ';'",
    });
    expect(parseNix('{ a = 1;')).toMatchObject({ message: 'syntax error: unexpected end of file' });
  });

  it('counts positions in UTF-16 units and takes a byte order mark', () => {
    expect(parseNix('\ufeff{ a = 1; }').kind).toBe('parsed');
    expect(parseNix('# 🐧\r\n"🐧" + ;')).toMatchObject({ kind: 'syntax', line: 2, column: 8 });
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      ...Array.from('{}[]()"\'$;:.,@=?!-+*/<>#&| \n\\'),
      "''",
      '${',
      'let',
      'in',
      'a',
      '1',
      './',
      '/*',
      '*/',
      'or',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(['parsed', 'syntax']).toContain(parseNix(pieces.join('')).kind);
      }),
      { numRuns: 400 },
    );
  });

  // Each was looked through to its end at each of its pieces: minutes, which is more than a test gets.
  it.each([
    ['comments that nobody closed', '/* ', 'syntax'],
    ['strings that nobody closed', '"${', 'syntax'],
    ['names behind names', '.a', 'parsed'],
    ['paths without an end', ' a/', 'syntax'],
    ['braces', '{', 'syntax'],
  ])('comes to an end in a file of %s', (_, piece, kind) => {
    const text = `a${piece.repeat(100_000)}`;
    expect(parseNix(text).kind).toBe(kind);
    parseLoosely(text);
  });

  it('takes a long path and an address for what they are', () => {
    for (const text of [
      `./${'a/'.repeat(1000)}b`,
      `a${'b'.repeat(200)}/c`,
      `${'s'.repeat(200)}:x`,
      'a+b-c.d:x%',
      "https://x/*'",
    ])
      expect(parseNix(text).kind, text).toBe('parsed');
    expect(parseNix('x:y').kind === 'parsed' && parseLoosely('x:y').topNode.firstChild?.name).toBe('Uri');
    expect(parseLoosely('x: y').topNode.firstChild?.name).toBe('Lambda');
    expect(parseLoosely('a_b:y').topNode.firstChild?.name).toBe('Lambda');
  });

  it('reads a long comment', () => {
    const text = `# ${'x'.repeat(100_000)}\n/* ${'* '.repeat(50_000)}*/ { }`;
    expect(parseNix(text).kind).toBe('parsed');
  });
});

it('takes a byte that is no UTF-8 in comments and strings, as Nix does, and nowhere else', () => {
  for (const text of ['[ 1 ] # \udce4', '[ /* \udce4 */ 1 ]', '[ "\udce4" ]', "[ ''\udce4'' ]"])
    expect(parseNix(text).kind).toBe('parsed');
  expect(parseNix('[ \udce4 ]')).toMatchObject({ kind: 'syntax', line: 1, column: 3 });
});
