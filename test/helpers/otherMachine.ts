import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { urlPath } from '../../src/setup/demo/hostFiles.ts';
import { whichTool } from '../../src/setup/demo/tools.ts';
import { storesOf } from '../../src/nix/stores.ts';
import type { KernelHost } from './kernelHost.ts';

/** Another machine with a Nix store of its own, which stands at the same place as that of a host. */
export type OtherMachine = {
  /** Arguments of nix that have this machine build: as the store, or as a builder of the host's own store. */
  asStore: string[];
  asBuilder: string[];
  /** The URL of its store for each protocol. */
  url: (protocol: 'ssh' | 'ssh-ng') => string;
  /** Whether a path is in its store. */
  has: (storePath: string) => boolean;
  /** Whether it has built a derivation itself: then it keeps the log. */
  built: (drvPath: string) => boolean;
  /** From now on nobody reaches it, until `on`. */
  off: () => void;
  on: () => void;
  /** Kills whatever serves connections now. */
  cut: () => void;
};

/**
 * Makes one by a mount namespace in which another folder stands at the place of the host's store. To the host `localhost`,
 * Nix starts the far end of its SSH protocols without ssh; `remote-program` names what then enters the other machine.
 */
export async function otherMachine(host: KernelHost): Promise<OtherMachine> {
  const stores = storesOf(host.host.nixArgs);
  if (stores.kind === 'two') throw new Error('the host has two stores already');
  const here = join(host.dir, '.demo', 'nix');
  const there = await host.scratch('other-nix');
  const bin = await host.scratch('other-bin');
  const builds = await host.scratch('other-builds');
  const [pids, off] = [join(bin, 'pids'), join(bin, 'off')];
  await writeFile(pids, '');
  await writeFile(
    join(bin, 'nix.conf'),
    'sandbox = false\nbuild-users-group =\nsubstitute = false\nsubstituters =\nexperimental-features = nix-command flakes\n',
  );
  for (const program of ['nix-daemon', 'nix-store']) {
    await writeFile(
      join(bin, program),
      `#!/usr/bin/env bash
if [ -e '${off}' ]; then echo 'ssh: connect to host localhost port 22: No route to host' >&2; exit 255; fi
enter() {
  cd '${builds}'
  export TMPDIR='${builds}' NIX_STORE_DIR='${here}/store' NIX_STATE_DIR='${here}/var/nix' NIX_LOG_DIR='${here}/log' NIX_CONF_DIR='${bin}'
  exec setsid sh -c 'echo $$ >>"$0"; exec "$@"' '${pids}' \\
    unshare ${process.getuid?.() === 0 ? '' : '--map-root-user '}--mount --propagation unchanged \\
    sh -c 'mount --make-rslave / 2>/dev/null; mount --bind "$0" "$1" && shift && exec "$@"' '${there}' '${here}' '${whichTool(program)}' "$@"
}
# As over a network: whatever is killed at one end, the other only sees its connection end.
exec 3<&0
exec cat < <(exec < <(exec cat <&3) 3<&-; enter "$@") 3<&-
`,
      { mode: 0o755 },
    );
  }
  const url = (protocol: 'ssh' | 'ssh-ng'): string =>
    `${protocol}://localhost?store=${urlPath(join(here, 'store'))}&remote-program=${urlPath(join(bin, protocol === 'ssh' ? 'nix-store' : 'nix-daemon'))}`;
  const [, local = '', ...more] = host.host.nixArgs;
  return {
    asStore: ['--store', url('ssh-ng'), '--eval-store', local, ...more],
    // Two jobs: with one, a config build waits for the kernel build.
    asBuilder: [...host.host.nixArgs, '--builders', `${url('ssh-ng')} - - 2`, '-j', '0'],
    url,
    has: (storePath) => existsSync(storePath.replace(here, there)),
    built: (drvPath) => hasLog(join(there, 'log'), drvPath),
    off: () => writeFileSync(off, ''),
    on: () => rmSync(off, { force: true }),
    cut: () => {
      for (const pid of readFileSync(pids, 'utf8')
        .split('\n')
        .filter((line) => line !== '')) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // It has ended by itself.
        }
      }
    },
  };
}

/** Nix keeps the log of a build under the derivation's name, its first two letters as a folder. */
export function hasLog(logDir: string, drvPath: string): boolean {
  const name = basename(drvPath);
  return existsSync(join(logDir, 'drvs', name.slice(0, 2), `${name.slice(2)}.bz2`));
}
