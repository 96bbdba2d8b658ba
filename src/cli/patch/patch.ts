import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import { cpu } from './cpu.ts';
import { fromConfig, fromDiff, type PatchOptions } from './fromConfig.ts';
import { fromHardware, fromModules } from './fromMachine.ts';

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
  addMachineCommand(patch, 'from-modules', 'keep what is loaded, and turn off the other drivers')
    .argument('<file...>', "lsmod's lines, modprobed-db's list, compressed or not; live: what is loaded here")
    .option('--functionality', 'turn off file systems, netfilter, ciphers and the like, too, where they are not loaded')
    .option('--additive', 'ask for what is loaded in a kernel that lacks it, as from tinyconfig, and turn nothing off')
    .action(async (files, _, self) => {
      process.exitCode = await fromModules(files, self, self.opts());
    });
  addMachineCommand(patch, 'from-hardware', "keep the drivers of a machine's devices, and turn off the others")
    .argument('<file...>', 'modaliases of sysfs in files or folders, lines of lspci -nnk and lsusb; live: this machine')
    .option(
      '--modules <dir>',
      'the modules of a stock kernel, which tell the devices; default: those of the running one, or from a cache',
    )
    .option('--only-present', 'also turn off the drivers of what people plug in later')
    .action(async (files, _, self) => {
      process.exitCode = await fromHardware(files, self, self.opts());
    });
  addCpuCommand(patch);
}

function addCpuCommand(patch: Command): void {
  addPlainSubcommand(patch, 'cpu', "have the kernel's compiler compile it for one processor, by default this machine's")
    .option('--cpu <name>', 'the processor, as -march has it')
    .action(async (_, self) => {
      process.exitCode = await cpu(self, self.opts());
    });
}

function addMachineCommand(patch: Command, name: string, description: string) {
  return addSubcommand(patch, name, description).option(
    '--keep <name...>',
    'symbols and modules that stay in any case',
  );
}

function addSubcommand(patch: Command, name: string, description: string) {
  return addPlainSubcommand(patch, name, description)
    .option('--against <file>', 'ask only for what differs from this .config; default: from what the target comes to')
    .option('--tree <dir>', 'without a target: a kernel source, where --config names the present .config')
    .option('--arch <arch>', "with --tree: Kbuild's ARCH; default: the machine's")
    .option('--all', 'also the settings that follow from others');
}

function addPlainSubcommand(patch: Command, name: string, description: string) {
  return patch
    .command(name)
    .description(description)
    .exitOverride()
    .showHelpAfterError(`(falloutd patch ${name} --help shows how it is used)`)
    .option('--output <file>', 'where the Nix goes; default: standard output')
    .option('--json', 'print JSON');
}

const ownOptions = (command: CommandUnknownOpts): PatchOptions => command.opts();
