import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compilerOf,
  instructionsBeyond,
  listedNames,
  macrosIn,
  nativeName,
  nearestFirst,
} from '../../src/generate/compilerText.ts';

const GCC = '#define __GNUC__ 12\n#define __GNUC_MINOR__ 2\n#define __GNUC_PATCHLEVEL__ 0\n';
const CLANG = `${GCC}#define __clang_major__ 14\n#define __clang_minor__ 0\n#define __clang_patchlevel__ 6\n`;

describe('compilerOf', () => {
  it('tells clang from gcc, whose macros it defines, too', () => {
    expect(compilerOf(macrosIn(GCC))).toEqual({ kind: 'gcc', version: '12.2.0' });
    expect(compilerOf(macrosIn(CLANG))).toEqual({ kind: 'clang', version: '14.0.6' });
    expect(compilerOf(macrosIn('#define __TINYC__ 927\n'))).toBeNull();
  });
});

describe('nativeName', () => {
  it("reads gcc's table of flags", () => {
    const table =
      '  -mabm                       \t\t[enabled]\n  -march=                     \t\tznver3\n  -masm=  att\n';
    expect(nativeName('gcc', table)).toBe('znver3');
    expect(nativeName('gcc', '  -mtune=   generic\n')).toBeNull();
  });

  it('reads the command that clang would start', () => {
    expect(nativeName('clang', ' "/bin/clang" "-cc1" "-target-cpu" "skylake" "-target-feature" "+sse"')).toBe(
      'skylake',
    );
    expect(nativeName('clang', 'error: no such thing')).toBeNull();
  });
});

describe('listedNames', () => {
  it.each([
    ["cc1: note: valid arguments to '-march=' switch are: core2 znver1 native; did you mean 'znver1'?"],
    ["error: unknown target CPU 'x'\nnote: valid target CPU values are: core2, znver1\n"],
  ])('are what is a processor: %s', (said) => {
    expect(listedNames(said)).toEqual(['core2', 'znver1']);
  });

  it('are none where there is no list', () => {
    fc.assert(fc.property(fc.string(), (text) => listedNames(text.replaceAll('valid', '')).length === 0));
  });
});

it('the nearest name comes first, and none is lost', () => {
  const names = ['core2', 'znver1', 'znver2', 'skylake'];
  expect(nearestFirst(names, 'zenver2')[0]).toBe('znver2');
  fc.assert(fc.property(fc.string(), (other) => new Set(nearestFirst(names, other)).size === names.length));
});

it('what is beyond this machine is named, as far as compilers use it of themselves', () => {
  const both = macrosIn('#define __BMI__ 1\n');
  const more = macrosIn('#define __BMI__ 1\n#define __BMI2__ 1\n#define __PKU__ 1\n');
  expect(instructionsBeyond(more, both)).toEqual(['BMI2']);
  expect(instructionsBeyond(both, more)).toEqual([]);
});
