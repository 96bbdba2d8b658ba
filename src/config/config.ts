import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { UsageError } from '../model/errors.ts';
import type { Problem } from '../model/problem.ts';
import { EVERY_KEY, placeFrom, readText, readToml } from './configFile.ts';
import { defaultStateDir } from './findConfig.ts';
import { configSchema, keysAt, type ConfigTables } from './configSchema.ts';
import type { Limits } from '../model/limits.ts';
import { kernelAttribute, type Installable } from '../nix/installable.ts';
import { storesOf } from '../nix/stores.ts';

/** The name of the managed patch if there is only one. */
export const USUAL_NAME = 'fallout';

/** One kernel with its managed patch. All paths are absolute. */
export type Target = Pick<TargetTable, 'policy' | 'pursue' | 'unknown' | 'build'> & {
  name: string;
  installable: Installable;
  /** The file with the user's wishes. */
  patchesFile: string;
  /** The file that contains the managed patch: the patches file itself, or a file of falloutd's own. */
  managedFile: string;
  /** The managed patch's name, also in its markers. */
  managedName: string;
  /** Config builds in one run; then it ends stalled. */
  maxIterations: number;
  /** Arguments of every nix call for this target. */
  nixArgs: string[];
  limits: Limits;
  /** How much of a log is kept, in characters. */
  transcriptLimit: number;
};

/** The user's commands by occasion, each a line for `sh -c`. */
export type Hooks = { commands: Omit<ConfigTables['hooks'], 'timeout'>; timeoutMs: number };
export type HookName = keyof Hooks['commands'];

export type Config = {
  /** The file it was read from; null if it was discovered without one. */
  file: string | null;
  stateDir: string;
  /** The group whose members may ask the daemon, too; null: nobody else may. */
  socketGroup: string | null;
  /** How many transcripts the database keeps. */
  transcripts: number;
  /** How many targets may build their config at the same time. */
  jobs: number;
  /** Whether a terminal rings when a run ends. */
  notify: boolean;
  hooks: Hooks;
  targets: Target[];
};

/**
 * The configuration in a TOML text.
 * @param file where the text comes from: relative paths are relative to its directory.
 * @throws UsageError with file, line and column where the text is not TOML or a key is wrong.
 */
export function parseConfig(text: string, file: string, stateDir: string | undefined): Config {
  const table = readToml(text, file);
  const result = configSchema.safeParse(table);
  if (!result.success) throw configError(result.error, table, text, file);
  const tables = result.data;
  const { timeout, ...commands } = tables.hooks;
  const context: Context = { text, file, tables, at: placeFrom(file) };
  const names = Object.keys(tables.target);
  const targets = names.map((name) => targetOf(name, names.length === 1, context));
  refuseShared(targets, file);
  refuseLegacySsh(targets, file);
  return {
    file,
    stateDir: stateDir ?? (tables.state === undefined ? defaultStateDir() : context.at(tables.state)),
    socketGroup: tables['socket-group'] ?? null,
    transcripts: tables.history.transcripts,
    jobs: tables.jobs,
    notify: tables.notify,
    hooks: { commands, timeoutMs: timeout * 1000 },
    targets,
  };
}

/** The text that is parsed, and what its paths are relative to. */
type Context = { text: string; file: string; tables: ConfigTables; at: (path: string) => string };
type TargetTable = ConfigTables['target'][string];

function targetOf(name: string, isOnly: boolean, context: Context): Target {
  const { tables, at } = context;
  const table = tables.target[name] as TargetTable;
  const attribute = attributeOf(name, table, context);
  const { flake, file = '', patches, managed = patches, policy, pursue, unknown, build } = table;
  return {
    name,
    installable:
      flake === undefined
        ? // `<nixpkgs/nixos>` is looked up by Nix, not in the file system.
          { kind: 'file', file: file.startsWith('<') ? file : at(file), attribute }
        : { kind: 'flake', dir: at(flake), attribute },
    patchesFile: at(patches),
    managedFile: at(managed),
    managedName: table.name ?? (isOnly ? USUAL_NAME : `${USUAL_NAME}-${name}`),
    policy,
    pursue,
    unknown,
    maxIterations: table['max-iterations'],
    build,
    nixArgs: [...tables.nix.args, ...table['nix-args']],
    limits: tables.limits,
    transcriptLimit: Math.round(tables.history['transcript-size'] * (1 << 20)),
  };
}

/** Two targets may share a file, but not a managed patch: each would take out the other's entries. */
function refuseShared(targets: readonly Target[], file: string): void {
  const owners = new Map<string, string>();
  for (const { name, managedFile, managedName } of targets) {
    const patch = `${managedFile}\0${managedName}`;
    const owner = owners.get(patch);
    if (owner !== undefined)
      throw new UsageError({
        message: `targets \`${owner}\` and \`${name}\` have the same managed patch \`${managedName}\` in ${managedFile}`,
        file,
        hint: 'give one of them another `name`',
      });
    owners.set(patch, name);
  }
}

