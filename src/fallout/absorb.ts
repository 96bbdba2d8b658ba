import { isDeepStrictEqual } from 'node:util';
import { type Ask, sameAsk, spelled, type Tristate, valueOf } from '../model/value.ts';
import type { Entry, EntryChange, ManagedEntry, Origin, OriginIntent, Rung, Policy } from '../model/entry.ts';
import type { Fallout } from '../model/fallout.ts';
import { askerName } from '../model/asker.ts';
import type { Asker, Intent, LegacyLine } from '../model/intent.ts';
import type { Problem } from '../model/problem.ts';
import { causeText } from './causeText.ts';
import { bySymbol } from './judge.ts';
import { decidingLegacyLine, effectiveIntent, overrideFor } from './intents.ts';

export type Managed = ReadonlyMap<string, ManagedEntry>;

/** Who asks for what, without the managed patch; what every decision about an entry rests on. */
export type Asked = {
  intents: ReadonlyMap<string, Intent[]>;
  legacy: readonly LegacyLine[];
  managedName: string;
  /** The managed patch's place in `kernel.kernelPatches`; null while it is not in the list. */
  managedIndex: number | null;
  /** Whether lost wishes are pursued: without it, no entry stands for that. */
  pursues?: boolean;
};

export type Absorbed = {
  managed: Managed;
  /** Fallout for which no rung is left. */
  stuck: Fallout[];
  /** Fallout that no entry can remove: the user must act. */
  problems: Problem[];
};

/**
 * One step of the chain (README, "How it works"): for each fallout the symbol's entry goes to the first rung that removes it.
 * Pure; an entry never goes back to a smaller rung.
 */
export function absorb(fallout: readonly Fallout[], managed: Managed, asked: Asked, policy: Policy): Absorbed {
  const next = new Map(managed);
  const stuck: Fallout[] = [];
  const problems: Problem[] = [];
  for (const f of [...fallout].sort(byOrder)) {
    const step = stepFor(f, next, asked, policy);
    if (step.kind === 'entry') next.set(f.symbol, step.entry);
    else if (step.kind === 'stuck') stuck.push(f);
    else if (step.kind === 'problem') problems.push(step.problem);
  }
  return { managed: next, stuck, problems };
}

type Step =
  | { kind: 'entry'; entry: ManagedEntry }
  | { kind: 'stuck' }
  | { kind: 'problem'; problem: Problem }
  | { kind: 'nothing' };

// Two `y` in one choice make kconfig's other answers depend on hash order, so they are settled before anything else;
// then by symbol, so that the same fallout gives the same report.
function byOrder(a: Fallout, b: Fallout): number {
  return Number(b.kind === 'choice') - Number(a.kind === 'choice') || bySymbol(a, b);
}

function stepFor(f: Fallout, managed: Managed, asked: Asked, policy: Policy): Step {
  if (f.kind === 'silent' || f.kind === 'overridden' || f.kind === 'clamped') return { kind: 'nothing' };
  // Structured definitions that conflict are settled among themselves, also where a string has the last word.
  const line = f.kind === 'conflict' ? null : decidingLegacyLine(asked.legacy, f.symbol, asked.managedName);
  const { intent, override } = wantedOf(f.symbol, f.kind === 'conflict' ? { ...asked, legacy: [] } : asked);
  if (intent === null) return { kind: 'stuck' };
  const wanted = intent.ask;
  const current = managed.get(f.symbol);
  // What the user changed by hand is on no rung: its fallout is back, so the chain starts over.
  const at = current === undefined || current.origin.kind === 'hand' ? -1 : current.rung;
  const rung = ladder(wanted, f, policy).find((r) => r.rung > at);
  if (rung === undefined) return { kind: 'stuck' };
  const hint = line === null ? null : hintFor(f, line, rung.ask, asked);
  if (line !== null && hint !== null) return { kind: 'problem', problem: legacyProblem(f, line, hint) };
  const made = { reason: reasonOf(f, wanted, asked), origin: originOf(f, asked) };
  const cause = f.cause === undefined ? {} : { cause: f.cause };
  const via = line === null ? 'structured' : 'legacy';
  return { kind: 'entry', entry: { symbol: f.symbol, ...rung, override, via, ...made, ...cause } };
}

/** What the user has to do about a line of a string that no entry wins over; null where one does. */
function hintFor({ symbol }: Fallout, { by, value }: LegacyLine, ask: Ask, asked: Asked): string | null {
  if (by.kind === 'patch' && (asked.managedIndex === null || asked.managedIndex < by.index))
    return `move the managed patch \`${asked.managedName}\` after it in the list, or write \`${symbol}? ${value}\``;
  return ask.value.kind === 'unset'
    ? 'remove the line: what a string asks for cannot be unset from another patch'
    : null;
}

