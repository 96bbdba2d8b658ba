/** Every kind of file in the place of every file that falloutd opens: each command answers, in words, with the documented exit code. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execaSync } from 'execa';
import PQueue from 'p-queue';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { falloutd, inTurn, startFalloutd, type Ended } from '../helpers/command.ts';
import * as hostile from '../helpers/hostileHost.ts';

const { KINDS } = hostile;

/** How long a command may take before it counts as hanging, in ms, however busy the machine is. */
const HANGS_MS = 60_000;
const PATIENT = { interval: 50, timeout: HANGS_MS };

let base: string;
let hosts = 0;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'falloutd-hostile-'));
  chmodSync(base, 0o711);
  const store = join(base, 'nix');
  vi.stubEnv('NIX_REMOTE', `local?store=${store}/store&state=${store}/var&log=${store}/log`);
  vi.stubEnv('NIX_CONFIG', 'sandbox = false\nbuild-users-group =\nexperimental-features = nix-command flakes');
  hostile.makeHost(join(base, 'model'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true, force: true });
});

function newHost(): string {
  const dir = join(base, `host-${hosts++}`);
  hostile.copyHost(join(base, 'model'), dir);
  return dir;
}

/**
 * A command and its exit codes, one for each of KINDS in their order; `-`: it waits (for a FIFO), or Nix answers; `t`: it runs until
 * SIGTERM, and ends with 0 then.
 */
type Row = [command: string, codes: string];

const KCONFIG = 'kconfig allnoconfig --tree ../tree';
const CONFIG = '../tree/.config';

// The kinds: FIFO, device, directory, link to nothing, loop, unreadable, a gigabyte; link out, another owner, empty, binary.
const PLACES: Record<string, Row[]> = {
  'host/patches.nix': [
    ['once', '3333333 3333'],
    ['watch', 'ttttttt tttt'],
    ['init --remove', '3333333 2233'],
    ['init --yes', '3333333 3333'],
  ],
  'host/fallout.nix': [
    ['once', '3333333 3333'],
    ['watch', 'ttttttt tttt'],
    ['init --remove', '3333333 2200'],
    ['init --yes', '3333333 3333'],
    ['undo', '3333333 0033'],
    ['status', '0000000 0000'],
  ],
  'host/more.nix': [
    ['once', '33----- 3333'],
    ['watch', 'ttttttt tttt'],
  ],
  'host/host.nix': [
    ['once', '33333-3 3333'],
    ['watch', 'ttttttt tttt'],
  ],
  'host/flake.nix': [
    ['once', '3333333 3333'],
    ['watch', 'ttttttt tttt'],
    ['init --yes', '3333333 3333'],
    ['status', '0000000 0000'],
  ],
  'host/flake.lock': [
    ['once', '3333333 3333'],
    ['watch', 'ttttttt tttt'],
    ['init --yes', '3333333 3333'],
    ['status', '0000000 0000'],
  ],
  'host/configuration.nix': [['init --yes', '2222222 3322']],
  'host/falloutd.toml': [
    ['once', '2422222 3422'],
    ['watch', '2422222 t422'],
    ['status', '2422222 0422'],
    ['undo', '2422222 0422'],
    ['init --yes', '2422222 3422'],
    ['pause', '2422222 0422'],
    ['history', '2422222 04-2'],
    ['lost --config falloutd.toml', '2222222 00-2'],
  ],
  'home/falloutd/falloutd.toml': [
    ['status', '2422222 0422'],
    ['once', '2422222 3422'],
  ],
  state: [
    ['once', '4435554 4444'],
    ['watch', '44t5554 4444'],
    ['status', '5522545 5555'],
    ['undo', '4445554 4444'],
    ['pause', '4405554 4444'],
    ['init --remove --yes', '4405554 4444'],
  ],
  'state/falloutd.db': [
    ['once', '5553553 3433'],
    ['watch', '555t55t t4tt'],
    ['status', '5552555 0005'],
    ['undo', '5554554 0444'],
    ['pause', '5550550 0400'],
    ['init --remove --yes', '5550550 0400'],
  ],
  'state/falloutd.db-wal': [
    ['once', '4445553 5333'],
    ['status', '5555550 5000'],
  ],
  'state/falloutd.db-shm': [
    ['once', '4445553 5333'],
    ['status', '5555550 5000'],
  ],
  'state/lock.db': [
    ['once', '4443555 3435'],
    ['watch', '444t555 t4t5'],
    ['status', '0000000 0000'],
    ['undo', '4440555 0405'],
  ],
  'state/lock.db-journal': [['once', '4445553 5433']],
  'state/falloutd.sock': [
    ['status', '0000000 0000'],
    ['pause', '0000050 0000'],
    ['undo', '0000050 0000'],
  ],
  'run/falloutd': [
    ['watch', '44t4444 4444'],
    ['status', '0000000 0000'],
    ['pause', '0000050 0000'],
  ],
  run: [
    ['status', '0000000 0000'],
    ['pause', '0000000 0000'],
  ],
  'host/log': [['read log', '-222220 0000']],
  'tree/Kconfig': [[KCONFIG, '2222222 0002']],
  'tree/Kconfig.sub': [[KCONFIG, '2222222 0002']],
  'tree/Makefile': [[KCONFIG, '2222222 0000']],
  'tree/.config': [
    [`kconfig olddefconfig --tree ../tree --config ${CONFIG}`, '-222222 0000'],
    [`${KCONFIG} --allconfig ${CONFIG}`, '-222222 0000'],
    [`kconfig questions --tree ../tree --answers ${CONFIG}`, '-222222 0000'],
    [`kconfig explain A --tree ../tree --config ${CONFIG}`, '-222222 0000'],
    [`kconfig diff ${CONFIG} ${CONFIG} --tree ../tree`, '-222222 0000'],
    [`${KCONFIG} --output ${CONFIG}`, '2020220 0000'],
  ],
  'cache/falloutd/probes.json': [[KCONFIG, '0000000 0000']],
  cache: [[KCONFIG, '0000000 0000']],
};

