import { dirname, join } from 'node:path';
import { recordedChildren } from '../state/childProcesses.ts';
import type { Target } from '../config/config.ts';
import { FalloutdError } from '../model/errors.ts';
import { beginBuild, expectedKernel, finishBuild } from '../state/kernelBuilds.ts';
import type { History } from '../state/historyDatabase.ts';
import { limitOf } from '../model/limits.ts';
import type { KernelBuild } from '../model/kernelBuild.ts';
import type { RunEvent } from '../model/event.ts';
import { buildKernel, type KernelResult } from './buildKernel.ts';
import { changedFiles, type StableKernel } from './stableKernel.ts';
import { howToUse } from './howToUse.ts';

export type RecordedBuildOptions = {
  /** Aborting cancels the build. */
  signal: AbortSignal;
  emit: (event: RunEvent) => void;
  /** How many logs of kernel builds the database keeps. */
  logs: number;
};

/** Builds a recorded kernel: told step by step, and in history when it returns, whatever came of it. */
export async function recordedBuild(
  target: Target,
  kernel: StableKernel,
  history: History,
  { signal, emit, logs }: RecordedBuildOptions,
): Promise<KernelBuild> {
  const started = performance.now();
  const begin = {
    target: target.name,
    iteration: kernel.iteration,
    startedAt: new Date().toISOString(),
    drvPath: kernel.drvPath,
  };
  const expected = expectedKernel(history, target.name);
  const number = beginBuild(history, begin);
  const open: KernelBuild = {
    build: number,
    ...begin,
    durationMs: null,
    outcome: null,
    outPath: null,
    kernelBytes: null,
    modulesBytes: null,
    objects: null,
    problem: null,
  };
  emit({ kind: 'build-started', build: open });
  const result = await built(() =>
    buildKernel(kernel.drvPath, {
      nixArgs: target.nixArgs,
      limit: limitOf(target.limits, 'kernel-build'),
      logLimit: target.transcriptLimit,
      root: join(dirname(history.path), 'gcroots', `${target.name}-kernel`),
      signal,
      processes: recordedChildren(history),
      onProgress: ({ step, objects }) =>
        emit({
          kind: 'build-progress',
          build: number,
          target: target.name,
          step,
          objects,
          elapsedMs: Math.round(performance.now() - started),
          expected,
        }),
    }),
  );
  const build = {
    ...open,
    durationMs: Math.round(performance.now() - started),
    outcome: result.kind,
    objects: result.objects,
    problem: 'problem' in result ? result.problem : null,
    ...(result.kind === 'built'
      ? { outPath: result.outPath, kernelBytes: result.kernelBytes, modulesBytes: result.modulesBytes }
      : {}),
  };
  finishBuild(history, number, { ...build, log: result.log, cut: result.cut }, { logs });
  emit({
    kind: 'build-finished',
    build,
    use: result.kind === 'built' ? howToUse(target, result.outPath, { isHere: result.problem === null }) : null,
    changed: changedFiles(kernel.inputs),
  });
  return build;
}

async function built(work: () => Promise<KernelResult>): Promise<KernelResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FalloutdError)) throw error;
    return { kind: 'infrastructure', problem: error.problem, log: '', cut: false, objects: null };
  }
}
