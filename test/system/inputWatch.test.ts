import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, test } from 'vitest';
import { wholeFile } from '../../src/system/wholeFile.ts';
import { watchInputs, type InputWatcher } from '../../src/system/inputWatch.ts';
import { until } from '../helpers/kernelHost.ts';

let dir: string;
let file: string;
let watcher: InputWatcher;
/** What each save that was told of left in the file. */
let told: string[];
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'falloutd-watch-')));
  file = join(dir, 'patches.nix');
  writeFileSync(file, 'first');
  told = [];
});
afterEach(() => {
  watcher.close();
  rmSync(dir, { recursive: true });
});

function watching(path = file): void {
  watcher = watchInputs(() => told.push(content(path)));
  watcher.set([path], Date.now());
}

function content(path: string): string {
  try {
    return wholeFile(path).toString('utf8');
  } catch {
    return 'nothing';
  }
}

async function hears(text: string): Promise<void> {
  await until(() => told.at(-1) === text);
}

/** Saves as an editor in another process: a replacement within microseconds cannot be made from this one, which also watches. */
const SAVER = `
const { writeFileSync, renameSync, rmSync } = require('node:fs');
const file = process.argv[1];
const ways = [
  (text) => { writeFileSync(file + '.user', text); renameSync(file + '.user', file); },
  (text) => writeFileSync(file, text),
  (text) => { rmSync(file, { force: true }); writeFileSync(file, text); },
];
process.on('message', ({ burst, text }) => {
  for (const { way, pause } of burst) {
    ways[way](text);
    for (const until = performance.now() + pause; performance.now() < until;);
  }
});
process.send('ready');
`;

test('what is deleted and made anew, replaced and written within microseconds is noticed, and every save after it', async () => {
  watching();
  const saver = execa(process.execPath, ['-e', SAVER, '--', file], { ipc: true, reject: false });
  await saver.getOneMessage();
  for (let n = 0; n < 60; n++) {
    const burst = Array.from({ length: 1 + (n % 4) }, (_, i) => ({
      way: (n + i * 2) % 3 === 1 ? 1 : n % 2 === 0 ? 2 : 0,
      pause: (n * 7 + i * 5) % 12,
    }));
    await saver.sendMessage({ burst, text: `save ${n}` });
    await hears(`save ${n}`);
  }
  saver.kill();
  await saver;
});

test('a folder that is replaced, or goes and comes back, stays in view', async () => {
  const inner = join(dir, 'modules');
  mkdirSync(join(inner, 'deep'), { recursive: true });
  const deep = join(inner, 'deep/more.nix');
  writeFileSync(deep, '1');
  watching(deep);
  rmSync(inner, { recursive: true });
  await hears('nothing');
  mkdirSync(join(inner, 'deep'), { recursive: true });
  writeFileSync(deep, '2');
  await hears('2');
  mkdirSync(join(dir, 'other'));
  writeFileSync(join(dir, 'other/more.nix'), '3');
  renameSync(join(inner, 'deep'), join(dir, 'before'));
  renameSync(join(dir, 'other'), join(inner, 'deep'));
  await hears('3');
  writeFileSync(deep, '4');
  await hears('4');
});

test('a link is followed: to its real file, and where it is set anew', async () => {
  mkdirSync(join(dir, 'hosts'));
  const link = join(dir, 'hosts/link.nix');
  symlinkSync('../patches.nix', link);
  watching(link);
  writeFileSync(file, 'through the link');
  await hears('through the link');
  const other = join(dir, 'other.nix');
  writeFileSync(other, 'another');
  symlinkSync('../other.nix', join(dir, 'hosts/new'));
  renameSync(join(dir, 'hosts/new'), link);
  await hears('another');
  writeFileSync(other, 'another, saved');
  await hears('another, saved');
});

test('a file put in place after it was read counts as saved, however old its content is', async () => {
  const since = Date.now();
  watcher = watchInputs(() => told.push(content(file)));
  writeFileSync(join(dir, 'old'), 'from a backup');
  utimesSync(join(dir, 'old'), new Date(0), new Date(0));
  await until(() => Date.now() > since + 20);
  renameSync(join(dir, 'old'), file);
  watcher.set([file], since);
  await hears('from a backup');
});

test('a FIFO or a directory in place of the file, and the file that comes back, are seen', async () => {
  watching();
  rmSync(file);
  await execa('mkfifo', [file]);
  await until(() => told.length > 0);
  const before = told.length;
  rmSync(file);
  writeFileSync(file, 'back');
  await until(() => told.length > before);
  rmSync(file);
  mkdirSync(file);
  await until(() => told.length > before + 1);
  rmSync(file, { recursive: true });
  writeFileSync(file, 'back again');
  await hears('back again');
});
