/** Why a config build failed: a verdict about the settings, something the user must act on, or infrastructure. */
import { derivationName, type BuildLog } from './events.ts';
import { readEvaluationError, mapBack } from './evaluationError.ts';
import type { Problem } from '../model/problem.ts';
import type { Transcript } from '../script/transcript.ts';
import { infrastructureIn, unreachedMachine, withoutUnreached } from './infrastructure.ts';
import { failuresIn, type FailedDerivation } from './failedDerivations.ts';
import { readTranscript } from '../script/readTranscript.ts';

export type BuildFailure =
  'verdict' | { kind: 'blocked'; problem: Problem } | { kind: 'infrastructure'; problem: Problem };

/**
 * Classifies a failed build of the configfile derivation `configDrvPath`. It is a `verdict` only when that derivation
 * itself printed the script's: exit codes say nothing, and other derivations may print alike.
 */
export function classifyBuildFailure(log: BuildLog, configDrvPath: string): BuildFailure {
  const messages = log.messages.filter((message) => message.level <= 1).flatMap((message) => message.text.split('\n'));
  const errors = [...messages, ...log.plain];
  const failure = classify({
    own: log.builds.get(configDrvPath)?.lines ?? null,
    drvPath: configDrvPath,
    errors,
    failures: failuresIn(errors),
    linesOf: (drvPath) => log.builds.get(drvPath)?.lines ?? [],
  });
  if (failure === 'verdict' || failure.kind === 'infrastructure') return failure;
  return { kind: 'blocked', problem: failure.problem };
}

export type FailedBuild = {
  /** The configfile derivation's own log; null where it never started. */
  own: readonly string[] | null;
  drvPath: string | null;
  /** What Nix itself said. */
  errors: readonly string[];
  failures: readonly FailedDerivation[];
  linesOf: (drvPath: string) => readonly string[];
};

/**
 * As `BuildFailure`, in more detail. `dependency`: another derivation failed to build. `no-log`: it failed, but its log is
 * not there. `unexplained`: nothing in the log says why it failed, if it did.
 */
export type DetailedFailure = BuildFailure | { kind: 'dependency' | 'no-log' | 'unexplained'; problem: Problem };

/** As `classifyBuildFailure`, from the parts that any form of a log has. */
export function classify({ own, drvPath, errors, failures, linesOf }: FailedBuild): DetailedFailure {
  const transcript = readTranscript(own ?? [], { succeeded: false });
  const broken = brokenRequest(transcript);
  if (broken !== null) return { kind: 'blocked', problem: broken };
  if (
    transcript.verdict.kind === 'errors' ||
    (transcript.verdict.kind === 'died' &&
      transcript.facts.some((fact) => fact.kind === 'repeated' || fact.kind === 'choice'))
  )
    return 'verdict';

  const printed = errors.filter((line) => !/^\s*(?:>|warning:)/.test(line)).join('\n');
  const machine = failures.length === 0 ? unreachedMachine(printed) : null;
  if (machine !== null) return { kind: 'infrastructure', problem: { message: machine.line, hint: machine.hint } };
  const errorText = withoutUnreached(printed);
  // The one that failed by itself; all others failed for its sake.
  const culprit = failures.find((failure) => failure.drvPath !== drvPath && !failure.dependency) ?? null;
  const lines =
    culprit === null ? (own ?? []) : linesOf(culprit.drvPath).length > 0 ? linesOf(culprit.drvPath) : culprit.tail;
  const end = lines
    .slice(-60)
    .filter((line) => !isEcho(line))
    .join('\n');
  const hash = /hash mismatch in [^\n]*(?:\n\s+\S[^\n]*){0,4}/.exec(errorText)?.[0];
  if (hash !== undefined) {
    return blocked(unindent(hash), 'put the hash that stands behind "got:" into the file that names the source');
  }
  const platform =
    /(?:a '[^']*' with features|platform mismatch|missing system features)[^\n]*(?:\n\s*(?:Required|Current|Available)[^\n]*)*/.exec(
      errorText,
    )?.[0];
  if (platform !== undefined)
    return blocked(
      unindent(platform),
      'this machine cannot build for that system: set up a remote builder or boot.binfmt.emulatedSystems',
    );
  const evaluation = own === null && failures.length === 0 ? readEvaluationError(errors) : null;
  if (evaluation !== null)
    return {
      kind: evaluation.kind === 'infrastructure' ? 'infrastructure' : 'blocked',
      problem: mapBack(evaluation, []),
    };
  const trouble = infrastructureIn(errorText) ?? infrastructureIn(end);
  if (trouble !== null) return { kind: 'infrastructure', problem: { message: trouble.line, hint: trouble.hint } };
  const patch = failedPatch(lines);
  if (patch !== null) return { kind: 'blocked', problem: patch };
  if (culprit !== null) {
    const said = lastWords(lines);
    return {
      kind: 'dependency',
      problem: {
        message: `${derivationName(culprit.drvPath)} failed to build${said === '' ? '' : `:\n${said}`}`,
        hint: `see nix log ${culprit.drvPath}`,
      },
    };
  }
  if (
    (own === null || own.length === 0) &&
    drvPath !== null &&
    failures.some((failure) => failure.drvPath === drvPath && !failure.dependency)
  ) {
    return {
      kind: 'no-log',
      problem: {
        message: `${derivationName(drvPath)} failed to build, and its log is not here`,
        hint: `the whole log: nix log ${drvPath}`,
      },
    };
  }
  const said = lastWords(own ?? []);
  return {
    kind: 'unexplained',
    problem: {
      message:
        said === '' ? 'the config build failed without a word' : `the config build failed before the verdict:\n${said}`,
      hint: 'read the whole log: nix log DRV',
    },
  };
}

