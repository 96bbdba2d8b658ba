/** The functions of make that Kbuild's files use, on text of which each piece stands under a condition. */
import { ALWAYS, NEVER, type Conditions } from './conditions.ts';
import { alternativesOf, joinWords, wordsOf, type GuardedText, type GuardedWord } from './guardedText.ts';
import { baseName, folderOf } from './treePath.ts';

type MakeFunction = (conditions: Conditions, args: readonly GuardedText[]) => GuardedText;

/** A function that looks at each word of its last argument alone; those before it are single texts. */
const wordwise =
  (change: (word: string, given: readonly string[]) => string | null): MakeFunction =>
  (conditions, args) =>
    joinWords(
      conditions,
      combinationsOf(conditions, args.slice(0, -1)).flatMap(({ given, when }) =>
        wordsOf(conditions, args.at(-1) ?? []).flatMap((each): GuardedWord | [] => {
          const word = change(each.word, given);
          return word === null ? [] : { word, when: conditions.and(each.when, when) };
        }),
      ),
    );

/** All the texts that some arguments can be together. */
function combinationsOf(conditions: Conditions, args: readonly GuardedText[]): { given: string[]; when: number }[] {
  return args.reduce<{ given: string[]; when: number }[]>(
    (so, arg) =>
      so.flatMap(({ given, when }) =>
        (alternativesOf(conditions, arg) ?? []).flatMap((each) => {
          const both = conditions.and(when, each.when);
          return both === NEVER ? [] : { given: [...given, each.word], when: both };
        }),
      ),
    [{ given: [], when: ALWAYS }],
  );
}

/** Which of the words stay. */
const filtering =
  (keeps: boolean): MakeFunction =>
  (conditions, [patterns = [], text = []]) => {
    const wanted = wordsOf(conditions, patterns);
    return joinWords(
      conditions,
      wordsOf(conditions, text).map(({ word, when }) => {
        const matched = wanted.reduce(
          (any, pattern) => (matches(pattern.word, word) === null ? any : conditions.or(any, pattern.when)),
          NEVER,
        );
        return { word, when: conditions.and(when, keeps ? matched : conditions.not(matched)) };
      }),
    );
  };

/** One of the words. Which one that is depends on what stands before it. */
const oneWord =
  (pick: (words: readonly string[], given: readonly string[]) => string | undefined): MakeFunction =>
  (conditions, args) =>
    joinWords(
      conditions,
      combinationsOf(conditions, args).map(({ given, when }) => {
        const words = given.at(-1)?.match(/\S+/g) ?? [];
        return { word: pick(words, given) ?? '', when };
      }),
    );

/** What `%` stands for where a word matches a pattern of make, else null. */
function matches(pattern: string, word: string): string | null {
  const at = pattern.indexOf('%');
  if (at < 0) return pattern === word ? '' : null;
  const [before, after] = [pattern.slice(0, at), pattern.slice(at + 1)];
  if (word.length < pattern.length - 1 || !word.startsWith(before) || !word.endsWith(after)) return null;
  return word.slice(at, word.length - after.length);
}

function patternReplaced(word: string, [pattern = '', replacement = '']: readonly string[]): string {
  const stem = matches(pattern.trim(), word);
  if (stem === null) return word;
  return pattern.includes('%') ? replacement.trim().replace('%', () => stem) : replacement.trim();
}

const sorted: MakeFunction = (conditions, [text = []]) => {
  const found = new Map<string, number>();
  for (const { word, when } of wordsOf(conditions, text))
    found.set(word, conditions.or(found.get(word) ?? NEVER, when));
  return joinWords(
    conditions,
    Array.from(found, ([word, when]) => ({ word, when })).sort((a, b) => (a.word < b.word ? -1 : 1)),
  );
};

const suffixAt = (word: string): number => /\.[^./]*$/.exec(word)?.index ?? word.length;

/** By name; one that is missing here gives nothing, as one that runs a command. */
export const MAKE_FUNCTIONS: Readonly<Partial<Record<string, MakeFunction>>> = {
  addprefix: wordwise((word, [prefix = '']) => prefix.trim() + word),
  addsuffix: wordwise((word, [suffix = '']) => word + suffix.trim()),
  patsubst: wordwise(patternReplaced),
  subst: wordwise((word, [from = '', to = '']) => (from === '' ? word : word.replaceAll(from, to))),
  findstring: wordwise((word, [part = '']) => (word.includes(part) ? part : null)),
  basename: wordwise((word) => word.slice(0, suffixAt(word))),
  suffix: wordwise((word) => word.slice(suffixAt(word))),
  notdir: wordwise(baseName),
  dir: wordwise((word) => `${folderOf(word)}/`),
  strip: wordwise((word) => word),
  abspath: wordwise((word) => word),
  realpath: wordwise((word) => word),
  filter: filtering(true),
  'filter-out': filtering(false),
  sort: sorted,
  firstword: oneWord((words) => words[0]),
  lastword: oneWord((words) => words.at(-1)),
  word: oneWord((words, [number = '']) => words[Number(number) - 1]),
  words: oneWord((words) => String(words.length)),
};
