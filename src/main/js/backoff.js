const FIRST = 500;
const LONGEST = 15_000;

/** Delays between tries, in milliseconds: each up to twice the one before, with jitter, so that clients do not come in step. */
export class Backoff {
  #tries = 0;

  next() {
    const grown = Math.min(LONGEST, FIRST * 2 ** this.#tries++);
    return Math.round(grown * (0.5 + Math.random() / 2));
  }

  reset() {
    this.#tries = 0;
  }
}
