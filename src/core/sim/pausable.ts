/** A process that can be stopped and continued (SIGSTOP, SIGCONT): meanwhile nothing happens in it, then all that waited. */
import type { Clock } from '../base/context.ts';

export class Pausable {
  readonly #waiting: (() => void)[] = [];
  #paused = false;

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    for (const act of this.#waiting.splice(0)) this.run(act);
  }

  /** Now, or when the process goes on. */
  run(act: () => void): void {
    if (this.#paused) this.#waiting.push(act);
    else act();
  }

  /** The clock as the process sees it: its timers go off when it runs. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      wallMs: () => clock.wallMs(),
      after: (delay, act) => {
        let cancelled = false;
        const cancel = clock.after(delay, () =>
          this.run(() => {
            if (!cancelled) act();
          }),
        );
        return () => {
          cancelled = true;
          cancel();
        };
      },
    };
  }
}
