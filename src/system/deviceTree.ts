/** The devices of a machine as sysfs shows them, or a copy of it. */
import { readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ifSeen } from './ifSeen.ts';
import { readableBytes } from './wholeFile.ts';

/** What the files below a folder say. Links are not followed, and what cannot be read is left out. */
export function* deviceFiles(folder: string, isWanted: (name: string) => boolean): Generator<Buffer> {
  for (const entry of ifSeen(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* deviceFiles(path, isWanted);
    else if (entry.isFile() && isWanted(entry.name)) {
      const bytes = readableBytes(path);
      if (bytes !== null) yield bytes;
    }
  }
}

/** The modules whose drivers the devices below a folder use. */
export function* usedModules(folder: string): Generator<string> {
  for (const entry of ifSeen(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* usedModules(path);
    else if (entry.name === 'driver') {
      const module = ifSeen(() => readlinkSync(join(path, 'module')));
      if (module !== null) yield basename(module);
    }
  }
}
