import { finishedLines, progressText, startedLine } from './kernelBuildLines.ts';
import { predictedLines } from './predictionLines.ts';
import { CAUSES, cameTrue, iterationRow, iterationText, outcomeLines, paintOutcome } from './runText.ts';
import { firstOf } from '../../system/someOf.ts';
import { unfitLines } from './preflightLines.ts';
import { hookProblem, lateProblem, problemLines } from './problemLines.ts';
import { shortPath } from '../../system/shortPath.ts';
import { roughly, timeOf } from './duration.ts';
import { progressBar } from './progressBar.ts';
import { parts } from './sentenceParts.ts';
import { atBothEnds, clean, hanging, type Style } from './style.ts';
import { LiveLine, SYSTEM_CLOCK, type Clock, type Screen } from './liveLine.ts';
import type { Expected, Iteration } from '../../model/run.ts';
import type { BuildProgress, RunEvent } from '../../model/event.ts';

/** Prints what runs and kernel builds report. */
export type Reporter = {
  handle(event: RunEvent): void;
  /** Prints lines of someone else above the live line. */
  print(lines: readonly string[]): void;
  /** Takes the live line away and ends the timer. */
  close(): void;
};

/** What is known of a phase under way; `phase` null: none is. */
type Progress = {
  iteration: number;
  phase: keyof typeof PHASES | null;
  since: number;
  step: string;
  questions: number;
  expected: Expected | null;
};

const RESTING: Progress = { iteration: 0, phase: null, since: 0, step: '', questions: 0, expected: null };

/** The latest progress of a kernel build, and when it was reported. */
type Building = BuildProgress & { at: number };

/**
 * A reporter on `screen`. On a terminal (`style.live`) one line says what goes on, rewritten in place; elsewhere only
 * finished lines are printed, without control characters. A dry run is recorded nowhere, so no number names it.
 * `bell`: a terminal rings when a run ends.
 */
export function reporter(
  screen: Screen,
  style: Style,
  { clock = SYSTEM_CLOCK, dryRun = false, bell = false }: { clock?: Clock; dryRun?: boolean; bell?: boolean } = {},
): Reporter {
  return new TerminalReporter(screen, style, clock, dryRun, bell);
}

class TerminalReporter implements Reporter {
  readonly #live: LiveLine;
  readonly #runs = new Map<number, { target: string; progress: Progress }>();
  readonly #builds = new Map<number, Building>();

  constructor(
    private readonly screen: Screen,
    private readonly base: Style,
    private readonly clock: Clock,
    private readonly dryRun: boolean,
    /** Whether a terminal rings when a run has come to an end of its own. */
    private readonly bell: boolean,
  ) {
    this.#live = new LiveLine(screen, base, clock, () => this.#underWay());
  }

  handle(event: RunEvent): void {
    const lines = this.#linesOf(event);
    if (lines.length > 0) this.#live.print(lines);
    this.#live.update();
    if (this.bell && this.base.live && isFinal(event)) this.screen.write('\u0007');
  }

  print(lines: readonly string[]): void {
    this.#live.print(lines);
    this.#live.update();
  }

  close(): void {
    this.#runs.clear();
    this.#builds.clear();
    this.#live.update();
  }

