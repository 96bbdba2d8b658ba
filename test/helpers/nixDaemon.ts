import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whichTool } from '../../src/setup/demo/tools.ts';
import { until, type KernelHost } from './kernelHost.ts';

/** A nix-daemon of a host's own store, as multi-user machines have one. */
export type NixDaemon = {
  /** The arguments that make Nix ask it. */
  nixArgs: string[];
  start: () => Promise<void>;
  /** Ends it with all that it serves, as a machine that runs out of memory does. */
  kill: () => Promise<void>;
};

/** Starts one. Its socket stands in a folder of the host. */
export async function nixDaemon(host: KernelHost): Promise<NixDaemon> {
  const socket = join(await host.scratch('nix-daemon'), 'socket');
  const command = whichTool('nix-daemon');
  const { nixArgs } = host.host;
  const store = /store=([^&]*)/.exec(nixArgs[1] ?? '')?.[1] ?? '';
  let daemon: ChildProcess | null = null;
  const ended = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  return {
    nixArgs: ['--store', `unix://${socket}?store=${store}`, ...nixArgs.slice(2)],
    start: async () => {
      daemon = spawn(command, nixArgs, {
        detached: true,
        stdio: 'ignore',
        env: { ...process.env, NIX_DAEMON_SOCKET_PATH: socket, NIX_REMOTE: '' },
      });
      await until(() => existsSync(socket));
    },
    kill: async () => {
      if (daemon?.pid === undefined) return;
      // Each connection is served by a session of its own below it.
      for (const pid of [...(await childrenOf(daemon.pid)), daemon.pid]) signal(pid);
      await ended(daemon);
      rmSync(socket, { force: true });
      daemon = null;
    },
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text
    .trim()
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
