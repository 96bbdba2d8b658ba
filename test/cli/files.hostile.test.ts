import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newFalloutFile } from '../../src/managed/addPatch.ts';
import { falloutd, startFalloutd } from '../helpers/command.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'falloutd-hostile-'));
  mkdirSync(join(dir, 'host'));
  writeFileSync(at('patches.nix'), '[ ]\n');
  writeFileSync(at('fallout.nix'), newFalloutFile('fallout', 'structuredExtraConfig'));
  writeFileSync(
    at('falloutd.toml'),
    `state = "${join(dir, 'state')}"
    [target.host]
    file = "/nowhere.nix"
    attribute = "kernel"
    patches = "patches.nix"
    managed = "fallout.nix"`,
  );
});
afterEach(() => rmSync(dir, { recursive: true }));

/** However busy the machine is. */
const PATIENT = { interval: 20, timeout: 60_000 };

const at = (name: string): string => join(dir, 'host', name);

const KINDS: [string, (path: string) => void, RegExp][] = [
  ['a FIFO', (path) => execaSync('mkfifo', [path]), /is a FIFO, not a regular file/],
  ['a device', (path) => symlinkSync('/dev/zero', path), /is a device, not a regular file/],
  ['a directory', (path) => mkdirSync(path), /is a directory, not a regular file/],
  ['a link to nothing', (path) => symlinkSync('gone', path), /is a link to a file that does not exist/],
  ['a loop of links', (path) => symlinkSync(path, path), /the links lead in a circle/],
  [
    'a gigabyte',
    (path) => {
      writeFileSync(path, '');
      truncateSync(path, 1 << 30);
    },
    /is too large/,
  ],
];

describe.each(KINDS)('%s in place of a file', (_, make, says) => {
  it.each(['patches.nix', 'fallout.nix'])('%s: init --remove says so and ends with 3', async (name) => {
    rmSync(at(name));
    make(at(name));
    const ended = await falloutd(['init', '--remove', '--config', at('falloutd.toml')]);
    expect(ended).toMatchObject({ code: 3 });
    expect(ended.stderr).toMatch(says);
  });

  it.each(['status', 'undo', 'lost', 'pause'])('falloutd.toml: %s says so and ends with 2', async (command) => {
    rmSync(at('falloutd.toml'));
    make(at('falloutd.toml'));
    const ended = await falloutd([command, '--config', at('falloutd.toml')]);
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toMatch(says);
  });

  it.each(['patches.nix', 'fallout.nix'])('%s: watch says so, answers, goes on with a file, and ends', async (name) => {
    const text = readFileSync(at(name));
    rmSync(at(name));
    make(at(name));
    const daemon = startFalloutd(['watch', '--config', at('falloutd.toml')]);
    let output = '';
    daemon.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await vi.waitUntil(() => says.test(output), PATIENT);
    const status = await falloutd(['status', '--config', at('falloutd.toml')]);
    expect(status).toMatchObject({ code: 0 });
    expect(status.stdout).toMatch(says);

    rmSync(at(name), { recursive: true });
    writeFileSync(at(name), text);
    const finished = (): string[] => output.split('\n').filter((line) => line.includes('"outcome":{'));
    await vi.waitUntil(() => finished().some((line) => !says.test(line)), PATIENT);
    daemon.kill('SIGTERM');
    expect(await daemon).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['patches.nix', 3],
    ['fallout.nix', 3],
    ['falloutd.toml', 2],
  ])('%s: once says so and ends with %i', async (name, code) => {
    rmSync(at(name));
    make(at(name));
    const ended = await falloutd(['once', '--config', at('falloutd.toml')]);
    expect(ended).toMatchObject({ code });
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).toContain(name);
  });

  // A FIFO is waited for, and a gigabyte is read.
  it.skipIf(/FIFO|large/.test(says.source))('read says so', async () => {
    make(at('log'));
    const ended = await falloutd(['read', at('log')]);
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toMatch(says);
  });

  it('kconfig says so of a tree', async () => {
    writeFileSync(at('Makefile'), '');
    make(at('Kconfig'));
    const ended = await falloutd(['kconfig', 'defconfig', '--tree', join(dir, 'host')]);
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toMatch(says);
  });
});

it.each([
  ['read', ['read', 'fifo']],
  ['kconfig', ['kconfig', 'olddefconfig', '--tree', '.', '--config', 'fifo']],
])('%s waits for a pipe that the user names, and SIGTERM ends it', async (_, args) => {
  execaSync('mkfifo', [at('fifo')]);
  const child = startFalloutd(args, { cwd: join(dir, 'host') });
  // Somebody writes: it has opened the pipe, and waits for more.
  const writer = await open(at('fifo'), 'w');
  child.kill('SIGTERM');
  expect(await child).toMatchObject({ exitCode: 130 });
  await writer.close();
});
