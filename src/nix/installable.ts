import { evaluationArguments, hereArguments } from './stores.ts';

/** Names a kernel: an attribute of a flake or of a Nix file. `attribute` leads to the kernel, not to its configfile. */
export type Installable =
  { kind: 'flake'; dir: string; attribute: string } | { kind: 'file'; file: string; attribute: string };

const EXPERIMENTAL = ['--extra-experimental-features', 'nix-command flakes'] as const;

/** The attribute path of the kernel from what a user writes, which may be `….kernel.configfile`. */
export const kernelAttribute = (attribute: string): string => attribute.replace(/\.configfile$/, '');

/** The arguments of `nix eval`, with the whole trace: newer versions cut it off before it reaches the user's file. */
export function evalArguments(installable: Installable, apply: string, nixArgs: readonly string[]): string[] {
  const subject =
    installable.kind === 'flake'
      ? [`${installable.dir}#${installable.attribute}`]
      : ['-f', installable.file, installable.attribute];
  const options = ['--apply', apply, '-vv', '--show-trace', '--log-format', 'internal-json'];
  return [...EXPERIMENTAL, 'eval', '--json', ...subject, ...options, ...evaluationArguments(nixArgs)];
}

/**
 * The arguments of `nix-store --realise`: it builds a derivation that is already evaluated, on every Nix from 2.8 on
 * (`nix build X.drv` means something else since 2.15). Arguments that only the new commands know are left out.
 */
export function realiseArguments(drvPath: string, nixArgs: readonly string[]): string[] {
  return ['--realise', drvPath, '--log-format', 'internal-json', ...withoutFlakeArguments(nixArgs)];
}

/** The arguments of `nix-store --realise` that also keep the result: links at `root`, known to the garbage collector. */
export function rootedRealiseArguments(drvPath: string, root: string, nixArgs: readonly string[]): string[] {
  return [...realiseArguments(drvPath, nixArgs), ...keepArguments(root)];
}

/** The arguments of `nix-store --realise` that keep paths which are already there. */
export function rootPathsArguments(paths: readonly string[], root: string, nixArgs: readonly string[]): string[] {
  return ['--realise', ...paths, ...withoutFlakeArguments(nixArgs), ...keepArguments(root)];
}

const keepArguments = (root: string): string[] => ['--add-root', root, '--indirect'];

/**
 * The arguments of `nix-instantiate` that keep a derivation which is already evaluated: a link at `root`, known to the garbage
 * collector. The expression is the least that nix-instantiate takes for a derivation; nothing of the user's is evaluated.
 */
export function rootArguments(drvPath: string, root: string, nixArgs: readonly string[]): string[] {
  const path = JSON.stringify(drvPath);
  const expression = `{ type = "derivation"; name = "kernel"; outputName = "out"; drvPath = ${path}; outPath = ${path}; }`;
  return [...keepArguments(root), '-E', expression, ...withoutFlakeArguments(nixArgs)];
}

/** The arguments of a `nix` command about the store, e.g. `storeArguments(['store', 'cat', path], …)`. */
export function storeArguments(command: readonly string[], nixArgs: readonly string[]): string[] {
  return [...EXPERIMENTAL, ...command, ...withoutFlakeArguments(nixArgs)];
}

/** The arguments of `nix-store` that ask for the size of paths, in the store that an evaluation copies into. */
export function sizeArguments(paths: readonly string[], nixArgs: readonly string[]): string[] {
  return ['--query', '--size', ...paths, ...withoutFlakeArguments(hereArguments(nixArgs))];
}

/** Arguments that nix-store refuses, by the number of values that they take. */
const NEW_COMMANDS_ONLY = [
  `--impure --no-write-lock-file --no-update-lock-file --recreate-lock-file --commit-lock-file --no-registries --refresh
   -L --print-build-logs --offline --no-net --debugger`,
  '--update-input --inputs-from --reference-lock-file --output-lock-file --eval-store -I --include',
  '--override-input --override-flake --arg --argstr',
].map((names) => new Set(names.split(/\s+/)));

function withoutFlakeArguments(nixArgs: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < nixArgs.length; i++) {
    const argument = nixArgs[i] ?? '';
    const values = NEW_COMMANDS_ONLY.findIndex((names) => names.has(argument));
    if (values >= 0) i += values;
    else if (!argument.startsWith('-I')) kept.push(argument);
  }
  return kept;
}
