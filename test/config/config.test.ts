import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig, parseConfig, type Config } from '../../src/config/config.ts';
import { defaultStateDir, findConfigFile } from '../../src/config/findConfig.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { Problem } from '../../src/model/problem.ts';

const FILE = '/etc/nixos/falloutd.toml';
const MINIMAL = '[target.laptop]\nflake = "."\nattribute = "nixosConfigurations.laptop.config.system.build.kernel"\n';
const parse = (text: string): Config => parseConfig(text, FILE, '/state');

function problem(act: () => unknown): Problem {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return error.problem;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseConfig', () => {
  it('needs a target, and has a default for everything else', () => {
    expect(parse(MINIMAL)).toMatchObject({
      file: FILE,
      stateDir: '/state',
      transcripts: 200,
      jobs: 1,
      notify: false,
      targets: [
        {
          name: 'laptop',
          installable: {
            kind: 'flake',
            dir: '/etc/nixos',
            attribute: 'nixosConfigurations.laptop.config.system.build.kernel',
          },
          patchesFile: '/etc/nixos/patches.nix',
          managedFile: '/etc/nixos/patches.nix',
          managedName: 'fallout',
          policy: 'keep-wish',
          pursue: 'none',
          unknown: 'absorb',
          maxIterations: 30,
          build: 'ask',
          nixArgs: [],
          limits: {},
          transcriptLimit: 16 << 20,
        },
      ],
    });
  });

  it('takes every key', () => {
    const text = `state = "st"\njobs = 2\n[history]\ntranscripts = 0\ntranscript-size = 2\n[nix]\nargs = ["-j", "1"]\n[limits]\nevaluation = 1.5\nkernel-build = 9\n${MINIMAL}patches = "p.nix"\nmanaged = "~/f.nix"\nname = "my-fallout"\npolicy = "unset"\nunknown = "block"\nmax-iterations = 5\nbuild = "when-stable"\nnix-args = ["--impure"]\n`;
    const config = parseConfig(text, FILE, undefined);
    expect(config).toMatchObject({ stateDir: '/etc/nixos/st', jobs: 2, transcripts: 0 });
    expect(config.targets[0]).toMatchObject({
      patchesFile: '/etc/nixos/p.nix',
      managedFile: join(homedir(), 'f.nix'),
      managedName: 'my-fallout',
      policy: 'unset',
      unknown: 'block',
      maxIterations: 5,
      build: 'when-stable',
      nixArgs: ['-j', '1', '--impure'],
      limits: { evaluation: 1.5, 'kernel-build': 9 },
      transcriptLimit: 2 << 20,
    });
  });

  it('takes the documented example as it is printed, and with every default written out', () => {
    const text = readFileSync(new URL('../../config/falloutd.toml', import.meta.url), 'utf8');
    const plain = parse(text);
    const spelledOut = parse(
      text.replace(
        /^# ((?:jobs|notify|transcripts|transcript-size|policy|unknown|max-iterations|build|timeout) = )/gm,
        '$1',
      ),
    );
    expect(spelledOut).toEqual(plain);
  });

  it('refuses a store that gives no logs; as a builder it does', () => {
    expect(problem(() => parse(`[nix]\nargs = ["--store", "ssh://farm"]\n${MINIMAL}`))).toEqual({
      message: 'target `laptop` cannot be built in the store ssh://farm: Nix gives no logs over ssh://',
      file: FILE,
      hint: 'write ssh-ng://farm',
    });
    expect(parse(`${MINIMAL}nix-args = ["--builders", "ssh://farm"]\n`).targets[0]?.nixArgs).toEqual([
      '--builders',
      'ssh://farm',
    ]);
  });

  it('takes a Nix file instead of a flake, and a name that Nix looks up', () => {
    expect(parse('[target.a]\nfile = "default.nix"\nattribute = "k.configfile"\n').targets[0]?.installable).toEqual({
      kind: 'file',
      file: '/etc/nixos/default.nix',
      attribute: 'k',
    });
    expect(parse('[target.a]\nfile = "<nixpkgs/nixos>"\nattribute = "k"\n').targets[0]?.installable).toEqual({
      kind: 'file',
      file: '<nixpkgs/nixos>',
      attribute: 'k',
    });
  });

  it.each(['.#k.configfile', '#k', '/etc/nixos#k', 'path:/etc/nixos#k', 'k'])(
    'takes an attribute as it stands on a command line: %s',
    (attribute) => {
      expect(parse(`[target.a]\nflake = "."\nattribute = "${attribute}"\n`).targets[0]?.installable).toEqual({
        kind: 'flake',
        dir: '/etc/nixos',
        attribute: 'k',
      });
    },
  );

  it('takes a # in quotes for a part of a name', () => {
    expect(parse('[target.a]\nflake = "."\nattribute = \'packages."a#b".k\'\n').targets[0]?.installable.attribute).toBe(
      'packages."a#b".k',
    );
  });

  it('gives several targets a managed patch each', () => {
    const text = (second: string): string => `${MINIMAL}[target.desk]\nflake = "/d"\nattribute = "k"\n${second}`;
    expect(parse(text('')).targets.map((t) => [t.name, t.managedName])).toEqual([
      ['laptop', 'fallout-laptop'],
      ['desk', 'fallout-desk'],
    ]);
    expect(parse(text('name = "x"\npatches = "other.nix"\n')).targets[1]).toMatchObject({
      managedName: 'x',
      managedFile: '/etc/nixos/other.nix',
    });
  });

  it('refuses two targets with one managed patch, but not one name in two files', () => {
    const text = (more: string): string =>
      `${MINIMAL}name = "x"\n[target.desk]\nflake = "/d"\nattribute = "k"\nname = "x"\n${more}`;
    expect(problem(() => parse(text('')))).toMatchObject({
      file: FILE,
      message: 'targets `laptop` and `desk` have the same managed patch `x` in /etc/nixos/patches.nix',
      hint: expect.stringContaining('`name`') as string,
    });
    expect(problem(() => parse(text('patches = "a.nix"\nmanaged = "../nixos/patches.nix"\n'))).message).toContain(
      'the same managed patch',
    );
    expect(parse(text('managed = "other.nix"\n')).targets).toHaveLength(2);
  });
});

