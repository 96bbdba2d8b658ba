import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** How to start a shell without anybody's settings, and how to make it take a completion script. */
const SHELLS = {
  bash: { start: 'exec bash --norc --noprofile -i', take: (script: string) => `. ${script}` },
  zsh: {
    start: 'exec zsh -f -i',
    take: (script: string) => `autoload -Uz compinit; compinit -u -d $HOME/.zcompdump; . ${script}`,
  },
  fish: { start: 'exec fish --no-config -i', take: (script: string) => `source ${script}` },
} as const;
export type Shell = keyof typeof SHELLS;
export const ALL_SHELLS = Object.keys(SHELLS) as Shell[];

/** A shell on a terminal of its own, at which keys are typed. Make it with `openShell`, end it with `close`. */
class ShellOnTerminal {
  /** What it has shown since keys were last typed. */
  #shown = '';

  constructor(private readonly process: ChildProcessByStdio<Writable, Readable, null>) {
    process.stdout.on('data', (chunk: Buffer) => {
      this.#shown += chunk.toString();
    });
  }

  /** Types keys and waits until what it shows then matches; gives what did. */
  async type(keys: string, awaited: RegExp): Promise<string> {
    this.#shown = '';
    this.process.stdin.write(keys);
    const end = Date.now() + 60_000;
    for (;;) {
      // eslint-disable-next-line no-control-regex -- what terminals are told
      const text = this.#shown.replace(/\u001b(?:\[[0-9;?>]*[A-Za-z]|\][^\u0007]*\u0007|[()=>][0-9A-Z]?)|\r/g, '');
      const found = awaited.exec(text);
      if (found !== null) return found[0];
      if (Date.now() > end) throw new Error(`never shown: ${String(awaited)}; but:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async close(): Promise<void> {
    const ended = once(this.process, 'close');
    this.process.kill('SIGKILL');
    await ended;
  }
}

/** Starts a shell in a folder with this environment and lets it take the script. */
export async function openShell(
  shell: Shell,
  { script, cwd, env }: { script: string; cwd: string; env: Record<string, string> },
): Promise<ShellOnTerminal> {
  const { start, take } = SHELLS[shell];
  const terminal = new ShellOnTerminal(
    spawn('script', ['-qefc', start, '/dev/null'], {
      cwd,
      env: { ...process.env, TERM: 'xterm', PS1: '> ', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  await terminal.type('', /\S/);
  await terminal.type(`${take(script)}; echo rea''dy\n`, /^ready/m);
  return terminal;
}
