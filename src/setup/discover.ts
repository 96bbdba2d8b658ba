import { existsSync, realpathSync } from 'node:fs';
import { hostname as systemHostname } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { parseConfig, USUAL_NAME, type Config, type Target } from '../config/config.ts';
import { BlockedError, UsageError } from '../model/errors.ts';
import { askNix, attributeNames } from '../nix/askNix.ts';
import { nixSystem } from '../nix/nixSystem.ts';
import { askWhatIsRead } from './attribute.ts';
import { findMarked, pickHost, pickPatches, targetName, type Picked } from './choose.ts';
import { findFolder, type FoundFile, nixFiles } from './folder.ts';
import { tracking } from '../system/git.ts';
import { shellWord } from '../system/shellWord.ts';
import { someOf } from '../system/someOf.ts';
import { UnreadableFile, wholeFile } from '../system/wholeFile.ts';
import { configText } from './configText.ts';
import { attributeName } from '../nixfile/strings.ts';

export type DiscoverOptions = {
  cwd: string;
  stateDir: string | undefined;
  /** Which host (or package) is meant, if there are several. */
  host?: string | undefined;
  /** The file with the kernel patches, if it is not clear which one that is. */
  patches?: string | undefined;
  /** The target's name; default: the host's. */
  target?: string | undefined;
  /** The managed patch's name. */
  name?: string | undefined;
  /** Where to put the managed patch if there is none yet; default: in the patches file. */
  how?: 'inside' | 'separate';
  hostname?: string;
  etcNixos?: string;
  signal?: AbortSignal;
};

export type Discovered = {
  config: Config;
  /** The path and the text of a falloutd.toml that says the same. */
  file: string;
  text: string;
};

type Kernel = Pick<Target, 'installable' | 'nixArgs'>;

/**
 * The configuration of the current folder if there is no falloutd.toml: its flake (or configuration.nix), the host, and the
 * file with the kernel patches.
 * @throws UsageError if something is missing or ambiguous: its hint lists what there is and how to choose.
 */
export async function discover(options: DiscoverOptions): Promise<Discovered> {
  assertName('--target', options.target);
  assertName('--name', options.name);
  const folder = findFolder(options.cwd, options.etcNixos);
  if (folder === null) {
    throw new UsageError({
      message: `there is neither a flake.nix nor a configuration.nix in ${options.cwd}`,
      hint: "go to the folder of your system's flake, or name a configuration with --config FILE",
    });
  }
  const { dir, kind } = folder;
  const { host, ...kernel } =
    kind === 'flake' ? await kernelOfFlake(dir, options) : kernelOfConfiguration(dir, options);
  const files = await nixFiles(dir);
  const hasPatches =
    options.patches !== undefined || pickPatches(files).kind !== 'none' || existsSync(join(dir, 'patches.nix'));
  // If settings cannot reach the kernel, there is no point in adding any.
  if (!hasPatches) await askWhatIsRead(kernel, options.signal);
  const file = join(dir, 'falloutd.toml');
  const name = options.target ?? targetName(host);
  const text = configText({ name, ...kernel, ...filesOf(dir, files, options) }, file);
  return { config: { ...parseConfig(text, file, options.stateDir), file: null }, file, text };
}

/** Both names appear in comments, in TOML and in file names. */
function assertName(option: string, name: string | undefined): void {
  if (name === undefined || /^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) return;
  throw new UsageError({
    message: `\`${name}\` cannot be a ${option === '--name' ? "managed patch's" : "target's"} name`,
    hint: `give ${option} a letter, then letters, digits, - and _`,
  });
}

async function kernelOfFlake(dir: string, options: DiscoverOptions): Promise<Kernel & { host: string }> {
  if ((await tracking(join(dir, 'flake.nix'))) === 'untracked') throw untracked(dir, 'flake.nix');
  const inFlake = (attribute: string): Kernel => ({ installable: { kind: 'flake', dir, attribute }, nixArgs: [] });
  const hosts = (await attributeNames(inFlake('nixosConfigurations'), options.signal)) ?? [];
  if (hosts.length > 0) {
    const pick = pickHost(hosts, options.hostname ?? systemHostname(), options.host);
    const host = chosen(pick, { what: 'host', option: '--host', dir });
    return { host, ...inFlake(`nixosConfigurations.${attributeName(host)}.config.system.build.kernel`) };
  }
  const packages = await kernelPackages(inFlake(`packages.${nixSystem()}`), options.signal);
  // No package belongs to this machine, whatever its name.
  const host = chosen(pickHost(packages, '', options.host), { what: 'kernel package', option: '--host', dir });
  return { host, ...inFlake(`packages.${nixSystem()}.${attributeName(host)}`) };
}

