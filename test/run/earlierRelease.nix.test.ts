import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { falloutd } from '../helpers/command.ts';
import { earlierDatabase, earlierFile } from '../helpers/earlierRelease.ts';
import { test } from '../helpers/hostTest.ts';

test('a host of falloutd 0.1.0 goes on: its hold, its managed patch, its next run and an undo of it', async ({
  host,
}) => {
  const stateDir = await host.scratch('earlier');
  earlierDatabase(stateDir, host.dir);
  await writeFile(host.host.configFile, earlierFile('falloutd.toml', host.dir));
  await host.save(earlierFile('patches.nix'));
  await host.file('fallout.nix', earlierFile('fallout.nix'));
  const call = (...args: string[]): ReturnType<typeof falloutd> =>
    falloutd([...args, '--config', host.host.configFile, '--state', stateDir]);
  expect((await call('status')).stdout).toMatch(/held +undone/);
  expect(await call('resume')).toMatchObject({ code: 0 });
  expect(await call('once')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/demo, run 4\n[^]*stable (?:after|as)/) as string,
  });
  expect((await call('lost')).stdout).toContain('demo, run 4: 9 wishes not honoured');
  expect(await call('undo', '2')).toMatchObject({ code: 0 });
  expect(await readFile(join(host.dir, 'fallout.nix'), 'utf8')).toBe(earlierFile('fallout.nix'));
  expect((await call('history')).stdout).toMatch(/^run 4, demo/m);
});
