import { gunzipSync, gzipSync } from 'node:zlib';
import type { Cause } from '../model/cause.ts';
import type { Entry, ManagedEntry, Origin } from '../model/entry.ts';
import type { Expected } from '../model/run.ts';
import type { FileHashes, Hold, Stable } from '../model/targetState.ts';
import { spelled } from '../model/value.ts';
import { sha256 } from '../system/contentHash.ts';
import type { History } from './historyDatabase.ts';
import { originOfText } from './originText.ts';

/** Replaces what is recorded of a target's managed patch by `entries`, in their order. */
export function saveManaged(history: History, target: string, entries: readonly ManagedEntry[]): void {
  history.write(() => {
    history.run('DELETE FROM managed_entries WHERE target = ?', target);
    entries.forEach(({ symbol, ask, override, via, rung, reason, origin, cause = null }, seq) => {
      const made = { symbol, ask, override, via, rung, reason, origin, cause, intent: '' };
      history.insert('managed_entries', { target, seq, ...made });
    });
  });
}

/** The entries that `saveManaged` recorded last, in their order. */
export function managedEntries(history: History, target: string): ManagedEntry[] {
  type Row = Omit<Entry, 'ask'> & { ask: string; intent: string; origin: string | null; cause: string | null };
  const columns = 'symbol, ask, override, via, rung, reason, intent, origin, cause';
  return history
    .all<Row>(`SELECT ${columns} FROM managed_entries WHERE target = ? ORDER BY seq`, target)
    .map(({ ask, intent, origin, cause, ...row }) => ({
      ...row,
      ask: JSON.parse(ask) as Entry['ask'],
      origin: origin === null ? originOfText(row.symbol, intent) : (JSON.parse(origin) as Origin),
      ...(cause === null ? {} : { cause: JSON.parse(cause) as Cause }),
    }));
}

/** Keeps what is about to be written into a target's managed patch, so that it is known again whenever it stands there. */
export function keepState(history: History, target: string, entries: readonly ManagedEntry[]): void {
  const state = { target, key: stateKey(entries), entries: gzipSync(JSON.stringify(entries)) };
  history.insert('managed_states', state, 'OR REPLACE');
}

/** Entries that falloutd wrote; `isNewest`: nothing was written (or about to be) since. */
export type State = { entries: ManagedEntry[]; isNewest: boolean };

/** What falloutd recorded of a managed patch when it wrote these very bindings; null where it never did. */
export function stateOf(history: History, target: string, bindings: readonly Binding[]): State | null {
  const sql = 'SELECT id, entries FROM managed_states WHERE target = ? AND key = ?';
  const row = history.get<{ id: number; entries: Buffer }>(sql, target, stateKey(bindings));
  if (row === undefined) return null;
  const newest = history.get<{ id: number }>('SELECT max(id) AS id FROM managed_states WHERE target = ?', target);
  return { entries: entriesIn(row.entries), isNewest: newest?.id === row.id };
}

/** How many of the newest states are looked through for an entry. */
const STATES = 50;

/** The entries of the newest states, newest first: what falloutd wrote lately, also in texts that stand nowhere as a whole. */
export function writtenEntries(history: History, target: string): ManagedEntry[] {
  const newest = 'SELECT entries FROM managed_states WHERE target = ? ORDER BY id DESC LIMIT ?';
  return history.all<{ entries: Buffer }>(newest, target, STATES).flatMap((row) => entriesIn(row.entries));
}

function entriesIn(state: Buffer): ManagedEntry[] {
  const stored = JSON.parse(gunzipSync(state).toString()) as (ManagedEntry | (Entry & { intent: string }))[];
  return stored.map((entry) => {
    if ('origin' in entry) return entry;
    const { intent, ...rest } = entry;
    return { ...rest, origin: originOfText(entry.symbol, intent) };
  });
}

type Binding = Pick<Entry, 'symbol' | 'ask' | 'via'>;

/** The same key for the same bindings in any order. The numbers after mkOverride do not count: they follow from the other definitions. */
function stateKey(bindings: readonly Binding[]): string {
  const lines = bindings.map(({ symbol, ask: { value, optional }, via }) =>
    JSON.stringify([symbol, via, optional, value.kind, spelled(value) ?? '']),
  );
  return sha256(Buffer.from(lines.sort().join('\n')));
}

/** The newest config build of a target that ran to its verdict, which the next one can be measured against. */
export function expected(history: History, target: string): Expected | null {
  return history.get<Expected>(EXPECTED, target) ?? null;
}

export const EXPECTED = /* sql */ `
  SELECT i.questions AS questions, i.build_ms AS buildMs
  FROM runs r CROSS JOIN iterations i ON i.run = r.run
  WHERE r.target = ? AND i.outcome IN ('green', 'fallout') AND i.probe = 0 AND i.questions > 0 AND i.build_ms > 0
    AND NOT EXISTS (SELECT 1 FROM fallout f WHERE f.iteration = i.iteration AND f.kind = 'repeated')
  ORDER BY r.run DESC, i.iteration DESC LIMIT 1`;

/** Records that a target is stable. Found again for the same inputs and derivations, `since` stays. */
export function markStable(
  history: History,
  { at = new Date().toISOString(), ...mark }: Mark & { target: string; inputs?: FileHashes; at?: string },
): void {
  history.write(() => {
    const known = stableOf(history, mark.target);
    const isSame = known !== null && DECISIVE.every((key) => known[key] === mark[key]);
    history.insert('stable', { ...mark, since: isSame ? known.since : at }, 'OR REPLACE');
  });
}

const DECISIVE = ['inputsHash', 'configDrvPath', 'kernelDrvPath'] as const;
type Mark = Pick<Stable, (typeof DECISIVE)[number] | 'iteration'>;

/** For what a target was last found stable, or null. The caller checks whether that is still what stands on disk. */
export function stableOf(history: History, target: string): Stable | null {
  const columns = 'inputs_hash, config_drv_path, kernel_drv_path, iteration, since, inputs';
  const sql = `SELECT ${columns} FROM stable WHERE target = ?`;
  const row = history.get<Omit<Stable, 'inputs'> & { inputs: string | null }>(sql, target);
  if (row === undefined) return null;
  return { ...row, inputs: row.inputs === null ? null : (JSON.parse(row.inputs) as FileHashes) };
}

/** Holds a target; null ends the hold. */
export function setHold(history: History, target: string, hold: Hold | null): void {
  if (hold === null) history.run('DELETE FROM holds WHERE target = ?', target);
  else history.insert('holds', { target, ...hold }, 'OR REPLACE');
}

/** The hold on a target, or null. */
export function holdOf(history: History, target: string): Hold | null {
  return history.get<Hold>('SELECT kind, since FROM holds WHERE target = ?', target) ?? null;
}
