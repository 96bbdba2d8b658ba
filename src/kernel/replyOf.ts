/** What an engine replies to what it is asked. */
import type { Asking } from './baseline.ts';
import type { EffectsFound, EngineAsk, EngineReply } from './engineMessages.ts';
import type { KernelEngine } from './kernelEngine.ts';

/** @param loadMs how long the engine took to load. */
export function replyOf(engine: KernelEngine, ask: EngineAsk, loadMs: number): EngineReply {
  if (ask.kind === 'explain') {
    const { input } = ask;
    return {
      kind: 'explained',
      explained: engine.explain(input),
      effects: effectsIn(engine, input, input.dotConfig),
    };
  }
  if (ask.kind === 'toward') return { kind: 'toward', toward: engine.toward(ask.input) };
  if (ask.kind === 'tidy') return { kind: 'tidied', tidy: engine.tidy(ask.input) };
  if (ask.kind === 'preflight') return { kind: 'preflight', found: engine.preflight(ask.input) };
  if (ask.kind === 'portray') return { kind: 'portrayed', portrait: engine.portray(ask.dotConfig) };
  if (ask.kind === 'symbols') return { kind: 'symbols', explained: engine.explainSymbols(ask.input) };
  if (ask.kind === 'cpu') return { kind: 'cpu', found: engine.cpuChoice(ask.cpu) };
  if (ask.kind === 'remedies') return { kind: 'remedies', found: engine.remedies(ask.input) };
  const started = performance.now();
  const prediction = engine.predict(ask.input);
  const predicted = performance.now();
  const isTold = ask.withEffects && prediction.outcome.kind === 'stable';
  const effects = effectsIn(engine, ask.input, isTold ? prediction.dotConfig : null);
  const times = { loadMs, predictMs: predicted - started, effectsMs: performance.now() - predicted };
  return { kind: 'predicted', prediction, effects, ...times };
}

function effectsIn(engine: KernelEngine, asking: Asking, dotConfig: string | null): EffectsFound {
  if (dotConfig === null) return { kind: 'none' };
  try {
    const effects = engine.sideEffects(asking, dotConfig);
    return effects === null ? { kind: 'none' } : { kind: 'found', effects };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
