/** The processes of one machine: programs that were started and run on, by their numbers. */

const FIRST_PID = 1000;
const LAST_PID = 4_194_303;

/** What a process is told to do by a signal; names without `SIG`. */
export type Signal = 'HUP' | 'INT' | 'QUIT' | 'KILL' | 'USR1' | 'USR2' | 'TERM' | 'STOP' | 'CONT';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly argv: readonly string[];
  readonly namespace: string;
  /** Simulated nanoseconds. */
  readonly started: number;
  /** What a signal does to it; it is taken out of the table by whoever started it. */
  readonly signal: (signal: Signal) => void;
}

export class ProcessTable {
  readonly #running = new Map<number, Process>();
  #last = FIRST_PID;

  /** A number that no process has. */
  nextPid(): number {
    do this.#last = this.#last < LAST_PID ? this.#last + 1 : FIRST_PID;
    while (this.#running.has(this.#last));
    return this.#last;
  }

  /** Adds a process; the answer takes it out again. */
  add(process: Process): () => void {
    this.#running.set(process.pid, process);
    return () => {
      if (this.#running.get(process.pid) === process) this.#running.delete(process.pid);
    };
  }

  find(pid: number): Process | undefined {
    return this.#running.get(pid);
  }

  /** In order of their numbers. */
  all(): readonly Process[] {
    return [...this.#running.values()].toSorted((a, b) => a.pid - b.pid);
  }
}
