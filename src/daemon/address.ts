import { createHash } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The longest socket path, in bytes, including the NUL at its end (unix(7)). */
const MAX_BYTES = 108;

/** Where systemd makes the runtime directories of users, also of those whose environment lacks the variable. */
const RUNTIME_DIRS = '/run/user';

/**
 * Where the daemon of a state directory may answer; it takes the first. `$XDG_RUNTIME_DIR/falloutd/HASH.sock`, the same in
 * /run/user/UID, and in /tmp/falloutd-UID: a service and a shell do not have the same environment, so a client looks at all of
 * them, and $TMPDIR has no part in it. The state directory stands in the name only as a hash, as a path has 108 bytes.
 */
export function socketPaths(
  stateDir: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  runtimeDirs = RUNTIME_DIRS,
): string[] {
  const name = `${createHash('sha256').update(realpathSync(stateDir)).digest('hex').slice(0, 16)}.sock`;
  const { uid } = userInfo();
  const runtime = [env['XDG_RUNTIME_DIR'] ?? '', join(runtimeDirs, String(uid))].filter(
    (dir) => isAbsolute(dir) && isOwn(dir),
  );
  const paths = [...runtime.map((dir) => join(dir, 'falloutd', name)), join('/tmp', `falloutd-${uid}`, name)];
  return [...new Set(paths)].filter((path) => Buffer.byteLength(path) < MAX_BYTES);
}

/** Where it answers. */
export function socketPath(stateDir: string): string {
  return socketPaths(stateDir)[0] ?? '';
}

/** Whether a folder belongs to this user, and nobody else may write in it: in /tmp, anybody may have made a folder of that name first. */
export function isOwn(dir: string): boolean {
  const stat = lstatSync(dir, { throwIfNoEntry: false });
  return stat !== undefined && stat.isDirectory() && stat.uid === userInfo().uid && (stat.mode & 0o022) === 0;
}
