/**
 * What a user-typed program is: arguments in, text and an exit status out, with the world seen only through `host`.
 * One folder per program; `programs.ts` joins them.
 */
import type { Context } from '../base/context.ts';
import type { Signal } from '../sim/process-table.ts';

/** A program that holds the terminal: it prompts, and takes the lines that are typed until it ends. */
export interface Conversation {
  readonly prompt: string;
  /** Runs a line; the end of the program, when the line was its last. */
  take(line: string, output: Output): Exit | null;
  /** Words that the one before the cursor may be the beginning of; the line ends at the cursor. */
  complete(line: string): readonly string[];
}

/** The line that stands for Ctrl+D at an empty prompt. */
export const END_OF_INPUT = '\x04';

/** Where a program writes; `out` and `err` get whole or partial lines, newline included. */
export interface Output {
  /** Whether standard output is a terminal: some programs print names there and numbers elsewhere. */
  readonly isTerminal?: boolean;
  /** Where standard input is a terminal too: takes over what is typed there. */
  readonly converse?: (conversation: Conversation) => void;
  out(text: string): void;
  err(text: string): void;
}

/** The end of a program. `status` is what `$?` becomes. */
export interface Exit {
  readonly status: number;
}

/**
 * A program that runs on in simulated time (ping, tcpdump). `cancel` is what Ctrl+C does; `done` is called once.
 * Programs that end at once return `Exit`.
 */
export interface RunningProgram {
  /** How it needs time to pass: `fast` when it ends by itself, `real` when it goes on until cancelled, `listen` when it only waits for others. */
  readonly pace: 'fast' | 'real' | 'listen';
  cancel(): void;
  /** What a signal does to its process, once it has one. */
  signal?(signal: Signal): void;
  onDone(listener: (exit: Exit) => void): void;
}

/** One invocation. `H` is the part of the host that the program needs, e.g. its kernel or a database. */
export interface Invocation<H> {
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly output: Output;
  readonly context: Context;
  readonly host: H;
  /** The network namespace in which it was started; '' is the root namespace. */
  readonly namespace: string;
}

export type Program<H> = (invocation: Invocation<H>) => Exit | RunningProgram;
