import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { openHistory, type History } from '../../src/state/historyDatabase.ts';
import {
  beginIteration,
  beginRun,
  finishIteration,
  finishRun,
  type IterationExtras,
} from '../../src/state/recordRun.ts';
import type { Iteration, Run, RunOutcome } from '../../src/model/run.ts';
import type { Wish } from '../../src/model/fallout.ts';

const toClose: History[] = [];
const toRemove: string[] = [];

afterEach(() => {
  for (const history of toClose.splice(0)) history.close();
  for (const dir of toRemove.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A state directory that is gone after the test. */
export function stateDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'falloutd-history-'));
  toRemove.push(dir);
  return dir;
}

/** A history that is closed after the test. */
export function opened(dir = stateDir(), options: { readonly?: boolean } = {}): History {
  const history = openHistory(dir, options);
  toClose.push(history);
  return history;
}

export const START = '2026-03-04T05:06:07.000Z';

type Draft = Partial<Omit<Iteration, 'iteration' | 'run'>> & { extras?: IterationExtras };

/** Records a whole run the way converge does; gives it as it should be read back. */
export function recordRun(
  history: History,
  draft: {
    target?: string;
    cause?: Run['cause'];
    startedAt?: string;
    durationMs?: number;
    outcome?: RunOutcome | null;
    absorbed?: number;
    lost?: Wish[];
    iterations?: Draft[];
  } = {},
): Run {
  const startedAt = draft.startedAt ?? START;
  const target = draft.target ?? 'nixhost';
  const cause = draft.cause ?? 'save';
  const run = beginRun(history, { target, cause, startedAt });
  const iterations = (draft.iterations ?? []).map(({ extras, ...rest }): Iteration => {
    const patchesSha256 = rest.patchesSha256 ?? null;
    const iteration = beginIteration(history, { run, startedAt: rest.startedAt ?? startedAt, patchesSha256 });
    const whole: Iteration = {
      iteration,
      run,
      startedAt,
      durationMs: 0,
      evaluateMs: 0,
      buildMs: 0,
      probe: false,
      outcome: 'green',
      drvPath: null,
      patchesSha256,
      sourceBytes: null,
      fallout: [],
      entries: [],
      ...rest,
    };
    finishIteration(history, whole, extras);
    return whole;
  });
  const outcome = draft.outcome === undefined ? ({ kind: 'stable' } as const) : draft.outcome;
  const end = { durationMs: draft.durationMs ?? 1000, absorbed: draft.absorbed ?? 0, lost: draft.lost ?? [] };
  if (outcome !== null) finishRun(history, { run, outcome, ...end });
  return {
    run,
    target,
    cause,
    startedAt,
    outcome,
    iterations,
    ...(outcome === null ? { durationMs: null, absorbed: 0, lost: [] } : end),
  };
}
