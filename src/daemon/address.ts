import { createHash } from 'node:crypto';
import { closeSync, constants, lstatSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { ifSeen } from '../system/ifSeen.ts';
import { userId } from '../system/user.ts';

/** The longest socket path, in bytes, including the NUL at its end (unix(7)). */
const MAX_BYTES = 108;

/** Where systemd makes the runtime directories. */
const PLACES = {
  /** Those of users, also of users whose environment lacks the variable. */
  users: '/run/user',
  /** The one of the machine's own service: `RuntimeDirectory=falloutd` in its unit. */
  service: '/run/falloutd',
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the daemon of a state directory answers: `/run/falloutd/HASH.sock` where it is the machine's service, else
 * `$XDG_RUNTIME_DIR/falloutd/HASH.sock`, or without such a directory `falloutd.sock` in the state directory. Nobody else can take
 * any of these places first.
 */
export function socketPath(stateDir: string, env: Environment = process.env, { service } = PLACES): string {
  if (env['RUNTIME_DIRECTORY'] === service) return join(service, hashedName(stateDir));
  return runtimeSocket(stateDir, env['XDG_RUNTIME_DIR']) ?? join(realpathSync(stateDir), 'falloutd.sock');
}

/** All places where the daemon of a state directory may answer: a service and a shell do not have the same environment. */
export function socketPaths(stateDir: string, env: Environment = process.env, { users, service } = PLACES): string[] {
  const runtime = [env['XDG_RUNTIME_DIR'], join(users, String(userId()))];
  return [
    ...new Set([
      ...runtime.flatMap((dir) => runtimeSocket(stateDir, dir) ?? []),
      join(service, hashedName(stateDir)),
      join(realpathSync(stateDir), 'falloutd.sock'),
    ]),
  ];
}

/** Whether this user can rely on what answers at a socket: its folder is their own, or the machine's service has it. */
export function isTrusted(path: string, { service } = PLACES): boolean {
  const folder = dirname(path);
  return whyNotOwn(folder) === null || (folder === service && isMadeByRoot(folder));
}

/** Whether only root can have put a folder where it is, whoever owns it. */
function isMadeByRoot(dir: string): boolean {
  const [folder, above] = [dir, dirname(dir)].map((path) => ifSeen(() => lstatSync(path)));
  return folder?.isDirectory() === true && above?.uid === 0 && (above.mode & 0o022) === 0;
}

/** Where falloutd 0.1.0 answers without a runtime directory. */
export const earlierSocketPath = (stateDir: string): string =>
  join('/tmp', `falloutd-${userId()}`, hashedName(stateDir));

function runtimeSocket(stateDir: string, runtimeDir: string | undefined): string | null {
  if (runtimeDir === undefined || !isAbsolute(runtimeDir) || whyNotOwn(runtimeDir) !== null) return null;
  return join(runtimeDir, 'falloutd', hashedName(stateDir));
}

const hashedName = (stateDir: string): string =>
  `${createHash('sha256').update(realpathSync(stateDir)).digest('hex').slice(0, 16)}.sock`;

/** Why this user cannot rely on what stands in a folder; null where nobody else can put anything there. */
export function whyNotOwn(dir: string): string | null {
  const stat = ifSeen(() => lstatSync(dir));
  if (stat === null) return 'does not exist, or cannot be seen';
  if (!stat.isDirectory()) return 'is no folder';
  if (stat.uid !== userId()) return `belongs to somebody else (user ${stat.uid})`;
  return (stat.mode & 0o022) === 0 ? null : 'can be written by others';
}

/**
 * A way to a socket that fits into a socket address: where its path is too long, through its opened folder (proc(5),
 * /proc/self/fd).
 */
export function wayTo(path: string): { way: string; close: () => void } {
  if (Buffer.byteLength(path) < MAX_BYTES) return { way: path, close: () => undefined };
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  return { way: `/proc/self/fd/${folder}/${basename(path)}`, close: () => closeSync(folder) };
}
