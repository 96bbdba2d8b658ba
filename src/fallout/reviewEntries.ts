/** Entries in the light of a result: which of them it does not need, and why it needs the others. */
import type { ManagedEntry } from '../model/entry.ts';
import type { Wish } from '../model/fallout.ts';
import type { Lost } from '../model/run.ts';
import { sameAsk, spelled } from '../model/value.ts';
import { requestOf, type Settings } from '../script/settings.ts';
import { reasonOf, wantedOf, type Asked, type Managed } from './absorb.ts';
import { causeNow } from './causeNow.ts';
import type { CauseOf } from './judge.ts';
import { causeText } from './causeText.ts';
import { conflicting } from './intents.ts';

type Values = ReadonlyMap<string, string>;

const valueIn = (values: Values) => (symbol: string) => values.get(symbol);

/**
 * The entries after a green build: without those that ask as an option for what the .config has anyway, and with
 * reasons that are true of it. `stays` are symbols whose entries are kept; `causeOf` knows the causes that nothing recorded gives.
 */
export function reviewEntries(
  managed: Managed,
  asked: Asked,
  { values, lost, causeOf }: { values: Values; lost: Lost; causeOf?: CauseOf | undefined },
  stays: ReadonlySet<string>,
): Managed {
  const wishes = new Map(
    [...(lost.lostDefaults ?? []), ...(lost.unknownNames ?? []), ...lost.lost]
      .filter(({ kind }) => kind !== 'overridden')
      .map((wish) => [wish.symbol, wish]),
  );
  const reviewed = new Map<string, ManagedEntry>();
  for (const [symbol, entry] of managed)
    if (stays.has(symbol) || !isNeedless(entry, asked, values))
      reviewed.set(symbol, withReason(entry, asked, values, { wish: wishes.get(symbol), causeOf }));
  return reviewed;
}

/** `option V` answers as `V` does: where the result is V, the wish alone gives the same, if nothing conflicts with it. */
function isNeedless({ symbol, ask, origin }: ManagedEntry, asked: Asked, values: Values): boolean {
  const { intent } = wantedOf(symbol, asked);
  return (
    origin.kind === 'wish' &&
    intent !== null &&
    conflicting(asked.intents.get(symbol) ?? []).length === 0 &&
    sameAsk(ask, { value: intent.ask.value, optional: true }) &&
    values.get(symbol) === spelled(ask.value)
  );
}

function withReason(
  entry: ManagedEntry,
  asked: Asked,
  values: Values,
  { wish, causeOf }: { wish: Wish | undefined; causeOf: CauseOf | undefined },
): ManagedEntry {
  const { cause: before, ...rest } = entry;
  const { intent } = wantedOf(entry.symbol, asked);
  if (intent === null || entry.origin.kind !== 'wish' || entry.rung === 0) return entry;
  const [wanted, got] = [spelled(intent.ask.value), values.get(entry.symbol) ?? null];
  const own = before === undefined ? null : causeNow(before, wanted, valueIn(values));
  // Further on, the reason says what was offered, which no .config shows.
  const isTrue = before === undefined || own === before || (own !== null && causeText(own) === causeText(before));
  if (isTrue && entry.rung > 1) return entry;
  const cause = (isTrue ? own : null) ?? causeOf?.(entry.symbol, wanted) ?? own ?? wish?.cause;
  if (before === undefined && cause === undefined) return entry;
  const because = cause === undefined ? {} : { cause };
  const kind = cause?.kind === 'unknown' ? 'unknown' : (wish?.kind ?? (got === null ? 'unused' : 'value'));
  const miss = { symbol: entry.symbol, kind, wanted, got, by: null };
  // Without a cause it is true, too: that alone is not worth a write.
  const bare = reasonOf(miss, intent.ask, asked);
  const reason = entry.reason === bare ? bare : reasonOf({ ...miss, ...because }, intent.ask, asked);
  return cause === before && reason === entry.reason ? entry : { ...rest, ...because, reason };
}

/** The lost wishes, those without a cause with the one that their entry records, where the .config bears it out. */
export function withEntryCauses({ lost, lostDefaults, ...apart }: Lost, managed: Managed, values: Values): Lost {
  const explained = (wish: Wish): Wish => {
    const own = wish.cause === undefined ? managed.get(wish.symbol)?.cause : undefined;
    const cause = own === undefined ? null : causeNow(own, wish.wanted, valueIn(values));
    return cause === null ? wish : { ...wish, cause };
  };
  return {
    ...apart,
    lost: lost.map(explained),
    ...(lostDefaults === undefined ? {} : { lostDefaults: lostDefaults.map(explained) }),
  };
}

/** The last stable result: what was asked for, and what came of it. */
export type LastResult = { settings: Settings; values: Values };

/**
 * The entries `kept` at the start of a run, without those that the last result did not need and those whose cause most
 * likely ends with what is asked now. A guess that fails costs one more build, and so does one that is missed. `before` are
 * the entries of the last result.
 */
export function withoutEnded(kept: Managed, before: Managed, asked: Asked, last: LastResult): Managed {
  const isEnded = ({ symbol, ask, cause }: ManagedEntry): boolean => {
    const entry = before.get(symbol);
    if (entry?.rung !== 1 || isNeedless(entry, asked, last.values)) return entry?.rung === 1;
    if (cause === undefined) return false;
    let isTouched = false;
    const likely = (other: string): string => {
      const { now, then } = requests(other);
      isTouched ||= now !== then;
      // A symbol that a finished .config does not name is n.
      const value = last.values.get(other) ?? 'n';
      // What nobody asks for follows what it depends on.
      return now === then && (now !== null || value !== 'n') ? value : (now ?? 'y');
    };
    return causeNow(cause, spelled(ask.value), likely) === null && isTouched;
  };
  const requests = (symbol: string): { now: string | null; then: string | null } => {
    const ask = (kept.has(symbol) ? before.get(symbol)?.ask : undefined) ?? wantedOf(symbol, asked).intent?.ask;
    return { now: ask === undefined ? null : spelled(ask.value), then: requestOf(last.settings, symbol) };
  };
  return new Map([...kept].filter(([, entry]) => !isEnded(entry)));
}
