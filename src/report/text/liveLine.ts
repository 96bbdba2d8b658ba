import { clean, cut, type Style } from './style.ts';

/** Where a reporter writes; `columns` is the present width of a terminal. */
export type Screen = { write(text: string): unknown; columns?: number };

/** Time, replaceable in tests. */
export type Clock = {
  /** ms. */
  now(): number;
  /** The time of day. */
  date(): Date;
  /** Calls `tick` every `ms` until the function it gives is called. */
  every(ms: number, tick: () => void): () => void;
};

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

const REDRAW_MS = 250;

/** The last line of a terminal, rewritten in place at most four times a second, and only while something goes on. */
export class LiveLine {
  #shown = '';
  #drawnAt = -Infinity;
  #stop: (() => void) | null = null;

  /** `text` says what goes on; an empty one: nothing. */
  constructor(
    private readonly screen: Screen,
    private readonly style: Style,
    private readonly clock: Clock,
    private readonly text: () => string,
  ) {}

  /** Prints lines above it. */
  print(lines: readonly string[]): void {
    this.#erase();
    for (const line of lines) this.screen.write(`${line}\n`);
  }

  /** Shows what goes on now. */
  update(): void {
    if (!this.style.live) return;
    if (this.text() === '') {
      this.#stop?.();
      this.#stop = null;
      this.#erase();
      return;
    }
    this.#stop ??= this.clock.every(REDRAW_MS, () => this.#draw());
    if (this.clock.now() - this.#drawnAt >= REDRAW_MS) this.#draw();
  }

  #draw(): void {
    // One column is left free: a full last column wraps on some terminals.
    const line = cut(clean(this.text()), (this.screen.columns ?? this.style.width) - 1);
    if (line === this.#shown) return;
    this.#drawnAt = this.clock.now();
    this.#erase();
    this.screen.write(this.style.colors.dim(line));
    this.#shown = line;
  }

  #erase(): void {
    if (this.#shown !== '') this.screen.write('\r\u001b[K');
    this.#shown = '';
  }
}
