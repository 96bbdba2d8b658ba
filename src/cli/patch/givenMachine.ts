/** What `patch from-modules` and `from-hardware` are given: this machine, or what is recorded of one. */
import { readdirSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { BOOTED } from '../../build/runningKernel.ts';
import { readDevices, type Devices } from '../../generate/givenDevices.ts';
import { textOf } from '../../generate/givenConfig.ts';
import { readModules } from '../../generate/givenModules.ts';
import { moduleTables, type ModuleTables } from '../../generate/moduleTables.ts';
import { UsageError } from '../../model/errors.ts';
import { TABLES_HINT } from '../../run/byStock.ts';
import { deviceFiles, usedModules } from '../../system/deviceTree.ts';
import { ifSeen } from '../../system/ifSeen.ts';
import { readableBytes } from '../../system/wholeFile.ts';
import { bytesOf, LOADED } from './givenFiles.ts';

const LIVE = 'live';
const SYSFS = '/sys/devices';

/** The modules that files name; `live`: those that are loaded here. @throws UsageError. */
export async function givenModules(files: readonly string[]): Promise<string[]> {
  const all = new Set<string>();
  for (const file of files) {
    const path = file === LIVE ? LOADED : file;
    const read = readModules(await textIn(path, MODULES_HINT));
    if (read.kind === 'unreadable') {
      const place = read.line === null ? {} : { line: read.line };
      throw new UsageError({ message: read.message, hint: MODULES_HINT, file: path, ...place });
    }
    for (const module of read.modules) all.add(module);
  }
  return [...all];
}

const MODULES_HINT = "give what lsmod prints, or modprobed-db's list; live: what is loaded here";

/** The devices that files and folders name; `live`: this machine's. @throws UsageError. */
export async function givenDevices(words: readonly string[]): Promise<Devices> {
  const [aliases, drivers] = [new Set<string>(), new Set<string>()];
  for (const word of words) {
    const found = word === LIVE ? devicesHere() : isFolder(word) ? devicesIn(word) : await devicesOf(word);
    for (const alias of found.aliases) aliases.add(alias);
    for (const driver of found.drivers) drivers.add(driver);
  }
  return { aliases: [...aliases], drivers: [...drivers] };
}

const DEVICES_HINT = 'give modaliases of sysfs, or what lspci -nnk or lsusb print; live: this machine';

const isFolder = (path: string): boolean => ifSeen(() => statSync(path))?.isDirectory() === true;

function devicesHere(): Devices {
  const found = joined(deviceFiles(SYSFS, (name) => name === 'modalias'));
  if (found.aliases.length === 0)
    throw new UsageError({ message: 'holds no modalias that could be read', hint: DEVICES_HINT, file: SYSFS });
  return { ...found, drivers: [...usedModules(SYSFS)] };
}

/** A copy of sysfs, or a folder of recorded texts. */
function devicesIn(folder: string): Devices {
  const found = joined(deviceFiles(folder, () => true));
  if (found.aliases.length > 0) return found;
  throw new UsageError({ message: 'holds no file that names a device', hint: DEVICES_HINT, file: folder });
}

function joined(files: Iterable<Buffer>): Devices {
  const [aliases, drivers]: [string[], string[]] = [[], []];
  for (const bytes of files) {
    const text = textOf(bytes);
    const read = text.kind === 'text' ? readDevices(text.text) : text;
    if (read.kind !== 'devices') continue;
    aliases.push(...read.aliases);
    drivers.push(...read.drivers);
  }
  return { aliases, drivers };
}

async function devicesOf(file: string): Promise<Devices> {
  const read = readDevices(await textIn(file, DEVICES_HINT));
  if (read.kind === 'unreadable') throw new UsageError({ message: read.message, hint: DEVICES_HINT, file });
  return read;
}

async function textIn(file: string, hint: string): Promise<string> {
  const given = textOf(await bytesOf(file));
  if (given.kind === 'unreadable') throw new UsageError({ message: given.message, hint, file });
  return given.text;
}

const TABLE = 'modules.alias';

/** What depmod wrote of the modules of a built kernel. @throws UsageError. */
export function tablesOf(folder: string): ModuleTables {
  const found = tablesIn(folder);
  const text = (name: string): string => readableBytes(join(found, name))?.toString('utf8') ?? '';
  const tables = moduleTables({
    alias: text(TABLE),
    order: text('modules.order'),
    builtin: text('modules.builtin'),
    builtinModinfo: text('modules.builtin.modinfo'),
  });
  if (tables.aliases.length > 0) return tables;
  throw new UsageError({ message: `its ${TABLE} names no device`, hint: TABLES_HINT, file: found });
}

/** Where depmod wrote of the modules of the kernel that runs; null: nowhere. */
export function runningTables(): string | null {
  const places = [join(BOOTED, 'kernel-modules/lib/modules'), '/lib/modules'].map((place) => join(place, release()));
  return places.find(hasTables) ?? null;
}

/** The folder itself, or the only one of a kernel in its lib/modules. */
function tablesIn(folder: string): string {
  const below = ['', 'lib/modules'].flatMap((place) =>
    (ifSeen(() => readdirSync(join(folder, place))) ?? []).map((name) => join(folder, place, name)),
  );
  const found = [folder, ...below].filter(hasTables);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const message = only === undefined ? `holds no ${TABLE}, which depmod makes` : 'holds the modules of several kernels';
  throw new UsageError({ message, hint: TABLES_HINT, file: folder });
}

const hasTables = (folder: string): boolean => ifSeen(() => statSync(join(folder, TABLE)))?.isFile() === true;
