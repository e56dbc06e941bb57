/** The process in which a program runs: its number, what signals do to it, and how it goes on as a daemon. */
import type { ProcessTable, Signal } from '../sim/process-table.ts';
import type { Output, RunningProgram } from './program.ts';
import { signalNumber } from './process/signal.table.ts';

/** The shell that starts programs. */
const SHELL_PID = 812;
/** Who has those whose parent has ended. */
const INIT_PID = 1;

/** Status of what a signal ended: this and its number. */
const BY_SIGNAL = 128;
const numberOf = (signal: Signal): number => signalNumber(signal) ?? 0;

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
  /** Signals upon which the program says its last words; others that end programs end it in silence. */
  readonly caught?: readonly Signal[];
  /** Simulated nanoseconds. */
  readonly now: number;
  readonly argv: readonly string[];
  readonly namespace: string;
}

/** The process of one invocation. */
export function ownProcess({ table, caught = ['INT'], now, argv, namespace }: Started): OwnProcess & {
  /** What the program writes, as long as it has not been ended in silence. */
  output(to: Output): Output;
  /** Puts a program that goes on into the table; the answer is the program as its parent sees it. */
  run(program: RunningProgram): RunningProgram;
} {
  const pid = table.nextPid();
  let attached: ((signal: Signal) => void) | null = null;
  /** What ended it in silence. */
  let endedBy: Signal | null = null;
  const entry = { argv, namespace, started: now };
  return {
    pid,
    attach: (signal) => void (attached = signal),
    detach: (signal) => {
      const process = { ...entry, pid: table.nextPid(), parent: INIT_PID, signal };
      return { pid: process.pid, end: table.add(process) };
    },
    output: (to) => ({
      ...to,
      out: (text) => endedBy ?? to.out(text),
      err: (text) => endedBy ?? to.err(text),
    }),
    run: (program) => {
      const ends = (signal: Signal): void => {
        if (signal === 'STOP' || signal === 'CONT') return;
        if (!caught.includes(signal)) endedBy = signal;
        program.cancel();
      };
      // One that only starts another stands for it.
      const signal = program.signal ?? attached ?? ends;
      program.onDone(table.add({ ...entry, pid, parent: SHELL_PID, signal }));
      return {
        get pace() {
          return program.pace;
        },
        cancel: () => program.cancel(),
        signal,
        onDone: (listener) =>
          program.onDone((exit) => listener(endedBy ? { status: BY_SIGNAL + numberOf(endedBy) } : exit)),
      };
    },
  };
}
