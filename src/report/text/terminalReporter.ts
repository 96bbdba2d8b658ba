import { finishedLines, progressText, startedLine } from './kernelBuildLines.ts';
import { CAUSES, iterationText, outcomeLines, paintOutcome } from './runText.ts';
import { problemLines } from './problemLines.ts';
import { shortPath } from '../../system/shortPath.ts';
import { duration, roughly } from './duration.ts';
import type { Style } from './style.ts';
import { clean, cut } from './table.ts';
import type { Expected, Iteration } from '../../model/run.ts';
import type { BuildProgress, RunEvent } from '../../model/event.ts';

/** Prints what runs tell. */
export type Reporter = {
  handle(event: RunEvent): void;
  /** Prints lines of someone else above the live line. */
  print(lines: readonly string[]): void;
  /** Takes the live line away and ends the timer. */
  close(): void;
};

/** Time, replaceable in tests. */
export type Clock = {
  /** ms. */
  now(): number;
  /** Calls `tick` every `ms` until the function it gives is called. */
  every(ms: number, tick: () => void): () => void;
};

const REDRAW_MS = 250;

const systemClock: Clock = {
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

type Under = {
  target: string;
  iteration: number;
  phase: 'evaluate' | 'build' | 'probe' | 'write' | null;
  since: number;
  step: string;
  questions: number;
  expected: Expected | null;
};

/** The latest progress of a kernel build, and when it was told. */
type Building = BuildProgress & { at: number };

/**
 * A reporter on `stream`. On a terminal (`style.live`) one line says what goes on, rewritten at most four times
 * a second and only while a phase runs; elsewhere only finished lines are printed, without control characters.
 */
export function reporter(
  stream: { write(text: string): unknown; columns?: number },
  style: Style,
  clock: Clock = systemClock,
): Reporter {
  const runs = new Map<number, Under>();
  const builds = new Map<number, Building>();
  let shown = '';
  let drawnAt = -Infinity;
  let stop: (() => void) | null = null;

  const width = (): number => stream.columns ?? style.width;

  const erase = (): void => {
    if (shown !== '') stream.write('\r\u001b[K');
    shown = '';
  };

  const draw = (): void => {
    const active = [...runs.values()].filter((run) => run.phase !== null);
    const texts = [
      ...active.map((run) => liveText(run, clock.now())),
      ...[...builds.values()].map((build) => buildText(build, clock.now())),
    ];
    // One column is left free: a full last column wraps on some terminals.
    const line = cut(clean(texts.join(' · ')), width() - 1);
    if (line === shown) return;
    drawnAt = clock.now();
    erase();
    stream.write(style.colors.dim(line));
    shown = line;
  };

  const settle = (): void => {
    const active = builds.size > 0 || [...runs.values()].some((run) => run.phase !== null);
    if (!style.live) return;
    if (!active) {
      stop?.();
      stop = null;
      erase();
      return;
    }
    stop ??= clock.every(REDRAW_MS, draw);
    if (clock.now() - drawnAt >= REDRAW_MS) draw();
  };

  const print = (lines: readonly string[]): void => {
    erase();
    for (const line of lines) stream.write(`${line}\n`);
  };

  const named = (target: string, line: string): string => (runs.size > 1 ? `${target}: ${line}` : line);

  return {
    handle(event) {
      switch (event.kind) {
        case 'run-started':
          runs.set(event.run, {
            target: event.target,
            iteration: 0,
            phase: null,
            since: 0,
            step: '',
            questions: 0,
            expected: null,
          });
          print([
            style.colors.bold(
              `run ${event.run}, ${clean(event.target)}: ${clean(shortPath(event.patchesFile))}, ${CAUSES[event.cause]}`,
            ),
          ]);
          break;
        case 'phase': {
          const run = runs.get(event.run);
          if (run !== undefined)
            Object.assign(run, {
              iteration: event.iteration,
              phase: event.phase,
              since: clock.now(),
              step: '',
              questions: 0,
              expected: null,
            });
          break;
        }
        case 'progress': {
          const run = runs.get(event.run);
          if (run !== undefined)
            Object.assign(run, { step: event.step, questions: event.questions, expected: event.expected });
          break;
        }
        case 'iteration-finished': {
          const run = runs.get(event.iteration.run);
          if (run !== undefined) run.phase = null;
          print([named(run?.target ?? '', iterationLine(event.iteration, style))]);
          break;
        }
        case 'run-finished':
          print(outcomeLines(event.run, { ...style, width: width() }).map((line) => named(event.run.target, line)));
          runs.delete(event.run.run);
          break;
        case 'warning':
          print(
            problemLines('warning: ', event.problem, { ...style, width: width() }).map((line) =>
              named(event.target, line),
            ),
          );
          break;
        case 'trouble':
          print(problemLines(`${clean(event.target)}: `, event.problem, { ...style, width: width() }));
          break;
        case 'build-started':
          builds.set(event.build.build, {
            kind: 'build-progress',
            build: event.build.build,
            target: event.build.target,
            step: 'starting',
            objects: 0,
            elapsedMs: 0,
            expected: null,
            at: clock.now(),
          });
          print([startedLine(event.build, style)]);
          break;
        case 'build-progress':
          // Who comes in the middle of a build hears of it here first.
          builds.set(event.build, { ...event, at: clock.now() });
          break;
        case 'build-finished':
          builds.delete(event.build.build);
          print(finishedLines(event, { ...style, width: width() }));
          break;
      }
      settle();
    },
    print(lines) {
      print(lines);
      settle();
    },
    close() {
      runs.clear();
      builds.clear();
      settle();
    },
  };
}

/** The line of a finished iteration: number, duration, fallout by kind, absorbed. */
function iterationLine(iteration: Iteration, style: Style): string {
  const paint = paintOutcome(iteration.outcome, style);
  return `${String(iteration.iteration).padStart(5)}  ${duration(iteration.durationMs).padStart(9)}  ${paint(iterationText(iteration))}`;
}

const PHASES = { evaluate: 'evaluating', build: 'building', probe: 'probing', write: 'writing' } as const;

function liveText(run: Under, now: number): string {
  if (run.phase === null) return '';
  // Whole seconds, so that what has passed and what is left change together.
  const elapsed = Math.floor((now - run.since) / 1000) * 1000;
  const parts = [
    `${String(run.iteration).padStart(5)}  ${PHASES[run.phase]}${run.step === '' ? '' : `: ${run.step}`}`,
    roughly(elapsed),
  ];
  if (run.questions > 0) {
    parts.push(
      run.expected === null ? `${run.questions} questions` : `${run.questions} of ${run.expected.questions} questions`,
    );
  }
  if (run.expected !== null) parts.push(remaining(run.expected.buildMs - elapsed));
  return parts.join(', ');
}

function buildText(build: Building, now: number): string {
  return `kernel build ${build.build}: ${progressText(build, Math.floor((build.elapsedMs + now - build.at) / 1000) * 1000)}`;
}

function remaining(ms: number): string {
  return ms < 0 ? 'longer than last time' : `about ${roughly(ms)} left`;
}
