import path from 'node:path';
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import type { ManagedEntry, Origin, OriginIntent } from '../../src/model/entry.ts';
import type { Ask } from '../../src/model/value.ts';
import { migrate } from '../../src/state/historyDatabase.ts';
import { originOfText } from '../../src/state/originText.ts';
import { MIGRATIONS } from '../../src/state/schema.ts';
import { openDatabase } from '../../src/state/sqlite.ts';
import { keepState, managedEntries, stateOf, writtenEntries } from '../../src/state/targets.ts';
import { opened, stateDir } from '../helpers/history.ts';

const patch = (name: string): OriginIntent['by'] => ({ kind: 'patch', name });
const tri = (tristate: 'y' | 'm' | 'n', optional = false): Ask => ({ value: { kind: 'tristate', tristate }, optional });
const structured = (by: OriginIntent['by'], ask: Ask): OriginIntent => ({ by, ask, via: 'structured' });
const wish = (intent: OriginIntent | null): Origin => ({ kind: 'wish', intent });

it.each<[string, Origin]>([
  ['nixpkgs: y', wish(structured({ kind: 'nixpkgs' }, tri('y')))],
  ['kernel: option m', wish(structured({ kind: 'kernel' }, tri('m', true)))],
  ['patch wlan: n', wish(structured(patch('wlan'), tri('n')))],
  ['patch #3: n', wish(structured({ kind: 'patch', index: 2 }, tri('n')))],
  [
    'patch wlan: 0x20',
    wish(structured(patch('wlan'), { value: { kind: 'freeform', text: '0x20' }, optional: false })),
  ],
  ['patch wlan: ', wish(structured(patch('wlan'), { value: { kind: 'freeform', text: '' }, optional: false }))],
  ['patch wlan: unset', wish(structured(patch('wlan'), { value: { kind: 'unset' }, optional: false }))],
  ['patch a: b: n', wish(structured(patch('a: b'), tri('n')))],
  ['patch wlan: X n', wish({ by: patch('wlan'), ask: tri('n'), via: 'legacy' })],
  ['patch wlan: X? y', wish({ by: patch('wlan'), ask: tri('y', true), via: 'legacy' })],
  ['none', wish(null)],
  ['by hand; patch wlan: n', { kind: 'hand', intent: structured(patch('wlan'), tri('n')) }],
  ['by hand; none', { kind: 'hand', intent: null }],
  [
    'nixpkgs: y; besides PREEMPT: patch rt: y',
    {
      kind: 'choice',
      intent: structured({ kind: 'nixpkgs' }, tri('y')),
      stays: { symbol: 'PREEMPT', intent: structured(patch('rt'), tri('y')) },
    },
  ],
  [
    'patch old: X y; besides Y: patch old: Y y',
    {
      kind: 'choice',
      intent: { by: patch('old'), ask: tri('y'), via: 'legacy' },
      stays: { symbol: 'Y', intent: { by: patch('old'), ask: tri('y'), via: 'legacy' } },
    },
  ],
  ['patch x; besides FOO: : y', wish(structured(patch('x; besides FOO: '), tri('y')))],
  ['what no version wrote', wish(null)],
])('%s', (text, origin) => {
  expect(originOfText('X', text)).toEqual(origin);
});

test('any text of any symbol is read', () => {
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.string(), fc.string().map((name) => `patch ${name}: y`)), (symbol, text) => {
      expect(originOfText(symbol, text)).toHaveProperty('kind');
    }),
  );
});

test('entries that database version 8 recorded have an origin, those in the managed patch and those written before', () => {
  const dir = stateDir();
  const db = openDatabase(path.join(dir, 'falloutd.db'));
  migrate(db, MIGRATIONS.slice(0, 8));
  const entry = {
    symbol: 'X',
    ask: tri('n', true),
    override: 40,
    via: 'structured' as const,
    rung: 1 as const,
    reason: 'r',
  };
  db.exec(`INSERT INTO managed_entries (target, seq, symbol, ask, override, via, rung, reason, intent)
    VALUES ('t', 0, 'X', '${JSON.stringify(entry.ask)}', 40, 'structured', 1, 'r', 'patch wlan: n')`);
  db.close();
  const history = opened(dir);
  keepState(history, 't', [{ ...entry, intent: 'patch wlan: n' } as unknown as ManagedEntry]);
  const read = [{ ...entry, origin: wish(structured(patch('wlan'), tri('n'))) }];
  expect(managedEntries(history, 't')).toEqual(read);
  expect(stateOf(history, 't', read)?.entries).toEqual(read);
  expect(writtenEntries(history, 't')).toEqual(read);
});