  /** The style at the present width. */
  get #style(): Style {
    return { ...this.base, width: this.screen.columns ?? this.base.width };
  }

  get #time(): string {
    return timeOf(this.clock.date());
  }

  /** What an event has to say at once; what goes on is kept for the live line. */
  #linesOf(event: RunEvent): string[] {
    const style = this.#style;
    switch (event.kind) {
      case 'run-started': {
        const { run, target, cause, patchesFile, saved = [patchesFile] } = event;
        this.#runs.set(run, { target, progress: RESTING });
        const files = firstOf(saved.map((file) => shortPath(file)));
        const what = `${this.#time}  ${files}${cause === 'save' ? '' : ','} ${CAUSES[cause]}`;
        const number = `${target}, ${this.dryRun ? 'dry run' : `run ${run}`}`;
        const line = atBothEnds(what, number, style);
        return (line === null ? hanging('', `${what}  ${number}`, style.width) : [line]).map(style.colors.bold);
      }
      case 'phase': {
        const { run, iteration, phase } = event;
        this.#update(run, { ...RESTING, iteration, phase, since: this.clock.now() });
        return [];
      }
      case 'progress': {
        const { run, step, questions, expected } = event;
        this.#update(run, { step, questions, expected });
        return [];
      }
      case 'predicted':
        return this.#named(event.target, predictedLines(event, style));
      case 'preflight':
        return this.#named(event.target, unfitLines(event.misses, style));
      case 'iteration-finished':
        this.#update(event.iteration.run, { phase: null });
        return this.#named(this.#runs.get(event.iteration.run)?.target ?? '', iterationLines(event.iteration, style));
      case 'run-finished': {
        const head = `${this.#time}  `;
        const inside = { ...style, width: style.width - head.length };
        const below = [...outcomeLines(event.run, inside), ...configLines(event.config, inside)];
        const lines = below.map((line, i) => (i === 0 ? head : ' '.repeat(head.length)) + line);
        const named = this.#named(event.run.target, lines);
        this.#runs.delete(event.run.run);
        return named;
      }
      case 'warning':
        return this.#named(event.target, problemLines('warning: ', event.problem, style));
      case 'trouble':
        return problemLines(`${clean(event.target)}: `, event.problem, style);
      case 'hook-failed':
        return problemLines(`${clean(event.target)}: `, hookProblem(event), style);
      case 'late-write':
        return problemLines(`${clean(event.target)}: `, lateProblem(event.late), style);
      case 'hold-changed':
        return hanging(`${clean(event.target)}: `, HOLDS[event.hold ?? 'none'], style.width);
      case 'save-held':
        return hanging(
          `${clean(event.target)}: `,
          'saved, but the target is held; `falloutd resume` runs it',
          style.width,
        );
      case 'build-started': {
        const { build, target } = event.build;
        const nothing = { step: 'starting', objects: 0, elapsedMs: 0, expected: null };
        this.#builds.set(build, { kind: 'build-progress', build, target, ...nothing, at: this.clock.now() });
        return [startedLine(event.build, style)];
      }
      case 'build-progress':
        // Whoever joins in the middle of a build hears of it here first.
        this.#builds.set(event.build, { ...event, at: this.clock.now() });
        return [];
      case 'build-finished':
        this.#builds.delete(event.build.build);
        return finishedLines(event, style);
    }
  }

  #update(run: number, progress: Partial<Progress>): void {
    const known = this.#runs.get(run);
    if (known !== undefined) known.progress = { ...known.progress, ...progress };
  }

  /** Lines that name their target where several run. */
  #named(target: string, lines: readonly string[]): string[] {
    return lines.map((line) => (this.#runs.size > 1 ? `${target}: ${line}` : line));
  }

  /** What goes on now, in one line. */
  #underWay(): string {
    const now = this.clock.now();
    return [
      ...[...this.#runs.values()]
        .filter(({ progress }) => progress.phase !== null)
        .map((run) => liveText(run.progress, now)),
      ...[...this.#builds.values()].map((build) => buildText(build, now)),
    ].join(' · ');
  }
}

/** Whether a run ended by itself: nobody saved again meanwhile, and nobody stopped it. */
function isFinal(event: RunEvent): boolean {
  const outcome = event.kind === 'run-finished' ? event.run.outcome?.kind : undefined;
  return outcome !== undefined && outcome !== 'superseded' && outcome !== 'interrupted';
}

/** What changed in the .config since the last stable run: `.config: DRM_I915 m → n, SND y → n and 41 more changed`. */
function configLines(config: Extract<RunEvent, { kind: 'run-finished' }>['config'], style: Style): string[] {
  if (config === undefined) return [];
  if (config.count === 0) return ['.config: as before'];
  const named = config.first.map(({ symbol, from, to }) => `${symbol} ${from ?? '–'} → ${to ?? '–'}`);
  const more = config.count - named.length;
  const text = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''} changed (see \`falloutd diff\`)`;
  return hanging('', clean(`.config: ${text}`), style.width);
}

const HOLDS = {
  paused: 'paused; `falloutd resume` ends that',
  undone: 'a run was undone, and the target is held; `falloutd resume` runs it again',
  none: 'no longer held',
} as const;

/** A finished iteration: number, duration, fallout by kind, absorbed; nothing where it is what was predicted. */
function iterationLines(iteration: Iteration, style: Style): string[] {
  if (cameTrue(iteration)) return [];
  const row = { iteration: iteration.iteration, ms: iteration.durationMs, text: iterationText(iteration) };
  return iterationRow(row, paintOutcome(iteration.outcome, style), style);
}

/** What goes on in a phase of a run. */
export const PHASES = {
  evaluate: 'evaluating',
  facts: 'reading the kernel',
  predict: 'predicting',
  build: 'config build',
  write: 'writing',
} as const;

function liveText(run: Progress, now: number): string {
  if (run.phase === null) return '';
  // Whole seconds, so that what has passed and what is left change together.
  const elapsed = Math.floor((now - run.since) / 1000) * 1000;
  const left = run.expected === null ? null : remainingMs(run, run.expected, elapsed);
  const bar = run.expected === null || left === null ? '' : progressBar(elapsed / (elapsed + left));
  const what =
    run.questions === 0
      ? run.step
      : `${counted(run.questions)}${run.expected === null ? '' : ` of ${counted(run.expected.questions)}`} questions`;
  const head = `  ${parts(' ', PHASES[run.phase], bar)}`;
  return parts(bar === '' ? ': ' : ' ', head, parts(', ', what, timeText(run, elapsed, left)));
}

/** What is left; where that is not known, what has passed. */
function timeText({ expected }: Progress, elapsed: number, left: number | null): string {
  if (left !== null) return `${roughly(left)} left`;
  return parts(', ', roughly(elapsed), expected === null ? '' : 'longer than last time');
}

const counted = (count: number): string => count.toLocaleString('en');

function buildText(build: Building, now: number): string {
  return `kernel build ${build.build}: ${progressText(build, Math.floor((build.elapsedMs + now - build.at) / 1000) * 1000)}`;
}

/**
 * How many ms are left by the duration of the last build; where that has passed, by how many of its questions have come. Null where
 * neither says.
 */
function remainingMs({ questions }: Progress, expected: Expected, elapsed: number): number | null {
  const left = expected.buildMs - elapsed;
  if (left >= 0) return left;
  const isUnderWay = questions > 0 && questions < expected.questions;
  return isUnderWay ? (elapsed * (expected.questions - questions)) / questions : null;
}
