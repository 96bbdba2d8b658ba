/** What the commands share: the options that all of them take, and the configuration, target and database these name. */
import { InvalidArgumentError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Config, Target } from '../config/config.ts';
import { defaultStateDir, findConfigFile } from '../config/findConfig.ts';
import { UsageError } from '../model/errors.ts';
import { openHistory, type History } from '../state/historyDatabase.ts';
import { targets } from '../state/recordedRuns.ts';
import { interruption } from './interruption.ts';
import { printText, type OutputOptions } from './output.ts';

type SharedOptions = { config?: string; target?: string; state?: string; json?: boolean };

/** The options that every command takes, and `--json`. */
export function sharedOptions(command: CommandUnknownOpts): SharedOptions {
  return command.optsWithGlobals();
}

/** The configuration: the file that counts, else what discovery finds. @throws RefusedError when a target's name belongs to another host. */
export async function configOf(command: CommandUnknownOpts): Promise<Config> {
  const found = await findConfig(command);
  const { assertNotTaken } = await import('../state/targetNames.ts');
  assertNotTaken(found);
  return found;
}

async function findConfig(command: CommandUnknownOpts): Promise<Config> {
  const found = await configInFile(command);
  if (found !== null) return found;
  const { discover } = await import('../setup/discover.ts');
  const stateDir = sharedOptions(command).state;
  return (await discover({ cwd: process.cwd(), stateDir, signal: interruption })).config;
}

/** The configuration in the file that counts; null if there is no such file. */
export async function configInFile(command: CommandUnknownOpts): Promise<Config | null> {
  const { config, state } = sharedOptions(command);
  const file = findConfigFile(config, process.cwd());
  return file === null ? null : (await import('../config/config.ts')).loadConfig(file, state);
}

/** The one target that is meant. @throws UsageError when there is none, or more than one. */
export function targetOf(config: Config, command: CommandUnknownOpts): Target {
  const { target: name } = sharedOptions(command);
  const names = config.targets.map((t) => t.name).join(', ');
  const target = name === undefined ? config.targets[0] : config.targets.find((t) => t.name === name);
  if (target === undefined)
    throw new UsageError({ message: `there is no target \`${name ?? ''}\``, hint: `there are: ${names}` });
  if (name === undefined && config.targets.length > 1)
    throw new UsageError({ message: 'there is more than one target', hint: `name one with --target: ${names}` });
  return target;
}

/** The configuration with the one target that is meant. */
export async function configAndTarget(command: CommandUnknownOpts): Promise<[Config, Target]> {
  const config = await configOf(command);
  return [config, targetOf(config, command)];
}

/** The directory of the database, found without asking Nix what the current folder holds, and with as little loaded as may be. */
export async function stateDirOf(command: CommandUnknownOpts): Promise<string> {
  const { config, state } = sharedOptions(command);
  if (state !== undefined) return state;
  const file = findConfigFile(config, process.cwd());
  return file === null ? defaultStateDir() : (await import('../config/configFile.ts')).stateDirIn(file);
}

/** Opens the database for reading and prints what a command makes of it. */
export async function printFromHistory(
  command: CommandUnknownOpts,
  render: (db: History, options: OutputOptions) => string,
): Promise<void> {
  await withHistory(command, (db, options) => printText((style) => render(db, { ...options, style })));
}

/** What `read` makes of the database, which is open for so long. */
export async function withHistory<T>(
  command: CommandUnknownOpts,
  read: (db: History, options: Pick<OutputOptions, 'json' | 'target'>) => T,
): Promise<T> {
  const { json, target } = sharedOptions(command);
  const db = openHistory(await stateDirOf(command), { readonly: true });
  try {
    if (target !== undefined) await assertTarget(command, db, target);
    return read(db, { json, target });
  } finally {
    db.close();
  }
}

/** @throws UsageError for a target that neither the database nor the configuration knows. */
async function assertTarget(command: CommandUnknownOpts, db: History, target: string): Promise<void> {
  const names = targets(db).map((row) => row.target);
  if (names.includes(target)) return;
  names.push(...((await configInFile(command))?.targets ?? []).map(({ name }) => name));
  if (names.includes(target)) return;
  const hint = names.length === 0 ? 'none has run yet' : `there are: ${[...new Set(names)].sort().join(', ')}`;
  throw new UsageError({ message: `there is no target \`${target}\``, hint });
}

/** An argument that counts from 1. */
export function count(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('Give a whole number from 1 on.');
  return n;
}
