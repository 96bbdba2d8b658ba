import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { loadConfig, type Config, type Target } from '../config/config.ts';
import { discover } from './discover.ts';
import { BlockedError, UsageError } from '../model/errors.ts';
import { attributeName } from '../nixfile/strings.ts';
import { checkoutOf } from '../system/checkout.ts';
import { tracking } from '../system/git.ts';
import { shortPath } from '../system/shortPath.ts';
import type { Present } from './plan.ts';
import { choiceOf, configText } from './configText.ts';

/** What the command line of `falloutd init` says about the kernel and the files. */
export type Wanted = {
  inside: boolean;
  host?: string | undefined;
  patches?: string | undefined;
  name?: string | undefined;
  target?: string | undefined;
};

/** One target, and the falloutd.toml that describes it or could. */
export type Found = { config: Config; target: Target; file: string; text: string };

/**
 * The target that `init` is about: from the configuration file, or found by looking around.
 * @throws UsageError if it is not clear, or if the command line contradicts what is there already.
 */
export async function findTarget(
  wanted: Wanted,
  {
    configFile,
    stateDir,
    pickTarget,
    cwd,
    signal,
  }: {
    configFile: string | null;
    stateDir: string | undefined;
    pickTarget: (config: Config) => Target;
    cwd: string;
    signal: AbortSignal;
  },
): Promise<Found> {
  const found =
    configFile === null
      ? await discover({ ...wanted, cwd, stateDir, how: wanted.inside ? 'inside' : 'separate', signal }).then(
          (d): Found => ({ ...d, target: onlyTarget(d.config) }),
        )
      : configured(loadConfig(configFile, stateDir), configFile, pickTarget);
  assertAgreement(wanted, found, configFile === null);
  return found;
}

function configured(config: Config, file: string, pickTarget: (config: Config) => Target): Found {
  const target = pickTarget(config);
  return { config, target, file, text: configText(choiceOf(target, file)) };
}

function onlyTarget(config: Config): Target {
  const [target] = config.targets;
  if (target === undefined) throw new Error('discovery gave no target');
  return target;
}

function assertAgreement(wanted: Wanted, { target, file }: Found, discovered: boolean): void {
  const { managedFile, patchesFile, managedName, installable } = target;
  if (wanted.inside && managedFile !== patchesFile) {
    throw new UsageError({
      message: `the managed patch has a file of its own: ${shortPath(managedFile)}`,
      hint: 'to have it inside the patches file: falloutd init --remove, then falloutd init --inside',
    });
  }
  if (discovered) return;
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
  const content = await contentOf(patches);
  if (content === null)
    throw new BlockedError({
      message: 'does not exist',
      file: patches,
      hint: 'create it, or name the file that holds your kernel patches: falloutd init --patches FILE',
    });
  const separate =
    target.managedFile === target.patchesFile
      ? null
      : join(real(dirname(target.managedFile)), basename(target.managedFile));
  return {
    managedName: target.managedName,
    patches: { path: patches, content },
    separate:
      separate === null
        ? null
        : {
            path: separate,
            content: await contentOf(separate),
            tracking: target.installable.kind === 'flake' ? await tracking(separate) : 'no-git',
          },
    config: { path: file, content: await contentOf(file), wanted: text },
  };
}

/** The folder that must contain every file of a target. */
export function rootOf({ installable, patchesFile }: Target): string {
  return installable.kind === 'flake' ? checkoutOf(installable.dir) : dirname(real(patchesFile));
}

async function contentOf(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new BlockedError(
      { message: `cannot be read: ${(error as Error).message}`, file: path, hint: 'check its owner and mode' },
      { cause: error },
    );
  }
}
