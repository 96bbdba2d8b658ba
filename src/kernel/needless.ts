/** Which settings a session does without: those whose question never came, or would have been answered the same. */
import type { Choice } from '../model/observation.ts';
import { currentIn } from '../script/statements.ts';
import type { Asked } from './askedSession.ts';
import { isModuleAnswered, type Answers, type ScriptRules } from './scriptSession.ts';

/** A request with candidates, which the session answered, and the same without them. */
export type Requests = { answers: Answers; without: Answers };

/**
 * The candidates that are needless in this session when all others stay. Where every answer stays the same, so do all questions;
 * but a session that refused answers may hide what only a prediction shows.
 */
export function needlessSettings(
  asked: Asked,
  requests: Requests,
  rules: ScriptRules,
  candidates: Iterable<string>,
): Set<string> {
  const needed = new Set<string>();
  for (const { symbol, alts, answer } of asked.questions) {
    // It asks for the help of a question that comes again.
    if (needed.has(symbol) || answer === '?') continue;
    const other = requests.without.get(symbol) ?? (isModuleAnswered(alts, rules) ? 'm' : '');
    if (meant(answer, alts) !== meant(other, alts)) needed.add(symbol);
  }
  for (const choice of asked.choices) for (const symbol of neededIn(choice, requests)) needed.add(symbol);
  return new Set([...candidates].filter((symbol) => !needed.has(symbol)));
}

/** An empty answer leaves what stands there. */
const meant = (answer: string, alts: string): string | null => (answer === '' ? currentIn(alts) : answer);

/** The members of a choice that have to be asked for so that it is answered as it was. */
function neededIn({ members, current, answer }: Choice, { answers, without }: Requests): string[] {
  const names = members.map(({ symbol }) => symbol);
  const chosen = members.find(({ number }) => number === answer)?.symbol ?? current;
  const otherwise = names.filter((name) => without.get(name) === 'y');
  if (otherwise.length <= 1 && (otherwise[0] ?? current) === chosen) return [];
  const givingWay = otherwise.filter((name) => name !== chosen && answers.get(name) === 'n');
  const left = otherwise.filter((name) => !givingWay.includes(name));
  const isAsked = chosen === null || (left.at(-1) ?? current) === chosen;
  return isAsked ? givingWay : [...givingWay, chosen];
}
