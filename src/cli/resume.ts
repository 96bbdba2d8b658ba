import type { Command } from '@commander-js/extra-typings';
import { tellDaemon } from '../daemon/client.ts';
import { openHistory } from '../state/historyDatabase.ts';
import { setHold } from '../state/targets.ts';
import { configAndTarget } from './commandLine.ts';
import { interruption } from './interruption.ts';

/** `falloutd resume`: ends a hold; a running daemon converges at once. */
export function resumeCommand(command: Command): void {
  command.description('continue after pause or undo').action(async (_, self) => {
    const [config, target] = await configAndTarget(self);
    if ((await tellDaemon(config, target, 'resume', interruption)) !== null) {
      process.stdout.write(`${target.name} is no longer held; a run begins now\n`);
      return;
    }
    const history = openHistory(config.stateDir);
    setHold(history, target.name, null);
    history.close();
    process.stdout.write(
      `${target.name} is no longer held. No daemon is running: start one with \`falloutd watch\`, or do one run with \`falloutd once\`\n`,
    );
  });
}
