import type { Cause } from '../model/cause.ts';
import type { Settings } from '../script/settings.ts';
import type { EntryChange } from '../model/entry.ts';
import type { Fallout, Wish } from '../model/fallout.ts';
import type { Iteration, Lost, Run, RunOutcome } from '../model/run.ts';
import type { SideEffect, SideEffects } from '../model/sideEffects.ts';
import { isHonouredUnknown } from '../fallout/unknownName.ts';
import { content, transcript, type ContentTable } from './contents.ts';
import type { History } from './historyDatabase.ts';

const RUN = 'SELECT run, target, cause, started_at, duration_ms, detail, absorbed FROM runs';
const ITERATION = `SELECT iteration, run, started_at, duration_ms, evaluate_ms, build_ms, probe, outcome, drv_path,
  patches_sha256, source_bytes, restored, prediction, side_effects FROM iterations`;

/** The statements that a page of history is made of; a test holds their query plans to the indices. */
export const STATEMENTS = {
  runs: `${RUN} WHERE run < ? ORDER BY run DESC LIMIT ?`,
  runsOfTarget: `${RUN} WHERE target = ? AND run < ? ORDER BY run DESC LIMIT ?`,
  run: `${RUN} WHERE run = ?`,
  iterationsOfRun: `${ITERATION} WHERE run = ? AND outcome IS NOT NULL ORDER BY iteration`,
  iteration: `${ITERATION} WHERE iteration = ? AND outcome IS NOT NULL`,
  fallout: 'SELECT kind, symbol, wanted, got, detail FROM fallout WHERE iteration = ? ORDER BY seq',
  entries: 'SELECT symbol, was AS "from", became AS "to", rung, reason FROM entries WHERE iteration = ? ORDER BY seq',
  lost: 'SELECT kind, symbol, wanted, got, detail FROM intents_lost WHERE run = ? ORDER BY seq',
  targets: 'SELECT target, last_run, judged_run FROM targets ORDER BY target',
} as const;

/** Newest first: at most `limit` runs, of one target or of all, only those before run number `before`. */
export function runs(
  history: History,
  page: { target?: string | undefined; limit: number; before?: number | undefined },
): Run[] {
  const before = page.before ?? Number.MAX_SAFE_INTEGER;
  return history.read(() => {
    const rows =
      page.target === undefined
        ? history.all<RunRow>(STATEMENTS.runs, before, page.limit)
        : history.all<RunRow>(STATEMENTS.runsOfTarget, page.target, before, page.limit);
    return rows.map((row) => runOf(history, row));
  });
}

/** Run number `n`, or null. An iteration that is still under way is not among its iterations. */
export function run(history: History, n: number): Run | null {
  return history.read(() => {
    const row = history.get<RunRow>(STATEMENTS.run, n);
    return row === undefined ? null : runOf(history, row);
  });
}

/** Iteration number `n`, or null: unknown, or still under way. */
export function iteration(history: History, n: number): Iteration | null {
  return history.read(() => {
    const row = history.get<IterationRow>(STATEMENTS.iteration, n);
    return row === undefined ? null : iterationOf(history, row);
  });
}

/** The newest run that wrote this setting into a target's managed patch; null where none is recorded. */
export function runOfEntry(
  history: History,
  target: string,
  { symbol, setting }: { symbol: string; setting: string },
): number | null {
  const sql = `SELECT run, became FROM entries JOIN iterations USING (iteration) JOIN runs USING (run)
    WHERE target = ? AND symbol = ? ORDER BY iteration DESC LIMIT 1`;
  const last = history.get<{ run: number; became: string | null }>(sql, target, symbol);
  return last?.became === setting ? last.run : null;
}

/** The first and the last finished iteration, or null when there is none. */
export function iterationRange(history: History): { first: number; last: number } | null {
  const row = history.get<{ first: number | null; last: number | null }>(
    'SELECT min(iteration) AS first, max(iteration) AS last FROM iterations WHERE outcome IS NOT NULL',
  );
  return row?.first == null || row.last === null ? null : { first: row.first, last: row.last };
}

/** The last finished iteration, of one target or of all; null when there is none. */
export function latestIteration(history: History, target: string | undefined): number | null {
  const sql = `SELECT max(iteration) AS n FROM iterations JOIN runs USING (run)
    WHERE iterations.outcome IS NOT NULL AND target = coalesce(?, target)`;
  return history.get<{ n: number | null }>(sql, target ?? null)?.n ?? null;
}

