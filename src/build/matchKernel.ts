import type { KernelMatch, RunningKernel } from '../model/booted.ts';
import type { KernelBuild } from '../model/kernelBuild.ts';
import { parseDotConfig } from '../script/dotConfig.ts';
import type { GreenConfig } from '../state/recordedRuns.ts';

/** What history has to match a kernel with, the newest first. The configurations are read only as far as they are needed. */
type RecordedKernels = { builds: readonly KernelBuild[]; configs: Iterable<GreenConfig> };

/** Which of the recorded kernels the running one is: by its path in the store, else by its configuration, else by its version. */
export function matchKernel(running: RunningKernel, { builds, configs }: RecordedKernels): KernelMatch {
  const built = builds.filter(({ outcome, outPath }) => outcome === 'built' && outPath !== null);
  const same = built.filter(({ outPath }) => outPath === running.storePath);
  // Building it again takes no time and says nothing: the build that compiled it does.
  const build = same.find(({ objects }) => objects !== null && objects > 0) ?? same[0];
  if (build !== undefined) return { kind: 'built', build };
  const config = running.config === null ? null : settingsIn(running.config);
  for (const { target, iterations, dotConfig } of configs) {
    const [iteration] = iterations;
    if (config === null) {
      if (isOfRelease(dotConfig, running.release)) return { kind: 'same-version', target, iteration };
    } else if (config === settingsIn(dotConfig)) {
      const its = running.storePath === null ? built.find((each) => iterations.includes(each.iteration)) : undefined;
      return { kind: 'same-config', target, iteration, build: its ?? null };
    }
  }
  return { kind: 'none' };
}

/** A .config without its header, which may name another tool or time, and without its other remarks. conf writes options in one order. */
const settingsIn = (dotConfig: string): string => dotConfig.replace(REMARKS, '');
const REMARKS = /^(?:#(?! CONFIG_\w+ is not set$).*)?\n/gm;

/** The release is the version, what files named localversion* hold, and LOCALVERSION (scripts/setlocalversion). */
function isOfRelease(dotConfig: string, release: string): boolean {
  const version = /^# Linux\/\S+ (\S+) Kernel Configuration/m.exec(dotConfig)?.[1];
  if (version === undefined) return false;
  const local = parseDotConfig(dotConfig).get('LOCALVERSION') ?? '';
  if (!release.startsWith(version) || !release.endsWith(local)) return false;
  const files = release.slice(version.length, release.length - local.length);
  return release.length >= version.length + local.length && /^(?:-|$)/.test(files);
}
