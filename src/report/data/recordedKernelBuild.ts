import { UsageError } from '../../model/errors.ts';
import type { KernelBuild } from '../../model/kernelBuild.ts';
import type { History } from '../../state/historyDatabase.ts';
import { buildLog, kernelBuild } from '../../state/kernelBuilds.ts';

/** Kernel build `n`. @throws UsageError for a number that is not recorded. */
export function recordedKernelBuild(db: History, n: number): KernelBuild {
  const build = kernelBuild(db, n);
  if (build !== null) return build;
  throw new UsageError({ message: `there is no kernel build ${n}`, hint: 'falloutd builds lists them' });
}

/** The log of kernel build `n` as it was kept. @throws UsageError when build or log is not recorded. */
export function kernelBuildLog(db: History, n: number): string {
  recordedKernelBuild(db, n);
  const log = buildLog(db, n);
  if (log !== null) return log.endsWith('\n') ? log : `${log}\n`;
  throw new UsageError({
    message: `no log of kernel build ${n} is kept`,
    hint: 'nothing was built in it, or retention has deleted its log',
  });
}
