/** What a build log says, whatever its form and whoever pasted it: for reading alone, with no kernel at hand. */
import type { Fallout, FalloutKind } from '../../model/fallout.ts';
import type { Intent } from '../../model/intent.ts';
import type { Problem } from '../../model/problem.ts';
import { readEvaluationError, type EvaluationError } from '../../nix/evaluationError.ts';
import type { Choice, Transcript } from '../../script/transcript.ts';
import { classify, type DetailedFailure } from '../../nix/buildFailure.ts';
import { judge } from '../../fallout/judge.ts';
import { shapeLog, type ShapedLog } from '../../nix/logForm.ts';
import type { Settings } from '../../script/settings.ts';
import { readTranscript } from '../../script/readTranscript.ts';

export type Warning = { kind: FalloutKind; symbol: string; wanted: string | null; got: string | null };

export type LogReading = {
  outcome: 'green' | 'fallout' | 'blocked' | 'infrastructure' | 'unknown';
  /** Errors, refused answers, choices with two y; also what a script replaced by itself (`clamped`). */
  fallout: Fallout[];
  error?: Problem;
  /** Whether lines are missing: what stands here may not be all. */
  cut: boolean;
  /** What the script only warned about. Which of these were optional a log does not say. */
  warnings: Warning[];
  drvPath: string | null;
};

/** Reads a log: internal-json, `-L`, `nix log` or plain, told apart by itself. Never fails: `unknown` says what it lacks. */
export function readLog(text: string): LogReading {
  const log = shapeLog(text);
  const evaluation = readEvaluationError(log.errors);
  const hasFailed = log.failures.length > 0 || evaluation !== null;
  const transcript = readTranscript(log.own ?? [], hasFailed ? { succeeded: false } : {});
  const base = { cut: log.cut, warnings: warningsIn(transcript), drvPath: log.drvPath };

  const brokenOr = classify(log);
  if (brokenOr === 'verdict') return { outcome: 'fallout', fallout: falloutIn(transcript), ...base };
  const isToldByScript = transcript.facts.some((fact) => fact.kind === 'toolchain' || fact.kind === 'invalid');
  const isPassed = !hasFailed && !isToldByScript && transcript.verdict.kind === 'passed';
  if (isPassed && wentOn(log)) return { outcome: 'green', fallout: falloutIn(transcript), ...base };
  // Without -L a successful build says no more than that it began.
  if (!hasFailed && log.form === 'plain' && log.own === null && log.drvPath !== null)
    return { outcome: 'green', fallout: [], ...base, cut: true };
  if (evaluation?.kind === 'conflict') {
    return { outcome: 'fallout', fallout: [conflictOf(evaluation)], error: shortened(evaluation), ...base };
  }
  if (starved(log)) return { outcome: 'fallout', fallout: [], error: hiddenCause(log), ...base };
  if (brokenOr.kind === 'no-log') return { outcome: 'unknown', fallout: [], error: brokenOr.problem, ...base };
  // Any log ends somewhere: without a failure that Nix reports, only an explained one counts.
  if (hasFailed || isToldByScript || brokenOr.kind !== 'unexplained') {
    const problem = log.cut ? withWholeLog(brokenOr, log) : brokenOr.problem;
    const outcome = brokenOr.kind === 'infrastructure' ? 'infrastructure' : 'blocked';
    return { outcome, fallout: [], error: shortened(problem), ...base };
  }
  const message =
    transcript.asked === 0 && transcript.facts.length === 0
      ? 'this log has neither a config build nor an error of Nix'
      : `this log ends before the script ${isPassed ? 'had given its whole' : 'gave its'} verdict`;
  return { outcome: 'unknown', fallout: falloutIn(transcript), error: { message, hint: wholeLog(log) }, ...base };
}

/** The phase behind the script's, as stdenv announces it: today, and before 2023. */
const INSTALLING = /^(?:Running phase: installPhase|installing)\s*$/;

/** The builder goes on only when the script has not failed; a log that is cut may end within the verdict. */
const wentOn = (log: ShapedLog): boolean => (log.own ?? []).some((line) => INSTALLING.test(line));

