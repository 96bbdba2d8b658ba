/** The names that a kernel's sources define, and what a name that its tree lacks may stand for. */
import { distance } from 'fastest-levenshtein';
import type { Kconfig } from '../kconfig/index.ts';
import type { Cause } from '../model/cause.ts';

/** Names that files outside of the tree define, each with the architectures or files that do. */
type Elsewhere = ReadonlyMap<string, readonly string[]>;

export type KernelNames = {
  defined: ReadonlySet<string>;
  /** The same in small letters. */
  inSmall: ReadonlyMap<string, readonly string[]>;
  elsewhere: Elsewhere;
  /** The symbols that have the prompt which this name has in another kernel. */
  successorsOf: (name: string) => string[];
};

/** The names that a tree defines and those that only others do, to be looked up. */
export function namesOf(defined: readonly string[], elsewhere: Elsewhere): KernelNames {
  const inSmall = new Map<string, string[]>();
  for (const name of defined) {
    const small = name.toLowerCase();
    inSmall.set(small, [...(inSmall.get(small) ?? []), name]);
  }
  return { defined: new Set(defined), inSmall, elsewhere, successorsOf: () => [] };
}

/** The names that a tree defines. */
export const definedNames = ({ symbols }: Kconfig): string[] =>
  symbols.flatMap(({ name, constant, menus }) => (name === null || constant || menus.length === 0 ? [] : name));

/** The names that Kconfig files define and the tree does not have: mostly those of other architectures. */
export function namesElsewhere(
  files: ReadonlyMap<string, string>,
  defined: ReadonlySet<string>,
): Map<string, string[]> {
  const elsewhere = new Map<string, string[]>();
  for (const [path, text] of files) {
    if (!/(?:^|\/)Kconfig[^/]*$/.test(path)) continue;
    const where = /^arch\/([^/]+)\//.exec(path)?.[1] ?? path;
    for (const [, name = ''] of text.matchAll(/^\s*(?:menu)?config\s+(\w+)\s*$/gm)) {
      if (defined.has(name)) continue;
      const known = elsewhere.get(name) ?? [];
      if (!known.includes(where)) elsewhere.set(name, [...known, where]);
    }
  }
  return elsewhere;
}

type Unknown = Extract<Cause, { kind: 'unknown' }>;

/** What a name that the tree does not define may stand for. `successors`: what took over from it, as the tree itself says. */
export function unknownCause(
  symbol: string,
  { defined, inSmall, elsewhere, successorsOf }: KernelNames,
  successors: readonly string[],
): Unknown {
  const bare = symbol.replace(/^CONFIG_/i, '');
  const same = [...(inSmall.get(bare.toLowerCase()) ?? [])];
  const others = elsewhere.get(bare) ?? [];
  const now = successors.length > 0 ? [...successors] : successorsOf(bare);
  const near = same.length > 0 || others.length > 0 || now.length > 0 ? [] : nearestNames(bare, defined);
  return { kind: 'unknown', same, now, elsewhere: [...others], near };
}

const MOST_TYPOS = 3;

/** The names that are equally near and nearer than all others, at most three. */
function nearestNames(bare: string, defined: ReadonlySet<string>): string[] {
  // Of short names everything is near, and a typo changes few letters of a long one.
  const limit = bare.length < 5 ? 0 : Math.min(Math.floor(bare.length / 4), MOST_TYPOS);
  const near = [...defined]
    .filter((name) => Math.abs(name.length - bare.length) <= limit)
    .map((name) => ({ name, far: distance(name, bare) }))
    .filter(({ far }) => far <= limit);
  const nearest = Math.min(...near.map(({ far }) => far));
  return near
    .filter(({ far }) => far === nearest)
    .map(({ name }) => name)
    .sort()
    .slice(0, 3);
}
