import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** What a socket path may hold, the NUL at its end included (unix(7)). */
const MAX_BYTES = 108;

/**
 * Where the daemon of a state directory answers: `$XDG_RUNTIME_DIR/falloutd/HASH.sock`. The state directory stands in the
 * name only as a hash, and where even so it is too long, /tmp serves.
 */
export function socketPath(stateDir: string, env: Readonly<Record<string, string | undefined>> = process.env): string {
  const hash = createHash('sha256').update(realpathSync(stateDir)).digest('hex').slice(0, 16);
  const runtime = env['XDG_RUNTIME_DIR'];
  const base = runtime !== undefined && isAbsolute(runtime) ? join(runtime, 'falloutd') : join(tmpdir(), `falloutd-${userInfo().uid}`);
  const path = join(base, `${hash}.sock`);
  return Buffer.byteLength(path) < MAX_BYTES ? path : join('/tmp', `falloutd-${userInfo().uid}`, `${hash}.sock`);
}