const blocked = (message: string, hint: string): { kind: 'blocked'; problem: Problem } => ({
  kind: 'blocked',
  problem: { message, hint },
});

/** Prompts and help texts speak of memory, networks and signals too. */
const isEcho = (line: string): boolean => line.startsWith('GOT:') || line.startsWith('QUESTION: ');

function brokenRequest(transcript: Transcript): Problem | null {
  for (const fact of transcript.facts) {
    if (fact.kind === 'toolchain')
      return {
        message: fact.line,
        hint: 'the config lacks what its toolchain (clang, lld, rustc) needs: check stdenv, and the symbols that the kernel derives from it (CC_IS_CLANG, LD_IS_LLD, RUST)',
      };
    if (fact.kind === 'invalid')
      return {
        message: fact.line,
        hint: 'a value or an extraConfig line is no `SYMBOL VALUE`: an empty freeform, a quote or a line break in it',
      };
  }
  if (
    transcript.verdict.kind === 'errors' &&
    transcript.asked === 0 &&
    transcript.facts.length > 0 &&
    transcript.makeFailed !== null
  )
    return { message: transcript.makeFailed, hint: 'make config itself failed before its first question' };
  const last = transcript.facts.at(-1);
  if (last?.kind === 'unanswerable' && transcript.verdict.kind === 'no-verdict')
    return {
      message: `the script does not know how to answer: ${last.question}`,
      hint: 'this nixpkgs is older than this kernel: update it',
    };
  return null;
}

/** The source patch that does not apply, as GNU patch and nixpkgs' patchPhase report it. */
function failedPatch(lines: readonly string[]): Problem | null {
  let patch = '';
  let file = '';
  for (const line of lines) {
    patch = /^applying patch (\S+)/.exec(line)?.[1] ?? patch;
    file = /^(?:patching file|checking file) (.+)$/.exec(line)?.[1] ?? file;
    const failed =
      /^(?:Hunk #\d+ FAILED|\d+ out of \d+ hunks? (?:FAILED|failed|ignored)|patch: \*\*\*\*|can't find file to patch|Reversed \(or previously applied\) patch detected|error: patch failed: |error: .*: patch does not apply)/.exec(
        line,
      );
    if (failed === null) continue;
    const name = patch.replace(/^.*\/(?:[0-9a-z]{32}-)?/, '');
    const applied = line.startsWith('Reversed');
    return {
      message: `the source patch ${name === '' ? '(unnamed)' : name} does not apply${file === '' ? '' : ` to ${file}`}: ${line.trim()}`,
      hint: applied
        ? 'this kernel has the change already: take the patch out'
        : 'the patch is for another kernel version: update it or take it out',
    };
  }
  return null;
}

/** Of a line that a builder goes on writing into (a progress bar) a message needs no more. */
const MAX_WORDS = 400;

function lastWords(lines: readonly string[]): string {
  return lines
    .filter((line) => line.trim() !== '' && line !== 'Error in reading or end of file.')
    .slice(-5)
    .map((line) => (line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line))
    .join('\n');
}

function unindent(text: string): string {
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? line : `  ${line.trim()}`))
    .join('\n');
}
