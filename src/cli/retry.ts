import type { Command } from '@commander-js/extra-typings';
import { noDaemon, tellDaemon } from '../daemon/client.ts';
import { configAndTarget } from './commandLine.ts';
import { interruption } from './interruption.ts';

/** `falloutd retry`: asks the daemon for a run now. Refuses when none runs. */
export function retryCommand(command: Command): void {
  command.description('let the daemon try again now').action(async (_, self) => {
    const [config, target] = await configAndTarget(self);
    if ((await tellDaemon(config, target, 'retry', interruption)) === null)
      throw noDaemon(config, '`falloutd once` does one run');
    process.stdout.write(`falloutd tries ${target.name} again now\n`);
  });
}
