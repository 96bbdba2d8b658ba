import type { Command } from '@commander-js/extra-typings';
import { tellDaemon } from '../daemon/client.ts';
import { openHistory } from '../state/historyDatabase.ts';
import { setHold } from '../state/targets.ts';
import { configAndTarget } from './commandLine.ts';
import { interruption } from './interruption.ts';

/** `falloutd pause`: what runs is cancelled, and saves start nothing until `resume`. Works with and without a daemon. */
export function pauseCommand(command: Command): void {
  command.description('cancel what runs, and start nothing until resume').action(async (_, self) => {
    const [config, target] = await configAndTarget(self);
    if ((await tellDaemon(config, target, 'pause', interruption)) === null) {
      const history = openHistory(config.stateDir);
      setHold(history, target.name, { kind: 'paused', since: new Date().toISOString() });
      history.close();
    }
    process.stdout.write(`${target.name} is paused; \`falloutd resume\` ends the pause\n`);
  });
}
