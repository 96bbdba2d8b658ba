import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { infrastructureIn } from '../../src/nix/infrastructure.ts';
import { BuildLogCollector } from '../../src/nix/buildLog.ts';
import { mapBack, readEvaluationError } from '../../src/nix/evaluationError.ts';
import { copiedPaths, evaluatedFiles, literalFiles, localPath, mapSources } from '../../src/nix/sources.ts';

/** The messages of `nix eval -vv --show-trace` of Nix 2.26.3 on a git flake in /home/me/nixos. */
function recorded(name: string): { level: number; text: string }[] {
  const collector = new BuildLogCollector();
  collector.push(gunzipSync(readFileSync(new URL(`../fixtures/nix2.26/eval-${name}.gz`, import.meta.url))));
  return collector.result().messages;
}

const HOME = '/home/me/nixos';

describe('Nix 2.26: what an evaluation read', () => {
  const lines = recorded('ok').map((m) => m.text);
  const sources = mapSources(lines, HOME, [HOME]);
  const own = (paths: string[]): string[] =>
    paths.map((path) => localPath(path, sources)).filter((path) => path.startsWith(HOME));

  it("names the flake's copy nowhere, but its flake.nix is the first that is evaluated", () => {
    expect(own(evaluatedFiles(lines))).toEqual([`${HOME}/flake.nix`, `${HOME}/stand-in.nix`, `${HOME}/patches.nix`]);
  });

  it("copies a source patch out of the flake's copy", () => {
    expect(own(copiedPaths(lines))).toEqual([`${HOME}/p/fix.patch`]);
  });
});

describe('Nix 2.26: an evaluation error', () => {
  const problemIn = (name: string): ReturnType<typeof mapBack> => {
    const messages = recorded(name);
    const error = readEvaluationError(messages.filter((m) => m.level <= 1).map((m) => m.text));
    if (error === null) throw new Error('no error was read');
    return mapBack(
      error,
      mapSources(
        messages.map((m) => m.text),
        HOME,
        [HOME],
      ),
    );
  };

  it("that the user throws stands at the user's line, which only the whole trace names", () => {
    expect(problemIn('throw')).toMatchObject({
      message: 'my own words',
      file: `${HOME}/patches.nix`,
      line: 7,
      column: 17,
    });
  });

  it('of a file that git does not track stands where it is imported', () => {
    expect(problemIn('untracked')).toMatchObject({
      message: `path '${HOME}/more.nix' does not exist`,
      file: `${HOME}/patches.nix`,
      line: 2,
    });
  });

  it("that only nixpkgs' own lines lead to has no place", () => {
    const problem = problemIn('not-a-list');
    expect(problem.message).toMatch(/boot\.kernelPatches' is not of type/);
    expect(problem.file).toBeUndefined();
  });
});

test("Nix 2.26 where /dev/pts is not mounted: the machine's trouble, not the user's", () => {
  expect(infrastructureIn('error: opening pseudoterminal master: No such device')?.message).toBe(
    'opening pseudoterminal master: No such device',
  );
});

describe('literalFiles', () => {
  it('finds what readFile reads, and no directory, address or file that is not there', () => {
    const dir = mkdtempSync(join(tmpdir(), 'falloutd-sources-'));
    try {
      mkdirSync(join(dir, 'sub'));
      for (const name of ['symbols.json', 'sub/version.txt', 'common.nix']) writeFileSync(join(dir, name), '');
      writeFileSync(
        join(dir, 'sub/patches.nix'),
        'builtins.readFile ./version.txt + importJSON ../symbols.json + ./. + ../sub + "https://x/./common.nix" + ./gone.txt',
      );
      expect(literalFiles([join(dir, 'sub/patches.nix'), join(dir, 'gone.nix')])).toEqual([
        join(dir, 'sub/version.txt'),
        join(dir, 'symbols.json'),
      ]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
