import { jsonOf } from '../fallout/causeText.ts';
import type { Settings } from '../script/settings.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { SideEffect } from '../model/sideEffects.ts';
import type { Iteration, Lost, RunCause, RunOutcome } from '../model/run.ts';
import { closeUnfinishedBuilds } from './kernelBuilds.ts';
import { content, isCut, keep, keepLog, transcript, type ContentTable } from './contents.ts';
import { HistoryError } from './historyError.ts';
import type { History } from './historyDatabase.ts';

/** What an iteration leaves besides the Iteration itself. */
export type IterationExtras = {
  /** The resulting .config, of a build that gave one. */
  dotConfig?: string;
  /** The requested settings: for `diff` where there is no .config. */
  settings?: Settings;
  /** What the .config holds beyond what was asked for. */
  sideEffects?: readonly SideEffect[];
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
    return history.insert('runs', run);
  });
}

/** Records that an iteration of a run begins; returns its number, which counts through the whole history. */
export function beginIteration(history: History, row: Pick<Iteration, 'run' | 'startedAt' | 'patchesSha256'>): number {
  return history.insert('iterations', row);
}

/**
 * Records how an iteration came out: everything in one transaction. Durations are rounded to whole ms.
 * @throws HistoryError `misuse` for one that is not under way, or whose patches were not kept.
 */
export function finishIteration(
  history: History,
  { iteration, run, fallout, entries, prediction, unpredicted, ...columns }: Iteration,
  { dotConfig, settings, sideEffects, transcript: log, cut = false, questions }: IterationExtras = {},
): void {
  history.write(() => {
    const ended = {
      ...columns,
      prediction: prediction ?? unpredicted,
      questions,
      configSha256: dotConfig === undefined ? null : keep(history, 'configs', Buffer.from(dotConfig)),
      settingsSha256: keptJson(history, 'settings', settings),
      sideEffectsSha256: keptJson(history, 'side_effects', sideEffects),
    };
    if (history.update('iterations', ended, 'iteration = ? AND run = ? AND outcome IS NULL', iteration, run) !== 1)
      throw new HistoryError('misuse', history.path, `iteration ${iteration} of run ${run} is not under way`);
    fallout.forEach((miss, seq) => history.insert('fallout', { iteration, seq, ...missColumns(miss) }));
    entries.forEach(({ from: was, to: became, ...rest }, seq) =>
      history.insert('entries', { iteration, seq, was, became, ...rest }),
    );
    if (log !== undefined) keepLog(history, { iteration }, Buffer.from(log), cut);
  });
}

const keptJson = (history: History, table: ContentTable, value: object | undefined): string | null =>
  value === undefined ? null : keep(history, table, Buffer.from(JSON.stringify(value)));

/**
 * Records how a run ended. `durationMs` is rounded to whole ms; `absorbed` is the net gain of entries.
 * @throws HistoryError `misuse` for a run that is not under way.
 */
export function finishRun(
  history: History,
  { run, outcome, durationMs, absorbed, lost, lostDefaults = [], unknownNames = [] }: RunEnd,
): void {
  history.write(() => {
    if (history.update('runs', { durationMs, detail: outcome, absorbed }, 'run = ? AND detail IS NULL', run) !== 1)
      throw new HistoryError('misuse', history.path, `run ${run} is not under way`);
    [...lost, ...unknownNames, ...lostDefaults.map((wish) => ({ ...wish, isDefault: true }))].forEach((wish, seq) =>
      history.insert('intents_lost', { run, seq, ...missColumns(wish) }),
    );
  });
}

type RunEnd = { run: number; outcome: RunOutcome; durationMs: number; absorbed: number } & Lost;

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
    return closeUnfinishedRuns(history);
  });
}

/** Closes the runs of a target (without one, of all) that an error cut off, as `closeUnfinished` does. Only for when none is under way. */
export function closeUnfinishedRuns(history: History, target?: string): number[] {
  type Row = { run: number; startedAt: string; lastStart: string; lastMs: number; absorbed: number };
  return history.write(() => {
    const runs = history.all<Row>(
      `SELECT run, runs.started_at, coalesce(last.started_at, runs.started_at) AS last_start,
         coalesce(last.duration_ms, 0) AS last_ms,
         (SELECT count(*) FILTER (WHERE was IS NULL) - count(*) FILTER (WHERE became IS NULL)
          FROM iterations i JOIN entries USING (iteration) WHERE i.run = runs.run) AS absorbed
       FROM runs LEFT JOIN iterations last USING (run)
       WHERE detail IS NULL AND target = coalesce(?, target)
         AND iteration IS (SELECT max(iteration) FROM iterations i WHERE i.run = runs.run)`,
      target,
    );
    for (const { run, startedAt, lastStart, lastMs, absorbed } of runs) {
      history.update('iterations', { outcome: 'cancelled' }, 'run = ? AND outcome IS NULL', run);
      const durationMs = Math.max(0, Date.parse(lastStart) + lastMs - Date.parse(startedAt));
      finishRun(history, { run, outcome: { kind: 'interrupted' }, durationMs, absorbed, lost: [] });
    }
    return runs.map(({ run }) => run);
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

/** The newest iteration that judged `drvPath`, or null. One whose transcript is gone must be built again. */
export function judged(history: History, drvPath: string): Judged | null {
  const sql = `SELECT iteration, outcome, config_sha256 AS hash FROM iterations
    WHERE drv_path = ? AND outcome IN ('green', 'fallout') ORDER BY iteration DESC LIMIT 1`;
  const row = history.get<Pick<Judged, 'iteration' | 'outcome'> & { hash: string | null }>(sql, drvPath);
  if (row === undefined) return null;
  const { hash, ...judge } = row;
  const log = transcript(history, judge.iteration);
  return {
    ...judge,
    transcript: log === null ? null : { text: log.toString(), cut: isCut(history, judge.iteration) },
    dotConfig: hash === null ? null : (content(history, 'configs', hash)?.toString() ?? null),
  };
}
