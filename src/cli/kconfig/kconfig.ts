import { InvalidArgumentError, Option, type Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { sharedOptions } from '../commandLine.ts';
import { configure, MODES, type ConfigureOptions } from './configure.ts';
import { diffConfigs, explainSymbols } from './explain.ts';
import type { TreeOptions } from './load.ts';
import { listModules } from './modules.ts';
import { wantInTree } from './want.ts';
import { questions } from './questions.ts';

const RUNS =
  'The Kconfig files of the tree run shell commands on this machine, as with conf. Mind whose tree it is, or use --no-shell.';

/** The arguments of `falloutd kconfig …`: the Kconfig engine by hand. */
export function kconfigCommand(kconfig: Command): void {
  kconfig
    .description('configure a kernel source, and explain its symbols, without Nix and without its conf')
    .addHelpText('after', `\n${RUNS}`);
  for (const mode of MODES) addMode(kconfig, mode);
  addSubcommand(kconfig, 'explain', 'the value of symbols and why: of a .config (--config), or the defaults')
    .argument('<symbol...>')
    .option('--json', 'print JSON')
    .action(async (names, _, self) => explainSymbols(names, ownOptions(self)));
  addSubcommand(kconfig, 'want', 'further lines of a .config (--config) that give a symbol a value')
    .argument('<symbol=value...>')
    .option('--all', 'list all that would also change')
    .option('--json', 'print JSON')
    .action(async (words, _, self) => {
      process.exitCode = await wantInTree(words, ownOptions(self));
    });
  addSubcommand(kconfig, 'diff', 'what two .config files come to, symbol by symbol')
    .argument('<from-file>')
    .argument('<to-file>')
    .option('--json', 'print JSON')
    .action(async (a, b, _, self) => diffConfigs(a, b, ownOptions(self)));
  addSubcommand(kconfig, 'questions', 'the session of `make config`, answered from a file')
    .requiredOption('--answers <file>', 'one answer a line')
    .option('--output <file>', 'where the resulting .config goes')
    .action(async ({ answers }, self) => questions({ ...ownOptions(self), answers }));
  addTreeCommand(kconfig, 'modules', 'every module, its symbols, and what a .config (--config) makes of it: y, m or n')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nHere --config names a finished .config. Nothing of the tree is run.')
    .action(async (_, self) => listModules(ownOptions(self)));
}

function addMode(kconfig: Command, mode: (typeof MODES)[number]): void {
  const command: CommandUnknownOpts = addSubcommand(kconfig, mode, `what \`make ${mode}\` gives`).option(
    '--output <file>',
    'where it goes; default: standard output',
  );
  if (mode === 'randconfig') {
    command
      .addOption(new Option('--seed <n>', 'the same seed gives the same file, as KCONFIG_SEED').argParser(seed))
      .option('--probability <p>', 'per cent, as KCONFIG_PROBABILITY: 50, 30:30 or 50:30:30');
  }
  if (mode.startsWith('all') || mode === 'randconfig')
    command.option('--allconfig <file>', 'values to keep, as KCONFIG_ALLCONFIG');
  command.action(async () => configure(mode, ownOptions(command)));
}

function addSubcommand(kconfig: Command, name: string, description: string) {
  return addTreeCommand(kconfig, name, description)
    .option('--no-shell', 'run nothing: every $(shell,…) of the tree gives an empty text')
    .addHelpText('after', `\nHere --config names the .config (or defconfig) to start from.\n${RUNS}`);
}

function addTreeCommand(kconfig: Command, name: string, description: string) {
  return kconfig
    .command(name)
    .description(description)
    .exitOverride()
    .showHelpAfterError(`(falloutd kconfig ${name} --help shows how it is used)`)
    .option('--tree <dir>', 'the kernel source', '.')
    .option('--arch <arch>', "Kbuild's ARCH; default: the machine's");
}

/** `--config` here is a .config, not falloutd's own configuration. */
function ownOptions(command: CommandUnknownOpts): TreeOptions & ConfigureOptions & { json?: boolean } {
  return { ...(command.opts() as TreeOptions & ConfigureOptions), config: sharedOptions(command).config };
}

/** As conf takes it, decimal or 0x…, and prints it. */
function seed(text: string): number {
  const n = /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : NaN;
  if (!(n < 2 ** 32)) throw new InvalidArgumentError('Give a number from 0 to 0xffffffff.');
  return n;
}
