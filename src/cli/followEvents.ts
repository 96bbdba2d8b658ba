import { RefusedError } from '../model/errors.ts';
import { readDaemon } from '../daemon/client.ts';
import type { RunEvent } from '../model/event.ts';
import { documentText } from '../report/data/documents.ts';
import { reporter } from '../report/text/terminalReporter.ts';
import { style } from '../report/text/style.ts';

/**
 * `falloutd status --follow`: shows what the daemon does, as `watch` itself would, until Ctrl-C or the daemon's end;
 * as JSON, every event is a document on a line of its own.
 */
export async function followEvents(
  stateDir: string,
  { json, signal }: { json: boolean; signal: AbortSignal },
): Promise<number> {
  const screen = reporter(process.stdout, style(process.stdout));
  const show = (event: RunEvent): void => {
    if (json) process.stdout.write(documentText({ event }));
    else screen.handle(event);
  };
  try {
    const wasThere = await readDaemon(stateDir, (daemon) => daemon.events.$get(), show, signal);
    if (!wasThere) throw new RefusedError({ message: 'no daemon runs', hint: '`falloutd watch` starts one' });
    if (!signal.aborted && !json) screen.print(['the daemon has ended']);
    return 0;
  } finally {
    screen.close();
  }
}
