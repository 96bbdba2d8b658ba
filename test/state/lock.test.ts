import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../src/model/errors.ts';
import { isLocked, takeLock } from '../../src/state/lock.ts';
import { folder } from '../helpers/target.ts';

/** Another process that takes the lock as `takeLock` does (the very SQL, since Node may not read TypeScript) and holds it. */
const HOLD = `
  const db = new (require(process.argv[1]))(process.argv[2], { timeout: 0 });
  try { db.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => undefined, 1000); }
  catch (error) { console.log(error.code); }`;

async function other(stateDir: string): Promise<{ child: ChildProcessByStdio<null, Readable, null>; said: string }> {
  const sqlite = fileURLToPath(import.meta.resolve('better-sqlite3'));
  const child = spawn(process.execPath, ['-e', HOLD, sqlite, join(stateDir, 'lock.db')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

describe('the lock of a state directory', () => {
  it('is held once in this process, and made with its directory', () => {
    const dir = join(folder(), 'a/b');
    const lock = takeLock(dir);
    expect(isLocked(dir)).toBe(true);
    expect(() => takeLock(dir)).toThrow(RefusedError);
    lock.release();
    expect(isLocked(dir)).toBe(false);
    takeLock(dir).release();
  });

  it('keeps a second process out', async () => {
    const dir = folder();
    const lock = takeLock(dir);
    const { child, said } = await other(dir);
    if (child.exitCode === null) await once(child, 'exit');
    expect(said).toBe('SQLITE_BUSY');
    lock.release();
  });

  it('is refused while another process holds it, and free when that is killed', async () => {
    const dir = folder();
    const { child, said } = await other(dir);
    expect(said).toBe('held');
    expect(isLocked(dir)).toBe(true);
    expect(() => takeLock(dir)).toThrow(
      expect.objectContaining({ exitCode: 4, message: expect.stringContaining(dir) as string }) as Error,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isLocked(dir)).toBe(false);
    takeLock(dir).release();
  });

  it('of another directory is another one', () => {
    const lock = takeLock(folder());
    const second = takeLock(folder());
    second.release();
    lock.release();
  });
});
