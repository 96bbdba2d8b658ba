import { jsonOf } from '../fallout/causeText.ts';
import type { Settings } from '../script/settings.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Iteration, Lost, RunCause, RunOutcome } from '../model/run.ts';
import { closeUnfinishedBuilds } from './kernelBuilds.ts';
import { content, isCut, keep, keepLog, transcript } from './contents.ts';
import { HistoryError } from './historyError.ts';
import type { History } from './historyDatabase.ts';

/** What an iteration leaves besides the Iteration itself. */
export type IterationExtras = {
  /** The resulting .config, of a build that gave one. */
  dotConfig?: string;
  /** The requested settings: for `diff` where there is no .config. */
  settings?: Settings;
  /** The log of the config build. */
  transcript?: string | Buffer;
  /** Whether lines are left out of it. */
  cut?: boolean;
  /** How many questions kconfig asked. Absent where nothing was built. */
  questions?: number;
};

/**
 * Records that a run begins; returns its number. `startedAt` is ISO 8601, UTC. A target has one run at a time: one that could not
 * be recorded to its end (the disk was full) is closed as interrupted.
 */
export function beginRun(history: History, run: { target: string; cause: RunCause; startedAt: string }): number {
  return history.write(() => {
    closeUnfinishedRuns(history, run.target);
    return history.insert('runs', { target: run.target, cause: run.cause, started_at: run.startedAt });
  });
}

/**
 * Records that an iteration of a run begins; returns its number, which counts through the whole history.
 * `patchesSha256` comes from `keepPatches`.
 */
export function beginIteration(
  history: History,
  iteration: { run: number; startedAt: string; patchesSha256: string | null },
): number {
  const { run, startedAt, patchesSha256 } = iteration;
  return history.insert('iterations', { run, started_at: startedAt, patches_sha256: patchesSha256 });
}

/**
 * Records how an iteration came out: everything in one transaction. Durations are rounded to whole ms.
 *
 * @throws HistoryError `misuse` for one that is not under way, or whose patches were not kept.
 */
export function finishIteration(history: History, iteration: Iteration, extras: IterationExtras = {}): void {
  history.write(() => {
    const ended = {
      started_at: iteration.startedAt,
      duration_ms: Math.round(iteration.durationMs),
      evaluate_ms: Math.round(iteration.evaluateMs),
      build_ms: Math.round(iteration.buildMs),
      probe: iteration.probe ? 1 : 0,
      outcome: iteration.outcome,
      drv_path: iteration.drvPath,
      questions: extras.questions ?? null,
      patches_sha256: iteration.patchesSha256,
      source_bytes: iteration.sourceBytes,
      config_sha256: extras.dotConfig === undefined ? null : keep(history, 'configs', Buffer.from(extras.dotConfig)),
      settings_sha256:
        extras.settings === undefined ? null : keep(history, 'settings', Buffer.from(JSON.stringify(extras.settings))),
      restored: iteration.restored === undefined ? null : JSON.stringify(iteration.restored),
    };
    const { iteration: number, run } = iteration;
    if (history.update('iterations', ended, 'iteration = ? AND run = ? AND outcome IS NULL', number, run) !== 1)
      throw misuse(history, `iteration ${number} of run ${run} is not under way`);
    iteration.fallout.forEach((fallout, seq) =>
      history.insert('fallout', { iteration: number, seq, ...missColumns(fallout) }),
    );
    iteration.entries.forEach(({ symbol, from, to, rung, reason }, seq) =>
      history.insert('entries', { iteration: number, seq, symbol, was: from, became: to, rung, reason }),
    );
    if (extras.transcript !== undefined)
      keepLog(history, { iteration: number }, Buffer.from(extras.transcript), extras.cut ?? false);
  });
}

/**
 * Records how a run ended. `durationMs` is rounded to whole ms; `absorbed` is the net gain of entries.
 *
 * @throws HistoryError `misuse` for a run that is not under way.
 */
