/** Nix's error messages: what an evaluation failed of and where, without the trace around it. */
import { kindOf, type EvaluationErrorKind } from './evaluationKinds.ts';
import { infrastructureIn, unreachedMachine } from './infrastructure.ts';
import type { Problem } from '../model/problem.ts';
import { stripAnsi } from './events.ts';
import { isVerdict } from '../script/logLines.ts';

/** A place as Nix printed it: often in a store copy. */
type Place = { file: string; line: number; column: number };

type ConflictDefinition = { file: string; value: string };

/**
 * A problem whose file is the one that Nix printed, until `mapBack`; `trace` are the places of its trace, the innermost
 * first, and `isTraced` says that its own place is only one of these.
 */
export type PrintedProblem = Problem & { trace?: Place[]; isTraced?: boolean };

export type EvaluationError = PrintedProblem &
  (
    | { kind: 'conflict'; symbol: string; definitions: ConflictDefinition[] }
    | { kind: 'undefined-variable' | 'missing-attribute' | 'duplicate-attribute'; name: string }
    | { kind: 'untracked' | 'forbidden-path' | 'not-owned'; path: string }
    | {
        kind: Exclude<
          EvaluationErrorKind,
          | 'conflict'
          | 'undefined-variable'
          | 'missing-attribute'
          | 'duplicate-attribute'
          | 'untracked'
          | 'forbidden-path'
          | 'not-owned'
        >;
      }
  );

