#!/usr/bin/env -S node --max-semi-space-size=4
// V8's room for new objects stays at 8 MB, for a process that runs for weeks. By itself it grows to 33 MB in Node 20 and 134 MB in 24,
// and it can be set only when a process starts. `env -S` is in coreutils, FreeBSD and macOS; busybox lacks it.
import { listenForInterruption, listenForLeavingReader } from './cli/interruption.ts';

listenForInterruption();
listenForLeavingReader((error) => {
  void import('./cli/runCommand.ts').then(async ({ endWith }) => endWith(error));
  // The command may still set its own.
  process.once('exit', () => (process.exitCode = 5));
});
const words = process.argv.slice(2);
// Whoever presses Tab waits for it.
if (words[0] === '__complete') await (await import('./cli/complete.ts')).complete(words.slice(1));
else await (await import('./cli/runCommand.ts')).runCommand(words);
