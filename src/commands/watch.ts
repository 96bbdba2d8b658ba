import { endLeftBehind } from '../children.ts';
import type { Config } from '../config.ts';
import { startDaemon } from '../daemon.ts';
import { closeUnfinished } from '../history/record.ts';
import { openHistory } from '../history/open.ts';
import { takeLock } from '../lock.ts';
import { removeLeftovers } from '../patches/write.ts';
import { socketPath } from '../serve/address.ts';
import { routes, serveSocket } from '../serve/server.ts';
import type { TargetLoop } from '../targetLoop.ts';
import { undoRun, type Undone } from '../undo.ts';
import { shortPath } from '../terminal/phrases.ts';
import { reporter } from '../terminal/live.ts';
import { style } from '../terminal/style.ts';

/** `falloutd watch`: converges at the start and at each save, until it is told to end. @returns the exit code. */
export async function watch(config: Config, signal: AbortSignal): Promise<number> {
  const lock = takeLock(config.stateDir);
  const history = openHistory(config.stateDir);
  closeUnfinished(history);
  await endLeftBehind(history);
  const screen = reporter(process.stdout, style(process.stdout));
  screen.print([...history.notices, `falloutd watches ${config.targets.map((t) => shortPath(t.patchesFile)).join(', ')}; state in ${shortPath(config.stateDir)}; end it with Ctrl-C`]);
  for (const { managedFile } of config.targets) await removeLeftovers(managedFile);
  const daemon = startDaemon(config, history, (event) => screen.handle(event));
  const undo = async (loop: TargetLoop, run: number | null): Promise<Undone> => {
    loop.hold('undone');
    return await undoRun(loop.target, history, run, (path, content) => loop.expect(path, content));
  };
  const server = await serveSocket(routes(daemon, undo), socketPath(config.stateDir));
  try {
    await aborted(signal);
    await server.close();
    await daemon.stop();
    return 0;
  } finally {
    screen.close();
    history.close();
    lock.release();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // A pending promise alone does not keep Node alive; while only directories are watched, this does.
  const alive = setInterval(() => undefined, 0x7fffffff);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  clearInterval(alive);
}
