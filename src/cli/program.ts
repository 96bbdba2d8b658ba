import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { wholeFile } from '../system/wholeFile.ts';

type Load = () => Promise<(command: Command) => void>;

/** Every command by its group, in the order of `--help`: the file of each adds its description, its arguments and what it does. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  'Everyday:': {
    init: async () => (await import('./init.ts')).initCommand,
    watch: async () => (await import('./watch.ts')).watchCommand,
    once: async () => (await import('./once.ts')).onceCommand,
    predict: async () => (await import('./predict.ts')).predictCommand,
    status: async () => (await import('./status.ts')).statusCommand,
  },
  'Understand:': {
    lost: async () => (await import('./lost.ts')).lostCommand,
    why: async () => (await import('./why.ts')).whyCommand,
    want: async () => (await import('./want.ts')).wantCommand,
    history: async () => (await import('./history.ts')).historyCommand,
    show: async () => (await import('./show.ts')).showCommand,
    diff: async () => (await import('./diff.ts')).diffCommand,
    config: async () => (await import('./config.ts')).configCommand,
    read: async () => (await import('./read.ts')).readCommand,
  },
  'Steer:': {
    pause: async () => (await import('./pause.ts')).pauseCommand,
    resume: async () => (await import('./resume.ts')).resumeCommand,
    retry: async () => (await import('./retry.ts')).retryCommand,
    undo: async () => (await import('./undo.ts')).undoCommand,
    tidy: async () => (await import('./tidy.ts')).tidyCommand,
  },
  'Kernel:': {
    preflight: async () => (await import('./preflight.ts')).preflightCommand,
    build: async () => (await import('./build.ts')).buildCommand,
    cancel: async () => (await import('./cancel.ts')).cancelCommand,
    builds: async () => (await import('./builds.ts')).buildsCommand,
    booted: async () => (await import('./booted.ts')).bootedCommand,
    measure: async () => (await import('./measure.ts')).measureCommand,
    rehearse: async () => (await import('./rehearse.ts')).rehearseCommand,
  },
  'Make patches:': {
    patch: async () => (await import('./patch/patch.ts')).patchCommand,
  },
  'More:': {
    kconfig: async () => (await import('./kconfig/kconfig.ts')).kconfigCommand,
    completion: async () => (await import('./completion.ts')).completionCommand,
    demo: async () => (await import('./demo.ts')).demoCommand,
  },
};

const NAMES = Object.values(GROUPS).flatMap((commands) => Object.keys(commands));

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
    .option('--target <target>', 'one of the configured targets')
    .option('--state <dir>', 'where the database stands')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(falloutd --help lists the commands)')
    .showSuggestionAfterError()
    .exitOverride();
  const called = calledBy(words);
  for (const [group, commands] of Object.entries(GROUPS)) {
    falloutd.commandsGroup(group);
    for (const [name, load] of Object.entries(commands)) {
      const command = falloutd
        .command(name)
        .exitOverride()
        .showHelpAfterError(`(falloutd ${name} --help shows how it is used)`);
      if (called === 'all' || called === name) (await load())(command);
    }
  }
  falloutd.helpCommand(true);
  return falloutd;
}

/** The command that words call; options may stand before it, with values that look like one. */
function calledBy(words: readonly string[]): string {
  const [first = 'help'] = words;
  if (first === '--version') return 'none';
  const called = words.find((word, i) => NAMES.includes(word) && !TAKES_A_VALUE.includes(words[i - 1] ?? ''));
  return called === undefined || ['help', '--help', '-h'].includes(first) ? 'all' : called;
}

function version(): string {
  const text = wholeFile(new URL('../../package.json', import.meta.url)).toString('utf8');
  return (JSON.parse(text) as { version: string }).version;
}
