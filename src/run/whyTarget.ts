/** `falloutd why`: all that is known of single symbols of a target. */
import type { Target } from '../config/config.ts';
import { spelledAsk } from '../fallout/absorb.ts';
import { decidingLegacyLine, effectiveIntent, intentsBySymbol, saidBy } from '../fallout/intents.ts';
import { withPositions, withRootPositions } from '../managed/positions.ts';
import { isManaged } from '../model/asker.ts';
import { RefusedError } from '../model/errors.ts';
import type { AskedValue, UnknownName, Why } from '../model/why.ts';
import type { EvaluatedKernel } from '../nix/evaluatedKernel.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import type { History } from '../state/historyDatabase.ts';
import { dotConfig, runOfEntry } from '../state/recordedRuns.ts';
import { stableOf } from '../state/targets.ts';
import { evaluatedUnwritten, given, type Looking } from './evaluatedUnwritten.ts';

/** What is known of symbols, and the names that the kernel does not define. */
type ToldSymbols = { symbols: Why[]; unknown: UnknownName[] };

/**
 * Evaluates a target, predicts what it comes to, and looks the symbols up there. `history` is a copy of what is recorded. null after an
 * interruption.
 * @throws BlockedError, InfrastructureError as a run would end; RefusedError where this kernel cannot be predicted.
 */
export async function whyTarget(
  target: Target,
  names: readonly string[],
  history: History,
  looking: Looking,
): Promise<ToldSymbols | null> {
  const evaluated = await evaluatedUnwritten(target, history, looking, { asBuilt: true });
  if (evaluated === null) return null;
  const { prepared, options } = evaluated;
  const reply = given(await looking.predictor.explainSymbols(prepared, names, options));
  if (reply === null) return null;
  const { explained } = reply;
  if (explained.kind === 'no-config')
    throw new RefusedError({ message: 'this target comes to no .config', hint: '`falloutd predict` says why' });
  const entries = new Map(explained.entries.map((entry) => [entry.symbol, entry]));
  const stable = stableIn(history, target);
  const definitions = askedIn(prepared.kernel, target.managedName, prepared.inputs);
  const symbols = withRootPositions(explained.symbols, prepared.inputs).map((found): Why => {
    const entry = entries.get(found.symbol);
    const setting = entry === undefined ? null : spelledAsk(entry.ask);
    const sinceRun = setting === null ? null : runOfEntry(history, target.name, { symbol: found.symbol, setting });
    return {
      ...found,
      asked: definitions(found.symbol),
      lastStable: stable && { iteration: stable.iteration, value: stable.values.get(found.symbol) ?? null },
      entry: entry === undefined || setting === null ? null : { setting, reason: entry.reason, sinceRun },
    };
  });
  return { symbols, unknown: explained.unknown };
}

type StableValues = { iteration: number; values: ReadonlyMap<string, string> };

function stableIn(history: History, { name }: Target): StableValues | null {
  const iteration = stableOf(history, name)?.iteration;
  const config = iteration === undefined ? null : dotConfig(history, iteration);
  return iteration === undefined || config === null ? null : { iteration, values: parseDotConfig(config) };
}

/** Who asks for a symbol in an evaluation, in the module order; the managed patch aside. */
function askedIn(
  { intents, legacy }: EvaluatedKernel,
  managedName: string,
  inputs: readonly string[],
): (symbol: string) => AskedValue[] {
  const bySymbol = intentsBySymbol(intents, managedName);
  return (symbol) => {
    const definitions = bySymbol.get(symbol) ?? [];
    const line = decidingLegacyLine(legacy, symbol, managedName);
    const winner = line === null ? effectiveIntent(definitions) : null;
    const structured = definitions.map((intent) => {
      const { wanted, ...said } = saidBy(intent);
      return { ...said, value: wanted, priority: intent.priority, wins: intent === winner };
    });
    const strings = legacy
      .filter((each) => each.symbol === symbol && !isManaged(each.by, managedName))
      .map((each) => ({ ...each, priority: null, wins: each === line }));
    return withPositions([...structured, ...strings], inputs).map(
      ({ by, position, value, optional, priority, wins }) => ({
        by,
        position,
        value,
        optional,
        priority,
        wins,
      }),
    );
  };
}
