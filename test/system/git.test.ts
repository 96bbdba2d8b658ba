import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlockedError } from '../../src/model/errors.ts';
import { waitForGit } from '../../src/system/git.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-git-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const git = async (cwd: string, ...args: string[]): Promise<unknown> =>
  execa('git', ['-c', 'user.name=me', '-c', 'user.email=me@example.org', '-c', 'commit.gpgsign=false', ...args], {
    cwd,
    reject: false,
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_EDITOR: 'true' },
  });

/** Two branches that change one line each in their way. */
async function diverging(at: string): Promise<string> {
  mkdirSync(at);
  await git(at, 'init', '-b', 'main');
  const commit = async (text: string): Promise<void> => {
    writeFileSync(join(at, 'a'), text);
    await git(at, 'add', 'a');
    await git(at, 'commit', '-m', text);
  };
  await commit('base');
  await git(at, 'checkout', '-b', 'other');
  await commit('other');
  await git(at, 'checkout', 'main');
  await commit('main');
  return at;
}

describe('waitForGit', () => {
  it('has nothing to wait for outside of git, and in a checkout at rest', async () => {
    await expect(waitForGit(dir)).resolves.toBeUndefined();
    await expect(waitForGit(join(dir, 'missing'))).resolves.toBeUndefined();
    await expect(waitForGit(await diverging(join(dir, 'r')))).resolves.toBeUndefined();
  });

  it.each([
    ['merge', ['merge', 'other'], 'a merge'],
    ['rebase', ['rebase', 'other'], 'a rebase'],
    ['old rebase', ['rebase', '--apply', 'other'], 'a rebase'],
    ['cherry-pick', ['cherry-pick', 'other'], 'a cherry-pick'],
  ])('refuses in the middle of a %s, until that is ended', async (name, command, what) => {
    const repo = await diverging(join(dir, 'r'));
    await git(repo, ...command);
    const error: unknown = await waitForGit(repo).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BlockedError);
    expect((error as BlockedError).message).toContain(what);
    await git(repo, name.replace('old ', ''), '--abort');
    await expect(waitForGit(repo)).resolves.toBeUndefined();
  });

  it('looks where a worktree has its state', async () => {
    const repo = await diverging(join(dir, 'r'));
    const worktree = join(dir, 'w');
    await git(repo, 'worktree', 'add', worktree, 'other');
    await expect(waitForGit(worktree)).resolves.toBeUndefined();
    await git(worktree, 'merge', 'main');
    await expect(waitForGit(worktree)).rejects.toThrow('a merge');
    await expect(waitForGit(repo)).resolves.toBeUndefined();
  });

  it('follows a relative gitdir, and lives with a .git that says nothing', async () => {
    mkdirSync(join(dir, 'real'));
    writeFileSync(join(dir, 'real/MERGE_HEAD'), '');
    mkdirSync(join(dir, 'sub'));
    writeFileSync(join(dir, 'sub/.git'), 'gitdir: ../real\n');
    await expect(waitForGit(join(dir, 'sub'))).rejects.toThrow('a merge');
    writeFileSync(join(dir, 'sub/.git'), '');
    await expect(waitForGit(join(dir, 'sub'))).resolves.toBeUndefined();
  });

  /** Waiting for the index; whether it has ended. */
  async function waiting(): Promise<{ ended: Promise<unknown>; lock: string; isOver: () => boolean }> {
    mkdirSync(join(dir, '.git'));
    const lock = join(dir, '.git/index.lock');
    writeFileSync(lock, '');
    let over = false;
    const ended = waitForGit(dir)
      .then(
        () => 'free',
        (error: unknown) => error,
      )
      .finally(() => {
        over = true;
      });
    await setImmediate();
    return { ended, lock, isOver: () => over };
  }

  it('waits until index.lock goes away', async () => {
    const { ended, lock, isOver } = await waiting();
    expect(isOver()).toBe(false);
    rmSync(lock);
    expect(await ended).toBe('free');
  });

  it('refuses when the git that held the index stopped at a conflict', async () => {
    const { ended, lock } = await waiting();
    writeFileSync(join(dir, '.git/MERGE_HEAD'), '');
    rmSync(lock);
    expect(await ended).toBeInstanceOf(BlockedError);
  });
});
