/** A host with a kernel tree, a log and a history, in which any file can be something else than it should be. */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { newFalloutFile } from '../../src/managed/addPatch.ts';
import { openHistory } from '../../src/state/historyDatabase.ts';
import { beginRun, finishRun } from '../../src/state/recordRun.ts';
import { keepReplaced } from '../../src/state/replacements.ts';

/** Users without an account. */
export const SOMEBODY = 54_321;
export const SOMEBODY_ELSE = 54_322;

export const isRoot = process.getuid?.() === 0;

/** Why nothing can be run as another user here; null where it can. */
export function whyNoOtherUser(): string | null {
  if (!isRoot) return 'only root may run something as another user';
  const user = { uid: SOMEBODY, gid: SOMEBODY };
  const { exitCode } = execaSync('test', ['-r', join(ROOT, 'package.json')], { ...user, reject: false });
  return exitCode === 0 ? null : `another user cannot read ${ROOT}`;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Kind = {
  name: string;
  /** Puts it where nothing stands; `text` is what stood there before. */
  make: (path: string, text: Buffer) => void;
  /** What is said of it where a file is needed; null: it is a file that can be read. */
  says: RegExp | null;
};

export const KINDS: readonly Kind[] = [
  { name: 'a FIFO', make: (path) => execaSync('mkfifo', [path]), says: /is a FIFO, not a|is not a regular file/ },
  {
    name: 'a device',
    make: (path) => symlinkSync('/dev/zero', path),
    says: /is a device, not a|is not a regular file/,
  },
  { name: 'a directory', make: (path) => mkdirSync(path), says: /is a directory, not a|is not a regular file/ },
  {
    name: 'a link to nothing',
    make: (path) => symlinkSync('gone', path),
    says: /is a link to a file that does not exist/,
  },
  { name: 'a loop of links', make: (path) => symlinkSync(path, path), says: /the links lead in a circle/ },
  { name: 'unreadable', make: writeUnreadable, says: /permission denied/ },
  { name: 'a gigabyte', make: writeGigabyte, says: /is too large/ },
  { name: 'a link out', make: linkOut, says: null },
  { name: 'another owner', make: writeAsSomebodyElse, says: null },
  { name: 'empty', make: (path) => writeFileSync(path, ''), says: null },
  {
    name: 'binary',
    make: (path) =>
      writeFileSync(
        path,
        Uint8Array.from({ length: 600 }, (_, i) => 255 - (i % 256)),
      ),
    says: null,
  },
];

function writeUnreadable(path: string, text: Buffer): void {
  writeFileSync(path, text);
  chmodSync(path, 0);
}

function writeGigabyte(path: string): void {
  writeFileSync(path, '');
  truncateSync(path, 1 << 30);
}

function linkOut(path: string, text: Buffer): void {
  const outside = join(dirname(dirname(path)), 'outside');
  writeFileSync(outside, text);
  symlinkSync(outside, path);
}

function writeAsSomebodyElse(path: string, text: Buffer): void {
  writeFileSync(path, text);
  chownSync(path, SOMEBODY_ELSE, SOMEBODY_ELSE);
}

/** Makes a host in a folder. Nothing in it needs a kernel: an evaluation ends at `configfile`, which is missing. */
export function makeHost(dir: string): void {
  const files: Record<string, string> = {
    'host/host.nix': '{ kernel = { patches = import ./patches.nix ++ [ (import ./more.nix) ]; }; }\n',
    'host/more.nix': '{ }\n',
    'host/patches.nix': '[ ]\n',
    'host/fallout.nix': newFalloutFile('fallout', 'structuredExtraConfig'),
    'host/falloutd.toml': configText(dir),
    'host/log': 'building\n',
    'home/falloutd/falloutd.toml': configText(dir),
    'tree/Makefile': 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n',
    'tree/Kconfig': 'mainmenu "Linux"\n\nconfig A\n\tbool "a"\n\nsource "Kconfig.sub"\n',
    'tree/Kconfig.sub': 'config B\n\tbool "b"\n',
    'tree/.config': 'CONFIG_A=y\n',
    'cache/falloutd/probes.json': '{}',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  mkdirSync(join(dir, 'run'), { mode: 0o700 });
  mkdirSync(join(dir, 'run/falloutd'), { mode: 0o700 });
  recordRun(join(dir, 'state'), join(dir, 'host/fallout.nix'));
}

function configText(dir: string): string {
  return `state = "${join(dir, 'state')}"
[target.host]
file = "${join(dir, 'host/host.nix')}"
attribute = "kernel"
patches = "${join(dir, 'host/patches.nix')}"
managed = "${join(dir, 'host/fallout.nix')}"
`;
}

/** Makes the host a flake, without inputs. */
export function makeFlake(dir: string): void {
  const host = join(dir, 'host');
  writeFileSync(join(host, 'flake.nix'), '{ outputs = _: { inherit (import ./host.nix) kernel; }; }\n');
  const lock = { nodes: { root: {} }, root: 'root', version: 7 };
  writeFileSync(join(host, 'flake.lock'), `${JSON.stringify(lock, null, 2)}\n`);
  writeFileSync(join(host, 'falloutd.toml'), configText(dir).replace(/^file = .*$/m, `flake = "${host}"`));
}

/** A stable run that wrote, so that there is something to undo. */
function recordRun(stateDir: string, path: string): void {
  const history = openHistory(stateDir);
  const run = beginRun(history, { target: 'host', cause: 'save', startedAt: new Date().toISOString() });
  const before = readFileSync(path);
  keepReplaced(history, { target: 'host', run, path, before, after: before });
  finishRun(history, { run, durationMs: 1, outcome: { kind: 'stable' }, absorbed: 0, lost: [] });
  history.close();
}

/** The environment of a command in such a host. */
export const environmentOf = (dir: string): Record<string, string> => ({
  HOME: join(dir, 'no-home'),
  XDG_CONFIG_HOME: join(dir, 'no-home'),
  XDG_CACHE_HOME: join(dir, 'cache'),
  XDG_STATE_HOME: join(dir, 'no-home'),
  XDG_RUNTIME_DIR: '',
});

/** Puts a kind of file in the place of one; what belongs to a folder loses all that is in it. */
export function replace(path: string, { make }: Kind): void {
  const text = existsSync(path) && lstatSync(path).isFile() ? readFileSync(path) : Buffer.alloc(0);
  rmSync(path, { recursive: true, force: true });
  make(path, text);
}

/** Gives a folder and all in it, but what is somebody's already, to a user. */
export function giveTo(uid: number, path: string): void {
  const stat = lstatSync(path);
  if (stat.uid === process.getuid?.()) lchownSync(path, uid, uid);
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveTo(uid, join(path, name));
}

/** A copy of a host, in which the paths in its configuration lead to the copy. */
export function copyHost(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  for (const name of ['host/falloutd.toml', 'home/falloutd/falloutd.toml'])
    writeFileSync(join(to, name), configText(to));
}
