import { isManaged } from '../model/asker.ts';
import type { Asker, Intent, LegacyLine, Position } from '../model/intent.ts';
import { spelled } from '../model/value.ts';

/**
 * The definitions by symbol, those of the managed patch left out: what is asked without falloutd.
 * The order of the evaluation is kept: nixpkgs, the kernel, the patches in list order.
 */
export function intentsBySymbol(intents: readonly Intent[], managedName: string | undefined): Map<string, Intent[]> {
  const bySymbol = new Map<string, Intent[]>();
  for (const intent of intents) {
    if (isManaged(intent.by, managedName)) continue;
    const list = bySymbol.get(intent.symbol);
    if (list === undefined) bySymbol.set(intent.symbol, [intent]);
    else list.push(intent);
  }
  return bySymbol;
}

/**
 * The definition that counts: of the smallest priority number; among equals freeform beats tristate as in
 * kernel_config.nix, the user's beats nixpkgs', the later beats the earlier.
 */
export function effectiveIntent(definitions: readonly Intent[]): Intent | null {
  let best: Intent | null = null;
  for (const d of definitions) if (best === null || beats(d, best)) best = d;
  return best;
}

function beats(later: Intent, earlier: Intent): boolean {
  if (later.priority !== earlier.priority) return later.priority < earlier.priority;
  const freeformFirst = Number(later.ask.value.kind === 'freeform') - Number(earlier.ask.value.kind === 'freeform');
  return freeformFirst === 0 ? true : freeformFirst > 0;
}

/** Definitions of the smallest priority that cannot be merged: lib.modules throws on them. Empty where there are none. */
export function conflicting(definitions: readonly Intent[]): Intent[] {
  const smallest = Math.min(...definitions.map((d) => d.priority));
  const top = definitions.filter((d) => d.priority === smallest);
  // `unset` defines tristate = null, which differs from any tristate.
  const tristates = new Set(top.filter((d) => d.ask.value.kind !== 'freeform').map((d) => spelled(d.ask.value)));
  const freeforms = new Set(top.filter((d) => d.ask.value.kind === 'freeform').map((d) => spelled(d.ask.value)));
  return tristates.size > 1 || freeforms.size > 1 ? top : [];
}

/** An override number that wins over every definition of the symbol (README, "How it works"). */
export function overrideFor(definitions: readonly Intent[]): number {
  return Math.min(40, ...definitions.map((d) => d.priority - 1));
}

/**
 * The legacy line that decides a symbol, if a string asks for it at all: the script takes the last one,
 * and the strings come after every structured entry. Lines of the managed patch are left out.
 */
export function decidingLegacyLine(
  legacy: readonly LegacyLine[],
  symbol: string,
  managedName: string,
): LegacyLine | null {
  return legacy.findLast((l) => l.symbol === symbol && !isManaged(l.by, managedName)) ?? null;
}

/** What a symbol is asked for by one asker, structured or legacy; `wanted` null is `unset`. */
export type Said = { symbol: string; wanted: string | null; optional: boolean; by: Asker; position: Position | null };

/** An intent in the script's terms. */
export const saidBy = ({ symbol, ask, by, position }: Intent): Said => ({
  symbol,
  wanted: spelled(ask.value),
  optional: ask.optional,
  by,
  position,
});

/**
 * What counts for each symbol, the entries of the managed patch aside: a legacy line over every structured definition
 * (the script takes the last line), else the effective definition.
 */
export function effectiveSaid(
  intents: readonly Intent[],
  managedName: string | undefined,
  legacy: readonly LegacyLine[],
): Map<string, Said> {
  const said = new Map<string, Said>();
  for (const [symbol, definitions] of intentsBySymbol(intents, managedName)) {
    const effective = effectiveIntent(definitions);
    if (effective !== null) said.set(symbol, saidBy(effective));
  }
  for (const { value, ...line } of legacy)
    if (!isManaged(line.by, managedName)) said.set(line.symbol, { ...line, wanted: value });
  return said;
}

/** Where an asker stands in the module order: common-config, the kernel's own, then the patches in list order. */
export const rank = (by: Asker): number => (by.kind === 'nixpkgs' ? -2 : by.kind === 'kernel' ? -1 : by.index);
