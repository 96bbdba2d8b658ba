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
import { changedFiles } from '../system/contentHash.ts';
import type { StableKernel } from './stableKernel.ts';
import { howToUse } from './howToUse.ts';

export type RecordedBuildOptions = {
  /** Aborting cancels the build. */
  signal: AbortSignal;
  emit: (event: RunEvent) => void;
  /** How many logs of kernel builds the database keeps. */
  logs: number;
};

/** Builds a recorded kernel and reports each step. When it returns, history has the build, even if it failed. */
export async function recordedBuild(
  target: Target,
  kernel: StableKernel,
  history: History,
  { signal, emit, logs }: RecordedBuildOptions,
): Promise<KernelBuild> {
  const started = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - started);
  const { iteration, drvPath, inputs } = kernel;
  const begin = { target: target.name, iteration, startedAt: new Date().toISOString(), drvPath };
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
  const report = { kind: 'build-progress', build: number, target: target.name, expected } as const;
  const result = await buildKernel(drvPath, {
    nixArgs: target.nixArgs,
    limit: limitOf(target.limits, 'kernel-build'),
    logLimit: target.transcriptLimit,
    root: join(dirname(history.path), 'gcroots', `${target.name}-kernel`),
    signal,
    processes: recordedChildren(history),
    onProgress: (progress) => emit({ ...report, ...progress, elapsedMs: elapsedMs() }),
  }).catch(resultOf);
  const build = {
    ...open,
    durationMs: elapsedMs(),
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
    changed: changedFiles(inputs),
  });
  return build;
}

/** Nix could not be started at all. */
function resultOf(error: unknown): KernelResult {
  if (!(error instanceof FalloutdError)) throw error;
  return { kind: 'infrastructure', problem: error.problem, log: '', cut: false, objects: null };
}