/** The last iteration, of one target or of all, of which it is known what the wishes changed beyond themselves; null where none is. */
export function latestWithSideEffects(history: History, target: string | undefined): number | null {
  const sql = `SELECT max(iteration) AS n FROM iterations JOIN runs USING (run)
    WHERE side_effects IS NOT NULL AND target = coalesce(?, target)`;
  return history.get<{ n: number | null }>(sql, target ?? null)?.n ?? null;
}

const LAST_STABLE = `SELECT target FROM runs WHERE outcome = 'stable' ORDER BY run DESC LIMIT 1`;

/** The iterations in which the last two stable runs of a target ended, the older one first; without a name, of the target last found stable. */
export function lastStableIterations(history: History, target: string | undefined): number[] {
  const sql = `SELECT max(iteration) AS n FROM runs JOIN iterations USING (run)
    WHERE runs.outcome = 'stable' AND iterations.outcome IS NOT NULL
      AND target = coalesce(?, (${LAST_STABLE}))
    GROUP BY run ORDER BY run DESC LIMIT 2`;
  const rows = history.all<{ n: number }>(sql, target ?? null);
  return rows.map((row) => row.n).reverse();
}

/** The target last found stable; null where none was. */
export function lastStableTarget(history: History): string | null {
  return history.get<{ target: string }>(LAST_STABLE)?.target ?? null;
}

/** A .config that config builds gave, with the iterations that gave it and the target of the first; the newest comes first. */
export type GreenConfig = { target: string; iterations: [number, ...number[]]; dotConfig: string };

/** The newest first: each .config that config builds gave, of one target or of all. */
export function* greenConfigs(history: History, target: string | undefined): Generator<GreenConfig> {
  const sql = `SELECT target, iteration, config_sha256 FROM iterations JOIN runs USING (run)
    WHERE iterations.outcome = 'green' AND config_sha256 IS NOT NULL AND target = coalesce(?, target)
    ORDER BY iteration DESC`;
  const rows = history.all<{ target: string; iteration: number; configSha256: string }>(sql, target ?? null);
  const found = new Map<string, Omit<GreenConfig, 'dotConfig'>>();
  for (const { target, iteration, configSha256 } of rows) {
    const known = found.get(configSha256);
    if (known === undefined) found.set(configSha256, { target, iterations: [iteration] });
    else known.iterations.push(iteration);
  }
  for (const [hash, from] of found) yield { ...from, dotConfig: content(history, 'configs', hash)?.toString() ?? '' };
}

/** The .config that an iteration gave, or null. */
export function dotConfig(history: History, n: number): string | null {
  return contentOf(history, n, 'configs', 'config_sha256')?.toString() ?? null;
}

/** The settings that an iteration requested, as `finishIteration` got them, or null. */
export function settings(history: History, n: number): Settings | null {
  const text = contentOf(history, n, 'settings', 'settings_sha256');
  return text === null ? null : (JSON.parse(text.toString()) as Settings);
}

/** What the .config of an iteration holds beyond what was asked for, or null. */
export function sideEffects(history: History, n: number): SideEffect[] | null {
  const text = contentOf(history, n, 'side_effects', 'side_effects_sha256');
  return text === null ? null : (JSON.parse(text.toString()) as SideEffect[]);
}

/** How many questions kconfig asked in an iteration, or null. */
export function questions(history: History, n: number): number | null {
  return columnOf(history, n, 'questions') as number | null;
}

/** The transcript of an iteration, or of the build that judged its derivation before; null where none is kept. */
export function transcriptFor(history: History, n: number): Buffer | null {
  const own = transcript(history, n);
  if (own !== null) return own;
  const sql = `SELECT max(t.iteration) AS n FROM iterations i JOIN iterations j USING (drv_path)
      JOIN transcripts t ON t.iteration = j.iteration
    WHERE i.iteration = ? AND j.outcome IN ('green', 'fallout') HAVING n IS NOT NULL`;
  const judge = history.get<{ n: number }>(sql, n);
  return judge === undefined ? null : transcript(history, judge.n);
}

/** The bytes of the patches file that an iteration was made from, or null. */
export function patchesOf(history: History, n: number): Buffer | null {
  return contentOf(history, n, 'patches', 'patches_sha256');
}

/** A target with the number of its newest run, and of the newest that a config build judged (stable or stalled). */
export type TargetRow = { target: string; lastRun: number; judgedRun: number | null };

/** Every target that ever ran, by name. */
export const targets = (history: History): TargetRow[] => history.all<TargetRow>(STATEMENTS.targets);