/** `ssh://` is good for a builder, but Nix reads no derivation and no log from such a store. */
function refuseLegacySsh(targets: readonly Target[], file: string): void {
  for (const { name, nixArgs } of targets) {
    const stores = storesOf(nixArgs);
    if (stores.kind === 'one' || !stores.there.startsWith('ssh://')) continue;
    throw new UsageError({
      message: `target \`${name}\` cannot be built in the store ${stores.there}: Nix gives no logs over ssh://`,
      file,
      hint: `write ssh-ng://${stores.there.slice('ssh://'.length)}`,
    });
  }
}

/**
 * The attribute that leads to the kernel. People copy it from a command line, with the flake before it: `.#nixosConfigurations.…`.
 * @throws UsageError when it names another flake than `flake` does, or no attribute.
 */
function attributeOf(name: string, { flake, attribute }: TargetTable, { text, file, at }: Context): string {
  const [, reference = '', inside = attribute] = /^([^"#]*)#(.*)$/.exec(attribute) ?? [];
  const path = reference.replace(/^path:/, '');
  // Only where it is needed: with many targets, looking for each in the text would take minutes.
  const place = (): Omit<Problem, 'message'> => ({ file, ...placeOfKey(text, ['target', name, 'attribute']) });
  if (reference !== '' && (flake === undefined || (path !== '.' && at(path) !== at(flake)))) {
    const folder = /^[a-z+]+:/.test(path) ? '"FOLDER"' : JSON.stringify(path);
    const hint = `write \`flake = ${folder}\`, the folder of its flake.nix, and \`attribute = ${JSON.stringify(inside)}\``;
    throw new UsageError({ message: `\`attribute\` names a flake, too: ${reference}`, ...place(), hint });
  }
  if (inside !== '') return kernelAttribute(inside);
  const hint = 'e.g. `attribute = "nixosConfigurations.HOST.config.system.build.kernel"`';
  throw new UsageError({ message: '`attribute` names no kernel', ...place(), hint });
}

type Mistake = { path: PropertyKey[]; message: string; near: string | null; line?: number; column?: number };

/** Every mistake at once, in the order of the file: the first is the problem, the others stand in its hint. */
function configError(cause: z.ZodError, table: unknown, text: string, file: string): UsageError {
  const found = cause.issues
    .flatMap((issue) => mistakesOf(issue, table))
    .map((mistake): Mistake => ({ ...mistake, ...placeOfKey(text, mistake.path) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  // A missing key may be the misspelt one.
  const meant = new Set(found.map(({ path, near }) => (near === null ? null : [...path.slice(0, -1), near].join('.'))));
  const mistakes = found.filter(({ path, near }) => near !== null || !meant.has(path.join('.')));
  const [first, ...others] = mistakes;
  if (first === undefined) return new UsageError({ message: 'cannot be understood', file }, { cause });
  const hints = [
    ...didYouMean(first.near),
    ...others.map((each) => [`line ${each.line ?? 1}: ${each.message}`, ...didYouMean(each.near)].join('; ')),
    ...(mistakes.every((each) => each.near !== null) ? [] : [EVERY_KEY]),
  ];
  const { message, line, column } = first;
  return new UsageError({ message, file, line, column, hint: hints.join('\n') }, { cause });
}

function mistakesOf(issue: z.core.$ZodIssue, table: unknown): Mistake[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { path, message: `unknown key \`${path.join('.')}\``, near: nearestKey(key, keysAt(issue.path)) };
    });
  const { path } = issue;
  const isMissing = path.length > 0 && valueAt(table, path) === undefined;
  const named = `key \`${path.join('.')}\``;
  return [{ path, message: isMissing ? `${named} is missing` : `${named}: ${issue.message}`, near: null }];
}

const didYouMean = (near: string | null): string[] => (near === null ? [] : [`did you mean \`${near}\`?`]);

/**
 * The place of a key in a TOML text, else of the table that it belongs to. It is found line by line: for a key in an inline
 * table or a list that is the line on which those begin. Empty where no line is found.
 */
function placeOfKey(text: string, path: readonly PropertyKey[]): { line?: number; column?: number } {
  const names = path.map(String);
  const named = (dotted: string): string[] =>
    dotted.split('.').map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2'));
  let parent: { line: number; column: number } | undefined;
  let table: string[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const place = { line: i + 1, column: line.search(/\S/) + 1 };
    const header = /^\s*\[([^[\]]+)\]/.exec(line)?.[1];
    const key = /^\s*([\w"'.-][^=#]*?)\s*=/.exec(line)?.[1];
    if (header !== undefined) table = named(header);
    const here = header !== undefined ? table : key === undefined ? [] : [...table, ...named(key)];
    const isOnTheWay = here.length > 0 && here.every((name, at) => name === names[at]);
    if (isOnTheWay && (here.length === names.length || key !== undefined)) return place;
    if (isOnTheWay) parent = place;
  }
  return parent ?? {};
}

function nearestKey(key: string, keys: readonly string[]): string | null {
  if (keys.length === 0) return null;
  const near = closest(key, keys);
  return distance(key, near) <= Math.max(2, key.length / 3) ? near : null;
}

function valueAt(table: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], table);
}

/** Reads and parses a configuration file. @throws UsageError */
export function loadConfig(file: string, stateDir: string | undefined): Config {
  return parseConfig(readText(file), file, stateDir);
}