export function finishRun(
  history: History,
  end: { run: number; outcome: RunOutcome; durationMs: number; absorbed: number } & Lost,
): void {
  history.write(() => {
    const { run, absorbed } = end;
    const ended = { duration_ms: Math.round(end.durationMs), detail: JSON.stringify(end.outcome), absorbed };
    if (history.update('runs', ended, 'run = ? AND detail IS NULL', run) !== 1)
      throw misuse(history, `run ${run} is not under way`);
    const { lost, lostDefaults = [], unknownNames = [] } = end;
    [...lost, ...unknownNames, ...lostDefaults.map((wish) => ({ ...wish, isDefault: true }))].forEach((wish, seq) =>
      history.insert('intents_lost', { run, seq, ...missColumns(wish) }),
    );
  });
}

/** The columns that `fallout` and `intents_lost` have in common. */
function missColumns({ kind, symbol, wanted, got, ...detail }: Fallout | Wish) {
  return { kind, symbol, wanted, got, detail: jsonOf(detail) };
}

/**
 * Closes what a killed falloutd left under way: its iterations and kernel builds as cancelled, its runs as interrupted
 * after the last thing they recorded. Returns the numbers of those runs. Only the holder of the lock calls it.
 */
export function closeUnfinished(history: History): number[] {
  return history.write(() => {
    closeUnfinishedBuilds(history);
    return closeRuns(history, history.all<RunStart>('SELECT run, started_at FROM runs WHERE detail IS NULL'));
  });
}

/** Closes the runs of a target that an error cut off, as `closeUnfinished` does. Only for when none is under way. */
export function closeUnfinishedRuns(history: History, target: string): number[] {
  return closeRuns(
    history,
    history.all<RunStart>('SELECT run, started_at FROM runs WHERE detail IS NULL AND target = ?', target),
  );
}

type RunStart = { run: number; started_at: string };

function closeRuns(history: History, runs: readonly RunStart[]): number[] {
  return history.write(() => {
    for (const { run, started_at } of runs) {
      history.update('iterations', { outcome: 'cancelled' }, 'run = ? AND outcome IS NULL', run);
      const last = history.get<{ started_at: string; duration_ms: number }>(
        'SELECT started_at, duration_ms FROM iterations WHERE run = ? ORDER BY iteration DESC LIMIT 1',
        run,
      );
      const durationMs =
        last === undefined ? 0 : Date.parse(last.started_at) + last.duration_ms - Date.parse(started_at);
      const absorbed = history.get<{ net: number }>(
        `SELECT count(*) FILTER (WHERE was IS NULL) - count(*) FILTER (WHERE became IS NULL) AS net
         FROM iterations i JOIN entries e ON e.iteration = i.iteration WHERE i.run = ?`,
        run,
      );
      finishRun(history, {
        run,
        outcome: { kind: 'interrupted' },
        durationMs: Math.max(0, durationMs),
        absorbed: absorbed?.net ?? 0,
        lost: [],
      });
    }
    return runs.map((row) => row.run);
  });
}

/** What a config build of exactly this derivation came to before. */
export type Judged = {
  iteration: number;
  outcome: 'green' | 'fallout';
  /** null where retention has deleted it. */
  transcript: { text: string; cut: boolean } | null;
  dotConfig: string | null;
};

/**
 * The newest iteration that has judged `drvPath` (its config build printed a verdict), or null. With
 * it the derivation need not be built again; a judged one whose transcript is gone must be.
 */
export function judged(history: History, drvPath: string): Judged | null {
  const row = history.get<{ iteration: number; outcome: 'green' | 'fallout'; config_sha256: string | null }>(
    `SELECT iteration, outcome, config_sha256 FROM iterations
     WHERE drv_path = ? AND outcome IN ('green', 'fallout') ORDER BY iteration DESC LIMIT 1`,
    drvPath,
  );
  if (row === undefined) return null;
  const log = transcript(history, row.iteration);
  return {
    iteration: row.iteration,
    outcome: row.outcome,
    transcript: log === null ? null : { text: log.toString(), cut: isCut(history, row.iteration) },
    dotConfig: row.config_sha256 === null ? null : (content(history, 'configs', row.config_sha256)?.toString() ?? null),
  };
}

function misuse(history: History, message: string): HistoryError {
  return new HistoryError('misuse', history.path, message);
}
