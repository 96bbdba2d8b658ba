/** Text of which each piece stands only under a condition: what a Makefile's variable comes to for every `.config` at once. */
import { ALWAYS, NEVER, type Condition, type Conditions } from './conditions.ts';

type Piece = { text: string; when: Condition };

/** The pieces whose conditions hold, joined, are the text. */
export type GuardedText = readonly Piece[];

export type GuardedWord = { word: string; when: Condition };

/** More texts than this for one place are of no use, and are given up. */
const MOST_ALTERNATIVES = 512;

export const plain = (text: string): GuardedText => (text === '' ? [] : [{ text, when: ALWAYS }]);

/** The text where a condition holds, else nothing. */
export function guarded(conditions: Conditions, text: GuardedText, when: Condition): GuardedText {
  if (when === ALWAYS) return text;
  return text.flatMap((piece) => {
    const both = conditions.and(piece.when, when);
    return both === NEVER ? [] : [{ text: piece.text, when: both }];
  });
}

/** The words of a text, each with the condition under which it stands there. */
export function wordsOf(conditions: Conditions, text: GuardedText): GuardedWord[] {
  const words: GuardedWord[] = [];
  /** What has begun and may go on, by how it begins. */
  let open = new Map<string, Condition>([['', ALWAYS]]);
  const end = (word: string, when: Condition): void => {
    if (word !== '' && when !== NEVER) words.push({ word, when });
  };
  for (const { text: part, when } of text) {
    const pieces = part.split(/\s+/);
    const next = new Map<string, Condition>();
    const add = (word: string, condition: Condition): void => {
      if (condition !== NEVER) next.set(word, conditions.or(next.get(word) ?? NEVER, condition));
    };
    for (const [begun, under] of open) {
      const inside = conditions.and(under, when);
      add(begun, conditions.and(under, conditions.not(when)));
      if (inside === NEVER) continue;
      if (pieces.length > 1) end(begun + (pieces[0] ?? ''), inside);
      add(pieces.length > 1 ? (pieces.at(-1) ?? '') : begun + part, inside);
    }
    for (const word of pieces.slice(1, -1)) end(word, when);
    if (next.size > MOST_ALTERNATIVES) return [];
    open = next;
  }
  for (const [word, when] of open) end(word, when);
  return words;
}

/** Every text that it can be, with the condition for each; null where there are too many. */
export function alternativesOf(conditions: Conditions, text: GuardedText): GuardedWord[] | null {
  let texts = new Map<string, Condition>([['', ALWAYS]]);
  for (const { text: part, when } of text) {
    const next = new Map<string, Condition>();
    const add = (word: string, condition: Condition): void => {
      if (condition !== NEVER) next.set(word, conditions.or(next.get(word) ?? NEVER, condition));
    };
    for (const [begun, under] of texts) {
      add(begun, conditions.and(under, conditions.not(when)));
      add(begun + part, conditions.and(under, when));
    }
    if (next.size > MOST_ALTERNATIVES) return null;
    texts = next;
  }
  return Array.from(texts, ([word, when]) => ({ word, when }));
}

/** The condition under which a text is more than blanks. */
export function notBlank(conditions: Conditions, text: GuardedText): Condition {
  return text.reduce((any, { text: part, when }) => (/\S/.test(part) ? conditions.or(any, when) : any), NEVER);
}

/** Words as a text. Of words that exclude each other there is only one at a time, and no blank beside it. */
export function joinWords(conditions: Conditions, words: readonly GuardedWord[]): GuardedText {
  const present = words.filter(({ when }) => when !== NEVER);
  let before: Condition = NEVER;
  const exclusive = present.every(({ when }) => {
    const isAlone = conditions.and(before, when) === NEVER;
    before = conditions.or(before, when);
    return isAlone;
  });
  return present.flatMap(({ word, when }, i): Piece[] =>
    i === 0 || exclusive
      ? [{ text: word, when }]
      : [
          { text: ' ', when: ALWAYS },
          { text: word, when },
        ],
  );
}
