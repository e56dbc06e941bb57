/** A process with an end: timers that it set are gone with it. */
import type { Clock } from '../base/context.ts';

export class Lifetime {
  readonly #timers = new Set<() => void>();
  #over = false;

  get over(): boolean {
    return this.#over;
  }

  /** The clock as the process sees it. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      wallMs: () => clock.wallMs(),
      after: (delay, act) => {
        if (this.#over) return () => undefined;
        const cancelTimer = clock.after(delay, () => {
          this.#timers.delete(cancel);
          act();
        });
        const cancel = (): void => {
          this.#timers.delete(cancel);
          cancelTimer();
        };
        this.#timers.add(cancel);
        return cancel;
      },
    };
  }

  /** Nothing that was set goes off any more, and nothing new can be set. */
  end(): void {
    this.#over = true;
    for (const cancel of [...this.#timers]) cancel();
  }
}
