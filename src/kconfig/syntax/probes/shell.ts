import { spawn, spawnSync } from 'node:child_process';
import type { Environment, Probe } from '../ast.ts';

/** What a command printed: `output` is what kconfig takes, `errors` what went to standard error. */
export type ShellAnswer = { output: string; errors: string };

/** Runs one command of `$(shell,…)`. */
export type Runner = (command: string) => Promise<ShellAnswer>;

/** conf's working directory and environment, in which commands run. */
export type ShellOptions = { directory: string; environment: Environment };

/** The size of kconfig's buffer. The last byte stays free (`do_shell` in preprocess.c). */
const BUFFER = 4096;

/** Runs each command in a shell of its own, as popen(3) does. It rejects if the shell cannot be started, which is an error for conf too. */
export function shellRunner({ directory, environment }: ShellOptions): Runner {
  return (command) =>
    new Promise((resolve, reject) => {
      const settings = { cwd: directory, env: environment };
      const child = spawn('/bin/sh', ['-c', command], { ...settings, stdio: ['ignore', 'pipe', 'pipe'] });
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
        resolve({ output: shellOutput(Buffer.concat(output)), errors: Buffer.concat(errors).toString() }),
      );
    });
}

/** Runs commands one after the other while the tree is read, as conf does. Their standard error goes to this process's. */
export function shellProbe({ directory, environment }: ShellOptions): Probe {
  return (command) => {
    const settings = { cwd: directory, env: environment };
    const { stdout, error } = spawnSync('/bin/sh', ['-c', command], {
      ...settings,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (error !== undefined) throw error;
    return shellOutput(stdout);
  };
}

/** What kconfig takes of a command's output: at most 4,095 bytes, up to a NUL. Newlines at the end are dropped, others become blanks. */
export function shellOutput(bytes: Buffer): string {
  const taken = bytes.subarray(0, BUFFER - 1);
  let end = taken.length;
  while (end > 0 && taken[end - 1] === 0x0a) end--;
  const text = taken.subarray(0, end);
  const nul = text.indexOf(0);
  return (nul < 0 ? text : text.subarray(0, nul)).toString().replaceAll('\n', ' ');
}
