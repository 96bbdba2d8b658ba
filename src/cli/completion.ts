import { Argument, type Command } from '@commander-js/extra-typings';
import { wholeFile } from '../system/wholeFile.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The arguments of `falloutd completion`: prints the script that makes a shell complete falloutd's command line. */
export function completionCommand(command: Command): void {
  command
    .description('print the script that completes this command line in your shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS))
    .action((shell) => {
      process.stdout.write(wholeFile(new URL(`../completion/falloutd.${shell}`, import.meta.url)));
    });
}