describe('what is wrong with a configuration', () => {
  it.each<[string, string, Partial<Problem>]>([
    ['broken TOML', `${MINIMAL}patches = \n`, { line: 4, column: expect.any(Number) as number }],
    ['a string without an end', 'state = "x\n', { line: 1 }],
    ['a key twice', `${MINIMAL}flake = "x"\n`, { line: 4 }],
    [
      'an unknown key of the whole',
      `job = 1\n${MINIMAL}`,
      { message: 'unknown key `job`', hint: 'did you mean `jobs`?', line: 1, column: 1 },
    ],
    [
      'an unknown key of a target',
      `${MINIMAL}# a comment\n  polcy = "unset"\n`,
      { message: 'unknown key `target.laptop.polcy`', hint: 'did you mean `policy`?', line: 5, column: 3 },
    ],
    [
      'a needed key that is misspelt',
      '[target.x]\nflake = "."\natribute = "a"\npatches = "p.nix"\n',
      { message: 'unknown key `target.x.atribute`', hint: 'did you mean `attribute`?', line: 3 },
    ],
    [
      'an unknown key of [history]',
      `[history]\ntranscript = 1\n${MINIMAL}`,
      { message: 'unknown key `history.transcript`', hint: 'did you mean `transcripts`?', line: 2 },
    ],
    [
      'an attribute of another flake',
      '[target.a]\nflake = "."\nattribute = "github:me/nixos#k"\n',
      {
        message: '`attribute` names a flake, too: github:me/nixos',
        hint: 'write `flake = "FOLDER"`, the folder of its flake.nix, and `attribute = "k"`',
        line: 3,
        column: 1,
      },
    ],
    [
      'an attribute of a flake where a file is named',
      '[target.a]\nfile = "a.nix"\nattribute = ".#k"\n',
      { hint: 'write `flake = "."`, the folder of its flake.nix, and `attribute = "k"`', line: 3 },
    ],
    [
      'an attribute that is none',
      '[target.a]\nflake = "."\nattribute = ".#"\n',
      { message: '`attribute` names no kernel', line: 3 },
    ],
    ['a limit that is none', `[limits]\nprobe = 0\n${MINIMAL}`, { line: 2 }],
    [
      'an unknown key of [limits]',
      `[limits]\nprobes = 1\n${MINIMAL}`,
      { message: 'unknown key `limits.probes`', hint: 'did you mean `probe`?', line: 2 },
    ],
    ['an unknown key of [nix]', `[nix]\nargss = []\n${MINIMAL}`, { hint: 'did you mean `args`?', line: 2 }],
    [
      'an unknown key of [hooks]',
      `[hooks]\non-stabel = "x"\n${MINIMAL}`,
      { hint: 'did you mean `on-stable`?', line: 2 },
    ],
    [
      'a key that is like none',
      `${MINIMAL}something-else-entirely = 1\n`,
      { hint: expect.stringMatching(/^every key: .*config\/falloutd\.toml$/) as string, line: 4 },
    ],
    [
      'a missing key',
      '# x\n[target.laptop]\nflake = "."\n',
      { message: 'key `target.laptop.attribute` is missing', line: 2 },
    ],
    ['no target', 'jobs = 1\n', { message: 'key `target` is missing' }],
    ['an empty table of targets', '[target]\n', { message: 'key `target`: no target', line: 1 }],
    [
      'flake and file',
      `${MINIMAL}file = "x"\n`,
      { message: expect.stringContaining('either `flake`') as string, line: 1 },
    ],
    [
      'neither',
      '[target.a]\nattribute = "k"\n',
      { message: expect.stringContaining('either `flake`') as string, line: 1 },
    ],
    [
      'a word for a number',
      `${MINIMAL}max-iterations = "many"\n`,
      { message: expect.stringMatching(/^key `target\.laptop\.max-iterations`: .*number/) as string, line: 4 },
    ],
    ['nothing to iterate', `${MINIMAL}max-iterations = 0\n`, { line: 4 }],
    ['half a job', `jobs = 1.5\n${MINIMAL}`, { message: expect.stringMatching(/^key `jobs`/) as string, line: 1 }],
    [
      'a policy that is none',
      `${MINIMAL}"policy" = "derp"\n`,
      { message: expect.stringMatching(/keep-wish.*unset/) as string, line: 4 },
    ],
    ['a name that is no marker', `${MINIMAL}name = "a b"\n`, { line: 4 }],
    [
      'an argument that is no text',
      `${MINIMAL}nix-args = [\n  "-j",\n  1,\n]\n`,
      { message: expect.stringMatching(/^key `target\.laptop\.nix-args\.1`/) as string, line: 4 },
    ],
    ['an empty attribute', '[target.a]\nflake = "."\nattribute = ""\n', { line: 3 }],
    ['a dotted key', 'target.a.flake = "."\ntarget.a.attribute = "k"\ntarget.a.unknown = "no"\n', { line: 3 }],
    ['an inline table', 'target.a = { flake = ".", attribute = 1 }\n', { line: 1 }],
  ])('%s', (_, text, expected) => {
    expect(problem(() => parse(text))).toMatchObject({ file: FILE, ...expected });
    expect(problem(() => parse(text)).message).not.toMatch(/\n/);
  });
});

