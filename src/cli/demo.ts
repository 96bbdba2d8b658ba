import type { Command } from '@commander-js/extra-typings';
import { interruption } from './interruption.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig, type Config } from '../config/config.ts';
import {
  createHost,
  examplePatches,
  removeHost,
  withManagedPatch,
  type Host,
  type KernelTree,
} from '../setup/demo/demoHost.ts';
import { findTool, MISSING, provide } from '../setup/prerequisites.mjs';
import { UsageError } from '../model/errors.ts';
import { openHistory } from '../state/historyDatabase.ts';
import { UnreadableFile, wholeFile } from '../system/wholeFile.ts';
import type { LostOfTarget } from '../report/data/documentSchemas.ts';
import { lostOfTargets } from '../report/data/lostOfTarget.ts';
import { style, type Style } from '../report/text/style.ts';
import { history } from './history.ts';
import { lostText, toldWithRemedies } from './lost.ts';
import { once } from './once.ts';
import { INTERRUPTED } from './runExitCode.ts';

export type DemoOptions = {
  /** Make a host here and stop; without, run the main job on a temporary one. */
  create?: string | undefined;
  /** A real kernel source, a directory or a tarball; without, the small tree. */
  tree?: string | undefined;
  /** A file with the host's patches; without, an example. */
  patches?: string | undefined;
  signal: AbortSignal;
};

/** `falloutd demo`. @returns the exit code of README's table. */
export async function demo(options: DemoOptions): Promise<number> {
  if (!provide(options.tree === undefined ? 'small' : 'linux', say)) return MISSING;
  const tree: KernelTree =
    options.tree === undefined ? { kind: 'small' } : { kind: 'linux', path: resolve(options.tree) };
  const given = options.patches === undefined ? examplePatches(tree.kind) : readGiven(options.patches);
  if (options.create !== undefined) {
    const { text: patches, problem } = withManagedPatch(given, 'separate');
    const host = await createHost({ dir: options.create, tree, patches, separate: problem === null });
    process.stdout.write(nextSteps(host, tree, problem === null));
    return 0;
  }
  const { text: patches } = withManagedPatch(given);
  const base = await mkdtemp(join(tmpdir(), 'falloutd-demo-'));
  try {
    return await mainJob(await createHost({ dir: join(base, 'host'), tree, patches }), options.signal);
  } finally {
    await removeHost({ dir: join(base, 'host') });
    await rm(base, { recursive: true, force: true });
  }
}

/** patches.nix before, the iterations live, patches.nix after, the history and what was lost: by falloutd's own commands. */
async function mainJob(host: Host, signal: AbortSignal): Promise<number> {
  const look = style(process.stdout);
  showPatches('patches.nix as somebody saved it', host, look);
  heading('falloutd once', look);
  const config = loadConfig(host.configFile, undefined);
  const [target] = config.targets;
  if (target === undefined) throw new UsageError({ message: `${host.configFile} has no target` });
  const code = await once(config, target, { fresh: false, strict: false, json: false, signal });
  showPatches('patches.nix as falloutd leaves it', host, look);
  heading('falloutd history', look);
  const recorded = lostAfterHistory(config, look);
  heading('falloutd lost', look);
  const told = await toldWithRemedies(recorded, config);
  if (told === null) return INTERRUPTED;
  process.stdout.write(lostText(told, { style: look }));
  process.stdout.write('\nThis host is gone now. `falloutd demo --create DIR` makes one to keep.\n');
  return code;
}

/** Prints the history. @returns what is lost, as it is recorded. */
function lostAfterHistory({ stateDir }: Config, look: Style): LostOfTarget[] {
  const database = openHistory(stateDir, { readonly: true });
  try {
    process.stdout.write(history(database, { style: look }));
    return lostOfTargets(database);
  } finally {
    database.close();
  }
}

function showPatches(title: string, host: Host, look: Style): void {
  heading(title, look);
  process.stdout.write(wholeFile(host.patchesFile));
}

function heading(title: string, look: Style): void {
  process.stdout.write(`\n${look.colors.bold(`── ${title}`)}\n\n`);
}

function readGiven(path: string): string {
  try {
    return wholeFile(path).toString('utf8');
  } catch (cause) {
    if (!(cause instanceof UnreadableFile)) throw cause;
    const hint = 'give a Nix file with `{ lib, ... }:` and a list of patches';
    throw new UsageError({ ...cause.problem, hint }, { cause });
  }
}

/** What to type in a new host. Without a `falloutd` on PATH it is called from the checkout. */
function nextSteps(host: Host, tree: KernelTree, isManaged: boolean): string {
  const installed = findTool('falloutd');
  const isOnPath = installed !== null && !installed.includes('node_modules');
  const command = isOnPath ? 'falloutd' : `npx falloutd --config ${host.configFile}`;
  const lines = [
    `${host.dir} is a NixOS host on ${tree.kind === 'small' ? 'the small kernel tree' : tree.path}.`,
    'Next:',
    ...(isOnPath ? [`  cd ${host.dir}`] : []),
    ...(isManaged ? [] : [`  ${command} init      # adds the managed patch`]),
    `  ${command} watch     # then edit ${isOnPath ? 'patches.nix' : host.patchesFile}`,
    `  ${command} once      # or a single run`,
    `  ${command} history   # what it did`,
  ];
  return `${lines.join('\n')}\n`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The arguments of `falloutd demo`. */
export function demoCommand(command: Command): void {
  command
    .description('the main job on a host of its own, in a temporary folder')
    .option('--create <dir>', 'only make such a host in this folder')
    .option('--tree <linux>', 'on a real kernel source (a folder or an archive) instead of the small tree')
    .option('--patches <file>', 'its patches: `{ lib, ... }:` and a list, or a set whose `all` is the list')
    .action(async (options) => {
      process.exitCode = await demo({ ...options, signal: interruption });
    });
}
