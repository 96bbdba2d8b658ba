import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlockedError } from '../../src/model/errors.ts';
import { isIgnored, track, tracking, trackedFiles, untrack, waitForGit } from '../../src/system/git.ts';

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

/** Writes a file below the test's folder; gives its path. */
function put(path: string, text = ''): string {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('what git has to do with a file', () => {
  it('is one of five things, and track and untrack change it', async () => {
    const repo = await diverging(join(dir, 'r'));
    put('r/.gitignore', 'ignored.nix\n');
    const [committed, fresh, ignored] = ['a', 'fresh.nix', 'ignored.nix'].map((name) => join(repo, name));
    put('r/fresh.nix', 'kernelPatches\n');
    expect(await Promise.all([committed, fresh, ignored, join(dir, 'x')].map((path) => tracking(path ?? '')))).toEqual([
      'committed',
      'untracked',
      'ignored',
      'no-git',
    ]);
    expect(await trackedFiles(repo, '*.nix')).toEqual([]);
    await track(fresh ?? '');
    expect(await tracking(fresh ?? '')).toBe('tracked');
    expect(await trackedFiles(repo, '*.nix')).toEqual(['fresh.nix']);
    expect(await trackedFiles(repo, '*.nix', /kernel(Patches|X)/)).toEqual(['fresh.nix']);
    expect(await trackedFiles(repo, '*.nix', /nowhere/)).toEqual([]);
    await untrack(fresh ?? '');
    expect(await tracking(fresh ?? '')).toBe('untracked');
    expect(await trackedFiles(dir, '*.nix')).toBe(null);
    expect(await Promise.all([isIgnored(repo, ignored ?? ''), isIgnored(repo, fresh ?? '')])).toEqual([true, false]);
    expect(await isIgnored(dir, join(dir, 'x'))).toBe(false);
  });

  it('is not to be known where git fails, which gives its reason', async () => {
    const repo = await diverging(join(dir, 'r'));
    put('r/.git/index', 'broken');
    await expect(tracking(join(repo, 'a'))).rejects.toMatchObject({
      problem: { message: expect.stringMatching(/^git: .*index/) as string, file: repo },
    });
    await expect(track(join(repo, 'a'))).rejects.toThrow(/^git add failed: .*index/s);
  });

  it.runIf(process.getuid?.() === 0)(
    "is not to be known in another user's checkout, and git's advice is kept",
    async () => {
      const repo = await diverging(join(dir, 'r'));
      for (const path of [repo, join(repo, '.git')]) chownSync(path, 12345, 12345);
      await expect(tracking(join(repo, 'a'))).rejects.toMatchObject({
        problem: {
          message: expect.stringContaining('git: detected dubious ownership') as string,
          hint: expect.stringContaining('git config --global --add safe.directory') as string,
        },
      });
      expect(await isIgnored(repo, join(repo, 'a'))).toBe(true);
    },
  );
});

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
