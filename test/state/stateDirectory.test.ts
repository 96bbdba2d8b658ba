import { execaSync } from 'execa';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig, type Config } from '../../src/config/config.ts';
import { refuseStateInFlake } from '../../src/state/stateDirectory.ts';

let flake: string;
beforeEach(() => {
  flake = mkdtempSync(join(tmpdir(), 'falloutd-state-'));
  writeFileSync(join(flake, 'flake.nix'), '{ }');
});
afterEach(() => rmSync(flake, { recursive: true }));

function config(): Config {
  return parseConfig(
    'state = "state"\n[target.host]\nflake = "."\nattribute = "kernel"\npatches = "p.nix"\n',
    join(flake, 'falloutd.toml'),
    undefined,
  );
}

describe('refuseStateInFlake', () => {
  it('refuses a state directory that Nix would copy, in a checkout or a plain folder', async () => {
    await expect(refuseStateInFlake(config())).rejects.toMatchObject({
      exitCode: 2,
      problem: { file: join(flake, 'state') },
    });
    execaSync('git', ['init', '--quiet'], { cwd: flake });
    await expect(refuseStateInFlake(config())).rejects.toMatchObject({ exitCode: 2 });
  });

  it('takes one that git ignores', async () => {
    execaSync('git', ['init', '--quiet'], { cwd: flake });
    writeFileSync(join(flake, '.gitignore'), '/state/\n');
    await expect(refuseStateInFlake(config())).resolves.toBeUndefined();
  });

  it.runIf(process.getuid?.() === 0)('a checkout of another user is left for the evaluation to explain', async () => {
    mkdirSync(join(flake, 'state'));
    execaSync('git', ['init', '--quiet'], { cwd: flake });
    for (const path of ['.', '.git']) chownSync(join(flake, path), 12345, 12345);
    await expect(refuseStateInFlake(config())).resolves.toBeUndefined();
  });
});
