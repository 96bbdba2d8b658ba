import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import { fromConfig, fromDiff, type PatchOptions } from './fromConfig.ts';

/** The arguments of `falloutd patch …`: facts as kernel patches in Nix. */
export function patchCommand(patch: Command): void {
  patch.description('turn what you have into kernel patches in Nix, on standard output');
  addSubcommand(patch, 'from-config', 'a .config, compressed or not; running: that of this machine')
    .argument('<file>', 'a .config, config.gz, a linux-config of the store, or running')
    .action(async (file, _, self) => {
      process.exitCode = await fromConfig(file, self, ownOptions(self));
    });
  addSubcommand(patch, 'from-diff', 'the lines of scripts/diffconfig or of diff -u between two .configs')
    .argument('<file>', 'the file; - is standard input')
    .action(async (file, _, self) => {
      process.exitCode = await fromDiff(file, self, ownOptions(self));
    });
}

function addSubcommand(patch: Command, name: string, description: string) {
  return patch
    .command(name)
    .description(description)
    .exitOverride()
    .showHelpAfterError(`(falloutd patch ${name} --help shows how it is used)`)
    .option('--against <file>', 'ask only for what differs from this .config; default: from what the target comes to')
    .option('--tree <dir>', 'without a target: a kernel source, where --config names the present .config')
    .option('--arch <arch>', "with --tree: Kbuild's ARCH; default: the machine's")
    .option('--all', 'also the settings that follow from others')
    .option('--output <file>', 'where the patches go; default: standard output')
    .option('--json', 'print JSON');
}

const ownOptions = (command: CommandUnknownOpts): PatchOptions => command.opts();
