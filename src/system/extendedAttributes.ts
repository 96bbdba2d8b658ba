/** Copies the extended attributes of one open file to another; ACLs are among them. @throws an error with a `code`. */
export type CopyAttributes = (from: number, to: number) => void;

/** What a file system keeps of names, and of one value, at most (xattr(7)). */
const MOST_BYTES = 64 << 10;

/**
 * flistxattr(2), fgetxattr(2) and fsetxattr(2), for which Node has no calls. Where the C library cannot be called, or the file
 * system has no attributes, nothing is copied. Labels that only the system may set (`security.`, `trusted.`) are left to it.
 */
export async function extendedAttributes(): Promise<CopyAttributes> {
  const koffi = process.platform === 'linux' ? await import('koffi').catch(() => null) : null;
  if (koffi === null) return () => undefined;
  const { load, errno, os } = koffi.default;
  const libc = load(null);
  const flistxattr = libc.func('long flistxattr(int, _Out_ uint8_t *, size_t)');
  const fgetxattr = libc.func('long fgetxattr(int, const char *, _Out_ uint8_t *, size_t)');
  const fsetxattr = libc.func('int fsetxattr(int, const char *, const uint8_t *, size_t, int)');
  const failed = (call: string): Error => {
    const number = errno();
    const code = Object.entries(os.errno).find(([, each]) => each === number)?.[0] ?? `errno ${number}`;
    return Object.assign(new Error(`${code}: ${call}`), { code });
  };
  return (from, to) => {
    const names = Buffer.alloc(MOST_BYTES);
    const length = Number(flistxattr(from, names, names.length));
    if (length <= 0) return;
    for (const name of names.toString('utf8', 0, length).split('\0')) {
      if (name === '' || /^(?:security|trusted)\./.test(name)) continue;
      const value = Buffer.alloc(MOST_BYTES);
      const size = Number(fgetxattr(from, name, value, value.length));
      if (size < 0) throw failed(`fgetxattr ${name}`);
      if (fsetxattr(to, name, value, size, 0) !== 0) throw failed(`fsetxattr ${name}`);
    }
  };
}
