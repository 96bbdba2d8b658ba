import { nixString } from '../../nixfile/strings.ts';
import { tomlString } from '../configText.ts';

/** How the stand-in's kernel behaves: the arguments of setup/demo/nixpkgs/kernel. */
export type StandInKernel = {
  /** Which name of a patch's settings this nixpkgs reads; `both` warns about the old one. */
  attributeMode?: 'new' | 'old' | 'both' | 'throws';
  /** The machine the kernel is for, as Nix names it; default: this one. */
  system?: 'x86_64-linux' | 'aarch64-linux';
  compiler?: 'gcc' | 'llvm';
  /** ARCH, where it is not what the machine gives. */
  kernelArch?: string;
  extraMakeFlags?: string[];
  /** Whether make is told the name of each tool, as in today's nixpkgs; without, the kernel's Makefile chooses them. */
  commonMakeFlags?: boolean;
  /** How generate-config.pl behaves when an answer is refused or missed: each variant is a text of its own. */
  script?: 'all' | 'first-error' | 'clamping' | 'strict-choice' | 'emptying';
  /** Whether the request is a file of its own, as in nixpkgs since March 2026, or an attribute of the configfile. */
  requestFile?: boolean;
  ignoreConfigErrors?: boolean;
  autoModules?: boolean;
  preferBuiltin?: boolean;
  /** PERL_HASH_SEED of the script: it decides which of two chosen members the script takes. */
  hashSeed?: number;
  enableCommonConfig?: boolean;
  /** A Linux 6.12 conf that answers five times as fast, with the same result. */
  quickKconfig?: boolean;
  /** A conf built from a kernel source, for the small tree; without, that of kconfig-frontends (4.11). */
  conf?: string;
  /** The make target that gives the base config; further words are make's too (`defconfig LLVM=1`). */
  defconfig?: string;
  /** The kernel's own legacy settings. */
  extraConfig?: string;
};

/** A path as part of a URL, in which `?`, `&` and `#` would end it. */
export function urlPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** flake.nix as people have it: one host, its patches in patches.nix. */
export function flakeText({ nixpkgs, wiring }: { nixpkgs: string; wiring: string }): string {
  return `{
  description = "A NixOS host";

  inputs.nixpkgs.url = ${nixString(`path:${urlPath(nixpkgs)}`)};

  outputs =
    { self, nixpkgs }:
    {
      nixosConfigurations.demo = nixpkgs.lib.nixosSystem {
        system = ${nixString(process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux')};
        modules = [
          ./stand-in.nix
          (${wiring}
          )
          { networking.hostName = "demo"; }
        ];
      };
    };
}
`;
}

/** stand-in.nix: the kernel tree and the switches of the stand-in. A real nixpkgs has no such file. */
export function standInText({
  tree,
  bash,
  path,
  kernel,
}: {
  tree: { path: string; version: string } | null;
  bash: string;
  path: string;
  kernel: StandInKernel;
}): string {
  const treeText =
    tree === null
      ? ''
      : `
    tree = {
      kind = "linux";
      path = ${nixString(tree.path)};
      version = ${nixString(tree.version)};
    };`;
  const switches = Object.entries(kernel).map(([name, value]) => `\n      ${name} = ${nixValue(value)};`);
  return `# What stands in for nixpkgs: which kernel tree, whose tools. A real host has no such file.
{
  standIn = {${treeText}
    tools = {
      bash = ${nixString(bash)};
      path = ${nixString(path)};
    };
    kernel = {${switches.join('')}
    };
  };
}
`;
}

function nixValue(value: StandInKernel[keyof StandInKernel]): string {
  if (Array.isArray(value)) return `[ ${value.map(nixString).join(' ')} ]`;
  return typeof value === 'string' ? nixString(value) : String(value);
}

/** falloutd.toml of a host. */
export function hostConfigText(
  { state, nixArgs }: { state: string; nixArgs: readonly string[] },
  managed: string | null,
): string {
  return `state = ${tomlString(state)}

[nix]
# A store of its own, beside which nothing of this machine's Nix is touched.
args = [
${nixArgs.map((arg) => `  ${tomlString(arg)},\n`).join('')}]

[target.demo]
flake = "."
attribute = "nixosConfigurations.demo.config.system.build.kernel"
patches = "patches.nix"
${managed === null ? '' : `managed = ${tomlString(managed)}\n`}`;
}
