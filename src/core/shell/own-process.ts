/** The process in which a program runs: its number, what signals do to it, and how it goes on as a daemon. */
import type { ProcessTable, Signal } from '../sim/process-table.ts';
import type { RunningProgram } from './program.ts';

/** The shell that starts programs. */
const SHELL_PID = 812;
/** Who has those whose parent has ended. */
const INIT_PID = 1;

/** A daemon: it runs on, under a number of its own. */
export interface Daemonized {
  readonly pid: number;
  /** It has ended. */
  end(): void;
}

/** What a program is given of its process. */
export interface OwnProcess {
  readonly pid: number;
  /** Tells what signals do to the program while it runs; without, those that end a program end it. */
  attach(signal: (signal: Signal) => void): void;
  /** Makes a daemon; `signal` is what signals do to it. */
  detach(signal: (signal: Signal) => void): Daemonized;
}

interface Started {
  readonly table: ProcessTable;
  /** Simulated nanoseconds. */
  readonly now: number;
  readonly argv: readonly string[];
  readonly namespace: string;
}

/** The process of one invocation. `run` is told of a program that goes on. */
export function ownProcess({ table, now, argv, namespace }: Started): OwnProcess & {
  run(program: RunningProgram): void;
} {
  const pid = table.nextPid();
  let attached: ((signal: Signal) => void) | null = null;
  const entry = { argv, namespace, started: now };
  return {
    pid,
    attach: (signal) => void (attached = signal),
    detach: (signal) => {
      const process = { ...entry, pid: table.nextPid(), parent: INIT_PID, signal };
      return { pid: process.pid, end: table.add(process) };
    },
    run: (program) => {
      const ends = (signal: Signal): void => {
        if (signal !== 'STOP' && signal !== 'CONT') program.cancel();
      };
      const end = table.add({ ...entry, pid, parent: SHELL_PID, signal: attached ?? ends });
      program.onDone(end);
    },
  };
}
