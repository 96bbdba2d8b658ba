import { changesBetween, type ValueChange } from '../kernel/valueChanges.ts';
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
    const target = targetIn(match) ?? only ?? lastStableTarget(history);
    const stable = target === null ? null : stableOf(history, target);
    if (target === null || stable === null)
      return { running: facts, match, stable: null, changes: null, next: { kind: 'converge' } };
    const { iteration, since } = stable;
    const present = configOf(history, match) ?? config;
    const wanted = dotConfig(history, iteration);
    const changes = present === null || wanted === null ? null : changesTo(present, wanted);
    const next = nextStep(history, running, stable, match, changes);
    return { running: facts, match, stable: { target, iteration, since }, changes, next };
  });
}

function targetIn(match: KernelMatch): string | null {
  if (match.kind === 'none') return null;
  return match.kind === 'built' ? match.build.target : match.target;
}

/** The build that the running kernel is from; null where none is recorded. */
export function buildIn(match: KernelMatch): KernelBuild | null {
  return match.kind === 'built' || match.kind === 'same-config' ? match.build : null;
}

/** What is recorded of the configuration that runs; a version alone says nothing of it. */
function configOf(history: History, match: KernelMatch): string | null {
  if (match.kind === 'built') return dotConfig(history, match.build.iteration);
  return match.kind === 'same-config' ? dotConfig(history, match.iteration) : null;
}

const ORDER = ['off', 'on', 'changed'] as const;

/** What goes stands first. */
function changesTo(present: string, wanted: string): ValueChange[] {
  return changesBetween(present, wanted).sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change));
}

function nextStep(
  history: History,
  running: RunningKernel,
  { kernelDrvPath }: Stable,
  match: KernelMatch,
  changes: readonly ValueChange[] | null,
): NextStep {
  const outPath = kernelDrvPath === null ? null : (judgedBuild(history, kernelDrvPath)?.outPath ?? null);
  const build = buildIn(match);
  if (build !== null && (build.drvPath === kernelDrvPath || build.outPath === outPath)) return { kind: 'nothing' };
  // Where there are not two kernels to compare, their configurations tell.
  const isOneUnknown = outPath === null && (build === null || kernelDrvPath === null);
  if (isOneUnknown && changes?.length === 0) return { kind: 'nothing' };
  if (kernelDrvPath === null) return { kind: 'install', outPath: null };
  if (outPath === null) return { kind: 'build' };
  return running.nextPath === outPath ? { kind: 'reboot' } : { kind: 'install', outPath };
}
