import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { brokenFlake, endlessFile, firstFiles } from '../../src/nix/flakeFiles.ts';
import type { Installable } from '../../src/nix/installable.ts';

let flake: Extract<Installable, { kind: 'flake' }>;
let lock: string;
beforeEach(() => {
  flake = { kind: 'flake', dir: mkdtempSync(join(tmpdir(), 'falloutd-flake-')), attribute: 'kernel' };
  lock = join(flake.dir, 'flake.lock');
});
afterEach(() => rmSync(flake.dir, { recursive: true }));

it.each([
  ['empty', '', { message: 'is empty: a full disk leaves it so' }],
  ['cut short', '{"nodes": {', { message: expect.stringContaining('is no JSON: ') as string }],
  [
    'in conflict',
    '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> other\n}',
    { message: 'holds the marks of a git conflict', line: 2 },
  ],
])('a lock file that is %s is named, with what to do', (_, text, expected) => {
  writeFileSync(lock, text);
  expect(brokenFlake(flake)).toMatchObject({
    file: lock,
    hint: expect.stringContaining('flake.lock') as string,
    ...expected,
  });
});

it('a whole lock file, or none, is no problem', () => {
  expect(brokenFlake(flake)).toBeNull();
  writeFileSync(lock, '{"nodes": {}, "version": 7}');
  expect(brokenFlake(flake)).toBeNull();
});

it.each<[string, (file: string) => void, string]>([
  ['a directory', mkdirSync, 'is a directory, not a regular file'],
  ['a link to nothing', (file) => symlinkSync('gone', file), 'is a link to a file that does not exist'],
  ['a loop of links', (file) => symlinkSync(file, file), 'cannot be read: the links lead in a circle'],
])('%s in the place of flake.nix is named, which Nix does not do', (_, make, message) => {
  const file = join(flake.dir, 'flake.nix');
  make(file);
  expect(brokenFlake(flake)).toMatchObject({ file, message });
});

it('a FIFO that Nix would wait for is found before Nix opens it', () => {
  expect(endlessFile(firstFiles(flake))).toBeNull();
  execaSync('mkfifo', [lock]);
  expect(endlessFile(firstFiles(flake))).toMatchObject({ file: lock, message: 'is a FIFO, not a regular file' });
});
