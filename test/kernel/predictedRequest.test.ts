import { expect, it } from 'vitest';
import { wholeRequest } from '../../src/kernel/predictedRequest.ts';
import type { Intent } from '../../src/model/intent.ts';

/** What is asked of a symbol that one patch sets to a text. */
function requestFor(text: string): unknown {
  const by = { kind: 'patch', name: 'mine', index: 0 } as const;
  const ask = { value: { kind: 'freeform', text }, optional: false } as const;
  const intent: Intent = { symbol: 'TEXT', ask, priority: 100, by, position: null };
  const intents = new Map([['TEXT', [intent]]]);
  return wholeRequest(new Map(), { intents, legacy: [], managedName: 'fallout', managedIndex: 1 })['TEXT'];
}

it('an empty text is asked for in quotes, as nixpkgs writes it', () => {
  expect(requestFor('')).toMatchObject({ freeform: '""' });
});

it('a text ends before its # and without the blanks around it, as the script reads it', () => {
  expect(requestFor(' two words # and more')).toMatchObject({ freeform: 'two words' });
  expect(requestFor('# nothing')).toBeUndefined();
});
