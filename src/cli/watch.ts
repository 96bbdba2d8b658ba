import { loadConfig, type Config } from '../config/config.ts';
import { startDaemon, type Daemon } from '../daemon/daemon.ts';
import { FalloutdError } from '../model/errors.ts';
import { startHooks } from '../daemon/hooks.ts';
import type { History } from '../state/history.ts';
import { KernelBuilds } from '../build/queue.ts';
import { mendLeftovers } from '../system/leftovers.ts';
import { socketPath } from '../daemon/address.ts';
import { routes, serveSocket } from '../daemon/server.ts';
import { claimTargets } from '../state/targetNames.ts';
import { serviceManager } from '../system/serviceManager.ts';
import { openState } from '../state/stateDirectory.ts';
import { refuseStateInFlake } from '../state/stateInFlake.ts';
import { reporter, type Reporter } from '../report/text/terminalReporter.ts';
import { logger } from '../report/text/jsonReporter.ts';
import { problemLines } from '../report/text/problemLines.ts';
import { shortPath } from '../system/shortPath.ts';
import { style } from '../report/text/style.ts';
import { undoRun } from '../run/undo.ts';
import { watchInputs } from '../system/inputWatch.ts';
import type { RunEvent } from '../model/event.ts';

/**
 * `falloutd watch`: converges at the start and at each save, until it is told to end. A changed configuration takes
 * effect at once; one with errors is told, and the old one stays in force. @returns the exit code.
 */
export async function watch(config: Config, signal: AbortSignal): Promise<number> {
  const manager = serviceManager();
  const { history, close } = await openState(config);
  const look = style(process.stdout);
  const screen = process.stdout.isTTY ? reporter(process.stdout, look) : logger(process.stdout);
  screen.print(history.notices);
  // What outlives a changed configuration: the socket, who follows through it, and the kernel builds.
  const kernels = new KernelBuilds(history);
  const followers = new Set([(event: RunEvent) => screen.handle(event)]);
  const emit = (event: RunEvent): void => followers.forEach((follower) => follower(event));
  await mend(config);
  let serving = Promise.resolve(serve(config, history, screen, emit, kernels));
  const server = await serveSocket(
    routes({
      daemon: async () => (await serving).daemon,
      follow: (follower) => {
        followers.add(follower);
        return () => followers.delete(follower);
      },
      undo: async (loop, run) => {
        loop.hold('undone');
        return await undoRun(loop.target, history, run, (path, content) => loop.expect(path, content));
      },
    }),
    socketPath(config.stateDir),
  );
  const hooksBefore: HookRunner[] = [];
  let reloading = Promise.resolve();
  const watcher = watchInputs(() => {
    reloading = reloading.then(async () => {
      try {
        const next = loadConfig(config.file ?? '', config.stateDir);
        await refuseStateInFlake(next);
        claimTargets(history, next.targets);
        await mend(next);
        // Whoever asks meanwhile waits for the new daemon. It begins in the very moment in which the old one ends: no end of a kernel build is missed.
        serving = serving.then(async ({ daemon, hooks }) => {
          await daemon.stop();
          hooksBefore.push(hooks);
          return serve(next, history, screen, emit, kernels);
        });
        await serving;
      } catch (error) {
        if (!(error instanceof FalloutdError)) throw error;
        screen.print(problemLines('the old configuration stays in force: ', error.problem, look));
      }
    });
  });
  if (config.file !== null) watcher.set([config.file], Date.now());
  const tellManager = async (state: string): Promise<void> => {
    const failure = await manager.tell(state);
    if (failure !== null) screen.print([failure]);
  };
  try {
    // Ready means that saves are seen and commands answered, not that anything is stable.
    await tellManager('READY=1');
    await aborted(signal);
    await tellManager('STOPPING=1');
    watcher.close();
    await reloading;
    await kernels.stop();
    await server.close();
    const { daemon, hooks } = await serving;
    await daemon.stop();
    await Promise.all([...hooksBefore, hooks].map(async (each) => each.settled()));
    return 0;
  } finally {
    screen.close();
    close();
  }
}

async function mend(config: Config): Promise<void> {
  for (const { managedFile } of config.targets) await mendLeftovers(managedFile);
}

type HookRunner = ReturnType<typeof startHooks>;

/** Serves one configuration: the targets' loops, and the hooks that hear of their runs. */
function serve(
  config: Config,
  history: History,
  screen: Reporter,
  emit: (event: RunEvent) => void,
  kernels: KernelBuilds,
): { daemon: Daemon; hooks: HookRunner } {
  screen.print([
    `falloutd watches ${config.targets.map((t) => shortPath(t.patchesFile)).join(', ')}; state in ${shortPath(config.stateDir)}${process.stdin.isTTY ? '; end it with Ctrl-C' : ''}`,
  ]);
  const hooks = startHooks(config.hooks, history);
  const daemon = startDaemon(
    config,
    history,
    (event) => {
      emit(event);
      hooks.handle(event);
    },
    kernels,
  );
  return { daemon, hooks };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // A pending promise alone does not keep Node alive; while only directories are watched, this does.
  const alive = setInterval(() => undefined, 0x7fffffff);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  clearInterval(alive);
}
