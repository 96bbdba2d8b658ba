import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The compiled part of a package, which its install script makes in minutes, or fetches. */
const ADDON = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

let dir: string;
let files: string[];
let env: Record<string, string>;

/** Packs this checkout as it is built, and installs the archive where nothing of the checkout is. */
beforeAll(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'falloutd-package-')));
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', dir];
  const [packed] = JSON.parse((await execa('npm', args, { cwd: ROOT })).stdout) as [
    { filename: string; files: { path: string }[] },
  ];
  files = packed.files.map(({ path }) => path);
  const prefix = join(dir, 'prefix');
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await execa('npm', ['install', '--global', '--prefix', prefix, ...quiet, join(dir, packed.filename)], { cwd: dir });
  const addon = join(prefix, 'lib/node_modules/falloutd', ADDON);
  mkdirSync(dirname(addon), { recursive: true });
  copyFileSync(join(ROOT, ADDON), addon);
  env = {
    PATH: `${join(prefix, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: dir,
    XDG_STATE_HOME: join(dir, 'state'),
    XDG_CONFIG_HOME: join(dir, 'config'),
    NO_COLOR: '1',
  };
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('the package holds what runs, and nothing else', () => {
  const others = files.filter((path) => !/^dist\/(?!manual\/)[\w./]+\.js$/.test(path));
  const groups = new Map<string, string[]>([
    ['types of the exported engine', others.filter((path) => /^dist\/kconfig\/[\w/]+\.d\.ts$/.test(path))],
    ['the demo', others.filter((path) => path.startsWith('dist/setup/demo/'))],
    ['schemas', others.filter((path) => /^config\/schema\/[\w-]+\.schema\.json$/.test(path))],
    ['units', others.filter((path) => /^config\/systemd\/\w+\/falloutd\.service$/.test(path))],
    ['examples', others.filter((path) => /^config\/examples\/[\w/-]+\.nix$/.test(path))],
  ]);
  const known = new Set([...groups.values()].flat());
  expect(others.filter((path) => !known.has(path)).sort()).toEqual([
    'LICENSE',
    'README.md',
    'config/falloutd.toml',
    'dist/completion/commands.json',
    'dist/completion/falloutd.bash',
    'dist/completion/falloutd.fish',
    'dist/completion/falloutd.zsh',
    'dist/man/falloutd.1',
    'dist/man/falloutd.toml.5',
    'dist/nix/hostNeeds.nix',
    'dist/nix/intents.nix',
    'dist/nix/kernelConfig.nix',
    'dist/nix/recordFacts.pl',
    'dist/nix/requirements.nix',
    'dist/nix/stockKernel.nix',
    'dist/setup/prerequisites.mjs',
    'package.json',
  ]);
  expect(files).toEqual(expect.arrayContaining(['dist/nixfile/grammar/parser.js', 'dist/kconfig/index.d.ts']));
});

test('no script names a source map that is not there', () => {
  const scripts = files.filter((path) => path.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(200);
  expect(scripts.filter((path) => readFileSync(join(ROOT, path), 'utf8').includes('sourceMappingURL'))).toEqual([]);
});

test('installed elsewhere it runs, with its manual and its completion', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const falloutd = execa({ cwd: dir, env });
  expect((await falloutd('falloutd', ['--version'])).stdout).toBe(version);
  expect((await falloutd('falloutd', ['completion', 'fish'])).stdout).toContain('complete -c falloutd');
  expect((await falloutd('falloutd', ['__complete', 'hist'])).stdout).toMatch(/^words\nhistory\t/);
  for (const page of ['1/falloutd.1', '5/falloutd.toml.5'])
    expect(readFileSync(join(dir, 'prefix/share/man', `man${page}`), 'utf8')).toContain('.SH NAME');
  const engine = `import('falloutd/kconfig').then(({ Configuration }) => console.log(typeof Configuration))`;
  const cwd = join(dir, 'prefix/lib');
  expect((await execa(process.execPath, ['-e', engine], { cwd })).stdout).toBe('function');
});

test('installed elsewhere it does its main job', async () => {
  const { stdout } = await execa('falloutd', ['demo'], { cwd: dir, env });
  expect(stdout).toContain('RTLWIFI = lib.mkOverride 40 (option no); # wanted n, got m: selected by RTL8192CE');
  expect(stdout).toMatch(/stable (?:after|as)/);
});
