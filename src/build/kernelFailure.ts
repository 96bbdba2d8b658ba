import { infrastructureIn, unreachedMachine, withoutUnreached } from '../nix/infrastructure.ts';
import { failuresIn } from '../nix/failedDerivations.ts';
import { printedLines, type BuildLog } from '../nix/buildLog.ts';
import { derivationName } from '../nix/derivationName.ts';
import type { Problem } from '../model/problem.ts';
import { isKbuildLine } from './kbuildLines.ts';

export type KernelFailure = { outcome: 'failed' | 'infrastructure'; problem: Problem };

const COMPILER = /\b(?:fatal )?error(?:\[\w+\])?: |^ERROR: |undefined (?:reference to|symbol)/;
const MAKE = /^(?:\S*make\S*: \*\*\* |.*No rule to make target)/;
const SHOWN_LINES = 5;
/** Trouble with disk or memory ends a build: it is said among its last lines. */
const LAST_LINES = 60;

/** Why a kernel build failed: disk, memory, network and the like, or its own source, with the compiler's first errors. */
export function classifyKernelFailure(log: BuildLog, drvPath: string): KernelFailure {
  const errors = printedLines(log);
  const printed = errors.filter((line) => !/^\s*(?:>|warning:)/.test(line)).join('\n');
  const failures = failuresIn(errors);
  const machine = failures.length === 0 ? unreachedMachine(printed) : null;
  if (machine !== null) return { outcome: 'infrastructure', problem: { message: machine.line, hint: machine.hint } };
  const errorText = withoutUnreached(printed);
  const culprit = failures.find((failure) => !failure.dependency) ?? null;
  const failed = culprit?.drvPath ?? drvPath;
  const lines = log.builds.get(failed)?.lines ?? culprit?.tail ?? [];
  const trouble =
    infrastructureIn(errorText) ??
    infrastructureIn(
      lines
        .slice(-LAST_LINES)
        .filter((line) => !isKbuildLine(line))
        .join('\n'),
    );
  if (trouble !== null) return { outcome: 'infrastructure', problem: { message: trouble.line, hint: trouble.hint } };
  const said = firstErrors(lines);
  const what = failed === drvPath ? 'the kernel does not compile' : `${derivationName(failed)} failed to build`;
  const reason =
    said.length > 0
      ? said
      : errorText
          .split('\n')
          .filter((line) => line.trim() !== '')
          .slice(0, SHOWN_LINES);
  return { outcome: 'failed', problem: { message: [what, ...reason].join('\n') } };
}

/** The compiler's or the linker's first errors, else make's, else the last lines. */
function firstErrors(lines: readonly string[]): string[] {
  for (const sign of [COMPILER, MAKE]) {
    const found = lines.filter((line) => sign.test(line)).slice(0, SHOWN_LINES);
    if (found.length > 0) return found;
  }
  return lines.filter((line) => line.trim() !== '' && !isKbuildLine(line)).slice(-SHOWN_LINES);
}
