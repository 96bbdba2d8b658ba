/** What compilers print of the processors that they know. */
import { distance } from 'fastest-levenshtein';
import type { Compiler } from '../model/cpu.ts';

/** The macros that a compiler defines, as it prints them with `-dM -E`. */
export function macrosIn(text: string): Map<string, string> {
  return new Map(Array.from(text.matchAll(/^#define (\w+) (.*)$/gm), ([, name = '', value = '']) => [name, value]));
}

/** Which compiler defines these macros; null: neither gcc nor clang. */
export function compilerOf(macros: ReadonlyMap<string, string>): Omit<Compiler, 'path'> | null {
  // clang also defines gcc's.
  for (const [kind, names] of VERSION_MACROS) {
    const parts = names.map((name) => macros.get(name));
    if (!parts.includes(undefined)) return { kind, version: parts.join('.') };
  }
  return null;
}

const VERSION_MACROS = [
  ['clang', ['__clang_major__', '__clang_minor__', '__clang_patchlevel__']],
  ['gcc', ['__GNUC__', '__GNUC_MINOR__', '__GNUC_PATCHLEVEL__']],
] as const;

/** Prints the name of the processor that `-march=native` stands for. */
export const NATIVE_QUESTION: Readonly<Record<Compiler['kind'], readonly string[]>> = {
  gcc: ['-march=native', '-Q', '--help=target'],
  clang: ['-march=native', '-###', '-E', '-x', 'c', '/dev/null'],
};

/** The name in the answer; null: it is not told. */
export function nativeName(kind: Compiler['kind'], answer: string): string | null {
  const name = kind === 'gcc' ? /^\s+-march=\s+(\S+)/m.exec(answer) : /"-target-cpu" "([^"]+)"/.exec(answer);
  return name?.[1] ?? null;
}

/** The names that a compiler lists when it does not know one. */
export function listedNames(said: string): string[] {
  const list = /valid (?:arguments to '-march=' switch|target CPU values) are: ([^;\n]*)/.exec(said)?.[1] ?? '';
  return list.split(/[\s,]+/).filter((name) => name !== '' && name !== 'native');
}

/** The names that look most like another one first. */
export const nearestFirst = (names: readonly string[], other: string): string[] =>
  names.toSorted((a, b) => distance(a, other) - distance(b, other));

/**
 * The instructions by which compilers make plain C faster, by the macro that says whether they may. A kernel allows for no vectors, and uses
 * whatever else there is only where it has asked the processor.
 */
const USED = ['ADX', 'APX_F', 'BMI', 'BMI2', 'LZCNT', 'MOVBE', 'POPCNT', 'PRFCHW', 'TBM'];

/** The instructions that a compiler uses under some macros and not under others. */
export const instructionsBeyond = (
  macros: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, string>,
): string[] => USED.filter((name) => macros.has(`__${name}__`) && !others.has(`__${name}__`));