/** What else a place needs, so that the file in it is opened. */
function prepare(dir: string, place: string, env: Record<string, string>): void {
  if (place.startsWith('home/')) env['XDG_CONFIG_HOME'] = join(dir, 'home');
  if (place.startsWith('run')) env['XDG_RUNTIME_DIR'] = join(dir, 'run');
  if (place.startsWith('host/flake.')) hostile.makeFlake(dir);
  if (!place.startsWith('home/') && place !== 'host/configuration.nix') return;
  rmSync(join(dir, 'host/falloutd.toml'));
  if (place.startsWith('home/')) return;
  for (const name of ['host.nix', 'patches.nix', 'fallout.nix']) rmSync(join(dir, 'host', name));
  writeFileSync(join(dir, place), '{ lib, ... }: { boot.kernelPatches = [ ]; }\n');
}

const FOLDERS = ['state', 'run', 'run/falloutd', 'cache'];

/** Makes a host with this kind of file there. */
function invocation({ place, kind, command }: Cell): Parameters<typeof inTurn>[0][number] {
  const dir = newHost();
  const env = hostile.environmentOf(dir);
  prepare(dir, place, env);
  const path = join(dir, place);
  hostile.replace(path, kind);
  if (kind.name === 'unreadable') {
    if (FOLDERS.includes(place)) {
      rmSync(path);
      mkdirSync(path, { mode: 0 });
    }
    if (hostile.isRoot) hostile.giveTo(hostile.SOMEBODY, dir);
  }
  const state = place === 'host/configuration.nix' ? ['--state', join(dir, 'state')] : [];
  return { args: [...command.split(' '), ...state], cwd: join(dir, 'host'), env };
}

/** What is wrong with what a command said; null: nothing. */
function faultIn({ code, thrown, stderr }: Ended, { place, kind }: Cell): string | null {
  if (thrown !== null) return `threw ${thrown}`;
  if (/^\s+at .*:\d+|\bE[A-Z]{3,}: |errno/m.test(stderr)) return `speaks like a program: ${stderr}`;
  if (code === 0) return null;
  // It may have been put aside, or SQLite or Nix may have met it: then what they were doing is named.
  const isNamed = [`/${basename(place)}`, ` ${basename(place)}`, `/${dirname(place)}/`].some((name) =>
    stderr.includes(name),
  );
  if (kind.says?.test(stderr) === true && !isNamed && place !== 'tree/Kconfig.sub')
    return `does not say where: ${stderr}`;
  return stderr.trim().split('\n').length > 12 ? `says too much: ${stderr}` : null;
}

const noOtherUser = hostile.whyNoOtherUser();
/** Root can read everything, and only root can give a file away. */
const usable = KINDS.filter(({ name }) =>
  name === 'another owner' ? hostile.isRoot : name !== 'unreadable' || !hostile.isRoot || noOtherUser === null,
);

type Cell = { place: string; command: string; kind: hostile.Kind; code: string };

const ALL: Cell[] = Object.entries(PLACES)
  .flatMap(([place, rows]) =>
    rows.flatMap(([command, codes]) =>
      usable.map((kind) => ({ place, command, kind, code: codes.replace(' ', '')[KINDS.indexOf(kind)] ?? '' })),
    ),
  )
  .filter(({ code }) => code !== '-');
