/** glibc's rand(3) after srand(SEED), so that a seed gives the same randconfig as conf: an additive feedback generator over 31 words (TYPE_3 of random_r.c). */
export class Random {
  readonly #words = new Int32Array(31);
  #front = 3;
  #rear = 0;

  constructor(seed: number) {
    let word = (seed | 0) === 0 ? 1 : seed | 0;
    for (let index = 0; index < 31; index++) {
      this.#words[index] = word;
      word = 16807 * (word % 127773) - 2836 * Math.trunc(word / 127773);
      if (word < 0) word += 2147483647;
    }
    for (let index = 0; index < 310; index++) this.next();
  }

  /** From 0 to 2,147,483,647. */
  next(): number {
    const sum = ((this.#words[this.#front] ?? 0) + (this.#words[this.#rear] ?? 0)) | 0;
    this.#words[this.#front] = sum;
    this.#front = (this.#front + 1) % 31;
    this.#rear = (this.#rear + 1) % 31;
    return sum >>> 1;
  }

  below(limit: number): number {
    return this.next() % limit;
  }
}
