import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLoosely, parseNix } from '../../src/nixfile/parse.ts';
import { ACCEPTED, PIPES, REFUSED } from './expressions.ts';

describe('parseNix', () => {
  it.each([...ACCEPTED, ...PIPES])('accepts %j', (text) => {
    expect(parseNix(text).kind).toBe('parsed');
  });

  it.each(REFUSED)('refuses %j at line %i, column %i', (text, line, column) => {
    expect(parseNix(text)).toMatchObject({ kind: 'syntax', problem: { line, column } });
  });

  it('names what does not fit', () => {
    expect(parseNix('{\n  a = with;\n}')).toEqual({
      kind: 'syntax',
      problem: {
        line: 2,
        column: 11,
        message: "syntax error: unexpected ';'\n2 |   a = with;\n              ^",
        hint: expect.any(String) as string,
      },
    });
    expect(parseNix('{ a = 1;')).toMatchObject({
      problem: {
        message: 'syntax error: unexpected end of file: something is not closed\n1 | { a = 1;\n            ^',
      },
    });
  });

  it('counts positions in UTF-16 units and takes a byte order mark', () => {
    expect(parseNix('\ufeff{ a = 1; }').kind).toBe('parsed');
    expect(parseNix('# 🐧\r\n"🐧" + ;')).toMatchObject({ kind: 'syntax', problem: { line: 2, column: 8 } });
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
    const text = `a${piece.repeat(25_000)}`;
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
  expect(parseNix('[ \udce4 ]')).toMatchObject({ kind: 'syntax', problem: { line: 1, column: 3 } });
});
