/** Nix's error messages: what an evaluation failed of and where, without the trace around it. */
import { kindOf, type EvaluationErrorKind } from './evaluationKinds.ts';
import { infrastructureIn, unreachedMachine } from './infrastructure.ts';
import type { Problem } from '../model/problem.ts';
import { stripAnsi } from './events.ts';
import { isScriptLine, isVerdict } from '../script/logLines.ts';
import { longestFirst, ownPath, type SourceMap } from './sources.ts';

/** A place as Nix printed it: often in a store copy. */
type Place = { file: string; line: number; column: number };

/**
 * A problem whose file is the one that Nix printed, until `mapBack`. `trace` holds the places of its trace, the innermost
 * first. `isTraced`: its own place comes from the trace.
 */
export type PrintedProblem = Problem & { trace?: Place[]; isTraced?: boolean };

/** `about`: the symbol, name or path that the message is about, else empty. `definitions`: those of a conflict. */
export type EvaluationError = PrintedProblem & {
  kind: EvaluationErrorKind;
  about: string;
  definitions: { file: string; value: string }[];
};

const ERROR = /^\s*error:(?:\s+(.*))?$/;
const PLACE = /^\s*at («[^»]*»[^:]*|[^\s:][^:]*):(\d+):(\d+):?(.*)$/;
const OLD_PLACE = /,? at ((?:\/|«)[^:]*):(\d+):(\d+)$/;
/**
 * What Nix before 2.20 says when git gives up; git's own message gives the reason, above it or, where Nix speaks JSON, after
 * it. Of a git that was killed, the words are those of a warning.
 */
