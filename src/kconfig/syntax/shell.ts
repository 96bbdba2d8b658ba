import { spawn, spawnSync } from 'node:child_process';
import type { Probe } from './ast.ts';

/** What a command printed: `output` as kconfig takes it, `errors` as it went to standard error. */
export type Answer = { output: string; errors: string };

/** Runs one command of `$(shell,…)`. */
export type Runner = (command: string) => Promise<Answer>;

/** Where and with which variables commands run: conf's working directory and environment. */
export type ShellOptions = { directory: string; environment: Readonly<Record<string, string>> };

/** kconfig reads so many bytes, and takes one less (`do_shell` in preprocess.c). */
const BUFFER = 4096;

/** Runs commands as `popen` does, each in a shell of its own. A shell that cannot be started is an error, as it is for conf. */
export function shellRunner({ directory, environment }: ShellOptions): Runner {
  return (command) =>
    new Promise((resolve, reject) => {
      const child = spawn('/bin/sh', ['-c', command], {
        cwd: directory,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output: Buffer[] = [];
      const errors: Buffer[] = [];
      let length = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        length += chunk.length;
        output.push(chunk);
        // conf closes its end of the pipe then.
        if (length >= BUFFER) child.stdout.destroy();
      });
      child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
      child.on('error', reject);
      child.on('close', () =>
        resolve({ output: takenOutput(Buffer.concat(output)), errors: Buffer.concat(errors).toString() }),
      );
    });
}

/** Runs commands one after the other while the tree is read, as conf itself does; what they print to standard error goes to ours. */
export function shellProbe({ directory, environment }: ShellOptions): Probe {
  return (command) => {
    const { stdout, error } = spawnSync('/bin/sh', ['-c', command], {
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (error !== undefined) throw error;
    return takenOutput(stdout);
  };
}

/** What kconfig makes of a command's output: at most 4,095 bytes up to a NUL, no newline at the end, and blanks for the others. */
export function takenOutput(bytes: Buffer): string {
  const taken = bytes.subarray(0, BUFFER - 1);
  let end = taken.length;
  while (end > 0 && taken[end - 1] === 0x0a) end--;
  const text = taken.subarray(0, end);
  const nul = text.indexOf(0);
  return (nul < 0 ? text : text.subarray(0, nul)).toString().replaceAll('\n', ' ');
}
