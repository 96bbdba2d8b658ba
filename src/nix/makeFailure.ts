/** Why make gave up. Its `***` lines say so, but most of them only hand on that a make below failed. */
import { ECHO } from '../script/logLines.ts';
import type { Problem } from '../model/problem.ts';

/** `make[1]: *** …`, `Makefile:12: *** …`, and the kernel's own Makefiles: `*** …`. */
const STARS = /^(?:\S+: )?\*\*\* ?(.*)$/;
/** What hands a failure on, says where it was, or ends a message. */
const EMPTY = /^(?:\[.*\] |in \/|Waiting for unfinished|End of the configuration|$)/;

/** Whether a line of make only says that something failed before it. */
export const isHandedOn = (line: string): boolean => /^(?:GOT: )?make\S*: \*\*\* \[.*\] /.test(line);

/** What make says of the reason; null where it says nothing. Takes the lines of a build's log. */
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
