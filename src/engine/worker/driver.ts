/**
 * Moves simulated time while programs run. Programs that end by themselves run as fast as the machine can; endless ones
 * (a ping without a count) in real time; those that only listen (tcpdump) move nothing. Held, it moves time only as far
 * as it is asked to: that is how a document is replayed.
 */
import type { SimClock } from '../../core/sim/clock.ts';

export type Pace = 'fast' | 'real' | 'listen';

/** Events run between two looks at the message queue. */
const SLICE = 500;
/** Wall milliseconds between two advances in real time. */
const TICK = 50;

/** Thrown where nobody waits for it, so that whoever started this thread hears of it. */
const throwApart = (error: unknown): void =>
  void setTimeout(() => {
    throw error;
  }, 0);
const nextTask = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

export class Driver {
  readonly #clock: SimClock;
  readonly #running = new Map<symbol, () => Pace>();
  readonly #fault: (error: unknown) => void;
  #looping = false;
  #held = false;

  /** An event that throws is told to `fault`, and time goes on with the next. */
  constructor(clock: SimClock, fault: (error: unknown) => void = throwApart) {
    this.#clock = clock;
    this.#fault = fault;
  }

  /** Registers a program by its pace, which may change as it goes on; the answer takes it off. */
  add(pace: () => Pace): () => void {
    const key = Symbol('program');
    this.#running.set(key, pace);
    if (!this.#looping && !this.#held) void this.#loop();
    return () => void this.#running.delete(key);
  }

  /** From now on time moves by `advance` alone. */
  hold(): void {
    this.#held = true;
  }

  /** Time moves again while programs run. */
  release(): void {
    this.#held = false;
    if (!this.#looping && this.#running.size > 0) void this.#loop();
  }

  /**
   * Lets programs run until `until`, or until those that are left only listen. `lines` tells how many shell lines are under
   * way: while one of them is between two programs, time stands still as it did when it was typed.
   */
  async advance(until: number, lines: () => number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      let ahead = this.#pace() !== 'listen';
      for (let i = 0; i < SLICE && ahead; i += 1) {
        const next = this.#clock.next();
        if (next === undefined || next > until) ahead = false;
        else this.#clock.step();
        if (this.#pace() === 'listen') break;
      }
      if (!ahead && lines() <= this.#running.size) return;
      await nextTask();
    }
  }

  #pace(): Pace {
    const paces = [...this.#running.values()].map((pace) => pace());
    return paces.includes('fast') ? 'fast' : paces.includes('real') ? 'real' : 'listen';
  }

  async #loop(): Promise<void> {
    this.#looping = true;
    // Who adds a program listens for its end first.
    await nextTask();
    for (let pace = this.#pace(); pace !== 'listen' && !this.#held; pace = this.#pace()) {
      if (pace === 'real') await wait(TICK);
      const until = this.#clock.now() + TICK * 1e6;
      try {
        if (pace === 'real') this.#clock.run(until);
        else for (let i = 0; i < SLICE && this.#pace() === 'fast'; i += 1) if (!this.#clock.step()) break;
      } catch (error) {
        this.#fault(error);
      }
      if (pace === 'fast') await nextTask();
    }
    this.#looping = false;
  }
}
