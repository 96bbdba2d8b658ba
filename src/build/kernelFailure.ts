import { infrastructureIn, unreachedMachine, withoutUnreached } from '../nix/infrastructure.ts';
import { failuresIn } from '../nix/failedDerivations.ts';
import { printedLines, type BuildLog } from '../nix/buildLog.ts';
import { derivationName } from '../nix/derivationName.ts';
import type { Problem } from '../model/problem.ts';
import { isKbuildLine } from './kbuildLines.ts';

export type KernelFailure = { kind: 'failed' | 'infrastructure'; problem: Problem };

const COMPILER = /\b(?:fatal )?error(?:\[\w+\])?: |^ERROR: |undefined (?:reference to|symbol)/;
const MAKE = /^(?:\S*make\S*: \*\*\* |.*No rule to make target)/;
const SHOWN_LINES = 5;
/** A build ends when the disk or the memory is full, so the last lines say so. */
const LAST_LINES = 60;

/** Why a kernel build failed: the disk, the memory, the network and the like, or its source, with the compiler's first errors. */
export function classifyKernelFailure(log: BuildLog, drvPath: string): KernelFailure {
  const byNix = printedLines(log);
  const printed = byNix.filter((line) => !/^\s*(?:>|warning:)/.test(line)).join('\n');
  const failures = failuresIn(byNix);
  const machine = failures.length === 0 ? unreachedMachine(printed) : null;
  const errorText = withoutUnreached(printed);
  const culprit = failures.find((failure) => !failure.dependency) ?? null;
  const failed = culprit?.drvPath ?? drvPath;
  const lines = log.builds.get(failed)?.lines ?? culprit?.tail ?? [];
  const lastLines = lines.slice(-LAST_LINES).filter((line) => !isKbuildLine(line));
  const trouble = machine ?? infrastructureIn(errorText) ?? infrastructureIn(lastLines.join('\n'));
  if (trouble !== null) return { kind: 'infrastructure', problem: trouble };
  const what = failed === drvPath ? 'the kernel does not compile' : `${derivationName(failed)} failed to build`;
  const nixErrors = errorText.split('\n').filter((line) => line.trim() !== '');
  const errors = firstErrors(lines) ?? nixErrors.slice(0, SHOWN_LINES);
  return { kind: 'failed', problem: { message: [what, ...errors].join('\n') } };
}

/** The first errors of the compiler or the linker, else of make, else the last lines; null if there is none. */
function firstErrors(lines: readonly string[]): string[] | null {
  const last = lines.filter((line) => line.trim() !== '' && !isKbuildLine(line)).slice(-SHOWN_LINES);
  const candidates = [COMPILER, MAKE].map((sign) => lines.filter((line) => sign.test(line)).slice(0, SHOWN_LINES));
  return [...candidates, last].find((found) => found.length > 0) ?? null;
}
