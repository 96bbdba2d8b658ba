import { execa } from 'execa';
import { InfrastructureError } from '../model/errors.ts';
import type { Limit } from '../model/limits.ts';
import type { Problem } from '../model/problem.ts';
import { signalGroup } from '../system/processGroup.ts';
import { processOf } from '../system/processTable.ts';
import { endOrphanedBuilders } from './orphanedBuilders.ts';

/** The time between SIGTERM and SIGKILL. Nix ends its builders in it. */
const GRACE_MS = 5_000;
/** No answer of Nix comes near this: the definitions of a whole kernel are some 2 MB. */
const MAX_STDOUT_BYTES = 64 << 20;

/**
 * The child becomes the command only when a line on standard input says that it is recorded. If falloutd is killed before
 * that, the shell finds its input closed and ends, so that no unrecorded Nix runs.
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

/** Hears of every process group as it starts and ends. */
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
  /** How long the group gets to clean up before it is killed; default: five seconds. */
  graceMs?: number;
  /** Called with every piece of standard error as it comes; nothing of it is kept here. */
  onStderr?: (chunk: Buffer) => void;
  processes?: ProcessListener | undefined;
};

export type NixExit =
  | { kind: 'exited'; code: number; stdout: string }
  /** It did not end by itself: somebody killed it, it exceeded its limit, or it printed without end. */
  | { kind: 'broken'; problem: Problem }
  | { kind: 'aborted' };

/**
 * Runs one Nix command in a process group of its own.
 * @throws InfrastructureError when the command cannot be started at all.
 */
export async function runNix(options: NixCommand): Promise<NixExit> {
  const { command, args, signal, limit, processes } = options;
  if (signal?.aborted) return { kind: 'aborted' };
  const child = start(options);
  const { pid } = child;
  const since = pid === undefined ? null : processOf(pid);
  const name = command === 'nix' ? `nix ${args.find((arg) => /^[a-z][^ ]*$/.test(arg)) ?? ''}`.trimEnd() : command;
  const group = endable(child, options.graceMs ?? GRACE_MS);
  if (pid !== undefined) record(child, pid, options);
  letGo(child, options.input);
  const stdout = collected(child.stdout, () => group.end(endless(name)));
  child.stderr.on('data', (chunk: Buffer) => options.onStderr?.(chunk));
  const abort = (): void => group.end(null);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = limit === undefined ? undefined : setTimeout(() => group.end(overLimit(name, limit)), limit.ms);
  try {
    const result = await child;
    if (since !== null && result.signal !== undefined) await endOrphanedBuilders(since.startTime);
    if (signal?.aborted) return { kind: 'aborted' };
    const problem = group.problem();
    if (problem !== null) return { kind: 'broken', problem };
    const { exitCode: code } = result;
    if (code !== undefined && code !== NOT_FOUND && code !== NOT_EXECUTABLE)
      return { kind: 'exited', code, stdout: Buffer.concat(stdout).toString('utf8') };
    if (result.signal !== undefined)
      return { kind: 'broken', problem: { message: `${name} was ended by ${result.signal}` } };
    throw new InfrastructureError(notStarted(command, code === NOT_FOUND, result.shortMessage), { cause: result });
  } finally {
    signal?.removeEventListener('abort', abort);
    clearTimeout(timer);
    group.close();
    if (pid !== undefined) {
      liveGroups.delete(pid);
      processes?.ended(pid);
    }
  }
}

type Child = ReturnType<typeof start>;

function start({ command, args, cwd, input }: NixCommand) {
  const script = input === undefined ? `${WHEN_RECORDED} </dev/null` : WHEN_RECORDED;
  return execa('/bin/sh', ['-c', script, command, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    // A group of its own, so that a kill reaches the builder too; execa alone would leave grandchildren running.
    detached: true,
    cleanup: false,
    reject: false,
    stdin: 'pipe',
    buffer: false,
  });
}

function record(child: Child, pid: number, { command, args, processes }: NixCommand): void {
  liveGroups.add(pid);
  try {
    processes?.started(pid, [command, ...args.filter((a) => a.endsWith('.drv'))].join(' '));
  } catch (error) {
    child.stdin.destroy();
    liveGroups.delete(pid);
    throw error;
  }
}

function letGo(child: Child, input: Buffer | undefined): void {
  // A command that ends before it has read everything says so by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.write('\n');
  child.stdin.end(input);
}

/** A process group that is ended at most once; `problem` is why, null where it was not or the user asked for it. */
function endable({ pid, stdout, stderr }: Child, graceMs: number) {
  let why: Problem | null = null;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (problem: Problem | null): void => {
    why ??= problem;
    if (pid === undefined || killTimer !== undefined) return;
    signalGroup(pid, 'SIGTERM');
    killTimer = setTimeout(() => {
      signalGroup(pid, 'SIGKILL');
      // A process that left the group may hold the pipes open for ever.
      stdout.destroy();
      stderr.destroy();
    }, graceMs);
  };
  return { end, problem: () => why, close: () => clearTimeout(killTimer) };
}

/** What a stream has given so far; more than an answer of Nix can be is dropped and reported. */
function collected(stream: Child['stdout'], tooMuch: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_STDOUT_BYTES) chunks.push(chunk);
    else {
      chunks.length = 0;
      tooMuch();
    }
  });
  return chunks;
}

const endless = (name: string): Problem => ({
  message: `${name} prints without end on standard output (more than ${MAX_STDOUT_BYTES >> 20} MiB)`,
  hint: 'are there hundreds of thousands of settings? Else this nix may not be the real one: see `command -v nix`',
});

const overLimit = (name: string, { key, ms }: Limit): Problem => ({
  message: `${name} did not end within ${ms / 1000} s, the limit of \`${key}\``,
  hint: `raise \`${key}\` under [limits], or see what holds it up: network, disk, a lock, the Nix daemon`,
});

function notStarted(command: string, isMissing: boolean, reason: string | undefined): Problem {
  if (!isMissing) return { message: `${command} could not be started: ${reason ?? ''}`, hint: 'see the cause' };
  const hint = 'install Nix (https://nixos.org/download) or put it on PATH';
  return { message: `${command} was not found on PATH`, hint };
}

/** What a command printed on standard output if it succeeded, else null. */
export const outputOf = (exit: NixExit | null): string | null =>
  exit?.kind === 'exited' && exit.code === 0 ? exit.stdout : null;

/** What may end a Nix command early, and who hears of it. */
export type Running = Pick<NixCommand, 'signal' | 'limit' | 'processes'>;
