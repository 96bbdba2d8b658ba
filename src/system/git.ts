/** Questions and commands for git. */
import { execa } from 'execa';
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkoutAbove } from './checkout.ts';
import { BlockedError, InfrastructureError } from '../model/errors.ts';
import { ifSeen } from './ifSeen.ts';
import { readableText } from './wholeFile.ts';

/** How git knows a file: it is in a commit, only in the index, in neither, ignored, or there is no git here. */
export type Tracking = 'committed' | 'tracked' | 'untracked' | 'ignored' | 'no-git';

/**
 * How git knows a file, which need not exist yet.
 * @throws BlockedError with git's own reason where it refuses to say, as in a checkout of another user.
 */
export async function tracking(path: string): Promise<Tracking> {
  const [dir, name] = [dirname(path), basename(path)];
  if (checkoutAbove(dir) === null) return 'no-git';
  const listed = await git(dir, ['ls-files', '--error-unmatch', '--', name]);
  if (listed.exitCode === null) return 'no-git';
  if (listed.exitCode === 0) {
    const committed = await git(dir, ['cat-file', '-e', `HEAD:./${name}`]);
    return committed.exitCode === 0 ? 'committed' : 'tracked';
  }
  if (listed.exitCode !== 1) throw refusal(dir, listed.reason);
  const ignored = await git(dir, ['check-ignore', '--quiet', '--', name]);
  return ignored.exitCode === 0 ? 'ignored' : 'untracked';
}

/** Whether git ignores a path in the checkout at `root`. If git refuses to say, the answer is yes: Nix will fail and say why. */
export async function isIgnored(root: string, path: string): Promise<boolean> {
  if (checkoutAbove(root) === null) return false;
  const { exitCode } = await git(root, ['check-ignore', '--quiet', '--', path]);
  return exitCode !== null && exitCode !== 1;
}

/**
 * The tracked files below `dir` that match a git pathspec, relative to it and sorted; with `mentioning`, an extended
 * regular expression, only those with a match. Null if git does not answer.
 */
export async function trackedFiles(dir: string, pathspec: string, mentioning?: RegExp): Promise<string[] | null> {
  const command = mentioning === undefined ? ['ls-files', '-z'] : ['grep', '-lzE', mentioning.source];
  const { exitCode, stdout } = await git(dir, [...command, '--', pathspec]);
  const isNoMatch = mentioning !== undefined && exitCode === 1;
  return exitCode === 0 || isNoMatch ? (stdout.match(/[^\0]+/g) ?? []).sort() : null;
}

/** Adds a file to git's index without its content, which is enough for a flake to see it. @throws BlockedError if git refuses. */
export async function track(path: string): Promise<void> {
  await must(path, ['add', '--intent-to-add', '--', basename(path)]);
}

/** Takes a file that no commit has out of git's index. @throws BlockedError if git refuses. */
export async function untrack(path: string): Promise<void> {
  await must(path, ['rm', '--cached', '--quiet', '--force', '--', basename(path)]);
}

/** The first line of git's message says what is wrong; the others are advice. */
function refusal(dir: string, reason: string): BlockedError {
  const [message = '', ...advice] = reason.replace(/^(?:fatal|error): /, '').split('\n');
  const hint = advice.join('\n').trim();
  return new BlockedError({ message: `git: ${message}`, file: dir, ...(hint === '' ? {} : { hint }) });
}

async function must(path: string, args: string[]): Promise<void> {
  const { exitCode, reason } = await git(dirname(path), args);
  if (exitCode === 0) return;
  throw new BlockedError({
    message: `git ${args[0] ?? ''} failed: ${reason}`,
    file: path,
    hint: 'do that by hand, then run `falloutd init` again',
  });
}

/** `exitCode` is null if git could not be started; `reason` is git's message about a failure. */
async function git(cwd: string, args: string[]): Promise<{ exitCode: number | null; stdout: string; reason: string }> {
  const options = { cwd, reject: false, stdin: 'ignore', env: { LC_ALL: 'C' } } as const;
  const { exitCode, stdout, stderr, shortMessage } = await execa('git', args, options);
  const reason = stderr.trim() === '' ? (shortMessage ?? 'it could not be started') : stderr.trim();
  return { exitCode: exitCode ?? null, stdout, reason };
}

/** How long another git command may lock the index before that is an error. */
const INDEX_LOCK_MS = 5_000;

/** Files in git's directory while it rewrites files (git-merge, git-rebase). */
const UNDER_WAY = [
  { file: 'MERGE_HEAD', what: 'a merge' },
  { file: 'rebase-merge', what: 'a rebase' },
  { file: 'rebase-apply', what: 'a rebase' },
  { file: 'CHERRY_PICK_HEAD', what: 'a cherry-pick' },
] as const;

/**
 * Waits until git leaves the files of a checkout alone.
 * @throws BlockedError in the middle of a merge or a rebase; InfrastructureError when the index stays locked.
 */
export async function waitForGit(checkout: string): Promise<void> {
  const dir = gitDirectory(checkout);
  if (dir === null) return;
  refuseUnderWay(dir);
  const lock = join(dir, 'index.lock');
  for (const until = performance.now() + INDEX_LOCK_MS; existsSync(lock);) {
    if (performance.now() > until)
      throw new InfrastructureError({
        message: 'another git command has locked the index',
        file: lock,
        hint: 'if none is running, it crashed: delete the file',
      });
    await sleep(100);
  }
  // The lock may have been that of a merge that stopped at a conflict.
  refuseUnderWay(dir);
}

function refuseUnderWay(dir: string): void {
  const found = UNDER_WAY.find(({ file }) => existsSync(join(dir, file)));
  if (found === undefined) return;
  throw new BlockedError({
    message: `git is in the middle of ${found.what}: falloutd does not write into its files`,
    file: join(dir, found.file),
    hint: `finish it; falloutd goes on at the next save, or with \`falloutd retry\``,
  });
}

/** The git directory of a checkout, also of a worktree, whose `.git` is a file (gitrepository-layout(5)). */
function gitDirectory(checkout: string): string | null {
  const path = join(checkout, '.git');
  const stat = ifSeen(() => statSync(path));
  if (stat === null || stat.isDirectory()) return stat === null ? null : path;
  const named = /^gitdir: (.*)$/m.exec(readableText(path) ?? '')?.[1];
  return named === undefined ? null : resolve(checkout, named);
}
