import type { Installable } from '../nix/installable.ts';
import { sshHost, storesOf } from '../nix/stores.ts';
import { shellWord } from '../system/shellWord.ts';

/**
 * Arguments of nix that nixos-rebuild needs too, and how many values each takes: those that decide what is evaluated and who
 * builds the rest. nixos-rebuild has no `--store`.
 */
const SHARED = new Map([
  ['-I', 1],
  ['--override-input', 2],
  ['--impure', 0],
  ['--builders', 1],
  ['-j', 1],
  ['--max-jobs', 1],
  ['--cores', 1],
]);

/**
 * How to use a built kernel: the command line of nixos-rebuild for the kernel of a host, else the path of the result.
 * @param isHere whether the result is in the store of the evaluation, or only in the store that built it.
 */
export function howToUse(
  { installable, nixArgs }: { installable: Installable; nixArgs: readonly string[] },
  outPath: string,
  { isHere }: { isHere: boolean },
): string {
  const stores = storesOf(nixArgs);
  const buildHost = isHere || stores.kind === 'one' ? null : sshHost(stores.there);
  if (!isHere && buildHost === null) return outPath;
  const args = [...sharedArguments(nixArgs), ...(buildHost === null ? [] : ['--build-host', buildHost])];
  const { attribute } = installable;
  if (installable.kind === 'flake') {
    const host = /^nixosConfigurations\.(?:"([^"]+)"|([^."]+))\./.exec(attribute);
    return host === null ? outPath : command(['--flake', `${installable.dir}#${host[1] ?? host[2] ?? ''}`, ...args]);
  }
  // A NixOS of the channels: nixos-rebuild itself evaluates <nixpkgs/nixos>.
  return /(?:^|\/)nixos>?$/.test(installable.file) && attribute.startsWith('config.') ? command(args) : outPath;
}

function command(args: readonly string[]): string {
  return ['nixos-rebuild', 'switch', ...args.map(shellWord)].join(' ');
}

function sharedArguments(nixArgs: readonly string[]): string[] {
  return nixArgs.flatMap((argument, i) => {
    const values = SHARED.get(argument);
    return values === undefined ? [] : nixArgs.slice(i, i + 1 + values);
  });
}
