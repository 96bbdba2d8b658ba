import { execa } from 'execa';
import { InfrastructureError } from '../errors.ts';
import { signalGroup } from '../processGroup.ts';

/** How long a process group gets between SIGTERM and SIGKILL. Nix ends its builders in that time. */
const GRACE_MS = 5_000;

const liveGroups = new Set<number>();

// Whatever makes this process exit, its groups end with it.
process.once('exit', () => {
  for (const pid of liveGroups) signalGroup(pid, 'SIGTERM');
});

/** Told of every process group as it starts and ends. */
export type ProcessListener = { started: (pid: number, what: string) => void; ended: (pid: number) => void };

export type NixCommand = {
  command: 'nix' | 'nix-store' | 'nix-instantiate';
  args: readonly string[];
  cwd?: string;
  /** Aborting ends the whole process group. */
  signal?: AbortSignal | undefined;
  /** How long the group then gets before it is killed, where five seconds are not enough to clear up. */
  graceMs?: number;
  /** Called with every piece of standard error as it comes; nothing of it is kept here. */
  onStderr?: (chunk: Buffer) => void;
  processes?: ProcessListener | undefined;
};

export type NixExit =
  | { kind: 'exited'; code: number; stdout: string }
  | { kind: 'killed'; signal: string }
  | { kind: 'aborted' };

/**
 * Runs one Nix command in a process group of its own.
 * @throws InfrastructureError when the command cannot be started at all.
 */
export async function runNix({ command, args, cwd, signal, graceMs = GRACE_MS, onStderr, processes }: NixCommand): Promise<NixExit> {
  if (signal?.aborted) return { kind: 'aborted' };
  const child = execa(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    // A group of its own, so that a kill reaches the builder too; execa alone would leave grandchildren behind.
    detached: true,
    cleanup: false,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
    buffer: { stdout: true, stderr: false },
  });
  const pid = child.pid;
  if (pid !== undefined) {
    liveGroups.add(pid);
    processes?.started(pid, [command, ...args.filter((a) => a.endsWith('.drv'))].join(' '));
  }
  child.stderr.on('data', (chunk: Buffer) => onStderr?.(chunk));
  let killTimer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    if (pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const result = await child;
    if (signal?.aborted) return { kind: 'aborted' };
    if (result.exitCode !== undefined) return { kind: 'exited', code: result.exitCode, stdout: result.stdout };
    if (result.signal !== undefined) return { kind: 'killed', signal: result.signal };
    throw new InfrastructureError({
      message: result.code === 'ENOENT' ? `${command} was not found on PATH` : `${command} could not be started: ${result.shortMessage}`,
      hint: result.code === 'ENOENT' ? 'install Nix (https://nixos.org/download) or put it on PATH' : 'see the cause',
    }, { cause: result });
  } finally {
    signal?.removeEventListener('abort', abort);
    clearTimeout(killTimer);
    if (pid !== undefined) {
      liveGroups.delete(pid);
      processes?.ended(pid);
    }
  }
}
