import { RefusedError } from '../model/errors.ts';
import { readDaemon } from '../daemon/client.ts';
import { reporter } from '../report/text/terminalReporter.ts';
import { style } from '../report/text/style.ts';

/** `falloutd status --follow`: shows what the daemon does, as `watch` itself would, until Ctrl-C or the daemon's end. */
export async function follow(stateDir: string, signal: AbortSignal): Promise<number> {
  const screen = reporter(process.stdout, style(process.stdout));
  try {
    const wasThere = await readDaemon(
      stateDir,
      (daemon) => daemon.events.$get(),
      (event) => screen.handle(event),
      signal,
    );
    if (!wasThere) throw new RefusedError({ message: 'no daemon runs', hint: '`falloutd watch` starts one' });
    if (!signal.aborted) screen.print(['the daemon has ended']);
    return 0;
  } finally {
    screen.close();
  }
}
