/** Random decisions from a row of bytes: fewer and smaller bytes make a simpler thing, so that fast-check can shrink it. */
export class Choices {
  readonly #bytes: ArrayLike<number>;
  #at = 0;

  constructor(bytes: ArrayLike<number>) {
    this.#bytes = bytes;
  }

  /** Whether decisions are left; without, every one is the first. */
  get more(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** A whole number from 0 to `n - 1`. */
  below(n: number): number {
    if (n <= 1) return 0;
    const byte = this.#bytes[this.#at++] ?? 0;
    return n <= 256
      ? byte % n
      : ((byte << 16) | ((this.#bytes[this.#at++] ?? 0) << 8) | (this.#bytes[this.#at++] ?? 0)) % n;
  }

  /** True in one of `n` cases, but not once the bytes are used up. */
  oneIn(n: number): boolean {
    return this.more && this.below(n) === n - 1;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }

  /** `least` times at least, and at most `most` times. */
  times<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, index) => make(index));
  }
}
