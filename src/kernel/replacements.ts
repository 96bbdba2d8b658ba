/** What another kernel has in place of an option that it does not define. */
import { distance } from 'fastest-levenshtein';
import type { Replacement } from '../model/rehearsal.ts';
import { MOST_SUCCESSORS, successorsOf, type Prompts } from './formerNames.ts';
import type { Portrait } from './portrait.ts';

/** Says for a name of one kernel what the other has in its place; null where nothing is known. */
export function replacementsBetween(now: Portrait, next: Portrait): (name: string) => Replacement | null {
  const [before, after] = [promptsIn(now), promptsIn(next)];
  const fresh = new Map([...after].filter(([name]) => !now.options.has(name)));
  const known: readonly [Replacement['kind'], (name: string) => readonly string[]][] = [
    ['transitional', (name) => next.transitional.get(name) ?? []],
    ['prompt', (name) => successorsOf(name, after, [before])],
    ['module', (name) => sameModule(name, now, next, fresh)],
    ['near', (name) => alike(name, before, fresh)],
  ];
  return (name) => {
    for (const [kind, namesFor] of known) {
      const names = namesFor(name);
      if (names.length > 0) return { kind, names: [...names] };
    }
    return null;
  };
}

const promptsIn = ({ options }: Portrait): Prompts =>
  new Map([...options].flatMap(([name, { prompt }]) => (prompt === null ? [] : [[name, prompt] as const])));

/** The new options that a module takes which took this one. */
function sameModule(name: string, now: Portrait, next: Portrait, fresh: Prompts): string[] {
  const modules = [...now.modules].flatMap(([module, symbols]) => (symbols.includes(name) ? [module] : []));
  const symbols = modules.flatMap((module) => next.modules.get(module) ?? []);
  const found = [...new Set(symbols)].filter((symbol) => fresh.has(symbol));
  return found.length <= MOST_SUCCESSORS ? found : [];
}

/** The new options that are most like it, by name and prompt. */
function alike(name: string, before: Prompts, fresh: Prompts): string[] {
  const own = { name, words: wordsOf(before.get(name) ?? '') };
  const found = [...fresh].map(([other, prompt]) => ({
    other,
    likeness: likeness(own, { name: other, words: wordsOf(prompt) }),
  }));
  const most = found.reduce((best, each) => Math.max(best, each.likeness), 0);
  const names = found.filter((each) => most > 0 && each.likeness === most).map(({ other }) => other);
  return names.length <= MOST_SUCCESSORS ? names : [];
}

type Named = { name: string; words: ReadonlySet<string> };

/** How much of the prompt has to be in the other one: names alone are alike where one driver follows another. */
const SHARED = 0.7;
/** How alike the names have to be then. */
const CLOSE = 0.5;
/** From so many words on, a prompt that is part of another one says enough for names that have a word in common. */
const TELLING_WORDS = 3;

/** 0: not alike. */
function likeness(own: Named, other: Named): number {
  const [common, size] = [commonIn(own.words, other.words), own.words.size];
  if (size === 0 || common < SHARED * size) return 0;
  const close = 1 - distance(own.name, other.name) / Math.max(own.name.length, other.name.length);
  const isPart = common === size && size >= TELLING_WORDS;
  const isNear = close >= CLOSE || (isPart && commonIn(partsOf(own.name), partsOf(other.name)) > 0);
  return isNear ? close + common / (size + other.words.size - common) : 0;
}

const commonIn = (words: ReadonlySet<string>, others: ReadonlySet<string>): number =>
  [...words].filter((word) => others.has(word)).length;

const wordsOf = (prompt: string): Set<string> => new Set(prompt.toLowerCase().match(/[\w/-]+/g));
const partsOf = (name: string): Set<string> => new Set(name.split('_'));
