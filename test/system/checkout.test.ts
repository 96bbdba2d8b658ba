import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkoutOf, flakeAbove } from '../../src/system/checkout.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-checkout-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Writes a file below the test's folder. */
function put(path: string, text = ''): void {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe('checkoutOf', () => {
  it('is the folder with .git above, be that a folder or the file of a worktree; else the folder itself', () => {
    put('repo/.git/HEAD');
    put('repo/a/b/flake.nix');
    put('worktree/.git', 'gitdir: ../repo/.git/worktrees/w\n');
    put('worktree/a/flake.nix');
    put('plain/a/flake.nix');
    expect(checkoutOf(join(dir, 'repo/a/b'))).toBe(join(dir, 'repo'));
    expect(checkoutOf(join(dir, 'worktree/a'))).toBe(join(dir, 'worktree'));
    expect(checkoutOf(join(dir, 'plain/a'))).toBe(join(dir, 'plain/a'));
  });
});

it('looks for a flake no further up than the root of the checkout', () => {
  put('flake.nix');
  put('repo/.git/HEAD');
  put('repo/a/b/file');
  put('plain/a/file');
  expect(flakeAbove(join(dir, 'repo/a/b'))).toBe(null);
  expect(flakeAbove(join(dir, 'plain/a'))).toBe(dir);
  put('repo/flake.nix');
  expect(flakeAbove(join(dir, 'repo/a/b'))).toBe(join(dir, 'repo'));
});
