/** A program that works in passes: woken by its inputs, it runs once a little later, however often it was woken. */
import type { Clock } from '../base/context.ts';

export class Daemon {
  readonly #clock: Clock;
  readonly #delay: number;
  readonly #pass: () => void;
  #waiting: (() => void) | null = null;
  #stopped = false;

  /** `delay`: nanoseconds from waking to the pass. */
  constructor(clock: Clock, delay: number, pass: () => void) {
    this.#clock = clock;
    this.#delay = delay;
    this.#pass = pass;
  }

  /** Whether a pass is due. */
  get busy(): boolean {
    return this.#waiting !== null;
  }

  wake(): void {
    if (this.#waiting !== null || this.#stopped) return;
    this.#waiting = this.#clock.after(this.#delay, () => {
      this.#waiting = null;
      this.#pass();
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting?.();
    this.#waiting = null;
  }
}
