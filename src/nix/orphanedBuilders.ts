import { setTimeout as sleep } from 'node:timers/promises';
import { environmentOf, ownProcesses, type Process } from '../system/processTable.ts';

/** Builders that still start processes after so long are given up. */
const PATIENCE_MS = 5_000;

/**
 * Ends what the builders of a killed Nix left running. A builder is in a session of its own: Nix's death ends its shell and
 * nothing below it, and what goes on has no Nix any more that would take its output.
 * @param since when the killed Nix had started, in clock ticks since the boot: no process from before is touched.
 */
export async function endOrphanedBuilders(since: number): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const orphans = orphanedBuilders(since);
    if (orphans.length === 0 || performance.now() > until) return;
    for (const pid of orphans) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    await sleep(20);
  }
}

/** The processes of build directories in which no process descends from a living Nix. */
function orphanedBuilders(since: number): number[] {
  const all = ownProcesses();
  const builds = new Map<string, { pids: number[]; hasNix: boolean }>();
  for (const each of all.values()) {
    const directory = buildDirectory(each);
    if (directory === null) continue;
    const build = builds.get(directory) ?? { pids: [], hasNix: false };
    builds.set(directory, build);
    // What is older shows that the directory is another Nix's.
    if (each.startTime < since || descendsFromNix(each, all)) build.hasNix = true;
    else build.pids.push(each.pid);
  }
  return [...builds.values()].flatMap(({ pids, hasNix }) => (hasNix ? [] : pids));
}

/** The directory of the build that a process belongs to; null for all but builders and what they started. */
function buildDirectory({ pid, hasTerminal }: Process): string | null {
  const environment = environmentOf(pid);
  const directory = environment.get('NIX_BUILD_TOP');
  // A shell of `nix develop` or nix-shell has a build directory too, and so has falloutd when it is itself built or tested by Nix.
  const isBuilder = environment.has('NIX_LOG_FD') && !environment.has('IN_NIX_SHELL') && !hasTerminal;
  return directory === undefined || !isBuilder || directory === process.env['NIX_BUILD_TOP'] ? null : directory;
}

function descendsFromNix({ parent }: Process, all: ReadonlyMap<number, Process>): boolean {
  for (let each = all.get(parent); each !== undefined; each = all.get(each.parent))
    if (each.name.includes('nix')) return true;
  return false;
}
