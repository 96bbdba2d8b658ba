/** What a build log says, whatever its form and whoever pasted it: for reading alone, with no kernel at hand. */
import type { Fallout } from '../../model/fallout.ts';
import type { Intent } from '../../model/intent.ts';
import type { Choice, Observation } from '../../model/observation.ts';
import type { Problem } from '../../model/problem.ts';
import { readEvaluationError, type EvaluationError } from '../../nix/evaluationError.ts';
import { classify, type Failure } from '../../nix/buildFailure.ts';
import { judge } from '../../fallout/judge.ts';
import { shapeLog, type ShapedLog } from '../../nix/logForm.ts';
import type { Settings } from '../../script/settings.ts';
import { LINE } from '../../script/logLines.ts';
import type { LogReading, LogWarning } from './documentSchemas.ts';
import { readTranscript, type TranscriptReading } from '../../script/readTranscript.ts';

/** Reads a log: internal-json, `-L`, `nix log` or plain, told apart by itself. Never fails: `unknown` says what it lacks. */
export function readLog(text: string): LogReading {
  const log = shapeLog(text);
  const [first, ...others] = [log, ...log.others.map((other) => ({ ...log, ...other }))].map(readShaped);
  return others.reduce(together, first as LogReading);
}

/** Of several failed config builds all that is missed counts. */
const together = (a: LogReading, b: LogReading): LogReading => ({
  ...b,
  ...a,
  outcome: b.outcome === 'fallout' ? b.outcome : a.outcome,
  fallout: [...a.fallout, ...b.fallout],
  warnings: [...a.warnings, ...b.warnings],
  unread: [...a.unread, ...b.unread],
  cut: a.cut || b.cut,
});

function readShaped(log: ShapedLog): LogReading {
  const evaluation = readEvaluationError(log.errors);
  const hasFailed = log.failures.length > 0 || evaluation !== null;
  const reading = readTranscript(log.own ?? [], hasFailed ? { succeeded: false } : {});
  const { observation, ending, faults } = reading;
  const unread = faults.flatMap((fault) => (fault.kind === 'unread' ? fault.line : []));
  const base = { cut: log.cut, warnings: warningsIn(observation), unread, drvPath: log.drvPath };

  const brokenOr = classify(log);
  if (brokenOr === 'verdict') return { outcome: 'fallout', fallout: falloutIn(observation), ...base };
  const isToldByScript = faults.some(({ kind }) => kind === 'invalid' || kind === 'toolchain');
  const isPassed = !hasFailed && !isToldByScript && ending === 'passed';
  if (isPassed && wentOn(log)) return { outcome: 'green', fallout: falloutIn(observation), ...base };
  // Without -L, a successful build only says that it started.
  if (!hasFailed && log.form === 'plain' && log.own === null && log.drvPath !== null)
    return { outcome: 'green', fallout: [], ...base, cut: true };
  if (evaluation?.kind === 'conflict') {
    return { outcome: 'fallout', fallout: [conflictOf(evaluation)], error: shortened(evaluation), ...base };
  }
  if (starved(log)) return { outcome: 'fallout', fallout: [], error: hiddenCause(log), ...base };
  if (brokenOr.kind === 'no-log') return { outcome: 'unknown', fallout: [], error: brokenOr.problem, ...base };
  // Any log ends somewhere: unless Nix reports a failure, only an explained one counts.
  if (hasFailed || isToldByScript || brokenOr.kind !== 'unexplained') {
    const problem = log.cut ? withWholeLog(brokenOr, log) : brokenOr.problem;
    const outcome = brokenOr.kind === 'infrastructure' ? 'infrastructure' : 'blocked';
    const { module } = brokenOr;
    const missing = module === undefined ? {} : { missingModule: { module, symbols: [] } };
    return { outcome, fallout: [], error: shortened(problem), ...missing, ...base };
  }
  const message = saysNothing(reading)
    ? 'this log has neither a config build nor an error of Nix'
    : `this log ends before the script ${isPassed ? 'had given its whole' : 'gave its'} verdict`;
  return { outcome: 'unknown', fallout: falloutIn(observation), error: { message, hint: wholeLog(log) }, ...base };
}

