/** Finds out why make gave up. Its `***` lines say so, but most of them only repeat that a make below failed. */
import { ECHO } from '../script/logLines.ts';
import type { Problem } from '../model/problem.ts';

/** `make[1]: *** …`, `Makefile:12: *** …`, and the kernel's own Makefiles: `*** …`. */
const STARS = /^(?:\S+: )?\*\*\* ?(.*)$/;
/** Lines that repeat a failure, name its place, or end a message; and what kconfig says between stars when all is well. */
const EMPTY =
  /^(?:\[.*\] |in \/|Waiting for unfinished|End of (?:the|Linux kernel) configuration|Default configuration is based on|Execute 'make'|$)/;

/** Whether a line of make only repeats that something below it failed. */
export const isRepeated = (line: string): boolean => /^(?:GOT: )?make\S*: \*\*\* \[.*\] /.test(line);

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