/** The rungs that can remove this fallout, nearest to the wish first. */
function ladder(wanted: Ask, f: Fallout, policy: Policy): { rung: Rung; ask: Ask }[] {
  const optional = (value: Ask['value']): Ask => ({ value, optional: true });
  const unset: { rung: Rung; ask: Ask } = { rung: 4, ask: { value: { kind: 'unset' }, optional: false } };
  if (f.kind === 'conflict') return [{ rung: 0, ask: wanted }];
  if (f.kind === 'choice') return [{ rung: 2, ask: optional({ kind: 'tristate', tristate: 'n' }) }, unset];
  if (isOtherSpelling(f, wanted))
    return [{ rung: 1, ask: { value: { kind: 'freeform', text: f.got ?? '' }, optional: wanted.optional } }, unset];
  if (policy === 'unset') return [unset];
  const rungs: { rung: Rung; ask: Ask }[] = [];
  if (f.kind !== 'repeated') rungs.push({ rung: 1, ask: optional(wanted.value) });
  if (f.kind === 'repeated' && f.cause?.kind === 'range' && wanted.value.kind === 'freeform')
    rungs.push({ rung: 2, ask: optional({ kind: 'freeform', text: f.cause.nearest }) });
  // Only a tristate's question names what it takes: an int, hex or string is asked with its present value.
  const isTristate = f.kind !== 'repeated' || (f.offered ?? []).length > 0;
  if (wanted.value.kind === 'tristate' && isTristate) {
    const offered = f.offered?.map((o) => o.toLowerCase());
    const isOffered = (t: Tristate): boolean => offered === undefined || offered.length === 0 || offered.includes(t);
    NEAREST[wanted.value.tristate].forEach((tristate, i) => {
      if (isOffered(tristate)) rungs.push({ rung: i === 0 ? 2 : 3, ask: optional({ kind: 'tristate', tristate }) });
    });
  }
  return [...rungs, unset];
}

const NEAREST: Record<Tristate, readonly [Tristate, Tristate]> = { y: ['m', 'n'], m: ['y', 'n'], n: ['m', 'y'] };

/** A hex that kconfig writes in another way: the wish is honoured, only the script's comparison of texts fails. */
function isOtherSpelling(f: Fallout, wanted: Ask): boolean {
  if (f.kind !== 'value' || wanted.value.kind !== 'freeform' || f.got === null || !/^0[xX][0-9a-fA-F]+$/.test(f.got))
    return false;
  const digits = wanted.value.text.replace(/^0[xX]/, '');
  return /^[0-9a-fA-F]+$/.test(digits) && BigInt(`0x${digits}`) === BigInt(f.got);
}

function originOf(f: Fallout, asked: Asked): Origin {
  const { intent } = wantedOf(f.symbol, asked);
  if (f.kind !== 'choice') return { kind: 'wish', intent };
  const symbol = keptMember(f);
  return { kind: 'choice', intent, stays: { symbol, intent: wantedOf(symbol, asked).intent } };
}

function keptMember(f: Fallout): string {
  return (f.cause?.kind === 'choice' ? f.cause.with[0] : undefined) ?? f.symbol;
}

/** The comment of an entry that answers this fallout. */
export function reasonOf(f: Fallout, wanted: Ask, asked: Asked): string {
  const because = f.cause === undefined ? '' : `: ${causeText(f.cause)}`;
  const value = spelled(wanted.value) ?? 'unset';
  if (f.cause?.kind === 'unknown') return `wanted ${value}, ${causeText(f.cause)}`;
  switch (f.kind) {
    case 'conflict':
      return `${wishedBy(f, asked)} wants ${value}, other definitions do not`;
    case 'choice':
      return `only one of its choice can be y: ${keptMember(f)} stays`;
    case 'unknown':
      return `wanted ${value}, unknown to this kernel`;
    case 'unused':
      return `wanted ${value}, no option${because}`;
    case 'repeated':
      return f.offered === undefined || f.offered.length === 0
        ? `wanted ${value}, refused${because}${keptText(f)}`
        : `wanted ${value}, offered only ${f.offered.join('/')}${because}`;
    case 'value':
    case 'silent':
    case 'overridden':
    case 'clamped':
      return `wanted ${value}, got ${f.got ?? 'nothing'}${because}`;
  }
}

