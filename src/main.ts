#!/usr/bin/env -S node --max-semi-space-size=4
// V8's room for new objects stays at 8 MB, for a process that runs for weeks. By itself it grows to 33 MB in Node 20 and 134 MB in 24,
// and it can be set only when a process starts. `env -S` is in coreutils, FreeBSD and macOS; busybox lacks it.
import { listenForInterruption } from './cli/interruption.ts';
import { FalloutdError } from './model/errors.ts';

listenForInterruption();
// `falloutd history | head` closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  const [first, ...words] = process.argv.slice(2);
  // Whoever presses Tab waits for it.
  if (first === '__complete') await (await import('./cli/complete.ts')).complete(words);
  else await (await (await import('./cli/program.ts')).program(process.argv.slice(2))).parseAsync();
} catch (error) {
  const { CommanderError } = await import('@commander-js/extra-typings');
  if (error instanceof FalloutdError) {
    const { printProblem } = await import('./cli/output.ts');
    printProblem(error.problem);
    process.exitCode = error.exitCode;
  } else if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    throw error;
  }
}