/** The fallout as far as a log alone tells: what the script's messages name stands for the settings. */
function falloutIn(transcript: Transcript): Fallout[] {
  const settings: Settings = {};
  const intents: Intent[] = [];
  const wish = (symbol: string, wanted: string, optional: boolean): void => {
    settings[symbol] = { tristate: null, freeform: wanted, optional };
  };
  for (const [index, choice] of transcript.choices.entries()) {
    const answered = choice.members.find((member) => member.number === choice.answer)?.symbol;
    if (answered === undefined) continue;
    wish(answered, 'y', true);
    // Of two y the one stays that the script answered last.
    intents.push({
      symbol: answered,
      ask: { value: { kind: 'tristate', tristate: 'y' }, optional: true },
      priority: 100,
      by: { kind: 'patch', name: '', index },
      position: null,
    });
  }
  for (const fact of transcript.facts) {
    if (fact.kind === 'value' && fact.wanted !== null) wish(fact.symbol, fact.wanted, fact.severity === 'warning');
  }
  const found = judge({ transcript, settings, dotConfig: null, succeeded: false, intents }).map((each): Fallout => ({
    ...each,
    by: null,
    got: each.got ?? gotIn(transcript, each.symbol),
  }));
  const died = transcript.facts.find((fact) => fact.kind === 'choice');
  return died?.choice == null || found.some((each) => each.kind === 'choice')
    ? found
    : [...found, choiceOf(died.choice)];
}

function gotIn(transcript: Transcript, symbol: string): string | null {
  const fact = transcript.facts.find((each) => each.kind === 'value' && each.symbol === symbol);
  return fact?.kind === 'value' ? fact.got : null;
}

/** The script died at this choice and did not say which two members are y. */
function choiceOf({ members, current }: Choice): Fallout {
  const symbol = current ?? members[0]?.symbol ?? '';
  const cause = { kind: 'two-yes' as const, members: members.map((member) => member.symbol) };
  return { kind: 'choice', symbol, wanted: 'y', got: null, cause, by: null };
}

function conflictOf({ symbol, definitions }: EvaluationError & { kind: 'conflict' }): Fallout {
  // Patches carry no file name; of two the later stands last.
  const said = definitions.map(({ file, value }) => ({
    file: file === '<unknown-file>' ? null : withoutStore(file),
    value,
  }));
  const wanted = (said.findLast(({ file }) => file === null) ?? said.at(-1))?.value;
  return {
    kind: 'conflict',
    symbol,
    wanted: wanted === undefined || wanted === '' ? null : wanted,
    got: null,
    cause: { kind: 'conflict', definitions: said },
    by: null,
  };
}

function warningsIn(transcript: Transcript): Warning[] {
  return transcript.facts.flatMap((fact): Warning[] => {
    if ((fact.kind !== 'unused' && fact.kind !== 'value') || fact.severity !== 'warning') return [];
    return [
      {
        kind: fact.kind,
        symbol: fact.symbol,
        wanted: fact.kind === 'value' ? fact.wanted : null,
        got: fact.kind === 'value' ? fact.got : null,
      },
    ];
  });
}

/** Whether all that is left of the script's death is kconfig's starving. */
function starved(log: ShapedLog): boolean {
  return log.cut && (log.own ?? []).some((line) => line.startsWith('Error in reading or end of file.'));
}

function hiddenCause(log: ShapedLog): Problem {
  return {
    message: 'the answering script died at a question; which one and why stands above the lines that are here',
    hint: wholeLog(log),
  };
}

const wholeLog = ({ drvPath }: ShapedLog): string =>
  `the whole log: nix log ${drvPath ?? 'DRV (the linux-config derivation)'}`;

function withWholeLog({ kind, problem }: Exclude<DetailedFailure, 'verdict'>, log: ShapedLog): Problem {
  // Their own hint is about a log too.
  const hint = kind === 'dependency' || kind === 'unexplained' ? undefined : problem.hint;
  return { ...problem, hint: hint === undefined ? wholeLog(log) : `${hint}; ${wholeLog(log)}` };
}

/** A problem with the paths inside the flake: what the hash of a store copy was on another machine tells nobody. */
function shortened({ message, file, line, column, hint }: Problem): Problem {
  return {
    message: withoutStore(message),
    ...(file === undefined ? {} : { file: withoutStore(file) }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(hint === undefined ? {} : { hint: withoutStore(hint) }),
  };
}

const withoutStore = (text: string): string => text.replace(/(?:\/[^\s'"`:/]+){0,30}\/[0-9a-z]{32}-source\//g, '');
