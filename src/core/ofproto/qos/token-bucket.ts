/** Tokens that come at a steady rate and of which so many are kept; they may be owed. */

const SECOND = 1_000_000_000;

export class TokenBucket {
  /** Tokens a second. */
  readonly rate: number;
  readonly size: number;
  #tokens: number;
  /** Simulated nanoseconds. */
  #filled: number;

  /** Begins full. */
  constructor(rate: number, size: number, now: number) {
    this.rate = rate;
    this.size = size;
    this.#tokens = size;
    this.#filled = now;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.size, this.#tokens + ((now - this.#filled) * this.rate) / SECOND);
    this.#filled = now;
  }

  /** Takes tokens if there are as many: whether there were. */
  take(tokens: number, now: number): boolean {
    this.#fill(now);
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** Takes tokens, owing what is missing; nanoseconds until nothing was owed before it. */
  owe(tokens: number, now: number): number {
    this.#fill(now);
    const delay = this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens * SECOND) / this.rate);
    this.#tokens -= tokens;
    return delay;
  }
}
