import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import { configInFile, configOf, sharedOptions, targetOf } from './commandLine.ts';
import { interruption } from './interruption.ts';
import type { Config } from '../config/config.ts';
import { Service, type ServiceNews } from '../daemon/service.ts';
import { UsageError } from '../model/errors.ts';
import { problemLines } from '../report/text/problemLines.ts';
import { logger } from '../report/text/jsonReporter.ts';
import { reporter, type Reporter } from '../report/text/terminalReporter.ts';
import { hanging, style, type Style } from '../report/text/style.ts';
import { serviceManager } from '../system/serviceManager.ts';
import { INTERRUPTED } from './runExitCode.ts';
import { shortPath } from '../system/shortPath.ts';
import { listenToKeys, type Keyboard } from './keyboard.ts';
import { WatchKeys } from './watchKeys.ts';

/**
 * `falloutd watch`: converges at the start and at each save, until it is told to end. A changed configuration takes effect
 * at once; one with errors is reported, and the old one stays in force.
 * @returns the exit code: 130 after Ctrl-C, 0 for a service that was told to end.
 */
export async function watch(config: Config, signal: AbortSignal, only?: string): Promise<number> {
  const notifyManager = serviceManager();
  const look = style(process.stdout);
  const screen = process.stdout.isTTY
    ? reporter(process.stdout, look, { bell: config.notify })
    : logger(process.stdout);
  const hasKeys = look.live && process.stdin.isTTY;
  const quit = new AbortController();
  const ending = AbortSignal.any([signal, quit.signal]);
  let keyboard: Keyboard | null = null;
  const tellManager = async (state: string): Promise<void> => {
    const failure = await notifyManager(state);
    if (failure !== null) screen.print([failure]);
  };
  try {
    const service = await Service.start(config, {
      onEvent: (event) => {
        screen.handle(event);
        keyboard?.check();
      },
      onNews: (news) => screen.print(newsLines(news, look, hasKeys)),
      configReadAt: performance.timeOrigin,
      only,
    });
    // Ready means that saves are seen and commands answered, not that anything is stable.
    await tellManager('READY=1');
    if (hasKeys) keyboard = answerKeys(service, config.stateDir, screen, () => quit.abort());
    await aborted(ending);
    await tellManager('STOPPING=1');
    await service.stop();
    return signal.reason === 'SIGINT' ? INTERRUPTED : 0;
  } finally {
    keyboard?.close();
    screen.close();
  }
}

function answerKeys(service: Service, stateDir: string, screen: Reporter, quit: () => void): Keyboard {
  const keys = new WatchKeys(service, stateDir, screen, () => style(process.stdout), quit);
  return listenToKeys(process.stdin, (key) => void keys.press(key));
}

function newsLines(news: ServiceNews, look: Style, hasKeys: boolean): readonly string[] {
  switch (news.kind) {
    case 'notices':
      return news.lines;
    case 'serving': {
      const { targets, stateDir } = news.config;
      const files = targets.map((target) => shortPath(target.patchesFile)).join(', ');
      const howToEnd = hasKeys ? '; ? lists the keys, q ends it' : process.stdin.isTTY ? '; end it with Ctrl-C' : '';
      return hanging('', `falloutd watches ${files}; state in ${shortPath(stateDir)}${howToEnd}`, look.width);
    }
    case 'reload-failed':
      return problemLines('the old configuration stays in force: ', news.problem, look);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // A pending promise alone does not keep Node alive; while only directories are watched, this does.
  const alive = setInterval(() => undefined, 0x7fffffff);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  clearInterval(alive);
}

/** `falloutd watch --check`: touches nothing, neither the files that the configuration names nor a state directory. */
async function checkConfig(command: CommandUnknownOpts): Promise<void> {
  const config = await configInFile(command);
  if (config === null)
    throw new UsageError({ message: 'there is no configuration here', hint: 'name one with --config FILE' });
  if (sharedOptions(command).target !== undefined) targetOf(config, command);
}

/** The arguments of `falloutd watch`. */
export function watchCommand(command: Command): void {
  command
    .description('converge at the start and at each save, in the foreground')
    .option('--check', 'only read the configuration, and say what is wrong with it')
    .action(async ({ check = false }, self) => {
      if (check) {
        await checkConfig(self);
        return;
      }
      const config = await configOf(self);
      const { target: only } = sharedOptions(self);
      const targets = only === undefined ? config.targets : [targetOf(config, self)];
      process.exitCode = await watch({ ...config, targets }, interruption, only);
    });
}
