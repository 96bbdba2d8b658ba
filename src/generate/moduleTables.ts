/** The devices that the modules of a built kernel are for, as depmod wrote them down. */
import { busOf } from '../kernel/modules/deviceBuses.ts';
import { moduleName } from '../kernel/modules/folderRules.ts';
import { aliasPattern, deviceAlias, overlaps, type AliasPattern } from './aliasPattern.ts';

/** The texts of the files of these names, in a folder of /lib/modules. */
export type TableTexts = { alias: string; order: string; builtin: string; builtinModinfo: string };

type DeviceAlias = { pattern: AliasPattern; module: string };

export type ModuleTables = {
  aliases: DeviceAlias[];
  /** All modules, each with the buses of its devices; what is built in is among them. */
  buses: Map<string, string[]>;
};

/** Reads the tables. */
export function moduleTables({ alias, order, builtin, builtinModinfo }: TableTexts): ModuleTables {
  const buses = new Map<string, string[]>();
  for (const line of `${order}\n${builtin}`.split('\n')) {
    const name = /([^/]+?)\.k?o(?:\.\w+)?$/.exec(line.trim())?.[1];
    if (name !== undefined) buses.set(moduleName(name), []);
  }
  const aliases: DeviceAlias[] = [];
  for (const [text, module] of [...loadable(alias), ...builtIn(builtinModinfo)]) {
    const own = buses.get(module) ?? [];
    const bus = busOf(text);
    buses.set(module, bus === null || own.includes(bus) ? own : [...own, bus]);
    if (bus !== null) aliases.push({ pattern: aliasPattern(text), module });
  }
  return { aliases, buses };
}

const loadable = (text: string): [string, string][] =>
  Array.from(text.matchAll(/^alias (.+) (\S+)$/gm), ([, alias = '', module = '']) => [alias, moduleName(module)]);

/** `MODULE.alias=ALIAS`, each ended by a zero byte. */
const builtIn = (text: string): [string, string][] =>
  text.split('\0').flatMap((entry) => {
    const [, module, alias] = /^([^.=]+)\.alias=(.+)$/s.exec(entry) ?? [];
    return module === undefined || alias === undefined ? [] : [[alias, moduleName(module)]];
  });

/** The modules that have one of the devices among theirs, each with the first of them. */
export function modulesFor({ aliases }: ModuleTables, devices: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const device of devices) {
    const own = deviceAlias(device);
    for (const { pattern, module } of aliases)
      if (!found.has(module) && overlaps(pattern, own)) found.set(module, device);
  }
  return found;
}
