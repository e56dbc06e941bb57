/**
 * Moves simulated time while programs run. Programs that end by themselves run as fast as the machine can; endless ones
 * (a ping without a count) in real time; those that only listen (tcpdump) move nothing.
 */
import type { SimClock } from '../../core/sim/clock.ts';

export type Pace = 'fast' | 'real' | 'listen';

/** Events run between two looks at the message queue. */
const SLICE = 500;
/** Wall milliseconds between two advances in real time. */
const TICK = 50;

const nextTask = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

export class Driver {
  readonly #clock: SimClock;
  readonly #running = new Map<symbol, Pace>();
  #looping = false;

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  /** Registers a program; the answer takes it off. */
  add(pace: Pace): () => void {
    const key = Symbol(pace);
    this.#running.set(key, pace);
    if (!this.#looping) void this.#loop();
    return () => void this.#running.delete(key);
  }

  #pace(): Pace {
    const paces = [...this.#running.values()];
    return paces.includes('fast') ? 'fast' : paces.includes('real') ? 'real' : 'listen';
  }

  async #loop(): Promise<void> {
    this.#looping = true;
    // Who adds a program listens for its end first.
    await nextTask();
    for (let pace = this.#pace(); pace !== 'listen'; pace = this.#pace()) {
      if (pace === 'fast') {
        for (let i = 0; i < SLICE && this.#pace() === 'fast'; i += 1) if (!this.#clock.step()) break;
        await nextTask();
      } else {
        await wait(TICK);
        this.#clock.run(this.#clock.now() + TICK * 1e6);
      }
    }
    this.#looping = false;
  }
}
