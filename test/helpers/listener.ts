import type { Run } from '../../src/model/run.ts';
import type { RunEvent } from '../../src/model/event.ts';

/** Collects what runs tell, and waits for something of it. */
export class Listener {
  readonly events: RunEvent[] = [];
  #waiting: { wants: (event: RunEvent) => boolean; resolve: (event: RunEvent) => void }[] = [];
  #onEvent: ((event: RunEvent) => void) | null = null;

  readonly emit = (event: RunEvent): void => {
    this.events.push(event);
    this.#onEvent?.(event);
    const met = this.#waiting.filter(({ wants }) => wants(event));
    this.#waiting = this.#waiting.filter((each) => !met.includes(each));
    for (const { resolve } of met) resolve(event);
  };

  /** Calls `listen` at each event, at the very moment. */
  at(listen: (event: RunEvent) => void): void {
    this.#onEvent = listen;
  }

  /** The next event (from now on) that is wanted. */
  async next(wants: (event: RunEvent) => boolean): Promise<RunEvent> {
    return new Promise((resolve) => this.#waiting.push({ wants, resolve }));
  }

  /** The next run (from now on) that ends otherwise than superseded. */
  async ended(): Promise<Run> {
    const event = await this.next((e) => e.kind === 'run-finished' && e.run.outcome?.kind !== 'superseded');
    if (event.kind !== 'run-finished') throw new Error('unreachable');
    return event.run;
  }

  /** The runs that ended so far. */
  get runs(): Run[] {
    return this.events.flatMap((event) => (event.kind === 'run-finished' ? [event.run] : []));
  }
}
