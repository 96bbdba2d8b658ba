import { spawn, spawnSync } from 'node:child_process';
import type { Environment, Probe } from '../ast.ts';

/** What a command printed: `output` is what kconfig takes, `errors` what went to standard error. */
export type ShellAnswer = { output: string; errors: string };

/** Runs one command of `$(shell,…)`. */
export type Runner = (command: string) => Promise<ShellAnswer>;

/** conf's working directory and environment, in which commands run. */
export type ShellOptions = { directory: string; environment: Environment };

/** The size of kconfig's buffer. The last byte stays free (`do_shell` in preprocess.c). */
export const MOST_OUTPUT = 4096;

/** Runs each command in a shell of its own, as popen(3) does. It rejects if the shell cannot be started, which is an error for conf too. */
export function shellRunner({ directory, environment }: ShellOptions): Runner {
  return (command) =>
    new Promise((resolve, reject) => {
      const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
      const child = spawn('/bin/sh', ['-c', command], { cwd: directory, env: environment, stdio });
      const output: Buffer[] = [];
      const errors: Buffer[] = [];
      let length = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        length += chunk.length;
        output.push(chunk);
        // conf closes its end of the pipe then.
        if (length >= MOST_OUTPUT) child.stdout.destroy();
      });
      child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
      child.on('error', reject);
      child.on('close', () =>
        resolve({ output: shellOutput(Buffer.concat(output)), errors: Buffer.concat(errors).toString() }),
      );
    });
}

/** Runs nothing, and answers each command with nothing. */
export const noShell: Runner = async () => Promise.resolve({ output: '', errors: '' });

/** Runs commands one after the other while the tree is read, as conf does. Their standard error goes to this process's. */
export function shellProbe({ directory, environment }: ShellOptions): Probe {
  return (command) => {
    const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
    const { stdout, error } = spawnSync('/bin/sh', ['-c', command], { cwd: directory, env: environment, stdio });
    if (error !== undefined) throw error;
    return shellOutput(stdout);
  };
}

/** What kconfig takes of a command's output: at most 4,095 bytes, up to a NUL. Newlines at the end are dropped, others become blanks. */
export function shellOutput(bytes: Buffer): string {
  let end = Math.min(bytes.length, MOST_OUTPUT - 1);
  while (end > 0 && bytes[end - 1] === 0x0a) end--;
  const text = bytes.subarray(0, end);
  const nul = text.indexOf(0);
  return text
    .subarray(0, nul < 0 ? end : nul)
    .toString()
    .replaceAll('\n', ' ');
}

/** Limits how many commands run at the same time. The others wait in the order in which they were added. */
export function limited(run: Runner, jobs: number): Runner {
  const waiting: (() => void)[] = [];
  let free = Math.max(1, jobs);
  return async (command) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run(command);
    } finally {
      // The next command takes this one's place.
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
