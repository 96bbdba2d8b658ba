#!/usr/bin/env -S node --max-semi-space-size=4
// V8's room for new objects stays at 8 MB, for a process that runs for weeks. By itself it grows to 33 MB in Node 20 and 134 MB in 24,
// and it can be set only when a process starts. `env -S` is in coreutils, FreeBSD and macOS; busybox lacks it.
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Config, Target } from './config/config.ts';
import { FalloutdError, UsageError } from './model/errors.ts';
import type { OutputOptions } from './cli/output.ts';
import type { History } from './state/history.ts';

type KconfigOptions = {
  tree: string;
  arch?: string;
  config: string | undefined;
  output?: string;
  json?: boolean;
  seed?: number;
  probability?: string;
  allconfig?: string;
  answers: string;
};
type Common = { config?: string; target?: string; state?: string; json?: boolean };

const interruption = new AbortController();

/** Each command is loaded when it is called: `history` need not wait for Nix's parser, nor `--version` for SQLite. */
function program(): Command {
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
  // Options may stand before or behind the command's name.
  const command = (name: string, description: string): Command =>
    falloutd.command(name).description(description).exitOverride();
  const printing = (name: string, description: string): Command =>
    command(name, description).option('--json', 'print JSON');

  command('init', 'add the managed patch to your kernel patches, after showing what changes')
    .option('--yes', 'do it without asking', false)
    .option('--inside', 'the managed patch inside the patches file, not in a file of its own', false)
    .option('--remove', 'take out every trace of it', false)
    .option('--host <name>', 'which host of the flake')
    .option('--patches <file>', 'the file with your kernel patches')
    .option('--name <name>', 'the name of the managed patch')
    .action(
      async (
        options: { yes: boolean; inside: boolean; remove: boolean; host?: string; patches?: string; name?: string },
        cmd: Command,
      ) => {
        const [{ init }, { findConfigFile }] = await Promise.all([
          import('./cli/init.ts'),
          import('./config/config.ts'),
        ]);
        const { config: named, state, target } = common(cmd);
        process.exitCode = await init({
          ...options,
          target,
          configFile: findConfigFile(named, process.cwd()),
          stateDir: state,
          pickTarget: (config) => targetOf(config, cmd),
          signal: interruption.signal,
        });
      },
    );
  command('watch', 'converge at the start and at each save, in the foreground').action(async (_, cmd: Command) => {
    const { watch } = await import('./cli/watch.ts');
    process.exitCode = await watch(await configOf(cmd), interruption.signal);
  });
  printing('once', 'one run to the fixed point')
    .option('--dry-run', 'show the diff, write nothing', false)
    .option('--fresh', 'release every entry first', false)
    .option('--strict', 'exit 1 when wishes were lost', false)
    .action(async (options: { dryRun: boolean; fresh: boolean; strict: boolean; json?: boolean }, cmd: Command) => {
      const once = options.dryRun ? (await import('./cli/dryRun.ts')).dryRun : (await import('./cli/once.ts')).once;
      const config = await configOf(cmd);
      process.exitCode = await once(config, targetOf(config, cmd), {
        ...options,
        json: options.json ?? false,
        signal: interruption.signal,
      });
    });
  printing('status', 'where each target stands')
    .option('--follow', 'stay and show what the daemon does')
    .action(async (options: { follow?: boolean }, cmd: Command) => {
      const [{ status }, { askDaemon }] = await Promise.all([import('./cli/status.ts'), import('./daemon/client.ts')]);
      const stateDir = await stateDirOf(cmd);
      const configured = await configuredTargets(cmd);
      const live = (await askDaemon(stateDir, (daemon) => daemon.live.$get())) ?? {};
      await print(cmd, (db, output) =>
        status(db, { ...output, oneLine: options.follow, target: common(cmd).target, live, configured }),
      );
      if (options.follow !== true) return;
      const { follow } = await import('./cli/follow.ts');
      process.exitCode = await follow(stateDir, { json: common(cmd).json ?? false, signal: interruption.signal });
    });
  printing('history', 'the runs and their iterations, the newest last')
    .addOption(new Option('--limit <n>', 'how many runs').argParser(count).default(20))
    .action(async (options: { limit: number }, cmd: Command) => {
      const { history } = await import('./cli/history.ts');
      await print(cmd, (db, output) => history(db, { ...output, limit: options.limit, target: common(cmd).target }));
    });
  printing('show', 'one iteration: its fallout, its entries, its log; or one kernel build')
    .argument('[iteration]', 'its number in `history`', count)
    .addOption(new Option('--build <n>', 'a kernel build, by its number in `builds`').argParser(count))
    .option('--log', 'print the transcript')
    .action(async (n: number | undefined, options: { build?: number; log?: boolean }, cmd: Command) => {
      if ((n === undefined) === (options.build === undefined))
        throw new UsageError({ message: 'name either an iteration or `--build N`' });
      const { show, showBuild } = await import('./cli/show.ts');
      await print(cmd, (db, output) =>
        options.build === undefined
          ? show(db, n ?? 0, { ...output, log: options.log })
          : showBuild(db, options.build, { ...output, log: options.log }),
      );
    });
  printing('build', 'build the whole kernel that was found stable')
    .option('--when-stable', 'when it is not stable now: converge first', false)
    .action(async (options: { whenStable: boolean; json?: boolean }, cmd: Command) => {
      const { build } = await import('./cli/build.ts');
      const config = await configOf(cmd);
      process.exitCode = await build(config, targetOf(config, cmd), {
        ...options,
        json: options.json ?? false,
        signal: interruption.signal,
      });
    });
  command('cancel', 'end the kernel build that the daemon has under way').action(async (_, cmd: Command) => {
    const { cancel } = await import('./cli/build.ts');
    const config = await configOf(cmd);
    process.stdout.write(await cancel(config, targetOf(config, cmd)));
  });
  printing('builds', 'the kernel builds with their durations and sizes, the newest last')
    .addOption(new Option('--limit <n>', 'how many').argParser(count).default(20))
    .action(async (options: { limit: number }, cmd: Command) => {
      const { builds } = await import('./cli/builds.ts');
      await print(cmd, (db, output) => builds(db, { ...output, limit: options.limit, target: common(cmd).target }));
    });
  printing('lost', 'the wishes that the resulting .config does not honour').action(async (_, cmd: Command) => {
    const { lost } = await import('./cli/lost.ts');
    await print(cmd, (db, output) => lost(db, { ...output, target: common(cmd).target }));
  });
  printing('diff', 'what changed between two iterations: symbols and patches')
    .argument('<a>', 'an iteration', count)
    .argument('<b>', 'another', count)
    .action(async (a: number, b: number, _, cmd: Command) => {
      const { diff } = await import('./cli/diff.ts');
      await print(cmd, (db, output) => diff(db, a, b, output));
    });
  const holding = (name: 'pause' | 'resume' | 'retry', description: string): void => {
    command(name, description).action(async (_, cmd: Command) => {
      const hold = await import('./cli/hold.ts');
      const config = await configOf(cmd);
      process.stdout.write(await hold[name](config, targetOf(config, cmd)));
    });
  };
  holding('pause', 'cancel what runs, and start nothing until resume');
  holding('resume', 'go on after pause or undo');
  holding('retry', 'let the daemon try again now');
  command('undo', 'put the managed patch back as it was before a run, and hold the target')
    .argument('[run]', 'its number in `history`; default: the last one that wrote', count)
    .action(async (run: number | undefined, _, cmd: Command) => {
      const { undo } = await import('./cli/hold.ts');
      const config = await configOf(cmd);
      process.stdout.write(await undo(config, targetOf(config, cmd), run ?? null));
    });
  printing('read', 'what a build log says: from a file (.gz too) or standard input')
    .argument('[log]', 'the file; - or none: standard input')
    .action(async (log: string | undefined, options: { json?: boolean }) => {
      const { read } = await import('./cli/read.ts');
      process.exitCode = await read(log, { json: options.json ?? false });
    });
  addKconfig(
    command('kconfig', 'configure a kernel source, and explain its symbols, without Nix and without its conf'),
  );
  command('demo', 'the main job on a host of its own, in a temporary folder')
    .option('--create <dir>', 'only make such a host in this folder')
    .option('--tree <linux>', 'on a real kernel source (a folder or an archive) instead of the small tree')
    .option('--patches <file>', 'its patches: `{ lib, ... }:` and a list, or a set whose `all` is the list')
    .action(async (options: { create?: string; tree?: string; patches?: string }) => {
      const { demo } = await import('./cli/demo.ts');
      process.exitCode = await demo({ ...options, signal: interruption.signal });
    });
  return falloutd;
}

