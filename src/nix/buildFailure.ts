/** Why a config build failed: a verdict about the settings, something the user must act on, or infrastructure. */
import { printedLines, type BuildLog } from './buildLog.ts';
import { derivationName } from './derivationName.ts';
import { readEvaluationError, mapBack } from './evaluationError.ts';
import type { Problem } from '../model/problem.ts';
import { infrastructureIn, unreachedMachine, withoutUnreached } from './infrastructure.ts';
import { failuresIn, type FailedDerivation } from './failedDerivations.ts';
import { ECHO, isDialogue, LINE } from '../script/logLines.ts';
import { readTranscript, type TranscriptReading } from '../script/readTranscript.ts';

export type BuildFailure = 'verdict' | { kind: 'blocked' | 'infrastructure'; problem: Problem };

/**
 * Why a build failed. `dependency`: another derivation failed to build. `no-log`: the build failed, but its log is not
 * there. `unexplained`: nothing in the log says why it failed, or whether it did.
 */
export type Failure = {
  kind: 'blocked' | 'infrastructure' | 'dependency' | 'no-log' | 'unexplained';
  problem: Problem;
  /** The module that an initrd lacks. */
  module?: string;
};

/**
 * Classifies a failed build of the configfile derivation `configDrvPath`. It is a `verdict` only when that derivation
 * itself printed that of the script: exit codes say nothing, and other derivations may print the same lines.
 */
