// Plain JavaScript, because it runs before `npm ci` has: what a config build needs from the machine, and getting it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import process from 'node:process';

/** Exit code of README's table: Nix or something else of the machine is missing. */
export const MISSING = 5;

/**
 * @typedef {object} Need
 * @property {string} name What is missing, for people.
 * @property {string} debian The Debian and Ubuntu package that brings it.
 * @property {() => boolean} isThere
 */

/** @type {(command: string, debian?: string) => Need} */
const command = (name, debian = name) => ({ name, debian, isThere: () => onPath(name) });
/** @type {(name: string, debian: string, ...paths: string[]) => Need} */
const file = (name, debian, ...paths) => ({ name, debian, isThere: () => paths.some((path) => existsSync(path)) });

const SMALL_TREE = [
  command('nix', 'nix-bin'),
  command('nix-store', 'nix-bin'),
  command('kconfig-conf', 'kconfig-frontends-nox'),
  command('git'),
  command('make'),
  command('gcc'),
  command('ld', 'binutils'),
  command('nm', 'binutils'),
  command('perl', 'perl-base'),
  command('patch'),
];

/** What `npm test` needs: beside a kernel tree a second compiler, the shells that complete falloutd's command line, and what shows its manual. */
const TESTS = [
  ...SMALL_TREE,
  command('clang'),
  command('script', 'bsdutils'),
  command('zsh'),
  command('fish'),
  command('man', 'man-db'),
  command('groff', 'groff-base'),
  command('col', 'bsdextrautils'),
];

const LINUX_TREE = [
  ...SMALL_TREE,
  command('flex'),
  command('bison'),
  command('bc'),
  command('xz', 'xz-utils'),
  file('libc headers', 'libc6-dev', '/usr/include/stdio.h'),
  file('libelf headers', 'libelf-dev', '/usr/include/libelf.h', '/usr/include/gelf.h'),
  file(
    'Linux 6.12 source',
    'linux-source-6.12',
    process.env['FALLOUTD_LINUX_TREE'] ?? '',
    '/usr/src/linux-source-6.12',
    '/usr/src/linux-source-6.12.tar.xz',
  ),
];

/** What the comparison with the kernel's own conf needs: two kernels, of which conf is built. */
const KCONFIG = [
  ...LINUX_TREE,
  file(
    'Linux 6.1 source',
    'linux-source-6.1',
    process.env['FALLOUTD_LINUX_TREE_6_1'] ?? '',
    '/usr/src/linux-source-6.1',
    '/usr/src/linux-source-6.1.tar.xz',
  ),
];

/** What the tests on real kernels need: both, and the compilers for each of the machines that they configure for. */
const KERNELS = [
  ...KCONFIG,
  command('clang'),
  command('ld.lld', 'lld'),
  command('llvm-ar', 'llvm'),
  command('aarch64-linux-gnu-gcc', 'gcc-aarch64-linux-gnu'),
  file('modprobe and depmod', 'kmod', '/sbin/modprobe'),
];

const NEEDS = { small: SMALL_TREE, tests: TESTS, linux: LINUX_TREE, kconfig: KCONFIG, kernels: KERNELS };

/**
 * What the machine lacks to build configs of a tree.
 * @param {keyof typeof NEEDS} tree
 * @returns {Need[]}
 */
export function missingFor(tree) {
  return NEEDS[tree].filter((need) => !need.isThere());
}

/**
 * Makes sure that the machine has what a tree needs: installs it on Debian and Ubuntu where it may, saying so first.
 * @param {keyof typeof NEEDS} tree
 * @param {(line: string) => void} say
 * @returns {boolean} whether all is there; if not, what to do has been said.
 */
export function provide(tree, say) {
  const missing = missingFor(tree);
  if (missing.length === 0) return true;
  const names = missing.map((need) => need.name).join(', ');
  const packages = [...new Set(missing.map((need) => need.debian))];
  const asRoot = rootPrefix();
  if (!isDebian() || asRoot === null) {
    say(`missing on this machine: ${names}`);
    say(
      isDebian()
        ? `install them and try again: sudo apt-get install --no-install-recommends ${packages.join(' ')}`
        : 'install them and try again (Nix: https://nixos.org/download; kconfig-conf: the package kconfig-frontends)',
    );
    return false;
  }
  say(`missing on this machine: ${names}`);
  say(`installing from the distribution: ${packages.join(' ')}`);
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (!aptGet(asRoot, install)) {
    // The package lists may be old or, in a container, not there.
    aptGet(asRoot, ['update']);
    aptGet(asRoot, install);
  }
  const still = missingFor(tree);
  if (still.length > 0) say(`could not install: ${still.map((need) => `${need.name} (${need.debian})`).join(', ')}`);
  return still.length === 0;
}

/**
 * The path of a command; null if PATH has none.
 * @param {string} name
 */
export function findTool(name) {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter((directory) => isAbsolute(directory));
  return directories.map((directory) => join(directory, name)).find(isExecutable) ?? null;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} name */
function onPath(name) {
  return findTool(name) !== null;
}

function isDebian() {
  if (!onPath('apt-get') || !existsSync('/etc/os-release')) return false;
  return /^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** How to run something as root without being asked for a password; null where one may not. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return onPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null;
}

/**
 * @param {string[]} prefix
 * @param {string[]} args
 */
function aptGet(prefix, args) {
  const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
  return spawnSync(program ?? 'env', rest, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