/** What the newest judged result of a target does not honour. */
export type LostOfRun = { target: string; run: number; wishes: Wish[] } & Omit<Lost, 'lost'>;

/** The wishes that a target's newest judged result does not honour; of all targets without a name. */
export function lost(history: History, target?: string): LostOfRun[] {
  return history.read(() =>
    targets(history).flatMap((row) => {
      if (row.judgedRun === null || (target !== undefined && row.target !== target)) return [];
      const { lost: wishes, ...apart } = lostIn(history, row.judgedRun);
      return [{ target: row.target, run: row.judgedRun, wishes, ...apart }];
    }),
  );
}

type RunRow = Omit<Run, 'outcome' | 'iterations' | 'lost'> & { detail: string | null };

type IterationRow = Omit<
  Iteration,
  'probe' | 'fallout' | 'entries' | 'restored' | 'prediction' | 'unpredicted' | 'sideEffects'
> & {
  probe: number;
  restored: string | null;
  prediction: string | null;
  sideEffects: string | null;
};

type DetailRow = { kind: string; symbol: string; wanted: string | null; got: string | null; detail: string };

function runOf(history: History, { detail, absorbed, ...start }: RunRow): Run {
  const rows = history.all<IterationRow>(STATEMENTS.iterationsOfRun, start.run);
  const iterations = rows.map((row) => iterationOf(history, row));
  return {
    ...start,
    outcome: detail === null ? null : (JSON.parse(detail) as RunOutcome),
    iterations,
    absorbed,
    ...lostIn(history, start.run),
    ...sideEffectsOf(iterations),
  };
}

/** The side effects of a run: those of its last iteration. */
export function sideEffectsOf(iterations: readonly Iteration[]): Pick<Run, 'sideEffects'> {
  const sideEffects = iterations.at(-1)?.sideEffects;
  return sideEffects === undefined ? {} : { sideEffects };
}

function iterationOf(history: History, { restored, prediction, sideEffects, ...row }: IterationRow): Iteration {
  return {
    ...row,
    probe: row.probe === 1,
    fallout: history.all<DetailRow>(STATEMENTS.fallout, row.iteration).map((inner) => withDetail(inner) as Fallout),
    entries: history.all<EntryChange>(STATEMENTS.entries, row.iteration),
    ...(prediction === null ? {} : predictionOf(JSON.parse(prediction) as PredictionCell)),
    ...(sideEffects === null ? {} : { sideEffects: JSON.parse(sideEffects) as SideEffects }),
    ...(restored === null ? {} : { restored: JSON.parse(restored) as NonNullable<Iteration['restored']> }),
  };
}

type PredictionCell = NonNullable<Iteration['prediction'] | Iteration['unpredicted']>;

const predictionOf = (cell: PredictionCell): Pick<Iteration, 'prediction' | 'unpredicted'> =>
  'predictMs' in cell ? { prediction: cell } : { unpredicted: cell };

function lostIn(history: History, run: number): Lost {
  type Row = Wish & { isDefault?: true };
  const rows = history.all<DetailRow>(STATEMENTS.lost, run).map((row) => withDetail(row) as Row);
  const unknownNames = rows.filter(isHonouredUnknown);
  const lostDefaults = rows.flatMap(({ isDefault, ...wish }) => (isDefault === true ? wish : []));
  return {
    lost: rows.filter((row) => row.isDefault !== true && !isHonouredUnknown(row)),
    ...(lostDefaults.length === 0 ? {} : { lostDefaults }),
    ...(unknownNames.length === 0 ? {} : { unknownNames }),
  };
}

function withDetail({ detail, ...columns }: DetailRow): unknown {
  const { cause, ...rest } = JSON.parse(detail) as { cause?: { text: string } & Partial<Cause> };
  return { ...columns, ...rest, ...(cause === undefined ? {} : { cause: causeIn(cause) }) };
}

/** A cause as it is stored: with its text, which the views show. Earlier versions stored no `kind`. */
function causeIn({ text, ...cause }: { text: string } & Partial<Cause>): Cause {
  return cause.kind === undefined || cause.kind === 'recorded' ? { kind: 'recorded', text } : (cause as Cause);
}

function contentOf(history: History, n: number, table: ContentTable, column: string): Buffer | null {
  const hash = columnOf(history, n, column) as string | null;
  return hash === null ? null : content(history, table, hash);
}

function columnOf(history: History, n: number, column: string): unknown {
  return history.get<{ value: unknown }>(`SELECT ${column} AS value FROM iterations WHERE iteration = ?`, n)?.value ?? null;
}
