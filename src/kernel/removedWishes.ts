/** The request of the next run, after definitions were taken out. */
import { release, type Managed } from '../fallout/absorb.ts';
import { intentsBySymbol } from '../fallout/intents.ts';
import type { Intent } from '../model/intent.ts';
import type { PredictionInput } from './prediction.ts';
import { requestWith } from './predictedRequest.ts';

/** What a prediction begins from once these definitions stand nowhere any more. The entries that answer them are released. */
export function withoutIntents(input: PredictionInput, gone: ReadonlySet<Intent>): PredictionInput {
  const { legacy, managedName, managedIndex, policy, pursued } = input;
  const intents = input.intents.filter((intent) => !gone.has(intent));
  const pursues = pursued !== undefined;
  const asked = { intents: intentsBySymbol(intents, managedName), legacy, managedName, managedIndex, pursues };
  const before: Managed = new Map(input.entries.map((entry) => [entry.symbol, entry]));
  const after = release(before, asked, policy);
  const redefined = new Set(Array.from(gone, ({ symbol }) => symbol));
  const settings = requestWith(input.settings, before, after, asked, redefined);
  return { ...input, intents, settings, entries: [...after.values()] };
}
