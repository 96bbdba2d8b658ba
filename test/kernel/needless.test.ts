import { expect, it } from 'vitest';
import { needlessSettings } from '../../src/kernel/needless.ts';
import type { ScriptRules } from '../../src/kernel/scriptSession.ts';
import type { Choice, Question } from '../../src/model/observation.ts';

const RULES: ScriptRules = {
  moduleAnswers: 'tristates',
  unoffered: 'repeats',
  severalYes: 'one',
  forgetsMembers: true,
  unknownQuestion: 'default',
  emptyTexts: 'quotes',
  autoModules: true,
  preferBuiltin: false,
};

/** The needless ones of `asked`; each question is `SYMBOL ALTS`, and was answered as asked. */
function needless(
  asked: Record<string, string>,
  questions: readonly string[],
  { without = {}, choices = [] }: { without?: Record<string, string>; choices?: Choice[] } = {},
): string[] {
  const answers = new Map(Object.entries({ ...without, ...asked }));
  const seen = questions.map((text): Question => {
    const [symbol = '', alts = ''] = text.split(' ');
    return { symbol, prompt: '', alts, answer: answers.get(symbol) ?? '' };
  });
  const requests = { answers, without: new Map(Object.entries(without)) };
  return [...needlessSettings({ questions: seen, choices }, requests, RULES, Object.keys(asked))];
}

it('are those that were never asked', () => {
  expect(needless({ A: 'y' }, [])).toEqual(['A']);
});

it('are those that the script or kconfig would answer so by itself', () => {
  expect(needless({ A: 'm', B: 'y', C: 'n', D: '17' }, ['A N/m/y/?', 'B Y/n/?', 'C N/y/?', 'D 17'])).toEqual([
    'A',
    'B',
    'C',
    'D',
  ]);
  expect(needless({ A: 'n', B: 'n', C: 'y', D: '18' }, ['A N/m/y/?', 'B Y/n/?', 'C N/y/?', 'D 17'])).toEqual([]);
});

it('are those that somebody else asks for, too', () => {
  expect(needless({ A: 'y' }, ['A N/m/y/?'], { without: { A: 'y' } })).toEqual(['A']);
  expect(needless({ A: 'm' }, ['A N/m/y/?'], { without: { A: 'n' } })).toEqual([]);
});

it('are not those that one of several questions needs', () => {
  expect(needless({ A: 'n' }, ['A Y/n/?', 'A N/y/?'])).toEqual([]);
});

it('are, of a choice, the members that decide nothing', () => {
  const members = ['A', 'B', 'C'].map((symbol, i) => ({ symbol, prompt: '', number: i + 1 }));
  const asked = { A: 'n', B: 'y', C: 'n' };
  const choice = (current: string): Choice[] => [{ members, current, answer: 2 }];
  expect(needless(asked, [], { choices: choice('B') })).toEqual(['A', 'B', 'C']);
  expect(needless(asked, [], { choices: choice('A') })).toEqual(['A', 'C']);
  expect(needless(asked, [], { choices: choice('A'), without: { C: 'y' } })).toEqual(['A']);
  expect(needless(asked, [], { choices: choice('B'), without: { C: 'y' } })).toEqual(['A', 'B']);
  expect(needless(asked, [], { choices: choice('A'), without: { B: 'y' } })).toEqual(['A', 'B', 'C']);
});
