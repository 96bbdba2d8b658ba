/** The architecture that a .config is for. */

/** Symbols that only one architecture sets, without a prompt. */
const MARKS: readonly (readonly [symbol: string, architecture: string])[] = [
  ['X86_64', 'x86_64'],
  ['X86_32', 'i386'],
  ['ARM64', 'arm64'],
  ['ARM', 'arm'],
  ['RISCV', 'riscv'],
  ['PPC', 'powerpc'],
  ['MIPS', 'mips'],
  ['LOONGARCH', 'loongarch'],
  ['S390', 's390'],
  ['SPARC', 'sparc'],
  ['PARISC', 'parisc'],
  ['M68K', 'm68k'],
  ['ALPHA', 'alpha'],
  ['ARC', 'arc'],
  ['CSKY', 'csky'],
  ['MICROBLAZE', 'microblaze'],
  ['OPENRISC', 'openrisc'],
  ['SUPERH', 'sh'],
  ['UML', 'um'],
  ['XTENSA', 'xtensa'],
];

/** The architecture by the values of a .config; null where they do not say. */
export const architectureIn = (values: ReadonlyMap<string, string>): string | null =>
  MARKS.find(([symbol]) => values.get(symbol) === 'y')?.[1] ?? null;
