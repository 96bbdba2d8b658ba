import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RefusedError } from '../../src/model/errors.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { isLocked, takeLock } from '../../src/state/lock.ts';
import { folder } from '../helpers/target.ts';

let stateDir: string;
let umask: number;
beforeEach(() => {
  stateDir = join(folder(), 'state');
  umask = process.umask(0);
});
afterEach(() => void process.umask(umask));

const modes = (): Record<string, string> =>
  Object.fromEntries(
    [...readdirSync(stateDir), '.'].sort().map((name) => [name, (statSync(join(stateDir, name)).mode & 0o777).toString(8)]),
  );

describe('a state directory', () => {
  it('is private with all its databases, whatever the umask', () => {
    const lock = takeLock(stateDir);
    const history = openHistory(stateDir);
    expect(modes()).toMatchObject({ '.': '700', 'falloutd.db': '600', 'falloutd.db-wal': '600', 'lock.db': '600' });
    history.close();
    lock.release();
  });

  it('of an earlier version becomes private', () => {
    openHistory(stateDir).close();
    takeLock(stateDir).release();
    chmodSync(stateDir, 0o755);
    for (const name of ['falloutd.db', 'lock.db']) chmodSync(join(stateDir, name), 0o644);
    takeLock(stateDir).release();
    expect(modes()).toEqual({ '.': '700', 'falloutd.db': '600', 'lock.db': '600' });
  });

  it('that holds other things too keeps its mode', () => {
    mkdirSync(stateDir, { mode: 0o755 });
    writeFileSync(join(stateDir, 'mine.txt'), '');
    takeLock(stateDir).release();
    expect(modes()).toMatchObject({ '.': '755', 'lock.db': '600' });
  });

  it('is not made by a look at its lock', () => {
    expect(isLocked(stateDir)).toBe(false);
    expect(existsSync(stateDir)).toBe(false);
  });

  it('with something else in place of a database is refused', () => {
    mkdirSync(join(stateDir, 'lock.db'), { recursive: true });
    expect(() => takeLock(stateDir)).toThrow(RefusedError);
    mkdirSync(`${stateDir}-2`);
    symlinkSync('/dev/zero', join(`${stateDir}-2`, 'falloutd.db-wal'));
    expect(() => openHistory(`${stateDir}-2`)).toThrow(RefusedError);
  });

  it.runIf(process.getuid?.() === 0)('of another user is refused, and left as it is', () => {
    mkdirSync(stateDir, { mode: 0o755 });
    chownSync(stateDir, 12345, 12345);
    expect(() => takeLock(stateDir)).toThrow(/belongs to another user/);
    expect(modes()).toEqual({ '.': '755' });
  });
});
