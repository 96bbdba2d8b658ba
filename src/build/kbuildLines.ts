import type { ExpectedKernel } from '../model/kernelBuild.ts';

/** Whether a line of kbuild reports one more object of the kernel: `  CC [M]  drivers/net/dummy.o`. Host tools do not count. */
export function isObjectLine(line: string): boolean {
  return /^ {2}(?:CC|AS|CPP|CXX|LD|AR|RUSTC)(?: \[M\]| [A-Z])? +\S/.test(line);
}

/** Any quiet line of kbuild: `  HOSTCC  scripts/kconfig/conf.o`, `  INSTALL …`. */
export function isKbuildLine(line: string): boolean {
  return /^ {2}[A-Z][A-Z0-9_]*(?: \[M\]| [A-Z])? +\S/.test(line);
}

/**
 * How long a kernel build will still take, in ms, estimated from the last build; null if there was none. At first the speed
 * of the last build counts, towards the end the speed of this one.
 */
export function remainingMs(objects: number, elapsedMs: number, expected: ExpectedKernel | null): number | null {
  if (expected === null) return null;
  const done = Math.min(1, objects / expected.objects);
  const asBefore = expected.durationMs * (1 - done);
  if (done === 0) return Math.max(0, expected.durationMs - elapsedMs);
  const asNow = elapsedMs / done - elapsedMs;
  return done * asNow + (1 - done) * asBefore;
}
