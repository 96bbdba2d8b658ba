import { createTwoFilesPatch } from 'diff';
import type { ConfOutcome } from '../helpers/kconfRun.ts';

/** What conf or the engine made of a request, in a form in which two of them are equal or one is wrong. */
export type Verdict = {
  exit: number;
  config: string | null;
  saved: string | null;
  stdout: string;
  /** Standard error line by line, without what belongs to `unmet` and to the end of the input. */
  complaints: string[];
  /** `boolean symbol … tested for 'm'`: conf says it wherever it rewrites the comparison, the engine once. */
  remarks: string[];
  /** Symbols selected beyond their dependencies. conf says it once for each time it computes the value, so that how often means nothing. */
  unmet: string[];
  /** It asked without end; only the beginning of `stdout` counts. */
  endless: boolean;
  /** The engine's: the input ended where only an answer leads on. Older confs ask on forever there, newer ones end with 1. */
  starved: boolean;
};

/** SIGXFSZ and SIGXCPU, as the shell tells them. */
const ENDED_BY_LIMIT = [153, 152];
/** SIGKILL: what printed nothing has used up its seconds. */
const KILLED = 137;

/**
 * conf itself crashed (SIGSEGV, SIGABRT, SIGFPE), or ran on without end after an error that leaves its stack of symbols in a function that has returned
 * (`sym_check_print_recursive`): its mistake, which nobody has to repeat.
 */
export function crashed({ exit, stderr }: ConfOutcome): boolean {
  if ([139, 134, 136].includes(exit) || stderr.includes('Oops! How to check')) return true;
  return [...ENDED_BY_LIMIT, KILLED].includes(exit) && stderr.includes('unexpected recursive dependency error');
}

export function verdictOf(outcome: ConfOutcome): Verdict {
  const complaints: string[] = [];
  const unmet = new Set<string>();
  for (const line of outcome.stderr.split('\n')) {
    const found = /^WARNING: unmet direct dependencies detected for (.*)$/.exec(line)?.[1];
    if (found !== undefined) unmet.add(found);
    else if (
      line !== '' &&
      !/^ {2}(?:Depends on \[|Selected by \[|- )|^Error in reading or end of file\.$|^File size limit exceeded$|^CPU time limit exceeded$/.test(
        line,
      )
    )
      complaints.push(line);
  }
  const { exit, config, saved } = outcome;
  return {
    exit,
    config,
    saved,
    ...withoutRemarks(outcome.stdout),
    complaints,
    unmet: [...unmet],
    endless: ENDED_BY_LIMIT.includes(exit),
    starved: false,
  };
}

const REMARK = /^boolean symbol .* tested for 'm'\? test forced to '[ny]'\n/gm;

export function withoutRemarks(stdout: string): { stdout: string; remarks: string[] } {
  return { stdout: stdout.replaceAll(REMARK, ''), remarks: [...new Set(stdout.match(REMARK) ?? [])] };
}

/** Null where both agree; else what differs first, conf's as `-` and the engine's as `+`. */
export function difference(conf: Verdict, engine: Verdict): string | null {
  if (conf.endless) {
    // What was cut within a character ends with a replacement for it.
    const common = Math.min(conf.stdout.replace(/\uFFFD$/, '').length, engine.stdout.length);
    if (!engine.endless && !engine.starved) return `conf asks forever:\n${conf.stdout.slice(-1_000)}`;
    return patch('stdout of an endless session', conf.stdout.slice(0, common), engine.stdout.slice(0, common));
  }
  if (engine.endless) return `the engine asks forever:\n${engine.stdout.slice(-1_000)}`;
  return (
    patch('stderr', sorted(conf.complaints), sorted(engine.complaints)) ??
    patch('stdout', conf.stdout, engine.stdout) ??
    patch('remarks', sorted(conf.remarks), sorted(engine.remarks)) ??
    patch('exit', String(conf.exit), String(engine.exit)) ??
    patch('.config', conf.config ?? '(none)', engine.config ?? '(none)') ??
    patch('savedefconfig', conf.saved ?? '(none)', engine.saved ?? '(none)') ??
    patch('unmet dependencies', sorted(conf.unmet), sorted(engine.unmet))
  );
}

/** What stands where among the complaints: while a tree is read, conf mixes two stages that the engine keeps apart. */
function sorted(lines: readonly string[]): string {
  return lines
    .toSorted()
    .map((line) => `${line}\n`)
    .join('');
}

function patch(name: string, conf: string, engine: string): string | null {
  if (conf === engine) return null;
  const lines = createTwoFilesPatch(name, name, conf, engine, 'conf', 'engine', { context: 4 }).split('\n').slice(1);
  return lines.length > 80 ? [...lines.slice(0, 80), `… ${lines.length - 80} lines more`].join('\n') : lines.join('\n');
}