/** Which value kconfig keeps; where the range is known it is the nearest. */
function keptText({ cause, got }: Fallout): string {
  if (got === null || cause?.kind === 'range') return '';
  return `${cause === undefined ? ':' : ','} kconfig keeps ${got}`;
}

function wishedBy(f: Fallout, asked: Asked): string {
  const intent = effectiveIntent(asked.intents.get(f.symbol) ?? []);
  return intent === null ? 'someone' : askerName(intent.by);
}

function legacyProblem(f: Fallout, line: LegacyLine, hint: string): Problem {
  return {
    message: `${askerName(line.by)} asks for \`${f.symbol} ${line.value}\` in its extraConfig string, and kconfig gives ${f.got ?? 'nothing'}: no structured entry wins over a string`,
    ...(line.position === null ? {} : { file: line.position.file, line: line.position.line }),
    hint,
  };
}

/** What stands between the markers, as the parsed block gives it. */
export type OnDisk = { symbol: string; ask: Ask; override: number; via: Entry['via']; reason: string };

/**
 * The entries on disk with what is recorded of them. What differs from the record was changed by hand: it is kept as it
 * stands, for as long as the intent behind it does not change. Without any record (a new database, or a run was taken
 * back) nothing tells hand from chain, so everything but a first rung counts as further, and is tried at rung 1 again.
 */
export function adopt(onDisk: readonly OnDisk[], recorded: readonly ManagedEntry[], asked: Asked): Managed {
  const known = new Map(recorded.map((entry) => [entry.symbol, entry]));
  return new Map(
    onDisk.map((found) => {
      const record = known.get(found.symbol);
      if (record !== undefined && saysTheSame(found, record))
        return [found.symbol, { ...record, override: found.override }];
      const { intent } = wantedOf(found.symbol, asked);
      const origin: Origin = { kind: 'wish', intent };
      const entry = { ...found, reason: found.reason === '' ? 'changed by hand' : found.reason, origin };
      if (intent !== null && sameAsk(found.ask, { value: intent.ask.value, optional: true }))
        return [found.symbol, { ...entry, rung: 1 }];
      if (recorded.length > 0) return [found.symbol, { ...entry, rung: 1, origin: { kind: 'hand', intent } }];
      return [found.symbol, { ...entry, rung: intent !== null && sameAsk(found.ask, intent.ask) ? 0 : 2 }];
    }),
  );
}

/**
 * What falloutd knows of a managed patch: its newest entries, those that it once wrote exactly as they stand there now, and where it
 * did not, single ones that it wrote, newest first.
 */
export type Known = {
  recorded: readonly ManagedEntry[];
  written: { entries: readonly ManagedEntry[]; isNewest: boolean } | null;
  single: readonly ManagedEntry[];
};

/** The entries that stand there, and those to begin from; they differ where an older text of falloutd's own came back. */
export type Recognised = { kind: 'present' | 'older'; found: Managed; base: Managed };

/**
 * What stands between the markers, by what is known of it. An editor with an older buffer (or a checkout) brings back what falloutd
 * wrote before: then the run begins from the newest entries, and from the older ones where there is no newer. What falloutd never
 * wrote is the user's own; in an older text that the user has edited, what is left of falloutd's own is known entry by entry. An
 * empty patch is what `init` writes.
 */
export function recognise(onDisk: readonly OnDisk[], { recorded, written, single }: Known, asked: Asked): Recognised {
  const adopted = (records: readonly ManagedEntry[]): Recognised => {
    const found = adopt(onDisk, records, asked);
    return { kind: 'present', found, base: found };
  };
  if (holdsExactly(onDisk, recorded)) return adopted(recorded);
  const own = onDisk.length === 0 ? { entries: [], isNewest: false } : written;
  if (own === null) {
    // Of a symbol's records the last counts.
    const fitting = onDisk.flatMap(
      (found) => [...recorded, ...single].find((entry) => saysTheSame(found, entry)) ?? [],
    );
    return adopted([...recorded, ...fitting]);
  }
  const found = adopt(onDisk, own.entries, asked);
  // The newest, although the record is older: a kill came between the write and that.
  if (own.isNewest) return { kind: 'present', found, base: found };
  return {
    kind: 'older',
    found,
    base: new Map([...found, ...recorded.map((entry) => [entry.symbol, entry] as const)]),
  };
}

function holdsExactly(onDisk: readonly OnDisk[], recorded: readonly ManagedEntry[]): boolean {
  const known = new Map(recorded.map((entry) => [entry.symbol, entry]));
  return onDisk.length === recorded.length && onDisk.every((found) => saysTheSame(found, known.get(found.symbol)));
}

