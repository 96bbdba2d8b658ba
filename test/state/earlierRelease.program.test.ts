import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/state/schema.ts';
import { openDatabase } from '../../src/state/sqlite.ts';
import { falloutd } from '../helpers/command.ts';
import { earlierDatabase } from '../helpers/earlierRelease.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'falloutd-earlier-'));
  earlierDatabase(stateDir);
});
afterEach(() => rmSync(stateDir, { recursive: true }));

const call = (...args: string[]): ReturnType<typeof falloutd> =>
  falloutd([...args, '--state', stateDir], { cwd: stateDir, env: { COLUMNS: '200' } });

describe('a database of falloutd 0.1.0', () => {
  test.each([
    [['history'], [/^run 1, demo/m, /^run 3, demo/m, /2 unknown names, 2 conflicts, 3 asked again/]],
    [['status'], [/^demo: HELD, a run was undone, last stable /, /held +undone/, /last run +3/, /build 1, built in 5\.2 s/]],
    [['lost'], [/9 wishes not honoured/, /RTLWIFI +wanted n, got m +selected by RTL8192CE/, /E1000E .*PTP_1588_CLOCK/]],
    [['show', '2'], [/LOG_BUF_SHIFT/, /USB_SERIAL_CONSOLE/]],
    [['show', '4', '--log'], [/NO_HZ_FULL/]],
    [['show', '--build', '1'], [/linux-6\.12\.0/]],
    [['builds'], [/^1 +demo .*built +66 objects/m]],
    [['diff', '3', '5'], [/NO_HZ_FULL/]],
    [['measure', '--list'], [/^nothing is measured yet$/m]],
  ])('is read by `%s`', async (args, expected) => {
    const { code, stdout, stderr } = await call(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const part of expected) expect(stdout).toMatch(part);
  });

  test.each([['history'], ['status'], ['lost'], ['builds'], ['show', '2']])('is read by `%s --json`', async (...args) => {
    const { code, stdout } = await call(...args, '--json');
    expect(code).toBe(0);
    expect(stdout).toContain('demo');
    expect(() => JSON.parse(stdout) as unknown).not.toThrow();
  });
});

test.each([['history'], ['status'], ['lost']])('a newer database is refused by `%s` in one line', async (command) => {
  const db = openDatabase(join(stateDir, 'falloutd.db'));
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  db.close();
  const { code, stdout, stderr } = await call(command);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  // One line, and under it what to do.
  expect(stderr).toMatch(/^falloutd: .*: a newer falloutd wrote the history \(.*\)\n {2}use that falloutd.*\n$/);
});
