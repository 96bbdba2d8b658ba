/** Which module is made of which files, and under which values of which symbols: from the Makefiles of a kernel alone. */
import { sourceAliases } from './aliasLines.ts';
import { buildFolders } from './buildFolders.ts';
import { NEVER, type Condition, type PackedConditions } from './conditions.ts';
import { sourceBuses } from './deviceBuses.ts';
import { moduleName, objectsOf, rulesOf, type ModuleRule } from './folderRules.ts';
import { normalPath } from './treePath.ts';
import { conditionsOn } from './tristates.ts';

/** All of it is plain data. */
export type ModuleIndex = {
  conditions: PackedConditions;
  rules: ModuleRule[];
  /** When each object file is compiled. */
  objects: Map<string, Condition>;
  /** The rules that an alias stands for, by number. As in the names of modules, `_` stands for `-`. */
  aliases: Map<string, number[]>;
  /** The buses whose devices a rule's modules bind to, by the rule's number. */
  buses: Map<number, string[]>;
  /** The rules whose modules are loaded for something that is no device. */
  onDemand: Set<number>;
};

export type ModuleSources = {
  /** The Makefiles and Kconfig files of the kernel, by their path in the tree. */
  files: ReadonlyMap<string, string>;
  /** The lines of its sources with `MODULE_ALIAS…` and `MODULE_DEVICE_TABLE`, as grep prints them. */
  aliases: string;
  /** The name of a folder in `arch`. */
  architecture: string;
};

/** Makes the index of a kernel. */
export function buildIndex({ files, aliases, architecture }: ModuleSources): ModuleIndex {
  const conditions = conditionsOn(files);
  const folders = buildFolders(conditions, files, architecture);
  const rules: ModuleRule[] = [];
  const objects = new Map<string, Condition>();
  const linkedInto = new Map<string, number[]>();
  for (const folder of folders.values()) {
    for (const { rule, objects: parts } of rulesOf(conditions, folder, folders)) {
      const number = rules.push(rule) - 1;
      for (const part of new Set(parts)) linkedInto.set(part, [...(linkedInto.get(part) ?? []), number]);
    }
    for (const { path, when } of objectsOf(conditions, folder))
      objects.set(path, conditions.or(objects.get(path) ?? NEVER, when));
  }
  return {
    conditions: conditions.pack(),
    rules,
    objects,
    aliases: aliasesOf(aliases, linkedInto),
    ...busesOf(aliases, linkedInto),
  };
}

function aliasesOf(lines: string, linkedInto: ReadonlyMap<string, number[]>): Map<string, number[]> {
  const found = new Map<string, Set<number>>();
  for (const { file, alias } of sourceAliases(lines)) {
    const rules = rulesFor(objectOf(file), linkedInto);
    const name = moduleName(alias);
    if (rules.length > 0) found.set(name, new Set([...(found.get(name) ?? []), ...rules]));
  }
  return new Map(Array.from(found, ([name, rules]) => [name, [...rules]]));
}

function busesOf(lines: string, linkedInto: ReadonlyMap<string, number[]>): Pick<ModuleIndex, 'buses' | 'onDemand'> {
  const buses = new Map<number, Set<string>>();
  const onDemand = new Set<number>();
  for (const { file, bus } of sourceBuses(lines))
    for (const rule of rulesFor(objectOf(file), linkedInto)) {
      if (bus === null) onDemand.add(rule);
      else buses.set(rule, (buses.get(rule) ?? new Set()).add(bus));
    }
  return { buses: new Map(Array.from(buses, ([rule, names]) => [rule, [...names]])), onDemand };
}

const objectOf = (source: string): string => normalPath(source).replace(/\.c$/, '.o');

/** The rules for an object. Where the lines were found, the source may have been another folder, or one above. */
function rulesFor(object: string, linkedInto: ReadonlyMap<string, number[]>): readonly number[] {
  for (let path = object; path !== ''; path = path.slice(path.indexOf('/') + 1 || path.length)) {
    const rules = linkedInto.get(path);
    if (rules !== undefined) return rules;
  }
  return [];
}