function saysTheSame(found: OnDisk, entry: ManagedEntry | undefined): boolean {
  return (
    entry !== undefined && entry.symbol === found.symbol && entry.via === found.via && sameAsk(entry.ask, found.ask)
  );
}

/** What is asked of a symbol without falloutd, and the number of an entry that wins over it. */
export function wantedOf(symbol: string, asked: Asked): { intent: OriginIntent | null; override: number } {
  const line = decidingLegacyLine(asked.legacy, symbol, asked.managedName);
  if (line !== null) {
    const ask = { value: valueOf(line.value), optional: line.optional };
    return { intent: { by: withoutPlace(line.by), ask, via: 'legacy' }, override: 0 };
  }
  const definitions = asked.intents.get(symbol) ?? [];
  const intent = effectiveIntent(definitions);
  return {
    intent: intent === null ? null : { by: withoutPlace(intent.by), ask: intent.ask, via: 'structured' },
    override: overrideFor(definitions),
  };
}

function withoutPlace(by: Asker): OriginIntent['by'] {
  if (by.kind !== 'patch') return by;
  return by.name === '' ? { kind: 'patch', index: by.index } : { kind: 'patch', name: by.name };
}

/**
 * What the entries are at the start of a run (ARCHITECTURE.md, rule 5): an entry whose intent changed or went is released,
 * an entry that stands further than rung 1 is tried at rung 1 again, one that settled a conflict is made anew where
 * the conflict is still there.
 */
export function release(managed: Managed, asked: Asked, policy: Policy): Managed {
  const kept = new Map<string, ManagedEntry>();
  for (const [symbol, entry] of managed) {
    const { intent, override } = wantedOf(symbol, asked);
    if (entry.origin.kind === 'pursuit') {
      if (isUnchanged(entry, asked)) kept.set(symbol, { ...entry, override });
      continue;
    }
    if (intent === null || !isUnchanged(entry, asked) || entry.rung === 0) continue;
    // A choice member that gave way has no nearer rung while the member that stays is wished for.
    const isFurther = policy === 'keep-wish' && entry.rung > 1 && entry.origin.kind !== 'choice';
    kept.set(
      symbol,
      isFurther
        ? { ...entry, override, rung: 1, ask: { value: intent.ask.value, optional: true } }
        : { ...entry, override },
    );
  }
  return kept;
}

/** Whether every entry still answers the intent it was made from: none has to be released, except to try its rung again. */
export function isCurrent(managed: Managed, asked: Asked, conflicts: readonly Fallout[]): boolean {
  const inConflict = new Set(conflicts.map((f) => f.symbol));
  return [...managed.values()].every(
    (entry) => (entry.rung !== 0 || inConflict.has(entry.symbol)) && isUnchanged(entry, asked),
  );
}

/**
 * Whether what an entry was made from is still what is asked: its own intent, of a choice that of the member that stays, and of a pursuit
 * the wish that it serves.
 */
function isUnchanged({ symbol, origin }: ManagedEntry, asked: Asked): boolean {
  if (origin.kind === 'pursuit' && asked.pursues !== true) return false;
  const others = origin.kind === 'choice' ? [origin.stays] : origin.kind === 'pursuit' ? [origin.serves] : [];
  const made = [{ symbol, intent: origin.intent }, ...others];
  return made.every((from) => isDeepStrictEqual(from.intent, wantedOf(from.symbol, asked).intent));
}

/** The changes from one state of the managed patch to the next, sorted by symbol, as history records them. */
export function changesBetween(before: Managed, after: Managed): EntryChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((symbol) => {
    const [from, to] = [before.get(symbol), after.get(symbol)];
    if (from !== undefined && saysTheSame(from, to) && from.override === to?.override) return [];
    const asks = {
      from: from === undefined ? null : spelledAsk(from.ask),
      to: to === undefined ? null : spelledAsk(to.ask),
    };
    const reason = to?.reason ?? 'its intent changed, or its fallout is gone';
    return [{ symbol, ...asks, rung: to?.rung ?? null, reason }];
  });
}

/** Whether both are made of the very same entries, so that a record of the one is one of the other. */
export function areSame(one: Managed, other: Managed): boolean {
  return one.size === other.size && [...one].every(([symbol, entry]) => other.get(symbol) === entry);
}

/** `option n`, `y`, `unset`, `freeform "8"`. */
export function spelledAsk(ask: Ask): string {
  const value =
    ask.value.kind === 'freeform' ? `freeform ${JSON.stringify(ask.value.text)}` : (spelled(ask.value) ?? 'unset');
  return ask.optional ? `option ${value}` : value;
}
