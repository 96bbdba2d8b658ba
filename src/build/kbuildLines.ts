import type { ExpectedKernel } from '../model/kernelBuild.ts';

/** kbuild's quiet lines for what is compiled or linked into an object: `  CC [M]  drivers/net/dummy.o`. Host tools do not count. */
const OBJECT = /^ {2}(?:CC|AS|CPP|CXX|LD|AR|RUSTC)(?: \[M\]| [A-Z])? +\S/;

/** Whether a line of a kernel build's log tells of one more object. */
export function isObjectLine(line: string): boolean {
  return OBJECT.test(line);
}

/** Any quiet line of kbuild: `  HOSTCC  scripts/kconfig/conf.o`, `  INSTALL …`. */
export function isKbuildLine(line: string): boolean {
  return /^ {2}[A-Z][A-Z0-9_]*(?: \[M\]| [A-Z])? +\S/.test(line);
}

/**
 * How long a kernel build still takes, in ms, as far as the last one tells; null where nothing does. At first the last
 * build's speed counts, towards the end this one's own.
 */
export function remainingMs(objects: number, elapsedMs: number, expected: ExpectedKernel | null): number | null {
  if (expected === null) return null;
  const done = Math.min(1, objects / expected.objects);
  const asBefore = expected.durationMs * (1 - done);
  if (done === 0) return Math.max(0, expected.durationMs - elapsedMs);
  const asNow = elapsedMs / done - elapsedMs;
  return done * asNow + (1 - done) * asBefore;
}
