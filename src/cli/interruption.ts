const controller = new AbortController();

/** Aborts, with the signal's name for its reason, when the user or whoever manages the process wants it to end. */
export const interruption: AbortSignal = controller.signal;

/** Ends by `interruption` what the first SIGINT, SIGTERM or SIGHUP meets; a second one ends the process at once. */
export function listenForInterruption(): void {
  const interrupt = (signal: NodeJS.Signals): void => {
    if (interruption.aborted) process.exit(130);
    // The terminal has shown ^C where the cursor was: what follows begins on a line of its own.
    if (signal === 'SIGINT' && process.stderr.isTTY)
      process.stderr.write('\nstopping … (Ctrl-C again ends it at once)\n');
    controller.abort(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
}
