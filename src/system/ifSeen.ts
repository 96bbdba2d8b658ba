/**
 * What a look at the file system gives, e.g. `ifSeen(() => statSync(path))`; null where there is nothing that this user can see:
 * no such file, a ring of links, a closed folder above it. Node's `throwIfNoEntry` covers the first alone.
 */
export function ifSeen<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