/** The builder goes on only when the script has not failed; a log that is cut may end within the verdict. */
const wentOn = (log: ShapedLog): boolean => (log.own ?? []).some((line) => LINE.installing.test(line));

const saysNothing = ({ asked, faults, observation: { refusals, complaints } }: TranscriptReading): boolean =>
  asked + faults.length + refusals.length + complaints.length === 0;

/** The fallout as far as a log alone tells: what the script's messages name stands for the settings. */
function falloutIn(observation: Observation): Fallout[] {
  const settings: Settings = {};
  const intents: Intent[] = [];
  const wish = (symbol: string, wanted: string, optional: boolean): void => {
    settings[symbol] = { tristate: null, freeform: wanted, optional };
  };
  for (const [index, choice] of observation.choices.entries()) {
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
  for (const said of observation.complaints)
    if (said.kind === 'value' && said.wanted !== null) wish(said.symbol, said.wanted, said.severity === 'warning');
  const found = judge({ observation, settings, intents }).map((each): Fallout => ({
    ...each,
    by: null,
    got: each.got ?? gotIn(observation, each.symbol),
  }));
  const died = observation.refusals.find((refusal) => refusal.kind === 'choice');
  return died?.choice == null || found.some((each) => each.kind === 'choice')
    ? found
    : [...found, choiceOf(died.choice)];
}

function gotIn({ complaints }: Observation, symbol: string): string | null {
  const said = complaints.find((each) => each.kind === 'value' && each.symbol === symbol);
  return said?.kind === 'value' ? said.got : null;
}

/** The script died at this choice and did not say which two members are to be y: `>` marks kconfig's own. */
function choiceOf({ members, current }: Choice): Fallout {
  const symbol = current ?? members[0]?.symbol ?? '';
  const cause = { kind: 'two-yes' as const, members: members.map((member) => member.symbol) };
  return { kind: 'choice', symbol, wanted: null, got: null, cause, by: null };
}

function conflictOf({ about: symbol, definitions }: EvaluationError): Fallout {
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

const warningsIn = ({ complaints }: Observation): LogWarning[] =>
  complaints
    .filter(({ severity }) => severity === 'warning')
    .map((said) => ({
      kind: said.kind,
      symbol: said.symbol,
      wanted: said.kind === 'value' ? said.wanted : null,
      got: said.kind === 'value' ? said.got : null,
    }));

/** Whether all that is left of the script's death is kconfig's starving. */
function starved(log: ShapedLog): boolean {
  return log.cut && (log.own ?? []).some((line) => LINE.starving.test(line));
}

function hiddenCause(log: ShapedLog): Problem {
  return {
    message: 'the answering script died at a question; which one and why stands above the lines that are here',
    hint: wholeLog(log),
  };
}

const wholeLog = ({ drvPath }: ShapedLog): string =>
  `the whole log: nix log ${drvPath ?? 'DRV (the linux-config derivation)'}`;

function withWholeLog({ kind, problem }: Failure, log: ShapedLog): Problem {
  // Their own hints point to a log too.
  const hint = kind === 'dependency' || kind === 'unexplained' ? undefined : problem.hint;
  return { ...problem, hint: hint === undefined ? wholeLog(log) : `${hint}; ${wholeLog(log)}` };
}

/** A problem with paths relative to the flake: the hash of a store copy on another machine helps nobody. */
function shortened({ message, file, line, column, hint }: Problem): Problem {
  const short = (text: string | undefined): string | undefined => (text === undefined ? undefined : withoutStore(text));
  return { message: withoutStore(message), file: short(file), line, column, hint: short(hint) };
}

const withoutStore = (text: string): string => text.replace(/(?:\/[^\s'"`:/]+){0,30}\/[0-9a-z]{32}-source\//g, '');
