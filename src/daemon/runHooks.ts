import { problemOf } from '../model/errors.ts';
import type { HookName, Hooks } from '../config/config.ts';
import { execa } from 'execa';
import { documentText } from '../report/data/documents.ts';
import type { History } from '../state/historyDatabase.ts';
import { keepHook, type HookRun } from '../state/hookRuns.ts';
import { signalGroup } from '../system/processGroup.ts';
import type { KernelBuild } from '../model/kernelBuild.ts';
import type { Run } from '../model/run.ts';
import type { RunEvent } from '../model/event.ts';

/** How much of what a hook printed is kept, in bytes: its end, where the error stands. */
const OUTPUT_BYTES = 4096;

export type HookRunner = {
  handle: (event: RunEvent) => void;
  /** Resolves when no hook runs. */
  settled: () => Promise<void>;
};

/**
 * Runs the user's commands when a run ends stable or blocked, or a kernel is built: the run (or the build) stands as JSON on
 * standard input. falloutd never waits for a hook; how it ended is recorded.
 * @param emit reports a hook that failed, or could not be recorded.
 */
export function startHooks(
  { commands, timeoutMs }: Hooks,
  history: History,
  emit: (event: RunEvent) => void,
): HookRunner {
  const running = new Set<Promise<void>>();
  return {
    handle: (event) => {
      const occasion = occasionOf(event);
      const command = occasion === null ? undefined : commands[occasion.hook];
      if (occasion === null || command === undefined) return;
      const { target } = occasion;
      const done = runHook(command, occasion, timeoutMs, history)
        .then(({ hook, exitCode, output }) => {
          if (exitCode !== 0) emit({ kind: 'hook-failed', target, hook, exitCode, output });
        })
        .catch((error: unknown) => emit({ kind: 'trouble', target, problem: problemOf(error) }))
        .finally(() => running.delete(done));
      running.add(done);
    },
    settled: async () => {
      await Promise.all(running);
    },
  };
}

type Occasion = { hook: HookName; target: string; input: Run | KernelBuild };

function occasionOf(event: RunEvent): Occasion | null {
  if (event.kind === 'run-finished') {
    const outcome = event.run.outcome?.kind;
    return outcome === 'stable' || outcome === 'blocked'
      ? { hook: `on-${outcome}`, target: event.run.target, input: event.run }
      : null;
  }
  return event.kind === 'build-finished' && event.build.outcome === 'built'
    ? { hook: 'on-built', target: event.build.target, input: event.build }
    : null;
}

/** How many options a run's wishes changed beyond what they ask for. */
function numbersIn(input: Run | KernelBuild): Record<string, string> {
  const effects = 'sideEffects' in input ? input.sideEffects : undefined;
  if (effects === undefined) return {};
  const { off, on, changed } = effects;
  return { FALLOUTD_OFF: String(off), FALLOUTD_ON: String(on), FALLOUTD_CHANGED: String(changed) };
}

async function runHook(
  command: string,
  { hook, target, input }: Occasion,
  timeoutMs: number,
  history: History,
): Promise<HookRun> {
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const child = execa('sh', ['-c', command], {
    input: documentText(input),
    all: true,
    reject: false,
    detached: true,
    cleanup: false,
    env: { FALLOUTD_HOOK: hook, FALLOUTD_TARGET: target, ...numbersIn(input) },
  });
  // A group of its own: what the hook started may hold its output open, and would outlive it.
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort();
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  }, timeoutMs);
  const result = await child;
  clearTimeout(timer);
  const run: HookRun = {
    target,
    hook,
    startedAt,
    durationMs: Math.round(performance.now() - started),
    exitCode: limit.signal.aborted ? null : (result.exitCode ?? null),
    output: Buffer.from(result.all).subarray(-OUTPUT_BYTES).toString('utf8'),
  };
  keepHook(history, run);
  return run;
}
