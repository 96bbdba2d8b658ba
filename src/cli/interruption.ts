import { errorCode } from '../system/fileErrors.ts';

const controller = new AbortController();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborts, with the signal's name for its reason, when the user or whoever manages the process wants it to end. */
export const interruption: AbortSignal = controller.signal;

/**
 * Ends by `interruption`, too, when whoever reads what falloutd prints has left (`falloutd history | head`), and says nothing.
 * @param onFailure is called once when the output cannot be written for another reason.
 */
export function listenForLeavingReader(onFailure: (error: Error) => void): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: Error) => {
      if (interruption.aborted) return;
      controller.abort('SIGPIPE');
      if (errorCode(error) !== 'EPIPE') onFailure(error);
    });
}

/** Ends by `interruption` what the first SIGINT, SIGTERM or SIGHUP meets; a second one ends the process at once. */
export function listenForInterruption(): void {
  const interrupt = (signal: NodeJS.Signals): void => {
    if (interruption.aborted) process.exit(130);
    // The terminal has shown ^C where the cursor was: what follows begins on a line of its own.
    if (signal === 'SIGINT' && process.stderr.isTTY)
      process.stderr.write('\nstopping … (Ctrl-C again ends it at once)\n');
    controller.abort(signal);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
}

/** From now on a signal ends the process by itself: while it computes for long, no listener would be called. */
export function endAtOnce(): void {
  for (const signal of SIGNALS) process.removeAllListeners(signal);
}
