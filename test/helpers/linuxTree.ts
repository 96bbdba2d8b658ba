import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const ARCHIVE = '/usr/src/linux-source-6.12.tar.xz';
const UNPACKED = '/usr/src/linux-source-6.12';

/** A kernel source, and what takes it away again when it was unpacked for this. */
export type LinuxTree = { path: string; remove: () => Promise<void> };

/**
 * A Linux 6.12 source: FALLOUTD_LINUX_TREE, or Debian's linux-source-6.12, of which the part is unpacked that a
 * config build reads.
 */
export async function linuxTree(): Promise<LinuxTree> {
  const given = process.env['FALLOUTD_LINUX_TREE'] ?? (existsSync(join(UNPACKED, 'Makefile')) ? UNPACKED : undefined);
  if (given !== undefined) return { path: given, remove: () => Promise.resolve() };
  if (!existsSync(ARCHIVE)) throw new Error(`there is no Linux 6.12 source: install Debian's linux-source-6.12, or name one with FALLOUTD_LINUX_TREE`);
  const path = await mkdtemp(join(tmpdir(), 'falloutd-linux-'));
  await execa('tar', [
    '-xf', ARCHIVE, '-C', path, '--strip-components=1', '--wildcards',
    'linux-source-6.12/Makefile', 'linux-source-6.12/Kbuild', '*/Kconfig*', '*/scripts/*', '*/tools/build/*', '*/include/uapi/linux/*', '*/arch/*/Makefile',
    '*/configs/*', '*/arch/x86/include/asm/*', '*/arch/x86/entry/syscalls/*', '*/arch/x86/tools/*', '*/net/bridge/br_private.h',
  ]);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
