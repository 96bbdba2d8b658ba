import { CHANGES, changesBetween, type ValueChange } from '../kernel/valueChanges.ts';
import type { Booted, KernelMatch, NextStep, RunningKernel } from '../model/booted.ts';
import type { KernelBuild } from '../model/kernelBuild.ts';
import type { Stable } from '../model/targetState.ts';
import type { History } from '../state/historyDatabase.ts';
import { judgedBuild, kernelBuilds } from '../state/kernelBuilds.ts';
import { dotConfig, greenConfigs, lastStableTarget } from '../state/recordedRuns.ts';
import { stableOf } from '../state/targets.ts';
import { matchKernel } from './matchKernel.ts';

/** Which of the recorded kernels, of one target or of all, the running one is. */
export function recordedMatch(history: History, running: RunningKernel, target: string | undefined): KernelMatch {
  const builds = kernelBuilds(history, { target, limit: Number.MAX_SAFE_INTEGER });
  return matchKernel(running, { builds, configs: greenConfigs(history, target) });
}

/** The running kernel beside what is recorded of one target, or of all. */
export function bootedKernel(history: History, running: RunningKernel, only?: string): Booted {
  return history.read(() => {
    const match = recordedMatch(history, running, only);
    const { config, ...facts } = running;
    const recorded = recordedKernelIn(match);
    const target =
      (match.kind === 'same-version' ? match.target : recorded?.target) ?? only ?? lastStableTarget(history);
    const stable = target === null ? null : stableOf(history, target);
    if (target === null || stable === null)
      return { running: facts, match, stable: null, changes: null, next: { kind: 'converge' } };
    const { iteration, since } = stable;
    const present = (recorded && dotConfig(history, recorded.iteration)) ?? config;
    const wanted = dotConfig(history, iteration);
    const changes = present === null || wanted === null ? null : changesTo(present, wanted);
    const next = nextStep(history, running, stable, recorded?.build ?? null, changes);
    return { running: facts, match, stable: { target, iteration, since }, changes, next };
  });
}

/** What is recorded of a kernel. `build`: falloutd's own of it. */
type RecordedKernel = { target: string; iteration: number; build: KernelBuild | null };

/** The recorded kernel that a match is sure of; a version alone says nothing of its configuration. */
export function recordedKernelIn(match: KernelMatch): RecordedKernel | null {
  switch (match.kind) {
    case 'built':
      return { target: match.build.target, iteration: match.build.iteration, build: match.build };
    case 'same-config':
      return { target: match.target, iteration: match.iteration, build: match.build };
    case 'same-version':
    case 'none':
      return null;
  }
}

/** What goes stands first. */
function changesTo(present: string, wanted: string): ValueChange[] {
  return changesBetween(present, wanted).sort((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change));
}

function nextStep(
  history: History,
  running: RunningKernel,
  { kernelDrvPath }: Stable,
  build: KernelBuild | null,
  changes: readonly ValueChange[] | null,
): NextStep {
  const outPath = kernelDrvPath === null ? null : (judgedBuild(history, kernelDrvPath)?.outPath ?? null);
  if (build !== null && (build.drvPath === kernelDrvPath || build.outPath === outPath)) return { kind: 'nothing' };
  // Where there are not two kernels to compare, their configurations tell.
  const isOneUnknown = outPath === null && (build === null || kernelDrvPath === null);
  if (isOneUnknown && changes?.length === 0) return { kind: 'nothing' };
  if (kernelDrvPath === null) return { kind: 'install', outPath: null };
  if (outPath === null) return { kind: 'build' };
  return running.nextPath === outPath ? { kind: 'reboot' } : { kind: 'install', outPath };
}
