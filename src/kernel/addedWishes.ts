/** The request of the next run, after a patch was added to the list. */
import { release, type Managed } from '../fallout/absorb.ts';
import { decidingLegacyLine, intentsBySymbol } from '../fallout/intents.ts';
import type { Asker, Intent } from '../model/intent.ts';
import { spelled, type Value } from '../model/value.ts';
import { settingFor, type Settings } from '../script/settings.ts';
import type { PredictionInput } from './prediction.ts';
import { requestWith } from './predictedRequest.ts';

/** A wish that nobody has written yet. */
export type NewWish = { symbol: string; value: Value; priority: number };

/** What a prediction begins from once these wishes stand in a patch at the end of the list. */
export function withWishes(input: PredictionInput, wishes: readonly NewWish[]): PredictionInput {
  const { legacy, managedName, managedIndex, policy, pursued } = input;
  const by = newPatch(input);
  const intents = [...input.intents, ...wishes.map((wish) => intentOf(wish, by))];
  const pursues = pursued !== undefined;
  const asked = { intents: intentsBySymbol(intents, managedName), legacy, managedName, managedIndex, pursues };
  const before: Managed = new Map(input.entries.map((entry) => [entry.symbol, entry]));
  const after = release(before, asked, policy);
  const open = wishes.filter(
    ({ symbol }) => !after.has(symbol) && decidingLegacyLine(legacy, symbol, managedName) === null,
  );
  const settings = { ...requestWith(input.settings, before, after, asked), ...settingsOf(open) };
  return { ...input, intents, settings, entries: [...after.values()] };
}

/** What the script is asked for by these wishes. */
function settingsOf(wishes: readonly NewWish[]): Settings {
  return Object.fromEntries(
    wishes.flatMap(({ symbol, value }) => {
      const setting = settingFor({ value, optional: false });
      return setting === null ? [] : [[symbol, setting] as const];
    }),
  );
}

const intentOf = ({ symbol, value, priority }: NewWish, by: Asker): Intent => ({
  symbol,
  ask: { value, optional: false },
  priority,
  by,
  position: null,
});

function newPatch({ intents, managedIndex }: PredictionInput): Asker {
  const indices = intents.flatMap(({ by }) => (by.kind === 'patch' ? by.index : []));
  return { kind: 'patch', name: '', index: Math.max(-1, managedIndex ?? -1, ...indices) + 1 };
}

/** The priority of a definition without `mkForce` and the like. */
export const PLAIN = 100;
const FORCE = 50;

/** The priority at which a value counts beside what others define: plain, `mkForce`, or a smaller number where that is not enough. */
export function priorityOf(value: Value, definitions: readonly Intent[]): number {
  const smallest = Math.min(...definitions.map(({ priority }) => priority));
  if (smallest > PLAIN) return PLAIN;
  const top = definitions.filter(({ priority }) => priority === smallest);
  const agrees = top.every(({ ask }) => ask.value.kind === value.kind && spelled(ask.value) === spelled(value));
  if (agrees) return PLAIN;
  return smallest > FORCE ? FORCE : smallest - 1;
}
