import { readdirSync, readFileSync, statSync } from 'node:fs';
import { ifSeen } from './ifSeen.ts';
import { userId } from './user.ts';

/** A process as proc(5) shows it. */
export type Process = {
  pid: number;
  parent: number;
  /** The command's name, at most 15 characters. */
  name: string;
  /** In clock ticks since the boot. */
  startTime: number;
  hasTerminal: boolean;
};

/** The living processes of this user by pid; none where there is no /proc. */
export function ownProcesses(): Map<number, Process> {
  const own = userId();
  const found = new Map<number, Process>();
  for (const pid of pids()) {
    const isOwn = ifSeen(() => statSync(`/proc/${pid}`))?.uid === own;
    const living = isOwn ? processOf(pid) : null;
    if (living !== null) found.set(pid, living);
  }
  return found;
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .map(Number);
  } catch {
    return [];
  }
}

/** A living process; null where it has ended, or there is no /proc. */
export function processOf(pid: number): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces and parentheses itself.
    const end = stat.lastIndexOf(')');
    const fields = stat.slice(end + 2).split(' ');
    // A zombie has ended; only its parent has not noticed.
    if (fields[0] === 'Z') return null;
    return {
      pid,
      parent: Number(fields[1]),
      name: stat.slice(stat.indexOf('(') + 1, end),
      startTime: Number(fields[19]),
      hasTerminal: fields[4] !== '0',
    };
  } catch {
    return null;
  }
}

/** The environment that a process was started with; empty where it is not to be read. */
export function environmentOf(pid: number): Map<string, string> {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
  } catch {
    return new Map();
  }
}
