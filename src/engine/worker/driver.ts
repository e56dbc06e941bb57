/**
 * Moves simulated time while programs run. Programs that end by themselves run as fast as the machine can; endless ones
 * (a ping without a count) in real time; those that only listen (tcpdump) move nothing. Held, it moves time only as far
 * as it is asked to: that is how a document is replayed.
 *
 * A shell takes no simulated time: while one is between two programs time stands still, event for event, so that the
 * next program begins at the very moment at which the last one ended, however the events were run.
 */
import type { SimClock } from '../../core/sim/clock.ts';
import { nextTask } from './next-task.ts';

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
const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

export class Driver {
  readonly #clock: SimClock;
  readonly #running = new Map<symbol, () => Pace>();
  readonly #fault: (error: unknown) => void;
  #shells = 0;
  /** Those who wait until no shell works. */
  #waiting: (() => void)[] = [];
  #looping = false;
  #held = false;

  /** An event that throws is told to `fault`, and time goes on with the next. */
  constructor(clock: SimClock, fault: (error: unknown) => void = throwApart) {
    this.#clock = clock;
    this.#fault = fault;
  }

  /** A shell has begun a line; the answer ends it. Each of its programs is told by `add`, one at a time. */
  shell(): () => void {
    this.#shells += 1;
    return () => {
      this.#shells -= 1;
      this.#wake();
    };
  }

  /** Registers a program of a shell by its pace, which may change as it goes on; the answer takes it off. */
  add(pace: () => Pace): () => void {
    const key = Symbol('program');
    this.#running.set(key, pace);
    this.#wake();
    if (!this.#looping && !this.#held) void this.#loop();
    return () => void this.#running.delete(key);
  }

  /** From now on time moves by `pass` and `advance` alone. */
  hold(): void {
    this.#held = true;
  }

  /** Time moves again while programs run. */
  release(): void {
    this.#held = false;
    if (!this.#looping && this.#running.size > 0) void this.#loop();
  }

  /** Runs every event up to and including `until`, shells at work waited for, and leaves the clock there. */
  async pass(until: number, signal: AbortSignal): Promise<void> {
    for (let events = 1; ; events += 1) {
      signal.throwIfAborted();
      if (this.isStill) await this.moving(signal);
      const next = this.#clock.next();
      if (next === undefined || next > until) break;
      this.#clock.step();
      if (events % SLICE === 0) await nextTask();
    }
    this.#clock.run(until);
  }

  /** Lets programs run until `until`, or until those that are left only listen. */
  async advance(until: number, signal: AbortSignal): Promise<void> {
    for (let events = 1; ; events += 1) {
      signal.throwIfAborted();
      if (this.isStill) await this.moving(signal);
      const next = this.#clock.next();
      if (this.#pace() === 'listen' || next === undefined || next > until) return;
      this.#clock.step();
      if (events % SLICE === 0) await nextTask();
    }
  }

  /** Whether a shell is between two programs: nothing else may happen then. */
  get isStill(): boolean {
    return this.#shells > this.#running.size;
  }

  /** Until no shell is between two programs; rejects when the caller gave up. */
  async moving(signal?: AbortSignal): Promise<void> {
    while (this.isStill) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve) => {
        const go = (): void => {
          signal?.removeEventListener('abort', go);
          resolve();
        };
        this.#waiting.push(go);
        signal?.addEventListener('abort', go, { once: true });
      });
    }
  }

  #wake(): void {
    if (this.isStill) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
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
      if (pace === 'real') {
        await wait(TICK);
        await this.#tick();
      } else {
        for (let i = 0; i < SLICE && !this.isStill && this.#pace() === 'fast'; i += 1)
          if (!this.#attempt(() => this.#clock.step())) break;
        await nextTask();
      }
      await this.moving();
    }
    this.#looping = false;
  }

  /** A tick of real time, or as much of it as there are programs that go on. */
  async #tick(): Promise<void> {
    const until = this.#clock.now() + TICK * 1e6;
    while (!this.#held && this.#pace() !== 'listen') {
      const next = this.#clock.next();
      if (next === undefined || next > until) {
        this.#clock.run(until);
        return;
      }
      this.#attempt(() => this.#clock.step());
      if (this.isStill) await this.moving();
    }
  }

  #attempt(act: () => boolean): boolean {
    try {
      return act();
    } catch (error) {
      this.#fault(error);
      return true;
    }
  }
}
