/** Kernel facts on disk: one file for each content, and a link to it for each derivation that gave it. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { sha256 } from '../system/contentHash.ts';
import { ifSeen } from '../system/ifSeen.ts';

/** How much is kept in all; one kernel takes some 12 MB. */
const MOST_BYTES = 200 << 20;
const LINK = '.drv';
const FACTS = '.facts';
const SYMBOLS = '.symbols';
export const PROMPTS = '.prompts';

const linkOf = (folder: string, drvPath: string): string => join(folder, `${basename(drvPath).slice(0, 32)}${LINK}`);

/** The file beside facts that holds what the engine made of them. It goes with them. */
export const treeBeside = (factsFile: string): string => factsFile.replace(/\.facts$/, '.tree');

/** The file beside facts that holds the .config without the user's settings. */
export const baselineBeside = (factsFile: string): string => factsFile.replace(/\.facts$/, '.baseline');

/** The file beside facts that holds the index of the kernel's modules. */
export const modulesBeside = (factsFile: string): string => factsFile.replace(/\.facts$/, '.modules');

/** The file beside facts with the names of the kernel's symbols, one a line: for completion, which has no time for a tree. */
export const symbolsBeside = (factsFile: string): string => factsFile.replace(/\.facts$/, SYMBOLS);

/** The file beside facts with the prompts of the kernel's symbols, by which another kernel finds what became of them. */
export const promptsBeside = (factsFile: string): string => factsFile.replace(/\.facts$/, PROMPTS);

/** The newest names of symbols in a folder of facts; null where there are none. */
export const newestSymbols = (folder: string): string | null => newestOf(folder, SYMBOLS);

/** The newest facts in a folder; null where there are none. */
export const newestFacts = (folder: string): string | null => newestOf(folder, FACTS);

function newestOf(folder: string, ending: string): string | null {
  const files = (ifSeen(() => readdirSync(folder)) ?? []).filter((name) => name.endsWith(ending));
  const times = files.map((name) => ({ name, at: ifSeen(() => statSync(join(folder, name)))?.mtimeMs ?? 0 }));
  const [newest] = times.sort((a, b) => b.at - a.at);
  return newest === undefined ? null : join(folder, newest.name);
}

/** The file with the facts that a derivation gave, or null. It counts as used now. */
export function keptFacts(folder: string, drvPath: string): string | null {
  const link = linkOf(folder, drvPath);
  const stat = ifSeen(() => statSync(link));
  if (stat === null || !stat.isFile()) return null;
  const now = new Date();
  ifSeen(() => utimesSync(link, now, now));
  return join(folder, readlinkSync(link));
}

/**
 * Keeps facts, and returns their file. A kill leaves the whole file or none. What was used longest ago goes when there is
 * too much.
 * @param mostBytes how much is kept in all.
 * @throws Error of node:fs where they cannot be written.
 */
export function keepFacts(folder: string, drvPath: string, bytes: Buffer, mostBytes = MOST_BYTES): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = `${sha256(bytes).slice(0, 32)}.facts`;
  const file = join(folder, name);
  const temporary = join(folder, `.${process.pid}.tmp`);
  // A killed process of this number may have left a link, through which a write would go.
  rmSync(temporary, { force: true });
  writeFileSync(temporary, bytes, { mode: 0o600 });
  renameSync(temporary, file);
  symlinkSync(name, temporary);
  renameSync(temporary, linkOf(folder, drvPath));
  dropOldest(folder, name, mostBytes);
  return file;
}

/** Forgets facts that turned out to be of no use. */
export function dropFacts(folder: string, drvPath: string): void {
  const link = linkOf(folder, drvPath);
  const file = ifSeen(() => readlinkSync(link));
  if (file !== null) drop(join(folder, file));
  rmSync(link, { force: true });
}

/** All that is kept of one kernel. */
const filesOf = (factsFile: string): string[] => [
  factsFile,
  treeBeside(factsFile),
  symbolsBeside(factsFile),
  promptsBeside(factsFile),
  baselineBeside(factsFile),
  modulesBeside(factsFile),
];

function drop(factsFile: string): void {
  for (const file of filesOf(factsFile)) for (const each of [file, `${file}.tmp`]) rmSync(each, { force: true });
}

const sizeOf = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + (ifSeen(() => lstatSync(file))?.size ?? 0), 0);

function dropOldest(folder: string, newest: string, mostBytes: number): void {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.facts'))
    .map((name) => ({ name, stat: lstatSync(join(folder, name)) }))
    .sort((a, b) => Number(b.name === newest) - Number(a.name === newest) || b.stat.mtimeMs - a.stat.mtimeMs);
  let bytes = 0;
  for (const { name } of files)
    if ((bytes += sizeOf(filesOf(join(folder, name)))) > mostBytes) drop(join(folder, name));
  for (const name of readdirSync(folder))
    if (name.endsWith(LINK) && ifSeen(() => statSync(join(folder, name))) === null)
      rmSync(join(folder, name), { force: true });
}
