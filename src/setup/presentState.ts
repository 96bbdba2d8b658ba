import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { loadConfig, type Config, type Target } from '../config/config.ts';
import { discover, type Discovered, type DiscoverOptions } from './discover.ts';
import { BlockedError, UsageError } from '../model/errors.ts';
import { attributeName } from '../nixfile/strings.ts';
import { checkoutOf } from '../system/checkout.ts';
import { tracking } from '../system/git.ts';
import { shortPath } from '../system/shortPath.ts';
import { UnreadableFile, wholeFile } from '../system/wholeFile.ts';
import type { Present } from './plan.ts';
import { configText } from './configText.ts';

/** What the command line of `falloutd init` says about the kernel and the files. */
export type Wanted = Pick<DiscoverOptions, 'stateDir' | 'host' | 'patches' | 'name' | 'target'> & {
  /** The configuration file that counts; null: there is none, look around. */
  configFile: string | null;
  pickTarget: (config: Config) => Target;
  inside: boolean;
  signal: AbortSignal;
};

/** One target, and the falloutd.toml that describes it or could. */
export type Found = Discovered & { target: Target };

/**
 * The target that `init` is about: from the configuration file, or found by looking around.
 * @throws UsageError if it is not clear, or if the command line contradicts what is there already.
 */
export async function findTarget(wanted: Wanted): Promise<Found> {
  const found = wanted.configFile === null ? await discovered(wanted) : configured(wanted.configFile, wanted);
  assertAgreement(wanted, found);
  return found;
}

async function discovered(wanted: Wanted): Promise<Found> {
  const found = await discover({ ...wanted, cwd: process.cwd(), how: wanted.inside ? 'inside' : 'separate' });
  const [target] = found.config.targets;
  if (target === undefined) throw new Error('discovery gave no target');
  return { ...found, target };
}

function configured(file: string, { stateDir, pickTarget }: Wanted): Found {
  const config = loadConfig(file, stateDir);
  const target = pickTarget(config);
  return { config, target, file, text: configText(target, file) };
}

function assertAgreement(wanted: Wanted, { target, file }: Found): void {
  const { managedFile, patchesFile, managedName, installable } = target;
  if (wanted.inside && managedFile !== patchesFile) {
    throw new UsageError({
      message: `the managed patch has a file of its own: ${shortPath(managedFile)}`,
      hint: 'to have it inside the patches file: falloutd init --remove, then falloutd init --inside',
    });
  }
  if (wanted.configFile === null) return;
  const other = [
    wanted.host !== undefined && !`${installable.attribute}.`.includes(`.${attributeName(wanted.host)}.`)
      ? `--host ${wanted.host}`
      : null,
    wanted.patches !== undefined && real(wanted.patches) !== real(patchesFile) ? `--patches ${wanted.patches}` : null,
    wanted.name !== undefined && wanted.name !== managedName ? `--name ${wanted.name}` : null,
  ].find((option) => option !== null);
  if (other === undefined) return;
  throw new UsageError({
    message: `the target ${target.name} is configured differently from ${other}`,
    file,
    hint: 'change that file, or remove everything first: falloutd init --remove',
  });
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** The files around the managed patch of a target, as they are now. @throws BlockedError when one cannot be read. */
export async function lookAt({ target, file, text }: Found): Promise<Present> {
  // Nix follows a link before it looks at the paths inside of the file.
  const patches = real(target.patchesFile);
  const content = contentOf(patches, target.patchesFile);
  if (content === null)
    throw new BlockedError({
      message: 'does not exist',
      file: patches,
      hint: 'create it, or name the file that holds your kernel patches: falloutd init --patches FILE',
    });
  return {
    managedName: target.managedName,
    patches: { path: patches, content },
    separate: target.managedFile === target.patchesFile ? null : await separateOf(target),
    config: { path: file, content: contentOf(file), wanted: text },
  };
}

async function separateOf({ managedFile, installable }: Target): Promise<Present['separate']> {
  const path = join(real(dirname(managedFile)), basename(managedFile));
  const known = installable.kind === 'flake' ? await tracking(path) : 'no-git';
  return { path, content: contentOf(path), tracking: known };
}

/** The folder that must contain every file of a target. */
export function rootOf({ installable, patchesFile }: Target): string {
  return installable.kind === 'flake' ? checkoutOf(installable.dir) : dirname(real(patchesFile));
}

/** @param named how the user knows the file. */
function contentOf(path: string, named = path): Buffer | null {
  try {
    return wholeFile(path);
  } catch (cause) {
    if (!(cause instanceof UnreadableFile)) throw cause;
    if (cause.fault.kind === 'missing') return null;
    throw new BlockedError({ ...cause.problem, file: named }, { cause });
  }
}
