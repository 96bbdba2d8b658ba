import { cLibrary } from './cLibrary.ts';

/** Copies the extended attributes of one open file to another; ACLs are among them. @throws an error with a `code`. */
export type CopyAttributes = (from: number, to: number) => void;

/** What a file system keeps of names, and of one value, at most (xattr(7)). */
const MOST_BYTES = 64 << 10;

/**
 * flistxattr(2), fgetxattr(2) and fsetxattr(2), for which Node has no calls. Where the C library cannot be called, or the file
 * system has no attributes, nothing is copied. Labels that only the system may set (`security.`, `trusted.`) are left to it.
 */
export async function extendedAttributes(): Promise<CopyAttributes> {
  const library = process.platform === 'linux' ? await cLibrary().catch(() => null) : null;
  if (library === null) return () => undefined;
  const { declare, lastError } = library;
  const flistxattr = declare('long flistxattr(int, _Out_ uint8_t *, size_t)');
  const fgetxattr = declare('long fgetxattr(int, const char *, _Out_ uint8_t *, size_t)');
  const fsetxattr = declare('int fsetxattr(int, const char *, const uint8_t *, size_t, int)');
  return (from, to) => {
    const names = Buffer.alloc(MOST_BYTES);
    const length = Number(flistxattr(from, names, names.length));
    if (length <= 0) return;
    for (const name of names.toString('utf8', 0, length).split('\0')) {
      if (name === '' || /^(?:security|trusted)\./.test(name)) continue;
      const value = Buffer.alloc(MOST_BYTES);
      const size = Number(fgetxattr(from, name, value, value.length));
      if (size < 0) throw lastError(`fgetxattr ${name}`);
      if (fsetxattr(to, name, value, size, 0) !== 0) throw lastError(`fsetxattr ${name}`);
    }
  };
}