const GIT_FAILED = /^program '?git'? failed with exit code/;
const GIT_SAID = /^\s*(?:fatal|error): (?!program )/;
const NOISE = /^\s*(?:…|\(use '--show-trace'|\(stack trace truncated|\d+\||\|\s*\^|\(\d+ duplicate frames|warning: )/;
const SUGGESTION = /Did you mean ([^?\n]{0,300})\?/;
/** Nix's own advice, which the hint replaces. */
const TO_DO = /\n+To make it visible to Nix[\s\S]*$/;
/** What Nix says of a file that is not there. */
const MISSING = /(?:getting status of|opening file) '([^']*)': No such file or directory/;
/** What Nix calls its own code and the expressions of the command line. */
const NO_FILE = /^(?:<|«(?:nix-internal|string|stdin|none|flakes-internal|unknown)»)/;
const MAX_MESSAGE_LINES = 60;
/** Nix prints no longer lines, and the patterns' time grows faster than a line. */
const MAX_LINE = 4000;
/** A store path itself, nothing in it. */
const STORE_PATH = /\/[0-9a-df-np-sv-z]{32}-[^/]+$/;

/** Kinds that have a place in the user's own file even when only the trace names one. */
const PLACED: ReadonlySet<EvaluationErrorKind> = new Set([
  'type',
  'missing-attribute',
  'infinite-recursion',
  'other',
  'undefined-variable',
  'untracked',
]);

/**
 * Reads the error of a failed evaluation from what Nix printed on stderr, text or lines. Of several `error:` the last one
 * counts: newer versions print the trace first. Null where there is none. Sources: Nix 2.3 to 2.36 and Lix,
 * libutil/error.cc.
 */
export function readEvaluationError(printed: string | readonly string[]): EvaluationError | null {
  const lines = stripAnsi(typeof printed === 'string' ? printed : printed.join('\n'))
    .split(/\r?\n/)
    .map((line) => line.slice(0, MAX_LINE));
  const at = lines.findLastIndex((line, i) => beginsError(line, lines.slice(i + 1, i + 4)));
  if (at === -1) return null;
  const { text: said, place } = messageAt(lines, at);
  const text = GIT_FAILED.test(said) ? (gitsReason(lines.toSpliced(at, 1)) ?? said) : said;
  const [before, after] = [lines.slice(0, at), lines.slice(at)].map((part) =>
    part.flatMap((line) => placeIn(line) ?? []),
  );
  const trace = [...(after ?? []), ...(before ?? []).reverse()].filter(({ file }) => !NO_FILE.test(file));
  const suggestion = SUGGESTION.exec(lines.slice(at).join('\n'))?.[1];
  const { kind, about, hint } = judged(text);
  return {
    kind,
    about: about.replaceAll('"', ''),
    definitions: kind === 'conflict' ? definitionsIn(text) : [],
    message: text.replace(SUGGESTION, '').replace(TO_DO, '').replace(MISSING, '$1 does not exist').trim(),
    ...(place ?? (PLACED.has(kind) ? trace[0] : undefined)),
    hint: suggestion === undefined ? hint : `did you mean ${suggestion}? ${hint}`,
    trace,
    isTraced: place === undefined,
  };
}

/** Whether a line begins an error. A message of several lines follows a bare `error:`, but so does a trace. */
function beginsError(line: string, after: readonly string[]): boolean {
  const found = ERROR.exec(line);
  if (found === null || isVerdict(line)) return false;
  const next = after.find((each) => each.trim() !== '');
  return (
    (found[1] ?? '') !== '' || (next !== undefined && !NOISE.test(next) && !ERROR.test(next) && !isScriptLine(next))
  );
}

/** Why git failed, from its own words around Nix's error. */
const gitsReason = (lines: readonly string[]): string | undefined =>
  lines.findLast((line) => GIT_SAID.test(line))?.replace(GIT_SAID, 'git: ');

/** The kind of a message. Trouble with the machine is not an error in the user's files. */
function judged(text: string): ReturnType<typeof kindOf> {
  const found = kindOf(text);
  if (found.kind === 'untracked' && STORE_PATH.test(found.about)) {
    const hint =
      'the Nix store lacks what its database lists: is its disk mounted? If the path is lost for good, `nix-store --verify` repairs the database';
    return { ...found, kind: 'infrastructure', hint };
  }
  const trouble = unreachedMachine(text) ?? infrastructureIn(text);
  return trouble !== null && ['other', 'build-failed', 'untracked'].includes(found.kind)
    ? { ...found, kind: 'infrastructure', hint: trouble.hint ?? '' }
    : found;
}

function placeIn(line: string): Place | null {
  const found = PLACE.exec(line);
  return found?.[1] === undefined ? null : { file: found[1], line: Number(found[2]), column: Number(found[3]) };
}

/** The message that begins at an `error:` line, without source excerpt and trace, and the place right after it. */
function messageAt(lines: readonly string[], at: number): { text: string; place: Place | undefined } {
  const first = ERROR.exec(lines[at] ?? '')?.[1] ?? '';
  const old = OLD_PLACE.exec(first);
  if (old?.[1] !== undefined && !first.includes(' already defined at ')) {
    return {
      text: first.slice(0, old.index).replace(/,$/, ''),
      place: { file: old[1], line: Number(old[2]), column: Number(old[3]) },
    };
  }
  const rest: string[] = [];
  for (const line of lines.slice(at + 1, at + MAX_MESSAGE_LINES)) {
    const place = placeIn(line);
    if (place !== null) return { text: joined(first, rest), place };
    if (NOISE.test(line)) break;
    rest.push(line);
  }
  return { text: joined(first, rest), place: undefined };
}

/** A message's lines without the indentation that Nix gives all but the first. */
function joined(first: string, rest: readonly string[]): string {
  const indents = rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(7, ...indents);
  return [first, ...rest.map((line) => line.slice(indent).trimEnd())].join('\n').trim();
}

function definitionsIn(text: string): EvaluationError['definitions'] {
  const definitions: EvaluationError['definitions'] = [];
  for (const line of text.split('\n')) {
    const definition = /^\s*- (?:In )?[`'"](.*?)['"`](?::\s*(.*))?$/.exec(line);
    const last = definitions.at(-1);
    if (definition?.[1] !== undefined) definitions.push({ file: definition[1], value: unquoted(definition[2] ?? '') });
    else if (last?.value === '' && /^\s+\S/.test(line)) last.value = unquoted(line.trim());
  }
  if (definitions.length > 0) return definitions;
  const files = /conflicting definitions, in (.*)\.$/m.exec(text)?.[1] ?? '';
  return [...files.matchAll(/[`'"](.*?)['"`]/g)].map((found) => ({ file: found[1] ?? '', value: '' }));
}

const unquoted = (value: string): string => /^"(.*)"$/.exec(value)?.[1] ?? value;

/**
 * Gives a problem with the user's own file names instead of store copies, in its place and in its message. A problem
 * outside of all sources (an error thrown by nixpkgs) gets the innermost place of its trace that lies in one, or no place
 * where only the trace had one.
 */
export function mapBack(problem: PrintedProblem, sources: SourceMap): Problem {
  const { trace = [], isTraced = false, file, line, column, message, hint } = problem;
  const inText = (text: string): string =>
    longestFirst(sources).reduce((all, { storePath, realPath }) => all.replaceAll(storePath, realPath), text);
  const places = [...(file === undefined ? [] : [{ file, line, column }]), ...trace].flatMap((place) => {
    const own = ownPath(place.file, sources);
    return own === null ? [] : [{ ...place, file: own }];
  });
  // The place where nixpkgs itself gave up does not help the user.
  const place = places[0] ?? (isTraced ? {} : { file, line, column });
  return { message: inText(message), ...place, hint: hint === undefined ? undefined : inText(hint) };
}
