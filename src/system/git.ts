import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlockedError, InfrastructureError } from '../model/errors.ts';

/** How long another git command may hold the index before that is told. */
const INDEX_LOCK_MS = 5_000;

/** What git leaves in its directory while it is in the middle of something that rewrites files (git-merge, git-rebase). */
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
        message: 'another git command holds the index',
        file: lock,
        hint: 'if none runs, it crashed: delete the file',
      });
    await sleep(100);
  }
  // What held the index may have been a merge that stopped at a conflict.
  refuseUnderWay(dir);
}

function refuseUnderWay(dir: string): void {
  const found = UNDER_WAY.find(({ file }) => existsSync(join(dir, file)));
  if (found === undefined) return;
  throw new BlockedError({
    message: `git is in the middle of ${found.what}: nothing is written into its files`,
    file: join(dir, found.file),
    hint: `end it; falloutd goes on at the next save, or with \`falloutd retry\``,
  });
}

/** The git directory of a checkout, also of a worktree, whose `.git` is a file (gitrepository-layout(5)). */
function gitDirectory(checkout: string): string | null {
  const path = join(checkout, '.git');
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory()) return stat === undefined ? null : path;
  const named = /^gitdir: (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1];
  return named === undefined ? null : resolve(checkout, named);
}
