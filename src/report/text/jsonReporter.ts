import { pino, type DestinationStream } from 'pino';
import type { RunEvent } from '../../model/event.ts';
import { hookProblem, lateProblem } from './problemLines.ts';
import { iterationText, outcomeLines } from './runText.ts';
import { PLAIN } from './style.ts';
import type { Reporter } from './terminalReporter.ts';

/**
 * A reporter for when nobody watches: one JSON object a line (pino), for the journal and for log collectors.
 * It leaves progress out and logs what has finished, with the same objects as `--json` prints.
 */
export function logger(destination: DestinationStream): Reporter {
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination,
  );
  return {
    handle(event: RunEvent) {
      switch (event.kind) {
        case 'run-started':
          log.info({ run: event.run, target: event.target, cause: event.cause, saved: event.saved }, 'run started');
          break;
        case 'iteration-finished':
          log.info({ run: event.iteration.run, iteration: event.iteration }, iterationText(event.iteration));
          break;
        case 'run-finished': {
          const { iterations, ...run } = event.run;
          const isFine =
            run.outcome?.kind === 'stable' || run.outcome?.kind === 'superseded' || run.outcome?.kind === 'interrupted';
          log[isFine ? 'info' : 'warn'](
            { run: { ...run, iterations: iterations.map((i) => i.iteration) } },
            outcomeLines(event.run, { ...PLAIN, width: Infinity }).join(' '),
          );
          break;
        }
        case 'warning':
          log.warn({ run: event.run, target: event.target, problem: event.problem }, event.problem.message);
          break;
        case 'trouble':
          log.error({ target: event.target, problem: event.problem }, event.problem.message);
          break;
        case 'hook-failed':
          log.warn(event, hookProblem(event).message);
          break;
        case 'late-write':
          log.warn(event, lateProblem(event.late).message);
          break;
        case 'preflight':
          log[event.misses.length === 0 ? 'info' : 'warn'](event, 'preflight');
          break;
        case 'predicted':
        case 'hold-changed':
        case 'save-held':
        case 'build-started':
        case 'build-finished':
          log.info(event, event.kind.replace('-', ' '));
          break;
        case 'phase':
        case 'progress':
        case 'build-progress':
          break;
      }
    },
    print(lines) {
      for (const line of lines) log.info(line);
    },
    close() {
      log.flush();
    },
  };
}
