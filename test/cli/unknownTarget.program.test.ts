import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { falloutd, startFalloutd } from '../helpers/command.ts';
import { opened } from '../helpers/history.ts';
import { until } from '../helpers/kernelHost.ts';
import { sample } from '../helpers/sampleHistory.ts';

test.each(['lost', 'status', 'history'])(
  '%s: a target that nobody knows is an error that names those there are',
  async (command) => {
    const db = opened();
    sample(db);
    const stateDir = dirname(db.path);
    expect(await falloutd([command, '--target', 'nope', '--state', stateDir], { cwd: stateDir })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/there is no target `nope`\n {2}there are: laptop, nixhost\n/) as string,
    });
    expect(await falloutd([command, '--target', 'nixhost', '--state', stateDir], { cwd: stateDir })).toMatchObject({
      code: 0,
    });
  },
);

test('watch --target serves that target alone', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'falloutd-two-'));
  const target = (name: string): string =>
    `[target.${name}]\nflake = "."\nattribute = "kernel"\npatches = "${name}.nix"\n`;
  writeFileSync(join(dir, 'falloutd.toml'), `state = "../${basename(dir)}-state"\n${target('one')}${target('two')}`);
  // No file of theirs is there: the run ends at once.
  const watching = startFalloutd(['watch', '--target', 'two'], { cwd: dir });
  let log = '';
  watching.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await until(() => log.includes('does not exist'));
  watching.kill('SIGTERM');
  expect((await watching).exitCode).toBe(0);
  const targets = log
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { target?: string }).target);
  expect(targets).toContain('two');
  expect(targets).not.toContain('one');
});