/** `falloutd kconfig …`: the engine by hand. */
function addKconfig(kconfig: Command): void {
  const tree = (name: string, description: string): Command =>
    kconfig
      .command(name)
      .description(description)
      .exitOverride()
      .addOption(new Option('--tree <dir>', 'the kernel source').default('.'))
      .option('--arch <arch>', "Kbuild's ARCH; default: the machine's")
      .addHelpText('after', '\nHere --config is a .config (or defconfig), with which it begins.');
  // `--config` here is a .config, not falloutd's own configuration.
  const own = (cmd: Command): KconfigOptions => ({ ...cmd.opts<KconfigOptions>(), config: common(cmd).config });
  for (const mode of [
    'allnoconfig',
    'allyesconfig',
    'allmodconfig',
    'alldefconfig',
    'randconfig',
    'defconfig',
    'olddefconfig',
    'savedefconfig',
    'listnewconfig',
    'yes2modconfig',
    'mod2yesconfig',
    'mod2noconfig',
  ] as const) {
    const cmd = tree(mode, `what \`make ${mode}\` gives`).option(
      '--output <file>',
      'where it goes; default: standard output',
    );
    if (mode === 'randconfig') {
      cmd
        .addOption(new Option('--seed <n>', 'the same seed gives the same file, as KCONFIG_SEED').argParser(seed))
        .option('--probability <p>', 'per cent, as KCONFIG_PROBABILITY: 50, 30:30 or 50:30:30');
    }
    if (mode.startsWith('all') || mode === 'randconfig')
      cmd.option('--allconfig <file>', 'values to keep, as KCONFIG_ALLCONFIG');
    cmd.action(async (_, self: Command) => (await import('./cli/kconfig/configure.ts')).configure(mode, own(self)));
  }
  tree('explain', 'the value of symbols and why: of a .config (--config), or the defaults')
    .argument('<symbol...>')
    .option('--json', 'print JSON')
    .action(async (names: string[], _, self: Command) =>
      (await import('./cli/kconfig/explain.ts')).explainSymbols(names, own(self)),
    );
  tree('diff', 'what two .config files come to, symbol by symbol')
    .argument('<a>')
    .argument('<b>')
    .option('--json', 'print JSON')
    .action(async (a: string, b: string, _, self: Command) =>
      (await import('./cli/kconfig/explain.ts')).diffConfigs(a, b, own(self)),
    );
  tree('questions', 'the session of `make config`, answered from a file')
    .requiredOption('--answers <file>', 'one answer a line')
    .option('--output <file>', 'where the resulting .config goes')
    .action(async (_, self: Command) => (await import('./cli/kconfig/questions.ts')).questions(own(self)));
}