/** The packages of a flake that are kernels: they have a configfile, or are one. */
async function kernelPackages(packages: Kernel, signal: AbortSignal | undefined): Promise<string[]> {
  const isKernel = `packages: builtins.filter (name:
    let answer = builtins.tryEval (packages.\${name} ? configfile || (packages.\${name}.pname or "") == "linux-config"); in answer.success && answer.value
  ) (builtins.attrNames packages)`;
  const answer = await askNix(packages, isKernel, z.array(z.string()), { signal });
  if (answer.kind === 'failed') throw new BlockedError(answer.problem);
  return answer.kind === 'answer' ? answer.value : [];
}

function kernelOfConfiguration(dir: string, { host, hostname }: DiscoverOptions): Kernel & { host: string } {
  if (host !== undefined) {
    throw new UsageError({
      message: 'a configuration.nix without a flake has no hosts to choose from',
      hint: 'leave --host out',
    });
  }
  const main = join(dir, 'configuration.nix');
  try {
    wholeFile(main);
  } catch (cause) {
    throw cause instanceof UnreadableFile ? new UsageError(cause.problem, { cause }) : cause;
  }
  return {
    host: hostname ?? systemHostname(),
    installable: { kind: 'file', file: '<nixpkgs/nixos>', attribute: 'config.system.build.kernel' },
    nixArgs: ['-I', `nixos-config=${main}`],
  };
}

function filesOf(
  dir: string,
  files: readonly FoundFile[],
  { patches: asked, name: askedName, how, cwd }: DiscoverOptions,
): Pick<Target, 'patchesFile' | 'managedFile' | 'managedName'> {
  const found = findMarked(files, askedName);
  if (found.kind === 'ambiguous') {
    throw new UsageError({
      message: `there are several managed patches in ${dir}: ${found.names.join(', ')}`,
      hint: choices(found.names.map((name) => `falloutd init --name ${name}`)),
    });
  }
  const marked = found.kind === 'one' ? found.marked : null;
  const managedName = marked?.name ?? askedName ?? USUAL_NAME;
  const unmanaged = files.filter(({ path }) => path !== marked?.managed);
  const patchesFile =
    asked === undefined ? join(dir, marked?.patches ?? chosenPatches(unmanaged, dir)) : resolve(cwd, asked);
  if (asked !== undefined && !existsSync(patchesFile))
    throw new UsageError({
      message: 'does not exist',
      file: patchesFile,
      hint: 'name the file that holds your kernel patches',
    });
  const managed = marked?.managed ?? null;
  const isSeparate = managed === null && (marked !== null || how === 'separate');
  if (!isSeparate)
    return { patchesFile, managedFile: managed === null ? patchesFile : join(dir, managed), managedName };
  // Nix follows a link before it looks at the paths inside of the file.
  const real = relative(realpathSync(dir), realpathSync(patchesFile));
  return { patchesFile, managedFile: join(dir, dirname(real), `${managedName}.nix`), managedName };
}

function chosenPatches(files: readonly FoundFile[], dir: string): string {
  const pick = pickPatches(files);
  if (pick.kind !== 'none') return chosen(pick, { what: 'file with kernel patches', option: '--patches', dir });
  if (existsSync(join(dir, 'patches.nix'))) throw untracked(dir, 'patches.nix');
  throw new UsageError({
    message: `no Nix file in ${dir} has kernel patches`,
    hint: [
      "add a list of them to the host's configuration:",
      'boot.kernelPatches = [',
      '  {',
      '    name = "mine";',
      '    patch = null;',
      '    structuredExtraConfig = with lib.kernel; { HZ_1000 = yes; };',
      '  }',
      '];',
    ].join('\n'),
  });
}

function untracked(dir: string, file: string): UsageError {
  return new UsageError({
    message: 'git does not track this file, so Nix does not see it',
    file: join(dir, file),
    hint: `git -C ${shellWord(dir)} add -N ${file}`,
  });
}

function chosen(pick: Picked, { what, option, dir }: { what: string; option: string; dir: string }): string {
  switch (pick.kind) {
    case 'one':
      return pick.name;
    case 'ambiguous':
      throw new UsageError({
        message: `there is more than one ${what} in ${dir}${option === '--host' ? ", and none has this machine's name" : ''}`,
        hint: choices(pick.names.map((name) => `falloutd init ${option} ${shellWord(name)}`)),
      });
    case 'unknown':
      throw new UsageError({
        message: `there is no ${what} \`${pick.asked}\` in ${dir}`,
        hint: pick.names.length === 0 ? `there is none for ${nixSystem()}` : `there are: ${someOf(pick.names)}`,
      });
    case 'none':
      throw new UsageError({
        message: `${join(dir, 'flake.nix')} has no nixosConfigurations, and no package for ${nixSystem()} that is a kernel`,
        hint: [
          'name the kernel in a falloutd.toml:',
          '[target.kernel]',
          'flake = "."',
          'attribute = "packages.SYSTEM.NAME"',
          'patches = "patches.nix"',
        ].join('\n'),
      });
  }
}

function choices(lines: readonly string[]): string {
  return `choose one:\n${someOf(lines, '\n')}`;
}
