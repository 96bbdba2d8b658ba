/** What an engine replies to what it is asked. */
import type { SideEffect } from '../model/sideEffects.ts';
import type { Asking } from './baseline.ts';
import type { EngineAsk, EngineReply } from './engineMessages.ts';
import type { KernelEngine } from './kernelEngine.ts';

/** @param loadMs how long the engine took to load. */
export function replyOf(engine: KernelEngine, ask: EngineAsk, loadMs: number): EngineReply {
  if (ask.kind === 'explain') {
    const { input } = ask;
    return {
      kind: 'explained',
      explained: engine.explain(input),
      sideEffects: effectsIn(engine, input, input.dotConfig),
    };
  }
  if (ask.kind === 'toward') return { kind: 'toward', toward: engine.toward(ask.input) };
  if (ask.kind === 'tidy') return { kind: 'tidied', tidy: engine.tidy(ask.input) };
  if (ask.kind === 'preflight') return { kind: 'preflight', found: engine.preflight(ask.input) };
  if (ask.kind === 'portray') return { kind: 'portrayed', portrait: engine.portray(ask.dotConfig) };
  if (ask.kind === 'symbols') return { kind: 'symbols', explained: engine.explainSymbols(ask.input) };
  const started = performance.now();
  const prediction = engine.predict(ask.input);
  const predicted = performance.now();
  const dotConfig = prediction.outcome.kind === 'stable' ? prediction.dotConfig : null;
  const sideEffects = effectsIn(engine, ask.input, dotConfig);
  const times = { loadMs, predictMs: predicted - started, effectsMs: performance.now() - predicted };
  return { kind: 'predicted', prediction, sideEffects, ...times };
}

/** They are told beside a result: where they cannot be had, it is told without them. */
function effectsIn(engine: KernelEngine, asking: Asking, dotConfig: string | null): SideEffect[] | null {
  if (dotConfig === null) return null;
  try {
    return engine.sideEffects(asking, dotConfig);
  } catch {
    return null;
  }
}
