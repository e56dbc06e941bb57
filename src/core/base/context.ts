/** What every daemon is given besides its inputs. Nothing in the core reads a clock or draws chance elsewhere. */
import type { Random } from './random.ts';
import type { Recorder } from './step.ts';

export interface Clock {
  /** Simulated nanoseconds since the world began. An integer below 2^53. */
  now(): number;
  /** Simulated wall-clock milliseconds since 1970, for what real programs print or store. */
  wallMs(): number;
  /** Calls `act` once, `delay` nanoseconds from now, in order of (time, order of scheduling). Returns a cancel function. */
  after(delay: number, act: () => void): () => void;
}

export interface Context {
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: Recorder;
}