function common(cmd: Command): Common {
  return cmd.optsWithGlobals<Common>();
}

/** @throws RefusedError when a target's name belongs to another host. */
async function configOf(cmd: Command): Promise<Config> {
  const found = await foundConfig(cmd);
  const { assertNotTaken } = await import('./state/targetNames.ts');
  assertNotTaken(found);
  return found;
}

async function foundConfig(cmd: Command): Promise<Config> {
  const { findConfigFile, loadConfig } = await import('./config/config.ts');
  const { config, state } = common(cmd);
  const file = findConfigFile(config, process.cwd());
  if (file !== null) return loadConfig(file, state);
  const { discover } = await import('./setup/discover.ts');
  return (await discover({ cwd: process.cwd(), stateDir: state, signal: interruption.signal })).config;
}

/** Where the database stands, without asking Nix what the folder one stands in is about. */
async function stateDirOf(cmd: Command): Promise<string> {
  const { config, state } = common(cmd);
  if (state !== undefined) return state;
  const { defaultStateDir, findConfigFile, loadConfig } = await import('./config/config.ts');
  const file = findConfigFile(config, process.cwd());
  return file === null ? defaultStateDir() : loadConfig(file, undefined).stateDir;
}

/** The targets of the configuration file. Who names the database needs none: then a broken one that lies about is no error. */
async function configuredTargets(cmd: Command): Promise<Target[]> {
  const { findConfigFile, loadConfig } = await import('./config/config.ts');
  const { config, state } = common(cmd);
  const file = findConfigFile(config, process.cwd());
  try {
    return file === null ? [] : loadConfig(file, state).targets;
  } catch (error) {
    if (state !== undefined && config === undefined && error instanceof UsageError) return [];
    throw error;
  }
}

function targetOf(config: Config, cmd: Command): Target {
  const { target: name } = common(cmd);
  const names = config.targets.map((t) => t.name).join(', ');
  const target = name === undefined ? config.targets[0] : config.targets.find((t) => t.name === name);
  if (target === undefined)
    throw new UsageError({ message: `there is no target \`${name ?? ''}\``, hint: `there are: ${names}` });
  if (name === undefined && config.targets.length > 1)
    throw new UsageError({ message: 'there is more than one target', hint: `name one with --target: ${names}` });
  return target;
}

/** Opens the database for reading and prints what a command makes of it. */
async function print(cmd: Command, render: (db: History, options: OutputOptions) => string): Promise<void> {
  const [{ openHistory }, { printText }] = await Promise.all([import('./state/history.ts'), import('./cli/output.ts')]);
  const db = openHistory(await stateDirOf(cmd), { readonly: true });
  try {
    printText((style) => render(db, { json: common(cmd).json, style }));
  } finally {
    db.close();
  }
}

/** As conf takes it, decimal or 0x…, and prints it. */
function seed(text: string): number {
  const n = /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : NaN;
  if (!(n < 2 ** 32)) throw new InvalidArgumentError('give a number from 0 to 0xffffffff.');
  return n;
}

function count(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('give a whole number from 1 on.');
  return n;
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return text;
}

function interrupt(): void {
  // The second time, whoever waits no longer wants to.
  if (interruption.signal.aborted) process.exit(130);
  interruption.abort('interrupted');
}

process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
process.on('SIGHUP', interrupt);
// `falloutd history | head` closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof FalloutdError) {
    const { printProblem } = await import('./cli/output.ts');
    printProblem(error.problem);
    process.exitCode = error.exitCode;
  } else if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    throw error;
  }
}
