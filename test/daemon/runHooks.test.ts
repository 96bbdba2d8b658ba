import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hookRuns } from '../../src/state/hookRuns.ts';
import { openHistory, type History } from '../../src/state/historyDatabase.ts';
import { startHooks } from '../../src/daemon/runHooks.ts';
import type { Run, RunOutcome } from '../../src/model/run.ts';
import type { RunEvent } from '../../src/model/event.ts';
import { documentIn } from '../helpers/documentSchema.ts';

let dir: string;
let history: History;
const troubles: RunEvent[] = [];
const emit = (event: RunEvent): void => void troubles.push(event);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-hooks-'));
  history = openHistory(dir);
});

afterEach(() => {
  history.close();
  rmSync(dir, { recursive: true });
});

const ended = (outcome: RunOutcome): RunEvent & { run: Run } => ({
  kind: 'run-finished',
  run: {
    run: 7,
    target: 'laptop',
    cause: 'save',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 5,
    outcome,
    iterations: [],
    absorbed: 0,
    lost: [],
  },
});

it('a hook gets the run as JSON on standard input, and how it ended is recorded', async () => {
  const hooks = startHooks(
    {
      commands: { 'on-stable': `cat > ${dir}/seen; echo "$FALLOUTD_HOOK $FALLOUTD_TARGET"; exit 3` },
      timeoutMs: 30_000,
    },
    history,
    emit,
  );
  const event = ended({ kind: 'stable' });
  hooks.handle(event);
  await hooks.settled();
  expect(documentIn('run', readFileSync(join(dir, 'seen'), 'utf8'))).toEqual(event.run);
  expect(hookRuns(history, 10)).toMatchObject([
    { target: 'laptop', hook: 'on-stable', exitCode: 3, output: 'on-stable laptop' },
  ]);
});

it('a hook has the numbers of what a run changed beyond its wishes in its environment, where they are known', async () => {
  const command = 'echo "$FALLOUTD_OFF,$FALLOUTD_ON,$FALLOUTD_CHANGED"';
  const hooks = startHooks({ commands: { 'on-stable': command }, timeoutMs: 30_000 }, history, emit);
  const { run }: { run: Run } = ended({ kind: 'stable' });
  const sideEffects = { off: 32, on: 3, changed: 0, symbols: ['DRM_I915'], groups: [] };
  hooks.handle({ kind: 'run-finished', run: { ...run, sideEffects } });
  await hooks.settled();
  hooks.handle({ kind: 'run-finished', run });
  await hooks.settled();
  expect(hookRuns(history, 10).map(({ output }) => output)).toEqual([',,', '32,3,0']);
});

it('only its own occasion runs a hook', async () => {
  const hooks = startHooks({ commands: { 'on-blocked': 'true' }, timeoutMs: 30_000 }, history, emit);
  for (const outcome of [
    { kind: 'stable' },
    { kind: 'superseded' },
    { kind: 'interrupted' },
    { kind: 'blocked', problem: { message: 'x' } },
  ] satisfies RunOutcome[])
    hooks.handle(ended(outcome));
  await hooks.settled();
  expect(hookRuns(history, 10).map((run) => run.hook)).toEqual(['on-blocked']);
});

it('a hook that hangs is ended with what it started', async () => {
  const hooks = startHooks(
    { commands: { 'on-stable': `sleep 1000 & echo $! > ${dir}/pid; wait` }, timeoutMs: 300 },
    history,
    emit,
  );
  hooks.handle(ended({ kind: 'stable' }));
  await hooks.settled();
  expect(hookRuns(history, 1)).toMatchObject([{ exitCode: null }]);
  const pid = Number(readFileSync(join(dir, 'pid'), 'utf8'));
  await expect
    .poll(() => {
      try {
        // A zombie waits for init to notice.
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] === 'Z';
      } catch {
        return true;
      }
    })
    .toBe(true);
});
