import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { wholeFile } from '../system/wholeFile.ts';

/** Every command in the order of `--help`: the file of each adds its description, its arguments and what it does. */
const COMMANDS: Readonly<Record<string, () => Promise<(command: Command) => void>>> = {
  init: async () => (await import('./init.ts')).initCommand,
  watch: async () => (await import('./watch.ts')).watchCommand,
  once: async () => (await import('./once.ts')).onceCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  history: async () => (await import('./history.ts')).historyCommand,
  show: async () => (await import('./show.ts')).showCommand,
  build: async () => (await import('./build.ts')).buildCommand,
  cancel: async () => (await import('./cancel.ts')).cancelCommand,
  builds: async () => (await import('./builds.ts')).buildsCommand,
  lost: async () => (await import('./lost.ts')).lostCommand,
  diff: async () => (await import('./diff.ts')).diffCommand,
  pause: async () => (await import('./pause.ts')).pauseCommand,
  resume: async () => (await import('./resume.ts')).resumeCommand,
  retry: async () => (await import('./retry.ts')).retryCommand,
  undo: async () => (await import('./undo.ts')).undoCommand,
  read: async () => (await import('./read.ts')).readCommand,
  kconfig: async () => (await import('./kconfig/kconfig.ts')).kconfigCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
};

const TAKES_A_VALUE = ['--config', '--target', '--state'];

/**
 * The command line of falloutd. Only the command that `words` call is loaded: `history` need not wait for the Nix parser, nor
 * `--version` for SQLite. Help for all, and a name that is none, load all.
 */
export async function program(words: readonly string[]): Promise<CommandUnknownOpts> {
  const falloutd = new Command('falloutd')
    .description('Watches a NixOS kernel configuration and absorbs its fallout until the config builds.')
    .version(version(), '--version')
    .option('--config <file>', "configuration; default: ./falloutd.toml, then the user's own")
    .option('--target <name>', 'one of the configured targets')
    .option('--state <dir>', 'where the database stands')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(falloutd --help lists the commands)')
    .showSuggestionAfterError()
    .exitOverride();
  const called = calledBy(words);
  for (const [name, load] of Object.entries(COMMANDS)) {
    const command = falloutd
      .command(name)
      .exitOverride()
      .showHelpAfterError(`(falloutd ${name} --help shows how it is used)`);
    if (called === 'all' || called === name) (await load())(command);
  }
  return falloutd;
}

/** The command that words call; options may stand before it, with values that look like one. */
function calledBy(words: readonly string[]): string {
  const [first = 'help'] = words;
  if (first === '--version') return 'none';
  const called = words.find((word, i) => Object.hasOwn(COMMANDS, word) && !TAKES_A_VALUE.includes(words[i - 1] ?? ''));
  return called === undefined || ['help', '--help', '-h'].includes(first) ? 'all' : called;
}

function version(): string {
  const text = wholeFile(new URL('../../package.json', import.meta.url)).toString('utf8');
  return (JSON.parse(text) as { version: string }).version;
}