export function classifyBuildFailure(log: BuildLog, configDrvPath: string): BuildFailure {
  const errors = printedLines(log);
  const failure = classify({
    own: log.builds.get(configDrvPath)?.lines ?? null,
    drvPath: configDrvPath,
    errors,
    failures: failuresIn(errors),
    linesOf: (drvPath) => log.builds.get(drvPath)?.lines ?? [],
  });
  if (failure === 'verdict') return failure;
  return { kind: failure.kind === 'infrastructure' ? failure.kind : 'blocked', problem: failure.problem };
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

/** As `classifyBuildFailure`, from the parts that any form of a log has. */
export function classify(build: FailedBuild): 'verdict' | Failure {
  const reading = readTranscript(build.own ?? [], { succeeded: false });
  const broken = brokenRequest(reading, build.own ?? []);
  if (broken !== null) return { kind: 'blocked', problem: broken };
  return reading.ending === 'errors' || reading.ending === 'died' ? 'verdict' : troubleOf(build);
}

function troubleOf(build: FailedBuild): Failure {
  const { own, errors, failures, linesOf } = build;
  const printed = errors.filter((line) => !/^\s*(?:>|warning:)/.test(line)).join('\n');
  const errorText = withoutUnreached(printed);
  // The derivation that failed by itself; the others failed because of it.
  const culprit = failures.find((failure) => failure.drvPath !== build.drvPath && !failure.dependency) ?? null;
  const lines =
    culprit === null ? (own ?? []) : linesOf(culprit.drvPath).length > 0 ? linesOf(culprit.drvPath) : culprit.tail;
  const end = lines.slice(-200).filter((line) => !isDialogue(line));
  return (
    (failures.length === 0 ? infrastructure(unreachedMachine(printed)) : null) ??
    nixError(errorText) ??
    (own === null && failures.length === 0 ? failedEvaluation(errors) : null) ??
    infrastructure(infrastructureIn(errorText) ?? infrastructureIn(end.join('\n'))) ??
    failedPatch(lines) ??
    missingModule(lines) ??
    (culprit === null ? blockedBy(makeFailure(lines)) : failedDependency(culprit, lines)) ??
    missingLog(build) ??
    unexplained(own ?? [])
  );
}

const blocked = (message: string, hint: string): Failure => ({ kind: 'blocked', problem: { message, hint } });
const blockedBy = (problem: Problem | null): Failure | null => problem && { kind: 'blocked', problem };
const infrastructure = (problem: Problem | null): Failure | null => problem && { kind: 'infrastructure', problem };

/** Errors of Nix that the user must act on, with advice. */
const NIX_ERRORS: [RegExp, string][] = [
  [/hash mismatch in [^\n]*(?:\n\s+\S[^\n]*){0,4}/, 'put the hash after "got:" into the file that names the source'],
  [
    /(?:a '[^']*' with features|platform mismatch|missing system features)[^\n]*(?:\n\s*(?:Required|Current|Available)[^\n]*)*/,
    'this machine cannot build for that system: set up a remote builder or boot.binfmt.emulatedSystems',
  ],
];

function nixError(errorText: string): Failure | null {
  for (const [sign, hint] of NIX_ERRORS) {
    const said = sign.exec(errorText)?.[0];
    if (said !== undefined) return blocked(said.trimEnd().replace(/\s*\n\s*/g, '\n  '), hint);
  }
  return null;
}

function failedEvaluation(errors: readonly string[]): Failure | null {
  const error = readEvaluationError(errors);
  if (error === null) return null;
  return { kind: error.kind === 'infrastructure' ? error.kind : 'blocked', problem: mapBack(error, []) };
}

function failedDependency({ drvPath }: FailedDerivation, lines: readonly string[]): Failure {
  const said = lastWords(lines);
  const message = `${derivationName(drvPath)} failed to build${said === '' ? '' : `:\n${said}`}`;
  return { kind: 'dependency', problem: { message, hint: `see nix log ${drvPath}` } };
}

function missingLog({ own, drvPath, failures }: FailedBuild): Failure | null {
  const hasFailed = failures.some((failure) => failure.drvPath === drvPath && !failure.dependency);
  if ((own !== null && own.length > 0) || drvPath === null || !hasFailed) return null;
  const message = `${derivationName(drvPath)} failed to build, and its log is not here`;
  return { kind: 'no-log', problem: { message, hint: `the whole log: nix log ${drvPath}` } };
}

function unexplained(own: readonly string[]): Failure {
  const said = lastWords(own);
  const message =
    said === ''
      ? 'the config build failed and printed nothing'
      : `the config build failed before the verdict:\n${said}`;
  return { kind: 'unexplained', problem: { message, hint: 'read the whole log: nix log DRV' } };
}

const FAULT_HINTS = {
  toolchain:
    'the config lacks what its toolchain (clang, lld, rustc) needs: check stdenv, and the symbols that the kernel derives from it (CC_IS_CLANG, LD_IS_LLD, RUST)',
  invalid: 'a value or an extraConfig line is no `SYMBOL VALUE`: an empty freeform, a quote or a line break in it',
};

function brokenRequest(
  { faults, ending, asked, observation: { refusals } }: TranscriptReading,
  own: readonly string[],
): Problem | null {
  for (const fault of faults)
    if (fault.kind === 'toolchain' || fault.kind === 'invalid')
      return { message: fault.line, hint: FAULT_HINTS[fault.kind] };
  // Before the first question nothing is answered, and every setting counts as missed.
  // Of a script that died at a question the tail may show none, and make's error at the end.
  if (ending === 'errors' && asked === 0 && refusals.length === 0) {
    const failed = makeFailure(own);
    if (failed !== null) return failed;
    const hint = 'make config itself failed before its first question';
    const repeated = own.find((line) => line.startsWith(ECHO) && isRepeated(line));
    if (repeated !== undefined) return { message: repeated.replace(/^GOT: /, ''), hint };
  }
  const unread = faults.flatMap((fault) => (fault.kind === 'unread' && fault.severity === 'error' ? fault.line : []));
  if (ending === 'no-verdict' && unread.length > 0)
    return {
      message: `the script's verdict is not understood:\n${unread.slice(0, 20).join('\n')}`,
      hint: 'act on what it says; falloutd knows no such line',
    };
  const last = faults.at(-1);
  if (last?.kind === 'unanswerable' && ending === 'no-verdict')
    return {
      message: `the script does not know how to answer: ${last.question}`,
      hint: 'this nixpkgs is older than this kernel: update it',
    };
  return null;
}

/** The source patch that does not apply, as GNU patch and nixpkgs' patchPhase report it. */
function failedPatch(lines: readonly string[]): Failure | null {
  const at = lines.findIndex((line) => LINE.patchFailed.test(line));
  const failed = LINE.patchFailed.exec(lines[at] ?? '');
  if (failed === null) return null;
  const latest = (pattern: RegExp): string => {
    const line = lines.slice(0, at + 1).findLast((each) => pattern.test(each)) ?? '';
    return pattern.exec(line)?.[1] ?? '';
  };
  const name = latest(LINE.applyingPatch).replace(/^.*\/(?:[0-9a-z]{32}-)?/, '');
  const file = latest(LINE.patchedFile);
  return blocked(
    `the source patch ${name === '' ? '(unnamed)' : name} does not apply${file === '' ? '' : ` to ${file}`}: ${failed.input.trim()}`,
    failed[1] === undefined
      ? 'the patch is for another kernel version: update it or take it out'
      : 'this kernel has the change already: take the patch out',
  );
}

/** The module that the initrd's closure of modules lacks, as modprobe reports it. */
function missingModule(lines: readonly string[]): Failure | null {
  const module = lines.flatMap((line) => LINE.moduleNotFound.exec(line)?.[1] ?? [])[0];
  if (module === undefined) return null;
  const found = blocked(
    `the initrd needs the module ${module}, which this kernel does not have`,
    `\`falloutd preflight\` says which option makes it, and which wish took that away; where the module is not needed, take it out of boot.initrd.availableKernelModules (NixOS' own: boot.initrd.includeDefaultModules = false)`,
  );
  return { ...found, module };
}

/** Enough of a line for a message: a progress bar may be endless. */
const MAX_WORDS = 400;

function lastWords(lines: readonly string[]): string {
  const words = lines.filter((line) => line.trim() !== '' && !LINE.starving.test(line));
  const own = words.filter((line) => !isRepeated(line));
  return (own.length > 0 ? own : words)
    .slice(-5)
    .map((line) => (line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line))
    .join('\n');
}

/** `make[1]: *** …`, `Makefile:12: *** …`, and the kernel's own Makefiles: `*** …`. */
const STARS = /^(?:\S+: )?\*\*\* ?(.*)$/;
/** Lines that repeat a failure, name its place, or end a message; and what kconfig says between stars when all is well. */
const EMPTY =
  /^(?:\[.*\] |in \/|Waiting for unfinished|End of (?:the|Linux kernel) configuration|Default configuration is based on|Execute 'make'|$)/;

/** Whether a line of make only repeats that something below it failed. */
const isRepeated = (line: string): boolean => /^(?:GOT: )?make\S*: \*\*\* \[.*\] /.test(line);

/** The reason that make gives in the lines of a build's log, with advice; null if it gives none. */
export function makeFailure(lines: readonly string[]): Problem | null {
  for (const line of lines) {
    if (!line.includes('***')) continue;
    const text = line.startsWith(ECHO) ? line.slice(ECHO.length).trimStart() : line;
    const reason = STARS.exec(text)?.[1]
      ?.replace(/\s+Stop\.$/, '')
      .trim();
    if (reason !== undefined && !EMPTY.test(reason)) return { message: `make: ${reason}`, hint: hintFor(reason) };
  }
  return null;
}

function hintFor(reason: string): string {
  const [, arch, missing] = /"?arch\/([^/\s]+)\/configs\/([^"\s]+)"?/.exec(reason) ?? [];
  const target = missing ?? /No rule to make target [`'"]?(\S*?(?:config|\.config))[`'"]?(?:[.,]|$)/.exec(reason)?.[1];
  if (target !== undefined) {
    const where = arch === undefined ? 'this kernel' : `the architecture ${arch} of this kernel`;
    return `${where} has no ${target}: name one that it has, as \`defconfig\` of the kernel or \`linux-kernel.baseConfig\` of the platform`;
  }
  return /mrproper|not clean/.test(reason)
    ? 'the kernel source holds the results of an earlier build: take a clean one, or run `make mrproper` in it'
    : 'make failed before any question was answered: the settings are not to blame';
}