const CELLS = ALL.filter(({ code }) => code !== 't');
const WATCHED = ALL.filter(({ code }) => code === 't');

describe(`in the place of${noOtherUser === null ? '' : ` (${noOtherUser}: fewer kinds)`}`, () => {
  const results = new Map<Cell, Ended | null>();

  beforeAll(async () => {
    for (const isTheirs of [false, true]) {
      const cells = CELLS.filter(({ kind }) => (kind.name === 'unreadable') === isTheirs);
      if (cells.length === 0) continue;
      const uid = isTheirs && hostile.isRoot ? hostile.SOMEBODY : undefined;
      const { ended, code } = await inTurn(cells.map(invocation), { dir: base, uid, patience: HANGS_MS });
      cells.forEach((cell, i) => results.set(cell, ended[i] ?? null));
      // Nothing that a command opened keeps the process.
      expect(code).toBe(0);
    }
  }, 20 * HANGS_MS);

  it.each(Object.keys(PLACES))('%s', (place) => {
    const cells = CELLS.filter((cell) => cell.place === place);
    const named = ({ command, kind }: Cell, code: number | string): string => `${command}, ${kind.name}: ${code}`;
    expect(cells.map((cell) => named(cell, results.get(cell)?.code ?? 'hangs'))).toEqual(
      cells.map((cell) => named(cell, cell.code)),
    );
    const faults = cells.map((cell) => {
      const ended = results.get(cell) ?? null;
      return ended === null ? null : faultIn(ended, cell);
    });
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });
});

describe('watch runs with one in the place of', () => {
  let slowest = 0;
  afterAll(() => console.info(`SIGTERM ended each of ${WATCHED.length} daemons, the slowest in ${slowest} ms`));

  /** The exit code of a daemon that gets SIGTERM as soon as it serves; `hangs` where it has to be killed. */
  async function afterSigterm(cell: Cell): Promise<number | string | undefined> {
    const { args, cwd, env } = invocation(cell);
    const uid = cell.kind.name === 'unreadable' && hostile.isRoot ? hostile.SOMEBODY : undefined;
    const daemon = startFalloutd(args, { cwd, env, uid });
    let began = 0;
    daemon.stdout.once('data', () => {
      began = performance.now();
      daemon.kill('SIGTERM');
    });
    const timer = setTimeout(() => daemon.kill('SIGKILL'), HANGS_MS);
    const { exitCode, signal } = await daemon;
    clearTimeout(timer);
    if (signal !== undefined) return 'hangs';
    slowest = Math.max(slowest, Math.round(performance.now() - began));
    return began === 0 ? `${exitCode} before it served` : exitCode;
  }

  it.each([...new Set(WATCHED.map(({ place }) => place))])('%s, until SIGTERM', async (place) => {
    const cells = WATCHED.filter((cell) => cell.place === place);
    const queue = new PQueue({ concurrency: 2 });
    const codes = await queue.addAll(cells.map((cell) => async () => `${cell.kind.name}: ${await afterSigterm(cell)}`));
    expect(codes).toEqual(cells.map(({ kind }) => `${kind.name}: 0`));
  });
});

/** Targets that each have one hostile file in the place of patches.nix or fallout.nix, in one configuration. */
function hostileTargets(): {
  file: string;
  targets: { name: string; path: string; kind: hostile.Kind; text: Buffer }[];
} {
  const names = ['patches.nix', 'fallout.nix'];
  // Root reads what nobody may.
  const kinds = usable.filter(({ name }) => !(hostile.isRoot && name === 'unreadable'));
  const targets = kinds.flatMap((kind, i) =>
    names.map((file, j) => ({ name: `t${i}${j}`, path: join(newHost(), 'host', file), kind, text: Buffer.alloc(0) })),
  );
  const tables = targets.map(({ name, path }) => {
    const dir = dirname(path);
    return `[target.${name}]\nfile = "${dir}/host.nix"\nattribute = "kernel"\npatches = "${dir}/patches.nix"\nmanaged = "${dir}/fallout.nix"\nname = "fallout"\n`;
  });
  const file = join(base, 'all.toml');
  writeFileSync(file, `state = "${join(base, 'all')}"\njobs = 4\n${tables.join('')}`);
  for (const target of targets) {
    target.text = readFileSync(target.path);
    hostile.replace(target.path, target.kind);
  }
  return { file, targets };
}

type Ending = { target: string; outcome: { problem?: { message: string } } };

