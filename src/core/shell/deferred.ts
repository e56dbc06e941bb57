/** A program that first waits for something, such as the address of a name, and then is another. */
import type { Exit, RunningProgram } from './program.ts';

const INTERRUPTED = 130;

type Go = (next: Exit | RunningProgram) => void;

class Deferred implements RunningProgram {
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #abandon: () => void;
  #program: RunningProgram | null = null;
  #exit: Exit | null = null;

  constructor(wait: (go: Go) => () => void) {
    this.#abandon = wait((next) => {
      if (this.#exit !== null || this.#program !== null) return;
      if ('status' in next) this.#end(next);
      else {
        this.#program = next;
        next.onDone((exit) => this.#end(exit));
      }
    });
  }

  /** What it went on with, or itself while it waits. */
  get now(): Exit | RunningProgram {
    return this.#exit ?? this.#program ?? this;
  }

  get pace(): RunningProgram['pace'] {
    return this.#program?.pace ?? 'fast';
  }

  cancel(): void {
    if (this.#program !== null) this.#program.cancel();
    else {
      this.#abandon();
      this.#end({ status: INTERRUPTED });
    }
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }

  #end(exit: Exit): void {
    if (this.#exit !== null) return;
    this.#exit = exit;
    for (const listener of this.#listeners.splice(0)) listener(exit);
  }
}

/**
 * What `wait` goes on with. `wait` is told how, and answers how to give up; where it goes on before it answers, the
 * result is that very program.
 */
export const deferred = (wait: (go: Go) => () => void): Exit | RunningProgram => new Deferred(wait).now;
