import { expect, it } from 'vitest';
import type { KernelEngine } from '../../src/kernel/kernelEngine.ts';
import type { Prediction, PredictionInput } from '../../src/kernel/prediction.ts';
import { replyOf } from '../../src/kernel/replyOf.ts';

const PREDICTION: Prediction = {
  entries: [],
  settings: {},
  fallout: [],
  outcome: { kind: 'stable' },
  lost: { lost: [] },
  unknown: [],
  dotConfig: 'CONFIG_A=y\n',
  sessions: 1,
};
const INPUT: PredictionInput = {
  settings: {},
  intents: [],
  legacy: [],
  managedName: 'fallout',
  managedIndex: 0,
  entries: [],
  policy: 'keep-wish',
};

/** Predicts the same whatever it is asked; only what is needed here is there. */
const engineWith = (sideEffects: KernelEngine['sideEffects']): KernelEngine =>
  ({ predict: () => PREDICTION, sideEffects }) as Partial<KernelEngine> as KernelEngine;

const broken = engineWith(() => {
  throw new Error('a symbol of no tree');
});

it('tells a prediction also where the side effects fail, and why they do', () => {
  const reply = replyOf(broken, { kind: 'predict', input: INPUT, withEffects: true }, 0);
  expect(reply).toMatchObject({
    kind: 'predicted',
    prediction: PREDICTION,
    effects: { kind: 'failed', reason: expect.stringContaining('a symbol of no tree') as string },
  });
});

it('does not look for side effects that nobody wants', () => {
  const reply = replyOf(broken, { kind: 'predict', input: INPUT, withEffects: false }, 0);
  expect(reply).toMatchObject({ kind: 'predicted', effects: { kind: 'none' } });
});
