import type { ExpectedKernel, KernelBuild, KernelBuildOutcome } from '../model/kernelBuild.ts';
import type { Problem } from '../model/problem.ts';
import { keepLog, retain, unzipped } from './contents.ts';
import { HistoryError } from './historyError.ts';
import type { History } from './historyDatabase.ts';

/** Records that a kernel build begins; returns its number. `startedAt` is ISO 8601, UTC. */
export function beginBuild(
  history: History,
  build: Pick<KernelBuild, 'target' | 'iteration' | 'startedAt' | 'drvPath'>,
): number {
  return history.insert('kernel_builds', build);
}

/** How a kernel build ended: what `finishBuild` adds to the record. */
export type BuildEnd = Pick<KernelBuild, 'outPath' | 'kernelBytes' | 'modulesBytes' | 'objects' | 'problem'> & {
  outcome: KernelBuildOutcome;
  durationMs: number;
  /** The kernel's own log; empty where nothing was built. */
  log: string;
  /** Whether lines are left out of it. */
  cut: boolean;
};

/**
 * Records how a kernel build ended, in one transaction; of the logs the newest `logs` stay.
 * @throws HistoryError `misuse` for one that is not under way.
 */
export function finishBuild(history: History, build: number, end: BuildEnd, { logs }: { logs: number }): void {
  const { log, cut, ...ended } = end;
  history.write(() => {
    if (history.update('kernel_builds', ended, 'build = ? AND outcome IS NULL', build) !== 1)
      throw new HistoryError('misuse', history.path, `kernel build ${build} is not under way`);
    if (log !== '') keepLog(history, { build }, Buffer.from(log), cut);
    retain(history, 'kernel_logs', logs);
  });
}

/** Closes the kernel builds that a killed falloutd left under way as cancelled. */
export function closeUnfinishedBuilds(history: History): void {
  const problem: Problem = { message: 'falloutd was killed while it built' };
  history.update('kernel_builds', { outcome: 'cancelled', problem }, 'outcome IS NULL');
}

/** Newest first: at most `limit` kernel builds, of one target or of all. */
export function kernelBuilds(history: History, page: { target?: string | undefined; limit: number }): KernelBuild[] {
  const ofTarget = 'WHERE target = coalesce(?, target) ORDER BY build DESC LIMIT ?';
  return selected(history, ofTarget, page.target ?? null, page.limit);
}

/** Kernel build number `n`, or null. */
export function kernelBuild(history: History, n: number): KernelBuild | null {
  return selected(history, 'WHERE build = ?', n)[0] ?? null;
}

/** The newest build of a derivation that came to a result: built, or failed by itself; null where there is none. */
export function judgedBuild(history: History, drvPath: string): KernelBuild | null {
  const judged = `WHERE drv_path = ? AND outcome IN ('built', 'failed') ORDER BY build DESC LIMIT 1`;
  return selected(history, judged, drvPath)[0] ?? null;
}

/** The log of a kernel build; null where nothing was built, or retention has deleted it. */
export function buildLog(history: History, n: number): string | null {
  return unzipped(history.get('SELECT content FROM kernel_logs WHERE build = ?', n))?.toString() ?? null;
}

/** What the next kernel build of a target can be measured against: the newest one that was built, and not found built. */
export function expectedKernel(history: History, target: string): ExpectedKernel | null {
  const sql = `SELECT objects, duration_ms FROM kernel_builds
    WHERE target = ? AND outcome = 'built' AND objects > 0 ORDER BY build DESC LIMIT 1`;
  return history.get<ExpectedKernel>(sql, target) ?? null;
}

function selected(history: History, which: string, ...parameters: unknown[]): KernelBuild[] {
  return history
    .all<Omit<KernelBuild, 'problem'> & { problem: string | null }>(
      `SELECT build, target, iteration, started_at, duration_ms, outcome, drv_path, out_path, kernel_bytes, modules_bytes,
         objects, problem FROM kernel_builds ${which}`,
      ...parameters,
    )
    .map((row) => ({ ...row, problem: row.problem === null ? null : (JSON.parse(row.problem) as Problem) }));
}
