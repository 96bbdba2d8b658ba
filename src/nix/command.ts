import { execa } from 'execa';
import { InfrastructureError } from '../model/errors.ts';
import type { Limit } from '../model/limits.ts';
import { signalGroup } from '../system/processGroup.ts';
import type { Problem } from '../model/problem.ts';

/** How long a process group gets between SIGTERM and SIGKILL. Nix ends its builders in that time. */
const GRACE_MS = 5_000;
/** No answer of Nix comes near this: the definitions of a whole kernel are some 2 MB. */
const MAX_STDOUT_BYTES = 64 << 20;

/**
 * The child becomes the command only when it hears that it is recorded (`read` on standard input). A falloutd killed before that
 * leaves a shell that finds its input closed and ends: no Nix that nobody knows of.
 */
const WHEN_RECORDED = 'read -r _ && exec "$0" "$@"';

/** What a POSIX shell exits with when the command it is to become is not there, or is not executable. */
export const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

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
  /** What it reads on standard input; nothing by default. */
  input?: Buffer;
  /** Aborting ends the whole process group. */
  signal?: AbortSignal | undefined;
  /** Ends the whole process group when it takes longer. */
  limit?: Limit | undefined;
  /** How long the group then gets before it is killed, where five seconds are not enough to clear up. */
  graceMs?: number;
  /** Called with every piece of standard error as it comes; nothing of it is kept here. */
  onStderr?: (chunk: Buffer) => void;
  processes?: ProcessListener | undefined;
};

export type NixExit =
  | { kind: 'exited'; code: number; stdout: string }
  /** It came to no end of its own: killed by somebody, over its limit, or printing without end. */
  | { kind: 'broken'; problem: Problem }
  | { kind: 'aborted' };

/**
 * Runs one Nix command in a process group of its own.
 * @throws InfrastructureError when the command cannot be started at all.
 */
export async function runNix({
  command,
  args,
  cwd,
  input,
  signal,
  limit,
  graceMs = GRACE_MS,
  onStderr,
  processes,
}: NixCommand): Promise<NixExit> {
  if (signal?.aborted) return { kind: 'aborted' };
  const child = execa(
    '/bin/sh',
    ['-c', input === undefined ? `${WHEN_RECORDED} </dev/null` : WHEN_RECORDED, command, ...args],
    {
      ...(cwd === undefined ? {} : { cwd }),
      // A group of its own, so that a kill reaches the builder too; execa alone would leave grandchildren behind.
      detached: true,
      cleanup: false,
      reject: false,
      stdin: 'pipe',
      buffer: false,
    },
  );
  const name =
    command === 'nix' ? `nix ${args.find((arg) => /^[a-z]/.test(arg) && !arg.includes(' ')) ?? ''}`.trimEnd() : command;
  const pid = child.pid;
  if (pid !== undefined) {
    liveGroups.add(pid);
    try {
      processes?.started(pid, [command, ...args.filter((a) => a.endsWith('.drv'))].join(' '));
    } catch (error) {
      child.stdin.destroy();
      liveGroups.delete(pid);
      throw error;
    }
  }
  // One that ended before it has read everything tells so by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.write('\n');
  child.stdin.end(input);
  const broken: { by: Problem | null } = { by: null };
  let killTimer: NodeJS.Timeout | undefined;
  const end = (problem: Problem | null): void => {
    broken.by ??= problem;
    if (pid === undefined || killTimer !== undefined) return;
    signalGroup(pid, 'SIGTERM');
    killTimer = setTimeout(() => {
      signalGroup(pid, 'SIGKILL');
      // A process that left the group may hold the pipes open for ever.
      child.stdout.destroy();
      child.stderr.destroy();
    }, graceMs);
  };
  const stdout: Buffer[] = [];
  let stdoutBytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    stdoutBytes += chunk.length;
    if (stdoutBytes <= MAX_STDOUT_BYTES) stdout.push(chunk);
    else {
      stdout.length = 0;
      end({
        message: `${name} prints without end on standard output (more than ${MAX_STDOUT_BYTES >> 20} MiB)`,
        hint: 'is this nix the real one? See `command -v nix`',
      });
    }
  });
  child.stderr.on('data', (chunk: Buffer) => onStderr?.(chunk));
  const abort = (): void => end(null);
  signal?.addEventListener('abort', abort, { once: true });
  const limitTimer =
    limit === undefined
      ? undefined
      : setTimeout(
          () =>
            end({
              message: `${name} did not end within ${limit.ms / 1000} s, the limit of \`${limit.key}\``,
              hint: `raise \`${limit.key}\` under [limits], or see what holds it up: network, disk, a lock, the Nix daemon`,
            }),
          limit.ms,
        );
  try {
    const result = await child;
    if (signal?.aborted) return { kind: 'aborted' };
    if (broken.by !== null) return { kind: 'broken', problem: broken.by };
    const isThere = result.exitCode !== NOT_FOUND && result.exitCode !== NOT_EXECUTABLE;
    if (result.exitCode !== undefined && isThere)
      return { kind: 'exited', code: result.exitCode, stdout: Buffer.concat(stdout).toString('utf8') };
    if (result.signal !== undefined)
      return { kind: 'broken', problem: { message: `${name} was ended by ${result.signal}` } };
    throw new InfrastructureError(
      {
        message:
          result.exitCode === NOT_FOUND
            ? `${command} was not found on PATH`
            : `${command} could not be started: ${result.shortMessage}`,
        hint:
          result.exitCode === NOT_FOUND
            ? 'install Nix (https://nixos.org/download) or put it on PATH'
            : 'see the cause',
      },
      { cause: result },
    );
  } finally {
    signal?.removeEventListener('abort', abort);
    clearTimeout(limitTimer);
    clearTimeout(killTimer);
    if (pid !== undefined) {
      liveGroups.delete(pid);
      processes?.ended(pid);
    }
  }
}
