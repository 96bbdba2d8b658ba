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
  const started = performance.now();
  const prediction = engine.predict(ask.input);
  const predictMs = performance.now() - started;
  const dotConfig = prediction.outcome.kind === 'stable' ? prediction.dotConfig : null;
  return { kind: 'predicted', prediction, sideEffects: effectsIn(engine, ask.input, dotConfig), predictMs, loadMs };
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
