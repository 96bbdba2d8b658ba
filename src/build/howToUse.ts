import type { Installable } from '../nix/installable.ts';
import { sshHost, storesOf } from '../nix/stores.ts';

/**
 * Arguments of nix that nixos-rebuild has to get too, with how many values each takes: those that settle what is evaluated,
 * and who builds what is still to be built. nixos-rebuild knows no `--store`.
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
 * The command line that uses a built kernel: nixos-rebuild's where the kernel is a host's, else the path of the result.
 * @param isHere whether the result is in the store of the evaluation, or only in that which built it.
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
  const host = /^nixosConfigurations\.(?:"([^"]+)"|([^."]+))\./.exec(installable.attribute);
  if (installable.kind === 'flake' && host !== null)
    return command(['--flake', `${installable.dir}#${host[1] ?? host[2] ?? ''}`, ...args]);
  // A NixOS of the channels: the evaluation of <nixpkgs/nixos> is nixos-rebuild's own.
  if (
    installable.kind === 'file' &&
    /(?:^|\/)nixos>?$/.test(installable.file) &&
    installable.attribute.startsWith('config.')
  )
    return command(args);
  return outPath;
}

function command(args: readonly string[]): string {
  return ['nixos-rebuild', 'switch', ...args.map(quoted)].join(' ');
}

function sharedArguments(nixArgs: readonly string[]): string[] {
  return nixArgs.flatMap((argument, i) => {
    const values = SHARED.get(argument);
    return values === undefined ? [] : nixArgs.slice(i, i + 1 + values);
  });
}

/** A word of a shell's command line. */
function quoted(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
