/** Whose word counts for a symbol, and what it is in the script's terms. */
import type { Asker, Intent, LegacyLine, Position } from '../words.ts';
import { isManaged, spelled } from './intents.ts';

/** What a symbol is asked for by one asker, structured or legacy; `wanted` null is `unset`. */
export type Said = { symbol: string; wanted: string | null; optional: boolean; by: Asker; position: Position | null };

/** Whether an asker is the managed patch, whose entries stand for other intents; without its name, none is. */
export const isEntry = (by: Asker, managedName: string | undefined): boolean => managedName !== undefined && isManaged(by, managedName);

/** An intent in the script's terms. */
export const saidBy = ({ symbol, ask, by, position }: Intent): Said => ({ symbol, wanted: spelled(ask.value), optional: ask.optional, by, position });

/**
 * What counts for each symbol, the entries of the managed patch aside: a legacy line over every structured definition
 * (the script takes the last line), then freeform over tristate (nixpkgs keeps both and answers freeform, whatever
 * their priorities), then the smallest priority number, then the later in the module order.
 */
export function effectiveSaid(intents: readonly Intent[], managedName: string | undefined, legacy: readonly LegacyLine[]): Map<string, Said> {
  const best = new Map<string, Intent>();
  for (const intent of intents) {
    if (isEntry(intent.by, managedName)) continue;
    const rival = best.get(intent.symbol);
    if (rival === undefined || !outranks(rival, intent)) best.set(intent.symbol, intent);
  }
  const said = new Map<string, Said>([...best].map(([symbol, intent]) => [symbol, saidBy(intent)]));
  for (const { value, ...line } of legacy) if (!isEntry(line.by, managedName)) said.set(line.symbol, { ...line, wanted: value });
  return said;
}

/** Where an asker stands in the module order: common-config, the kernel's own, then the patches in list order. */
export const rank = (by: Asker): number => (by.kind === 'nixpkgs' ? -2 : by.kind === 'kernel' ? -1 : by.index);

function outranks(a: Intent, b: Intent): boolean {
  const [free, other] = [a.ask.value.kind === 'freeform', b.ask.value.kind === 'freeform'];
  if (free !== other) return free;
  return a.priority !== b.priority ? a.priority < b.priority : rank(a.by) > rank(b.by);
}