it('watch serves them all: it says what each is, counts none as a save, goes on once they are files, and ends', async () => {
  const { file, targets } = hostileTargets();
  const daemon = startFalloutd(['watch', '--config', file]);
  let output = '';
  daemon.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const endings = (name: string): Ending[] =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { run?: Partial<Ending> }).run)
      .filter((run): run is Ending => run?.outcome !== undefined && run.target === name);
  try {
    await vi.waitUntil(() => targets.every(({ name }) => endings(name).length > 0), PATIENT);
    for (const { name, kind, path } of targets) {
      const messages = endings(name).map(({ outcome }) => outcome.problem?.message);
      expect(messages, `${path}: ${kind.name}`).toEqual([
        kind.says === null ? expect.any(String) : expect.stringMatching(kind.says),
      ]);
    }
    expect(await falloutd(['status', '--config', file])).toMatchObject({ code: 0 });

    const hostileOnes = targets.filter(({ kind }) => kind.says !== null);
    for (const { path, text } of hostileOnes) {
      rmSync(path, { recursive: true });
      writeFileSync(path, text);
    }
    const isOver = ({ name }: { name: string }): boolean =>
      endings(name).at(-1)?.outcome.problem?.message.includes('is not a kernel') === true;
    await vi.waitUntil(() => hostileOnes.every(isOver), PATIENT);
  } finally {
    daemon.kill('SIGTERM');
  }
  expect(await daemon).toMatchObject({ exitCode: 0 });
});

describe('what waits says so or is waited for by choice, and SIGTERM ends it', () => {
  it.each([
    ['read', 'read fifo'],
    ['kconfig', 'kconfig olddefconfig --tree ../tree --config fifo'],
  ])('%s, for a pipe that the user names', async (_, words) => {
    const cwd = join(newHost(), 'host');
    execaSync('mkfifo', [join(cwd, 'fifo')]);
    const child = startFalloutd(words.split(' '), { cwd });
    // Somebody writes: it has opened the pipe, and waits for more.
    const writer = await open(join(cwd, 'fifo'), 'w');
    child.kill('SIGTERM');
    expect(await child).toMatchObject({ exitCode: 130 });
    await writer.close();
  });

  /** A host whose evaluation opens a FIFO that no path literal names. */
  function hostWithHiddenFifo(): { cwd: string; fifo: string } {
    const cwd = join(newHost(), 'host');
    const fifo = join(cwd, 'hidden.nix');
    writeFileSync(join(cwd, 'host.nix'), '{ kernel = import (./. + "/hidden.nix"); }\n');
    execaSync('mkfifo', [fifo]);
    return { cwd, fifo };
  }

  it('once, for a FIFO that Nix alone finds', async () => {
    const { cwd, fifo } = hostWithHiddenFifo();
    const child = startFalloutd(['once'], { cwd });
    const writer = await open(fifo, 'w');
    child.kill('SIGTERM');
    expect(await child).toMatchObject({ exitCode: 130 });
    await writer.close();
  });

  it('once, where nobody reads any more what it prints: it ends quietly, with the outcome', async () => {
    const { cwd, fifo } = hostWithHiddenFifo();
    const child = startFalloutd(['once'], { cwd });
    const first = new Promise((resolve) => child.stderr.once('data', resolve));
    const writer = await open(fifo, 'w');
    await first;
    child.stderr.destroy();
    await writer.writeFile('{ }\n');
    await writer.close();
    expect((await child).exitCode).toBe(3);
  });

  it('a command, for a daemon that is stopped: status reads the database, the others say so', async () => {
    const cwd = join(newHost(), 'host');
    const daemon = startFalloutd(['watch'], { cwd });
    await new Promise((resolve) => daemon.stdout.once('data', resolve));
    daemon.kill('SIGSTOP');
    try {
      const status = await falloutd(['status'], { cwd });
      expect(status).toMatchObject({ code: 0, stdout: expect.stringMatching(/^host: /) as string });
      expect(status.stderr).toMatch(/no sign of life .*; this is what the database says\n {2}\S/);
      for (const command of ['pause', 'undo', 'retry', 'build']) {
        const ended = await falloutd([command], { cwd });
        expect(ended).toMatchObject({ code: 5 });
        expect(ended.stderr).toMatch(/falloutd\.sock: the daemon gives no sign of life/);
      }
      const following = startFalloutd(['status', '--follow'], { cwd });
      await new Promise((resolve) => following.stdout.once('data', resolve));
      following.kill('SIGTERM');
      expect(await following).toMatchObject({ exitCode: 0 });
    } finally {
      daemon.kill('SIGCONT');
      daemon.kill('SIGTERM');
    }
    expect(await daemon).toMatchObject({ exitCode: 0 });
  });
});
