import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { shellProbe, shellRunner, shellOutput } from '../../../../src/kconfig/syntax/probes/shell.ts';

const options = { directory: tmpdir(), environment: { PATH: process.env['PATH'] ?? '', GREETING: 'hello' } };

test.each([
  ['no newline at the end, blanks for the others', 'a\nb\n\n\nc\n\n\n', 'a b   c'],
  ['nothing', '\n\n', ''],
  ['nothing behind a NUL', 'a\0b', 'a'],
  ['4,095 bytes', 'x'.repeat(5000), 'x'.repeat(4095)],
  ['newlines that end those bytes go', `${'x'.repeat(4094)}\n${'y'.repeat(100)}`, 'x'.repeat(4094)],
])('kconfig takes %s', (_, printed, taken) => {
  expect(shellOutput(Buffer.from(printed))).toBe(taken);
});

test('a command runs in the directory and the environment given, and may fail', async () => {
  const answer = await shellRunner(options)('echo $GREETING; pwd; echo oops >&2; exit 3');
  expect(answer).toEqual({ output: `hello ${tmpdir()}`, errors: 'oops\n' });
  expect(shellProbe(options)('echo $GREETING; exit 3')).toBe('hello');
});

test('a command that prints without end is cut off', async () => {
  expect((await shellRunner(options)('yes')).output).toBe(`${'y '.repeat(2047)}y`);
});

test('a shell that cannot be started is an error', async () => {
  const nowhere = { ...options, directory: '/nonexistent' };
  await expect(shellRunner(nowhere)('true')).rejects.toThrow();
  expect(() => shellProbe(nowhere)('true')).toThrow();
});