const ERROR = /^\s*error:(?:\s+(.*))?$/;
const PLACE = /^\s*at («[^»]*»[^:]*|[^\s:][^:]*):(\d+):(\d+):?(.*)$/;
const OLD_PLACE = /,? at ((?:\/|«)[^:]*):(\d+):(\d+)$/;
/** What Nix before 2.20 says when the git that it runs does; why stands in git's own words above. */
const GIT_FAILED = /^program '?git'? failed/;
const GIT_SAID = /^\s*(?:fatal|error): (?!program )/;
const NOISE = /^\s*(?:…|\(use '--show-trace'|\(stack trace truncated|\d+\||\|\s*\^|\(\d+ duplicate frames|warning: )/;
const SUGGESTION = /Did you mean ([^?\n]{0,300})\?/;
/** What to do, as Nix puts it: the hint says it. */
const TO_DO = /\n+To make it visible to Nix[\s\S]*$/;
/** What Nix calls its own code and the expressions of the command line. */
const NO_FILE = /^(?:<|«(?:nix-internal|string|stdin|none|flakes-internal|unknown)»)/;
const MAX_MESSAGE_LINES = 60;
/** Longer than any line of Nix: the patterns need time that grows faster than a line. */
const MAX_LINE = 4000;
/** A store path itself, nothing in it. */
const STORE_PATH = /\/[0-9a-df-np-sv-z]{32}-[^/]+$/;

/** Kinds whose message stands for a place in the user's own file even when only the trace names one. */
const PLACED: ReadonlySet<EvaluationErrorKind> = new Set([
  'type',
  'missing-attribute',
  'infinite-recursion',
  'other',
  'undefined-variable',
  'untracked',
]);

/**
 * Reads the error of a failed evaluation from Nix's stderr, text or lines. Of several
 * `error:` the last counts (newer versions print the trace first). Null where there is none. Sources: Nix 2.3 to 2.36
 * and Lix, libutil/error.cc.
 */
export function readEvaluationError(printed: string | readonly string[]): EvaluationError | null {
  const lines = stripAnsi(typeof printed === 'string' ? printed : printed.join('\n'))
    .split(/\r?\n/)
    .map((line) => line.slice(0, MAX_LINE));
  const at = lines.findLastIndex((line) => (ERROR.exec(line)?.[1] ?? '') !== '' && !isVerdict(line));
  if (at === -1) return null;
  const { text: said, place } = messageAt(lines, at);
  const text = GIT_FAILED.test(said)
    ? (lines
        .slice(0, at)
        .findLast((line) => GIT_SAID.test(line))
        ?.replace(GIT_SAID, 'git: ') ?? said)
    : said;
  const before = lines.slice(0, at).flatMap((line) => placeIn(line) ?? []);
  const after = lines.slice(at).flatMap((line) => placeIn(line) ?? []);
  const trace = [...after, ...before.reverse()].filter(({ file }) => !NO_FILE.test(file));

  const suggestion = SUGGESTION.exec(lines.slice(at).join('\n'))?.[1];
  const trouble = unreachedMachine(text) ?? infrastructureIn(text);
  const { kind, about, hint } = kindOf(text);
  const judged =
    kind === 'untracked' && STORE_PATH.test(about ?? '')
      ? {
          kind: 'infrastructure' as const,
          hint: 'the Nix store lacks what its database has: is its disk there? Where it was lost for good, `nix-store --verify` mends the database',
        }
      : trouble !== null && (kind === 'other' || kind === 'build-failed' || kind === 'untracked')
        ? { kind: 'infrastructure' as const, hint: trouble.hint }
        : { kind, hint };
  const where = place ?? (PLACED.has(judged.kind) ? trace[0] : undefined);
  const problem: PrintedProblem = {
    message: text.replace(SUGGESTION, '').replace(TO_DO, '').trim(),
    ...(where ?? {}),
    hint: suggestion === undefined ? judged.hint : `did you mean ${suggestion}? ${judged.hint}`,
    trace,
    isTraced: place === undefined,
  };
  return { ...detail(judged.kind, (about ?? '').replaceAll('"', ''), text), ...problem };
}

type Detail = EvaluationError extends infer Each
  ? Each extends EvaluationError
    ? Omit<Each, keyof PrintedProblem>
    : never
  : never;

function detail(kind: EvaluationErrorKind, about: string, text: string): Detail {
  switch (kind) {
    case 'conflict':
      return { kind, symbol: about, definitions: definitionsIn(text) };
    case 'undefined-variable':
    case 'missing-attribute':
    case 'duplicate-attribute':
      return { kind, name: about };
    case 'untracked':
    case 'forbidden-path':
    case 'not-owned':
      return { kind, path: about };
    case 'syntax':
    case 'type':
    case 'infinite-recursion':
    case 'renamed-attribute':
    case 'no-such-flake-attribute':
    case 'build-failed':
    case 'infrastructure':
    case 'hash-mismatch':
    case 'other':
      return { kind };
  }
}

function placeIn(line: string): Place | null {
  const found = PLACE.exec(line);
  return found?.[1] === undefined ? null : { file: found[1], line: Number(found[2]), column: Number(found[3]) };
}

/** The message that begins at an `error:` line, without source excerpt and trace, and the place right behind it. */
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

function definitionsIn(text: string): ConflictDefinition[] {
  const definitions: ConflictDefinition[] = [];
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

/** A source that Nix copied: the store path and the folder (or file) of the user that it is a copy of. */
export type CopiedSource = { storePath: string; realPath: string };

/**
 * Gives a problem with the user's own file names instead of store copies, in its place and in its message. A problem
 * that stands in none of the sources (an error thrown by nixpkgs) gets the innermost place of its trace that does, or
 * no place where only the trace had one.
 */
export function mapBack(problem: PrintedProblem, sources: readonly CopiedSource[]): Problem {
  const { trace = [], isTraced = false, file, line, column, message, hint } = problem;
  const longestFirst = sources.toSorted((a, b) => b.storePath.length - a.storePath.length);
  const real = (path: string): string | null => {
    // Lazy trees print the flake reference itself: «git+file:///home/me/nixos?ref=…»/patches.nix
    const reference = /^«(?:path:|git\+file:\/\/)(\/[^»?]*)[^»]*»(.*)$/.exec(path);
    if (reference?.[1] !== undefined) return `${reference[1]}${reference[2] ?? ''}`;
    const source = longestFirst.find(({ storePath }) => path === storePath || path.startsWith(`${storePath}/`));
    return source === undefined ? null : source.realPath + path.slice(source.storePath.length);
  };
  const own = file === undefined ? null : real(file);
  const traced = own !== null ? undefined : trace.find((place) => real(place.file) !== null);
  const inText = (text: string): string =>
    longestFirst.reduce((all, { storePath, realPath }) => all.replaceAll(storePath, realPath), text);
  const place =
    own !== null
      ? { file: own, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) }
      : traced !== undefined
        ? { ...traced, file: real(traced.file) ?? traced.file }
        : // Where nixpkgs itself was when it gave up tells the user nothing.
          isTraced
          ? {}
          : {
              ...(file === undefined ? {} : { file }),
              ...(line === undefined ? {} : { line }),
              ...(column === undefined ? {} : { column }),
            };
  return { message: inText(message), ...place, ...(hint === undefined ? {} : { hint: inText(hint) }) };
}
