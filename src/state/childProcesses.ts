import { setTimeout as sleep } from 'node:timers/promises';
import type { History } from './historyDatabase.ts';
import type { ProcessListener } from '../nix/command.ts';
import { endOrphanedBuilders } from '../nix/orphanedBuilders.ts';
import { signalGroup } from '../system/processGroup.ts';
import { processOf } from '../system/processTable.ts';

/** How long a process group that was left behind gets between SIGTERM and SIGKILL. */
const GRACE_MS = 5_000;

/** Records every process group while it lives, so that a falloutd that comes after a killed one can end it. */
export function recordedChildren(history: History): ProcessListener {
  return {
    started: (pid, what) => {
      const startTime = startTimeOf(pid);
      if (startTime !== null) keepProcess(history, { pgid: pid, startTime, what });
    },
    ended: (pid) => forgetProcess(history, pid),
  };
}

/**
 * Ends the process groups that a killed falloutd left behind, and what their builders left where Nix was killed too. A group
 * is only touched while its leader is the very process that was recorded: the same start time. Only the holder of the lock calls it.
 */
export async function endLeftBehind(history: History): Promise<void> {
  const recorded = processes(history);
  for (const { pgid, startTime } of recorded) {
    const isOurs = (): boolean => startTimeOf(pgid) === startTime;
    if (isOurs()) signalGroup(pgid, 'SIGTERM');
    for (const until = performance.now() + GRACE_MS; isOurs() && performance.now() < until;) await sleep(50);
    if (isOurs()) signalGroup(pgid, 'SIGKILL');
  }
  if (recorded.length === 0) return;
  await endOrphanedBuilders(Math.min(...recorded.map(({ startTime }) => Number(startTime))));
  for (const { pgid } of recorded) forgetProcess(history, pgid);
}

/** A process group that falloutd started, with the start time of its leader as the system tells it. */
export type ProcessGroup = { pgid: number; startTime: string; what: string };

/** null where the process is gone, or there is no /proc. */
const startTimeOf = (pid: number): string | null => processOf(pid)?.startTime.toString() ?? null;

/** Records a process group, so that a falloutd that comes after a killed one can end it. */
export function keepProcess(history: History, group: ProcessGroup): void {
  history.insert('processes', group, 'OR REPLACE');
}

/** Records that a process group has ended. */
export function forgetProcess(history: History, pgid: number): void {
  history.run('DELETE FROM processes WHERE pgid = ?', pgid);
}

/** The process groups that have not been seen to end. */
export function processes(history: History): ProcessGroup[] {
  return history.all<ProcessGroup>('SELECT pgid, start_time, what FROM processes ORDER BY pgid');
}
