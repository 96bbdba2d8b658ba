import { execa } from 'execa';
import { realpathSync } from 'node:fs';
import { chmod, mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFalloutFile, planInit } from '../../managed/addPatch.ts';
import { findManaged } from '../../managed/managedPatch.ts';
import { InfrastructureError, UsageError } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { NixFile } from '../../nixfile/nixFile.ts';
import { readableText, wholeFile } from '../../system/wholeFile.ts';
import { flakeText, hostConfigText, standInText, urlPath, type StandInKernel } from './hostFiles.ts';
import { toolDirectories, whichTool } from './tools.ts';

/** The stand-in for nixpkgs that hosts are built on; its real path, because Nix follows no links to flakes and stores. */
export const STAND_IN = realpathSync(fileURLToPath(new URL('./nixpkgs', import.meta.url)));

/** The kernel tree of a host: the stand-in's own small one, or a real source (a directory or a tarball). */
export type KernelTree = { kind: 'small' } | { kind: 'linux'; path: string };

/** The patches.nix of an example host: plausible wishes with most kinds of fallout; on a real kernel only a few. */
export const examplePatches = (tree: KernelTree['kind']): string =>
  wholeFile(new URL(`./patches-${tree}.nix`, import.meta.url)).toString('utf8');

/** The managed patch's own file. */
const SEPARATE = 'fallout.nix';

/** A patches.nix with the managed patch in it (or its import), as `falloutd init` adds it; or why it cannot be added. */
export function withManagedPatch(
  text: string,
  how: 'inside' | 'separate' = 'inside',
): { text: string; problem: Problem | null } {
  const reading = NixFile.parse(text);
  if (reading.kind !== 'file' || findManaged(reading.file, 'fallout').kind !== 'absent') return { text, problem: null };
  const plan = planInit(reading.file, {
    name: 'fallout',
    how: how === 'inside' ? how : { importOf: `./${SEPARATE}` },
    attribute: 'structuredExtraConfig',
  });
  return plan.kind === 'planned' ? { text: plan.text, problem: null } : { text, problem: plan.problem };
}

export type HostOptions = {
  /** Where the host is made; created when it is missing. */
  dir: string;
  tree?: KernelTree;
  /** The text of patches.nix: a list of patches or an attribute set whose `all` is one; default: an example. */
  patches?: string;
  /** Whether the managed patch has a file of its own, which `patches` imports. */
  separate?: boolean;
  /** Further files of the flake by relative path, e.g. a source patch. */
  files?: Record<string, string>;
  /** The module that brings the patches to the kernel; default: `boot.kernelPatches` from patches.nix. */
  wiring?: string;
  /** How the stand-in's kernel behaves; default: as in today's nixpkgs. */
  kernel?: StandInKernel;
  /** Whether the host is a git checkout, as most are; without, Nix takes the whole folder; default: where Nix can. */
  git?: boolean;
};

export type Host = {
  dir: string;
  configFile: string;
  patchesFile: string;
  attribute: string;
  /** Arguments of every nix call: a private store, so that neither /nix nor an earlier host plays a part. */
  nixArgs: string[];
};