it('lists every mistake, in the order of the file', () => {
  const found = problem(() =>
    parse(`jobs = "x"\nstat = "s"\n[hooks]\non-stabel = "x"\n[target.a]\nflake = "."\natribute = "k"\nbuild = "now"\n`),
  );
  expect(found).toMatchObject({ file: FILE, line: 1, message: expect.stringMatching(/^key `jobs`: /) as string });
  expect(found.hint?.split('\n')).toEqual([
    'line 2: unknown key `stat`; did you mean `state`?',
    'line 4: unknown key `hooks.on-stabel`; did you mean `on-stable`?',
    'line 7: unknown key `target.a.atribute`; did you mean `attribute`?',
    expect.stringMatching(/^line 8: key `target\.a\.build`: /),
    expect.stringMatching(/^every key: /),
  ]);
});

it('reads 5,000 targets in less than 2 s of CPU time', () => {
  const text = Array.from({ length: 5000 }, (_, i) => `[target.t${i}]\nflake = "."\nattribute = "a"\nname = "n${i}"\n`);
  const before = process.cpuUsage();
  expect(parse(text.join('')).targets).toHaveLength(5000);
  const { user, system } = process.cpuUsage(before);
  // A look at the whole text, or at every target, for each of them took 3 s and more; now it is 0.15 s.
  expect((user + system) / 1e6).toBeLessThan(2);
});

describe('where the configuration and the state are', () => {
  let dir: string;
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'falloutd-config-')));
    mkdirSync(join(dir, 'flake/sub'), { recursive: true });
    mkdirSync(join(dir, 'xdg/falloutd'), { recursive: true });
    writeFileSync(join(dir, 'flake/flake.nix'), '{ }');
    vi.stubEnv('XDG_CONFIG_HOME', join(dir, 'xdg'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true, force: true });
  });

  it("the file named, else the one here, beside the flake, or the user's own", () => {
    const sub = join(dir, 'flake/sub');
    expect(findConfigFile(undefined, sub)).toBeNull();
    for (const place of ['xdg/falloutd', 'flake', 'flake/sub']) {
      writeFileSync(join(dir, place, 'falloutd.toml'), '');
      expect(findConfigFile(undefined, sub)).toBe(join(dir, place, 'falloutd.toml'));
    }
    expect(findConfigFile('../other.toml', sub)).toBe(join(dir, 'flake/other.toml'));
  });

  it('a relative XDG directory is ignored', () => {
    vi.stubEnv('XDG_CONFIG_HOME', 'xdg');
    vi.stubEnv('HOME', join(dir, 'flake'));
    expect(findConfigFile(undefined, dir)).toBeNull();
  });

  it('says of a file that it cannot be read', () => {
    expect(problem(() => loadConfig(join(dir, 'none.toml'), undefined))).toMatchObject({
      file: join(dir, 'none.toml'),
      message: expect.stringContaining('cannot be read') as string,
    });
    expect(problem(() => loadConfig(dir, undefined)).message).toContain('cannot be read');
  });

  it("--state over the file's, over state/ of a checkout", () => {
    const file = join(dir, 'c.toml');
    writeFileSync(file, `state = "mine"\n${MINIMAL}`);
    expect(loadConfig(file, '/given').stateDir).toBe('/given');
    expect(loadConfig(file, undefined).stateDir).toBe(join(dir, 'mine'));
    writeFileSync(file, MINIMAL);
    expect(loadConfig(file, undefined).stateDir).toBe(defaultStateDir());
    expect(defaultStateDir()).toMatch(/\/(?:state|falloutd)$/);
  });
});
