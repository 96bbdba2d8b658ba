/** Lost wishes that are pursued: by entries that turn off what stands against them, or on what they need. */
import { basename } from 'node:path';
import { areSame, wantedOf, type Asked, type Managed } from '../fallout/absorb.ts';
import { assume, Configuration, findRemedies, type Remedy, type SymbolValue } from '../kconfig/index.ts';
import { isWish } from '../model/asker.ts';
import type { ManagedEntry, Pursue } from '../model/entry.ts';
import type { Wish } from '../model/fallout.ts';
import { isOff } from '../script/dotConfig.ts';
import type { ModuleIndex } from './modules/moduleIndex.ts';
import { symbolsOf } from './modules/moduleQueries.ts';
import type { AskedBy } from './causes.ts';
import { costOver, isTakenBy } from './settingCost.ts';
import { valueIn } from './settingValue.ts';

/** What may be pursued, and what must not be turned off for it. */
export type Pursued = {
  pursue: Pursue;
  /** The modules that the host needs, by name or alias, and the options. */
  needed: { modules: readonly string[]; symbols: readonly string[] };
};

/** How often a wish is tried again where a session shows that what was done for it was not enough. */
const MOST_ATTEMPTS = 3;
/** A way that is not near is not worth the seconds: the wish stays lost, and `falloutd want` looks further. */
const MOST_STEPS = 100;
const MOST_REFUSED = 6;

/** The attempts of one prediction. */
export class Pursuit {
  /** How often each wish was tried; those given up have the most attempts. */
  readonly #attempts = new Map<string, number>();

  constructor(
    private readonly pursue: Pursue,
    private readonly asked: Asked,
    private readonly askedBy: AskedBy,
    private readonly isNeeded: (symbol: string) => boolean,
  ) {}

  /** The entries with which the lost wishes are tried next; null where there is nothing to try. `configuration` is what the last session came to. */
  next(lost: readonly Wish[], configuration: Configuration, managed: Managed): Managed | null {
    const next = new Map(managed);
    const working = new Configuration(configuration.kconfig);
    working.restore(configuration.snapshot());
    for (const wish of lost.filter((each) => this.#isPursued(each))) this.#try(wish, working, next);
    return areSame(managed, next) ? null : next;
  }

  #isPursued(wish: Wish): boolean {
    if (!canBeGiven(wish)) return false;
    return typeof this.pursue === 'string' ? this.pursue !== 'none' : this.pursue.includes(wish.symbol);
  }

  #try(wish: Wish, working: Configuration, next: Map<string, ManagedEntry>): void {
    const attempts = this.#attempts.get(wish.symbol) ?? 0;
    if (attempts > MOST_ATTEMPTS) return;
    const settings = attempts === MOST_ATTEMPTS ? null : this.#settingsFor(wish, working, next);
    if (settings === null) {
      this.#attempts.set(wish.symbol, MOST_ATTEMPTS + 1);
      for (const [symbol, { origin }] of next)
        if (origin.kind === 'pursuit' && origin.serves.symbol === wish.symbol) next.delete(symbol);
      return;
    }
    this.#attempts.set(wish.symbol, attempts + 1);
    // It is asked for as it was wished again.
    if (next.get(wish.symbol)?.origin.kind === 'wish') next.delete(wish.symbol);
    for (const setting of settings) {
      const symbol = working.symbol(setting.symbol);
      if (symbol !== undefined) assume(working, symbol, setting.value);
      if (setting.symbol !== wish.symbol) next.set(setting.symbol, this.#entry(setting, wish, working));
    }
  }

  /** Nothing where an earlier wish's settings give this one, too; null where no way may be taken. */
  #settingsFor(wish: Wish, working: Configuration, next: Managed): SymbolValue[] | null {
    const wanted = [{ symbol: wish.symbol, value: wish.wanted }];
    const found = findRemedies(working, wanted, {
      costOf: (symbol, value) => this.#costOf(symbol, value, next),
      most: 1,
      mostSteps: MOST_STEPS,
      mostRefused: MOST_REFUSED,
      accepts: (way) => this.#isHarmless(way),
    });
    if (found.kind === 'holds') return [];
    if (found.kind !== 'found') return null;
    return found.alternatives[0]?.settings ?? null;
  }

  /** Wishes are never overridden, and of the defaults only optional ones where all is pursued. */
  #costOf(symbol: string, value: string, next: Managed): number {
    if (value === 'n' && this.isNeeded(symbol)) return Infinity;
    const entry = next.get(symbol);
    if (entry?.origin.kind === 'pursuit')
      return entry.ask.value.kind === 'tristate' && entry.ask.value.tristate === value ? 0 : Infinity;
    const said = this.askedBy.get(symbol);
    if (said === undefined) return 1;
    if (said.wanted === value) return 0;
    return this.pursue === 'all' && !isWish(said) && said.optional ? costOver(said) : Infinity;
  }

  /** What the host needs stays on, and wishes and defaults that are honoured stay so, but for optional defaults. */
  #isHarmless({ settings, alsoChanges }: Remedy): boolean {
    const off = [
      ...settings.filter(({ value }) => value === 'n').map(({ symbol }) => symbol),
      ...alsoChanges.filter(({ after }) => isOff(after)).map(({ symbol }) => symbol),
    ];
    return !off.some((symbol) => this.isNeeded(symbol)) && !alsoChanges.some((change) => this.#isTaken(change));
  }

  /** Whether somebody asks for what goes with a change. */
  #isTaken(change: Remedy['alsoChanges'][number]): boolean {
    const said = this.askedBy.get(change.symbol);
    return said !== undefined && isTakenBy(change, said) && (isWish(said) || !said.optional);
  }

  #entry({ symbol, value }: SymbolValue, wish: Wish, { kconfig }: Configuration): ManagedEntry {
    const { intent, override } = wantedOf(symbol, this.asked);
    const { position } = wish;
    const place = position === null ? '' : ` (${basename(position.file)}:${position.line})`;
    return {
      symbol,
      ask: { value: valueIn(kconfig, symbol, value), optional: true },
      override,
      via: 'structured',
      rung: 1,
      reason: `for ${wish.symbol} = ${wish.wanted}${place}`,
      origin: {
        kind: 'pursuit',
        intent,
        serves: { symbol: wish.symbol, intent: wantedOf(wish.symbol, this.asked).intent },
      },
    };
  }
}

/** Whether settings may give a lost wish: none help against another definition of the user's own, or for a name that is none. */
export const canBeGiven = (wish: Wish): boolean =>
  isWish(wish) && wish.kind !== 'overridden' && wish.kind !== 'unknown' && wish.cause?.kind !== 'unknown';

/** What the host needs, by the modules that it names where the kernel's are known. */
export function neededBy(
  { needed: { modules, symbols } }: Pursued,
  index: () => ModuleIndex | null,
): (symbol: string) => boolean {
  let all: Set<string> | null = null;
  return (symbol) => {
    if (all === null) {
      const found = modules.length === 0 ? null : index();
      all = new Set([...symbols, ...(found === null ? [] : symbolsOf(found, modules))]);
    }
    return all.has(symbol);
  };
}

/** Without what was done for wishes: each prediction finds that anew. */
export const withoutPursuit = (managed: Managed): Managed =>
  new Map([...managed].filter(([, { origin }]) => origin.kind !== 'pursuit'));
