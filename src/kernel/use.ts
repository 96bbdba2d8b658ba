import type { Installable } from '../nix/installable.ts';

/** Arguments of nix that settle what is evaluated, with how many values each takes: nixos-rebuild has to get them too. */
const EVALUATION = new Map([['-I', 1], ['--override-input', 2], ['--impure', 0]]);

/** The command line that uses a built kernel: nixos-rebuild's where the kernel is a host's, else the path of the result. */
export function howToUse({ installable, nixArgs }: { installable: Installable; nixArgs: readonly string[] }, outPath: string): string {
  const host = /^nixosConfigurations\.(?:"([^"]+)"|([^."]+))\./.exec(installable.attribute);
  if (installable.kind === 'flake' && host !== null) {
    return command(['--flake', `${installable.dir}#${host[1] ?? host[2] ?? ''}`, ...evaluationArguments(nixArgs)]);
  }
  // A NixOS of the channels: the evaluation of <nixpkgs/nixos> is nixos-rebuild's own.
  if (installable.kind === 'file' && /(?:^|\/)nixos>?$/.test(installable.file) && installable.attribute.startsWith('config.')) {
    return command(evaluationArguments(nixArgs));
  }
  return outPath;
}

function command(args: readonly string[]): string {
  return ['nixos-rebuild', 'switch', ...args.map(quoted)].join(' ');
}

function evaluationArguments(nixArgs: readonly string[]): string[] {
  return nixArgs.flatMap((argument, i) => {
    const values = EVALUATION.get(argument);
    return values === undefined ? [] : nixArgs.slice(i, i + 1 + values);
  });
}

/** A word of a shell's command line. */
function quoted(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
