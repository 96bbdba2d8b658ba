import type { ExpectedKernel, KernelBuild, KernelBuildOutcome } from '../model/kernelBuild.ts';
import type { Problem } from '../model/problem.ts';
import { keepLog, unzipped } from './contents.ts';
import { HistoryError } from './historyError.ts';
import type { History } from './historyDatabase.ts';

/** Records that a kernel build begins; returns its number. `startedAt` is ISO 8601, UTC. */
export function beginBuild(
  history: History,
  build: { target: string; iteration: number; startedAt: string; drvPath: string },
): number {
  const { target, iteration, startedAt, drvPath } = build;
  return history.insert('kernel_builds', { target, iteration, started_at: startedAt, drv_path: drvPath });
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
 *
 * @throws HistoryError `misuse` for one that is not under way.
 */
export function finishBuild(history: History, build: number, end: BuildEnd, { logs }: { logs: number }): void {
  history.write(() => {
    const ended = {
      duration_ms: Math.round(end.durationMs),
      outcome: end.outcome,
      out_path: end.outPath,
      kernel_bytes: end.kernelBytes,
      modules_bytes: end.modulesBytes,
      objects: end.objects,
      problem: end.problem === null ? null : JSON.stringify(end.problem),
    };
    if (history.update('kernel_builds', ended, 'build = ? AND outcome IS NULL', build) !== 1)
      throw new HistoryError('misuse', history.path, `kernel build ${build} is not under way`);
    if (end.log !== '') keepLog(history, { build }, Buffer.from(end.log), end.cut);
    history.run(
      'DELETE FROM kernel_logs WHERE build <= (SELECT build FROM kernel_logs ORDER BY build DESC LIMIT 1 OFFSET ?)',
      logs,
    );
  });
}

/** Closes the kernel builds that a killed falloutd left under way as cancelled. */
export function closeUnfinishedBuilds(history: History): void {
  const problem: Problem = { message: 'falloutd was killed while it built' };
  history.update('kernel_builds', { outcome: 'cancelled', problem: JSON.stringify(problem) }, 'outcome IS NULL');
}

/** Newest first: at most `limit` kernel builds, of one target or of all. */
export function kernelBuilds(history: History, page: { target?: string | undefined; limit: number }): KernelBuild[] {
  const rows =
    page.target === undefined
      ? history.all<Row>(`${SELECT} ORDER BY build DESC LIMIT ?`, page.limit)
      : history.all<Row>(`${SELECT} WHERE target = ? ORDER BY build DESC LIMIT ?`, page.target, page.limit);
  return rows.map(buildOf);
}

/** Kernel build number `n`, or null. */
export function kernelBuild(history: History, n: number): KernelBuild | null {
  const row = history.get<Row>(`${SELECT} WHERE build = ?`, n);
  return row === undefined ? null : buildOf(row);
}

/** The newest build of a derivation that came to a result: built, or failed by itself; null where there is none. */
export function judgedBuild(history: History, drvPath: string): KernelBuild | null {
  const row = history.get<Row>(
    `${SELECT} WHERE drv_path = ? AND outcome IN ('built', 'failed') ORDER BY build DESC LIMIT 1`,
    drvPath,
  );
  return row === undefined ? null : buildOf(row);
}

/** The log of a kernel build; null where nothing was built, or retention has deleted it. */
export function buildLog(history: History, n: number): string | null {
  return unzipped(history.get('SELECT content FROM kernel_logs WHERE build = ?', n))?.toString() ?? null;
}

/** What the next kernel build of a target can be measured against: the newest one that was built, and not found built. */
export function expectedKernel(history: History, target: string): ExpectedKernel | null {
  const row = history.get<ExpectedKernel>(
    `SELECT objects, duration_ms AS durationMs FROM kernel_builds
     WHERE target = ? AND outcome = 'built' AND objects > 0 ORDER BY build DESC LIMIT 1`,
    target,
  );
  return row ?? null;
}

type Row = Omit<KernelBuild, 'problem'> & { problem: string | null };

const SELECT = `SELECT build, target, iteration, started_at AS startedAt, duration_ms AS durationMs, outcome, drv_path AS drvPath,
  out_path AS outPath, kernel_bytes AS kernelBytes, modules_bytes AS modulesBytes, objects, problem FROM kernel_builds`;

function buildOf(row: Row): KernelBuild {
  return { ...row, problem: row.problem === null ? null : (JSON.parse(row.problem) as Problem) };
}
