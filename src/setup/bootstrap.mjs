// From a fresh clone to a checkout that runs: `node src/setup/bootstrap.mjs [small|linux|kconfig]`. Plain JavaScript with no
// dependency, because it runs before there are any.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { MISSING, provide } from './prerequisites.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

function hasNodePackages() {
  const installed = join(ROOT, 'node_modules/.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
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

const tree = process.argv[2] === 'linux' || process.argv[2] === 'kconfig' ? process.argv[2] : 'small';
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Node ${process.versions.node} is too old: install Node 20.19 or newer`);
  process.exit(MISSING);
}
if (!provide(tree, say)) process.exit(MISSING);
// `npm ci` builds the command too.
if (!hasNodePackages()) npm('ci', '--include=dev', '--no-audit', '--no-fund');
else npm('run', '--silent', 'build');
