import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shellRunner } from '../../../../src/kconfig/syntax/probes/shell.ts';
import { standingShells } from '../../../../src/kconfig/syntax/probes/standingShells.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kconfig-shells-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const options = () => ({ directory, environment: { PATH: process.env['PATH'] ?? '', GREETING: 'hello' } });

const holds = (body: string, then = 'y', otherwise = 'n'): string =>
  `{ ${body}; } >/dev/null 2>&1 && echo "${then}" || echo "${otherwise}"`;

const COMMANDS: Readonly<Record<string, string>> = {
  'a test that holds': holds('true'),
  'a test that fails': holds('exit 3; echo n'),
  'a test with words of its own': holds('test $GREETING = hello', '-m64', ''),
  'a test without a word': holds('false', '-m64', ''),
  'a test that reads its input': holds('cat; read line'),
  'a test that leaves a process': holds('sleep 2 & true'),
  'a test that prints quotes and backslashes': holds(`test "$(printf '%b\\n' "a\\tb")" = "a\tb"`),
  'a test that leaves by a trap': holds('trap "rm -rf .tmp_$$" EXIT; mkdir .tmp_$$; test -d .tmp_$$'),
  'no test': 'echo $GREETING; pwd; echo oops >&2; exit 3',
  'no command for a shell': holds('if'),
  'what only looks like a test, and prints without end': `{ true; }; yes 2>/dev/null; ${holds('true')}`,
  'what only looks like a test, and prints much': `{ true; }; seq 5000 2>/dev/null | tr '\\n' ' '; ${holds('true')}`,
};

test('each command has the answer of a shell of its own, whatever runs beside it and before it', async () => {
  const shells = standingShells(options(), 2);
  const alone = shellRunner(options());
  const commands = Object.values(COMMANDS);
  const answers = await Promise.all([...commands, ...commands].map(async (command) => shells.run(command)));
  shells.end();
  for (const [index, command] of [...commands, ...commands].entries())
    expect(answers[index], command).toEqual(await alone(command));
});

test('tests run in no more shells than there are jobs', async () => {
  const shells = standingShells(options(), 2);
  const noting = holds('echo $$ >>parents');
  await Promise.all(Array.from({ length: 20 }, async () => shells.run(noting)));
  shells.end();
  const parents = readFileSync(join(directory, 'parents'), 'utf8').trim().split('\n');
  expect(parents).toHaveLength(20);
  expect(new Set(parents).size).toBe(2);
  expect(parents).not.toContain(String(process.pid));
});

test('a shell that cannot be started is an error', async () => {
  const shells = standingShells({ ...options(), directory: '/nonexistent' }, 2);
  await expect(shells.run(holds('true'))).rejects.toThrow();
  await expect(shells.run('true')).rejects.toThrow();
  shells.end();
});
