import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach } from 'vitest';

const toRemove: string[] = [];
afterEach(() => {
  for (const dir of toRemove.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** What stands on a NixOS machine of its kernels. */
export type MachineFiles = {
  release: string;
  version?: string;
  config?: string | Buffer;
  /** The result in the store that was booted, and the releases of its modules. */
  booted?: string;
  releases?: readonly string[];
  /** The one that boots next. */
  next?: string;
};

const SYSTEM = '/nix/store/11111111111111111111111111111111-nixos-system-nixhost-25.11';

/** A folder that holds them as a machine has them, with links into its own store; it is gone after the test. */
export function machineFiles({ release, version, config, booted, releases = [release], next }: MachineFiles): string {
  const root = mkdtempSync(join(tmpdir(), 'falloutd-machine-'));
  toRemove.push(root);
  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const link = (path: string, to: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(to, join(root, path));
  };
  write('/proc/sys/kernel/osrelease', `${release}\n`);
  if (version !== undefined) write('/proc/version', `${version}\n`);
  if (config !== undefined) write('/proc/config.gz', Buffer.isBuffer(config) ? config : gzipSync(config));
  for (const [system, kernel] of [
    [`${SYSTEM}.now`, booted],
    [`${SYSTEM}.next`, next],
  ] as const) {
    if (kernel === undefined) continue;
    write(`${kernel}/bzImage`, 'image');
    link(`${system}/kernel`, `${kernel}/bzImage`);
    link(`${system}/kernel-modules`, `${kernel}-modules`);
    for (const each of releases) write(`${kernel}-modules/lib/modules/${each}/modules.dep`, '');
  }
  if (booted !== undefined) link('/run/booted-system', `${SYSTEM}.now`);
  if (next !== undefined) {
    link('/nix/var/nix/profiles/system', 'system-42-link');
    link('/nix/var/nix/profiles/system-42-link', `${SYSTEM}.next`);
  }
  return root;
}
