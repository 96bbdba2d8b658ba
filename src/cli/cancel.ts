import type { Command } from '@commander-js/extra-typings';
import { noDaemon, tellDaemon } from '../daemon/client.ts';
import { configAndTarget } from './commandLine.ts';
import { interruption } from './interruption.ts';

/** `falloutd cancel`: ends the daemon's kernel build of a target. Refuses when there is none. */
export function cancelCommand(command: Command): void {
  command.description('end the kernel build that the daemon has under way').action(async (_, self) => {
    const [config, target] = await configAndTarget(self);
    if ((await tellDaemon(config, target, 'cancel', interruption)) === null)
      throw noDaemon(config, 'a build in the foreground ends with Ctrl-C');
    process.stdout.write(`the kernel build of ${target.name} is cancelled\n`);
  });
}
