import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LegacyLine } from '../../src/model/intent.ts';
import { withOwnPlaces } from '../../src/nix/legacyPlaces.ts';
import { invalidLineProblem, malformedProblem, oldNameProblem } from '../../src/nix/wrongSettings.ts';

const by = { kind: 'patch', name: 'mine', index: 0 } as const;
const at = (file: string, line = 3): { file: string; line: number; column: number } => ({ file, line, column: 5 });

describe('malformedProblem', () => {
  it.each([
    ['string', 'y', 'yes'],
    ['string', 'N', 'no'],
    ['string', 'module', 'module'],
    ['bool', 'false', 'no'],
    ['null', 'null', 'unset'],
    ['int', '64', 'freeform "64"'],
    ['string', 'a "b"', 'freeform "a \\"b\\""'],
    ['lambda', '', 'VALUE'],
  ])('%s %j: write %s', (type, text, value) => {
    const { hint } = malformedProblem([{ symbol: 'X', type, text, by, position: null }]);
    expect(hint).toContain(`\`X = ${value};\``);
  });
});

describe('invalidLineProblem', () => {
  it.each([
    ['CONFIG_X=y', 'X y'],
    ['X?=m', 'X? m'],
    ['X = "n"', 'X n'],
    ['X=module;', 'X m'],
    ['X="a b"', 'X "a b"'],
    ['X: 64', 'X 64'],
  ])('%s: write %s', (text, right) => {
    expect(invalidLineProblem([{ text, by, position: null }]).hint).toContain(`\`${right}\``);
  });

  it('a line of which nothing can be made', () => {
    expect(invalidLineProblem([{ text: '!', by, position: at('/p.nix') }])).toMatchObject({ file: '/p.nix', line: 3 });
  });
});

describe('oldNameProblem', () => {
  const isOwn = (file: string): boolean => file.startsWith('/home/');

  it("an input's file is none of the user's: no place, and what to do with an input", () => {
    const problem = oldNameProblem([{ name: 'theirs', position: at('/nix/store/x-source/p.nix') }], isOwn);
    expect(problem).toEqual({
      message: expect.stringContaining('patch theirs (/nix/store/x-source/p.nix:3)') as string,
      hint: expect.stringContaining('come with an input') as string,
    });
  });

  it("the user's own place counts where there are both", () => {
    const patches = [at('/nix/store/x-source/p.nix'), at('/home/me/p.nix'), at('/home/me/p.nix')];
    const problem = oldNameProblem(
      patches.map((position, i) => ({ name: `p${i}`, position })),
      isOwn,
    );
    expect(problem).toMatchObject({ file: '/home/me/p.nix', line: 3 });
    expect(problem.message).toContain('3 patches in 2 places');
  });
});

describe('withOwnPlaces', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'falloutd-')), 'patches.nix');
  const line = (symbol: string, value: string, from: number | null): LegacyLine => ({
    symbol,
    value,
    optional: false,
    by,
    position: from === null ? null : at(file, from),
  });
  const places = (text: string, lines: readonly LegacyLine[]): (number | undefined)[] => {
    writeFileSync(file, text);
    const placed = withOwnPlaces(lines, [file], ({ symbol, value }) => `${symbol} ${value}`);
    return placed.map(({ position }) => position?.line);
  };

  it('the same line of two strings, an interpolation, an escape, a string that Nix gives no place of', () => {
    const text = [
      '[',
      "  { extraConfig = ''",
      '      A  y # why',
      "    ''; }",
      '  { extraConfig = "A y\\nB n\\n" +',
      "      ''",
      '        C ${toString 8}',
      "      ''; }",
      ']',
    ].join('\n');
    expect(places(text, [line('A', 'y', 2), line('A', 'y', 5), line('B', 'n', 5), line('C', '8', 5)])).toEqual([
      3, 5, 5, 7,
    ]);
    expect(places(text, [line('B', 'n', null), line('Z', 'y', null), line('Z', 'y', 2)])).toEqual([5, undefined, 2]);
  });
});
