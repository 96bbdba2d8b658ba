// From a fresh clone to a checkout that runs: `node src/setup/bootstrap.mjs [small|tests|linux|kconfig|kernels]`. Plain JavaScript with no
// dependency, because it runs before there are any.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { MISSING, provide } from './prerequisites.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const PACKAGES = join(ROOT, 'node_modules');
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

/**
 * Whether npm has installed what the lock file asks for. Times do not show it: in a new work tree the lock file is always newer
 * than the packages.
 */
function hasNodePackages() {
  const installed = packagesOf(join(PACKAGES, '.package-lock.json'));
  return Object.entries(packagesOf(join(ROOT, 'package-lock.json'))).every(([path, { version, optional }]) =>
    path === '' ? true : path in installed ? installed[path].version === version : optional === true,
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version: string, optional?: boolean }>}
 */
function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

function isLink() {
  return lstatSync(PACKAGES, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** @param {string[]} args */
function npm(...args) {
  say(`npm ${args.join(' ')}`);
  const { status } = spawnSync('npm', args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  say(
    `npm ${args.join(' ')} failed; where better-sqlite3 finds no binary made for this Node, it needs g++, make and python3`,
  );
  process.exit(MISSING);
}

const asked = process.argv[2];
const tree = asked === 'tests' || asked === 'linux' || asked === 'kconfig' || asked === 'kernels' ? asked : 'small';
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Node ${process.versions.node} is too old: install Node 20.19 or newer`);
  process.exit(MISSING);
}
if (!provide(tree, say)) process.exit(MISSING);
if (hasNodePackages()) npm('run', '--silent', 'build');
else {
  if (isLink()) {
    // `npm ci` would delete the packages of every work tree that shares them.
    say('node_modules is a link, and what it points to is not what package-lock.json asks for: install it there');
    process.exit(MISSING);
  }
  // This builds the command too.
  say('installing and compiling: some minutes without output');
  npm('ci', '--include=dev', '--no-audit', '--no-fund');
}
