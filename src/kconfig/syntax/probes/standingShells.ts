import { spawn } from 'node:child_process';
import { limited, MOST_OUTPUT, shellOutput, shellRunner, type Runner, type ShellOptions } from './shell.ts';

/**
 * What `if-success` in the kernel's `scripts/Kconfig.include` makes of a command: a test that prints one word at its end. Nothing else of it reaches the
 * output, whatever the command starts, so that it can share an output with others.
 */
const TEST = /^\{ [^\n\0]*; \} >\/dev\/null 2>&1 && echo "[\w-]*" \|\| echo "[\w-]*"$/;

/** Runs each line of the input in a shell of its own, as conf does, and prints a NUL after each. A fork is enough: what ends or changes it ends with it. */
const SERVE = `while IFS= read -r probe; do ( eval "$probe" ) </dev/null; printf '\\0'; done`;

export type StandingShells = {
  run: Runner;
  /** Ends the shells. No command may run. */
  end: () => void;
};

/**
 * Runs commands as `shellRunner` does, `jobs` at a time. Tests, which are most of a kernel's commands, go to shells that stay: those start the next one
 * while this process reads the tree, and a process is started from a shell in less time than from Node.
 */
export function standingShells(options: ShellOptions, jobs: number): StandingShells {
  const alone = limited(shellRunner(options), jobs);
  const shells: Shell[] = [];
  const leastBusy = (): Shell => {
    const found = shells.toSorted((a, b) => a.waiting - b.waiting)[0];
    if (found !== undefined && (found.waiting === 0 || shells.length >= jobs)) return found;
    const fresh = new Shell(options);
    shells.push(fresh);
    return fresh;
  };
  return {
    async run(command) {
      if (!TEST.test(command)) return alone(command);
      const printed = await leastBusy().run(command);
      // A command that is no test after all, or that the shell could not read.
      if (!printed.endsWith('\n')) return alone(command);
      return { output: shellOutput(Buffer.from(printed)), errors: '' };
    },
    end: () => {
      for (const shell of shells) shell.end();
    },
  };
}

/** A shell that runs one command after the other. */
class Shell {
  readonly #child;
  /** Takes what each command prints, in the order in which they run. */
  readonly #takers: ((printed: string) => void)[] = [];
  #printed = '';
  #ended = false;

  constructor({ directory, environment }: ShellOptions) {
    const stdio: ['pipe', 'pipe', 'ignore'] = ['pipe', 'pipe', 'ignore'];
    this.#child = spawn('/bin/sh', ['-c', SERVE], { cwd: directory, env: environment, stdio });
    this.#child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', () => this.#giveUp()).on('close', () => this.#giveUp());
  }

  get waiting(): number {
    return this.#takers.length;
  }

  /** What the command prints; nothing if this shell cannot run it. */
  async run(command: string): Promise<string> {
    if (this.#ended) return '';
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#child.stdin.write(`${command}\n`);
    });
  }

  end(): void {
    this.#child.stdin.end();
  }

  #take(chunk: string): void {
    const outputs = (this.#printed + chunk).split('\0');
    this.#printed = outputs.pop() ?? '';
    for (const output of outputs) this.#takers.shift()?.(output);
    // The command and the shell end by a signal then.
    if (this.#printed.length > MOST_OUTPUT) this.#child.stdout.destroy();
  }

  #giveUp(): void {
    this.#ended = true;
    for (const take of this.#takers.splice(0)) take('');
  }
}
