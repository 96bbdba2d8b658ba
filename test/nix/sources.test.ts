import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  copiedPaths,
  evaluatedFiles,
  isStorePath,
  literalFiles,
  localPath,
  mapSources,
} from '../../src/nix/sources.ts';

const HASH = '0123456789abcdfghijklmnpqrsvwxyz';
let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'falloutd-sources-')));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Writes a file below the test's folder; gives its path. */
function put(path: string, text = ''): string {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
/** A store below the test's folder, as with `--store`. */
const inStore = (path: string, letter = 'z'): string => `store/${HASH.slice(0, 31)}${letter}-source/${path}`;

describe('evaluatedFiles', () => {
  it('takes each file once, and only files', () => {
    expect(
      evaluatedFiles([
        `evaluating file '/nix/store/${HASH}-source/flake.nix'`,
        "evaluating file '/home/me/a.nix'",
        "evaluating file '/home/me/a.nix'",
        "evaluating file '«flakes-internal»/call-flake.nix'",
        "evaluating file '<nix/derivation.nix>'",
        "  evaluating file '/no.nix'",
        "error: evaluating file '/no.nix'",
        'copied source',
      ]),
    ).toEqual([`/nix/store/${HASH}-source/flake.nix`, '/home/me/a.nix']);
  });

  it('a path may hold an apostrophe', () => {
    expect(evaluatedFiles(["evaluating file '/home/o'brien/a.nix'"])).toEqual(["/home/o'brien/a.nix"]);
    expect(copiedPaths([`copied source '/home/o'brien/' -> '/nix/store/${HASH}-source'`])).toEqual(["/home/o'brien"]);
  });
});

describe('isStorePath', () => {
  it.each([
    [`/nix/store/${HASH}-source`, true],
    [`/nix/store/${HASH}-source/a/b.nix`, true],
    [`/data/other/store/${HASH}-linux-6.12.tar.xz`, true],
    ['/nix/store', false],
    ['/home/me/nix/patches.nix', false],
    [`/nix/store/${HASH.slice(1)}-short`, false],
    [`/nix/store/${'e'.repeat(32)}-no-base-32`, false],
    [HASH, false],
  ])('%s: %s', (path, expected) => {
    expect(isStorePath(path)).toBe(expected);
  });
});

describe('mapSources', () => {
  it('Nix 2.8 names the copy outright, with a slash at the end', () => {
    const store = `/nix/store/${HASH}-source`;
    const map = mapSources(
      [`copied source '/home/me/nixos/' -> '${store}'`, `evaluating file '${store}/sub/flake.nix'`],
      '/home/me/nixos/sub',
      ['/home/me/nixos'],
    );
    expect(map).toEqual([{ storePath: store, realPath: '/home/me/nixos' }]);
    expect(localPath(`${store}/sub/patches.nix`, map)).toBe('/home/me/nixos/sub/patches.nix');
    expect(localPath(store, map)).toBe('/home/me/nixos');
    expect(localPath(`${store}-other/x.nix`, map)).toBe(`${store}-other/x.nix`);
    expect(localPath('/elsewhere/x.nix', map)).toBe('/elsewhere/x.nix');
  });

  it('Nix 2.26 names none: the same content in the checkout tells, in any store directory', () => {
    put('home/flake.nix', '{ }');
    const copy = put(inStore('flake.nix'), '{ }');
    put('home/patches.nix', 'as saved since');
    const patches = put(inStore('patches.nix'), 'as copied');
    const map = mapSources([`evaluating file '${copy}'`, `evaluating file '${patches}'`], join(dir, 'home'), [
      join(dir, 'home'),
    ]);
    expect(localPath(patches, map)).toBe(join(dir, 'home/patches.nix'));
  });

  it('a flake in a folder of its checkout', () => {
    put('home/sub/flake.nix', 'flake');
    const copy = put(inStore('sub/flake.nix'), 'flake');
    const map = mapSources([`evaluating file '${copy}'`], join(dir, 'home/sub'), [
      join(dir, 'home'),
      join(dir, 'home/sub'),
    ]);
    expect(localPath(copy.replace('sub/flake.nix', 'other/x.nix'), map)).toBe(join(dir, 'home/other/x.nix'));
  });

  it("the first flake.nix is the flake's own, though it was saved since", () => {
    put('home/sub/flake.nix', 'newer');
    const copy = put(inStore('sub/flake.nix'), 'older');
    const map = mapSources(
      [`evaluating file '${copy}'`, `evaluating file '/nix/store/${HASH}-nixpkgs/flake.nix'`],
      join(dir, 'home/sub'),
      [join(dir, 'home'), join(dir, 'home/sub')],
    );
    expect(map).toEqual([{ storePath: dirname(copy), realPath: join(dir, 'home/sub') }]);
  });

  it("an overridden input is its own directory; an input that is nobody's stays in the store", () => {
    put('home/flake.nix', 'flake');
    put('inputs/mine/flake.nix', 'input');
    const [own, mine, other] = [
      put(inStore('flake.nix', 'a'), 'flake'),
      put(inStore('flake.nix', 'b'), 'input'),
      put(inStore('flake.nix', 'c'), 'nixpkgs'),
    ];
    const map = mapSources(
      [own, mine, other].map((file) => `evaluating file '${file}'`),
      join(dir, 'home'),
      [join(dir, 'home'), join(dir, 'inputs/mine')],
    );
    expect([own, mine, other].map((file) => localPath(file, map))).toEqual([
      join(dir, 'home/flake.nix'),
      join(dir, 'inputs/mine/flake.nix'),
      other,
    ]);
  });

  it('knows nothing where nothing was read', () => {
    expect(mapSources([], '/home/me', ['/home/me'])).toEqual([]);
    expect(mapSources([`evaluating file '/nix/store/${HASH}-source/default.nix'`], null, [])).toEqual([]);
  });
});

describe('literalFiles', () => {
  it('finds what path literals name and what is there', () => {
    const file = put(
      'nixos/a.nix',
      'builtins.readFile ./s.json + ../up.txt + ./gone.txt + ./folder + "${./in-string.nix}" + import ./other-host.nix + x./no.txt + .././no.txt',
    );
    for (const name of [
      'nixos/s.json',
      'up.txt',
      'nixos/folder/x',
      'nixos/in-string.nix',
      'nixos/other-host.nix',
      'nixos/no.txt',
    ])
      put(name);
    expect(literalFiles([file]).map((found) => found.slice(dir.length + 1))).toEqual([
      'nixos/s.json',
      'up.txt',
      'nixos/in-string.nix',
    ]);
    expect(literalFiles([join(dir, 'gone.nix')])).toEqual([]);
  });
});
