import { rename, link } from 'node:fs/promises';
import { cLibrary } from './cLibrary.ts';

/**
 * Exchanges two names of one folder, so that each names the other's file; both must exist. `unsupported`: the file system or
 * the kernel cannot do that, and nothing has happened.
 * @throws an error with a `code`, as node:fs does.
 */
export type Exchange = (one: string, other: string) => Exchanged | Promise<Exchanged>;
type Exchanged = 'exchanged' | 'unsupported';

/** renameat2(2), <linux/fs.h>: paths are relative to the working directory. */
const [AT_FDCWD, RENAME_EXCHANGE] = [-100, 2];

/** On Linux the last two are one number. */
const UNSUPPORTED = new Set(['EINVAL', 'ENOSYS', 'EOPNOTSUPP', 'ENOTSUP']);

/**
 * The kernel's own exchange, one atomic step: renameat2(2) with RENAME_EXCHANGE, for which Node has no call. ext4, btrfs, xfs,
 * f2fs, tmpfs and ZFS from 2.2 know it; NFS does not. Where the C library cannot be called either, it is `unsupported`.
 */
export async function kernelExchange(): Promise<Exchange> {
  try {
    const { declare, lastError } = await cLibrary();
    const renameat2 = declare('int renameat2(int, const char *, int, const char *, unsigned int)');
    return (one, other) => {
      if (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) === 0) return 'exchanged';
      const error = lastError(`renameat2 '${one}' and '${other}'`);
      if (UNSUPPORTED.has(error.code)) return 'unsupported';
      throw error;
    };
  } catch {
    return () => 'unsupported';
  }
}

/**
 * The same in three steps if the kernel cannot do it in one: `target` always exists, but what is renamed to it between the
 * first step and the second is lost. `spare` is a third, free name.
 * @throws an error with a `code`, as node:fs does; EPERM or EOPNOTSUPP where the file system knows no second names.
 */
export async function exchangeInSteps(beside: string, target: string, spare: string): Promise<void> {
  await link(target, spare);
  await rename(beside, target);
  await rename(spare, beside);
}
