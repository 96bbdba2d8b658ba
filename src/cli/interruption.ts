const controller = new AbortController();

/** Aborts when the user, or whoever manages the process, wants it to end. */
export const interruption: AbortSignal = controller.signal;

/** Ends by `interruption` what the first SIGINT, SIGTERM or SIGHUP meets; a second one ends the process at once. */
export function listenForInterruption(): void {
  const interrupt = (): void => {
    if (interruption.aborted) process.exit(130);
    controller.abort('interrupted');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
}
