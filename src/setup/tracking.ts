import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BlockedError } from '../model/errors.ts';
import { checkoutOf } from '../nix/sources.ts';
import type { Tracking } from './plan.ts';

/**
 * What git has to do with a file, whether that exists yet or not. Where git fails, Nix will say why.
 * @throws BlockedError for a checkout of another user: what Nix 2.8 says of that helps nobody.
 */
export async function tracking(path: string): Promise<Tracking> {
  const dir = dirname(path);
  if (!existsSync(join(checkoutOf(dir), '.git'))) return 'no-git';
  const listed = await git(dir, ['ls-files', '--error-unmatch', '--', basename(path)]);
  if (listed.exitCode === 0) {
    const committed = await git(dir, ['cat-file', '-e', `HEAD:./${basename(path)}`]);
    return committed.exitCode === 0 ? 'committed' : 'tracked';
  }
  if (listed.stderr.includes('dubious ownership')) {
    throw new BlockedError({
      message: 'git refuses this checkout, for it belongs to another user',
      file: dir,
      hint: `run as its owner, or: git config --global --add safe.directory ${checkoutOf(dir)}`,
    });
  }
  if (listed.exitCode !== 1) return 'no-git';
  const ignored = await git(dir, ['check-ignore', '--quiet', '--', basename(path)]);
  return ignored.exitCode === 0 ? 'ignored' : 'untracked';
}

/**
 * Tells git of a file without staging its content: enough for a flake to see it.
 * @throws BlockedError when git refuses.
 */
export async function track(path: string): Promise<void> {
  await must(dirname(path), ['add', '--intent-to-add', '--', basename(path)], path);
}

/**
 * Takes a file that no commit has out of git's index.
 * @throws BlockedError when git refuses.
 */
export async function untrack(path: string): Promise<void> {
  await must(dirname(path), ['rm', '--cached', '--quiet', '--force', '--', basename(path)], path);
}

async function must(cwd: string, args: string[], path: string): Promise<void> {
  const result = await git(cwd, args);
  if (result.exitCode === 0) return;
  const said = result.stderr.trim() === '' ? (result.shortMessage ?? 'it could not be started') : result.stderr.trim();
  throw new BlockedError({
    message: `git ${args[0] ?? ''} failed: ${said}`,
    file: path,
    hint: 'do that by hand, then run `falloutd init` again',
  });
}

async function git(cwd: string, args: string[]): Promise<{ exitCode?: number; stderr: string; shortMessage?: string }> {
  const { exitCode, stderr, shortMessage } = await execa('git', args, {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  });
  return {
    ...(exitCode === undefined ? {} : { exitCode }),
    stderr,
    ...(shortMessage === undefined ? {} : { shortMessage }),
  };
}