/** Makes a NixOS host on the stand-in: flake.nix, flake.lock, patches.nix, falloutd.toml and a private Nix store. */
export async function createHost(options: HostOptions): Promise<Host> {
  const tree = options.tree ?? { kind: 'small' };
  const source =
    tree.kind === 'small' ? null : { path: resolve(tree.path), version: kernelVersion(resolve(tree.path)) };
  await assertFree(options.dir);
  await mkdir(options.dir, { recursive: true });
  const dir = await realpath(options.dir);
  // Nix 2.8 reads a git flake only where the path needs no escapes.
  const git = options.git ?? /^[\w./-]+$/.test(dir);
  // Ignored by git, or beside the flake: Nix must never copy a store into itself.
  const own = git ? join(dir, '.demo') : `${dir}.demo`;
  const nixArgs = privateStore(join(own, 'nix'));
  const patches = options.patches ?? examplePatches(tree.kind);
  try {
    await writeFiles(dir, {
      'flake.nix': flakeText({ nixpkgs: STAND_IN, wiring: options.wiring ?? wiringFor(patches) }),
      'stand-in.nix': standInText({
        tree: source,
        bash: whichTool('bash'),
        path: toolDirectories(),
        kernel: options.kernel ?? {},
      }),
      'patches.nix': patches,
      'falloutd.toml': hostConfigText(
        { state: join(own, 'state'), nixArgs },
        options.separate === true ? SEPARATE : null,
      ),
      ...(options.separate === true ? { [SEPARATE]: newFalloutFile('fallout', 'structuredExtraConfig') } : {}),
      ...(git ? { '.gitignore': '/.demo/\n' } : {}),
      ...options.files,
    });
    if (git) {
      await run('git', ['init', '--quiet'], dir);
      await run('git', ['add', '--all'], dir);
    }
    await run('nix', ['--extra-experimental-features', 'nix-command flakes', 'flake', 'lock', ...nixArgs], dir);
    if (git) await run('git', ['add', 'flake.lock'], dir);
  } catch (error) {
    await removeHost({ dir });
    throw error;
  }
  return {
    dir,
    configFile: join(dir, 'falloutd.toml'),
    patchesFile: join(dir, 'patches.nix'),
    attribute: 'nixosConfigurations.demo.config.system.build.kernel',
    nixArgs,
  };
}

async function writeFiles(dir: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

/** Removes a host; a Nix store is read-only, so its directories are made writable first. */
export async function removeHost(host: Pick<Host, 'dir'>): Promise<void> {
  for (const dir of [host.dir, `${host.dir}.demo`]) {
    await makeWritable(dir);
    await rm(dir, { recursive: true, force: true });
  }
}

/** Arguments that give Nix a store in `dir`, with the machine's tools in reach and nothing fetched. */
export function privateStore(dir: string): string[] {
  const at = (part: string): string => urlPath(join(dir, part));
  const options = { sandbox: 'false', 'build-users-group': '', substitute: 'false', substituters: '' };
  return [
    '--store',
    `local?store=${at('store')}&state=${at('var/nix')}&log=${at('log')}`,
    ...Object.entries(options).flatMap(([name, value]) => ['--option', name, value]),
  ];
}

/** A kernel's version: from the Makefile of a source tree, or from the name of a tarball (`linux-6.12.tar.xz`). */
export function kernelVersion(source: string): string {
  const fromName = /(\d+\.\d+(?:\.\d+)?)\.tar\.\w+$/.exec(basename(source))?.[1];
  if (fromName !== undefined) return fromName;
  const makefile = readableText(join(source, 'Makefile')) ?? '';
  const field = (name: string): string | undefined => new RegExp(`^${name} *= *(\\d+)`, 'm').exec(makefile)?.[1];
  const parts = [field('VERSION'), field('PATCHLEVEL'), field('SUBLEVEL')].filter((part) => part !== undefined);
  if (parts.length < 2) {
    throw new UsageError({
      message: `${source} is not a kernel source`,
      hint: "give the directory with the kernel's Makefile, or linux-VERSION.tar.xz",
    });
  }
  return parts.join('.');
}

async function assertFree(dir: string): Promise<void> {
  const present = await readdir(dir).catch(() => []);
  if (present.length > 0) {
    throw new UsageError({ message: `${dir} is not empty`, hint: 'name a directory that does not exist yet' });
  }
}

function wiringFor(patches: string): string {
  const given = /\bpkgs\b/.test(patches) ? 'lib pkgs' : 'lib';
  return `
            { lib, pkgs, ... }:
            let
              patches = import ./patches.nix { inherit ${given}; };
            in
            {
              boot.kernelPatches = patches.all or patches;
            }`;
}

/** The variables that git sets for hooks, which would point the host's git at the repository around it. */
const OWN_GIT = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined, GIT_PREFIX: undefined };

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const result = await execa(command, args, { cwd, reject: false, stdin: 'ignore', env: OWN_GIT });
  if (result.failed) {
    throw new InfrastructureError(
      { message: `${command} failed in ${cwd}: ${result.stderr || result.shortMessage}` },
      { cause: result },
    );
  }
}

async function makeWritable(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  if (entries.length > 0) await chmod(dir, 0o755);
  for (const entry of entries) if (entry.isDirectory()) await makeWritable(join(dir, entry.name));
}
