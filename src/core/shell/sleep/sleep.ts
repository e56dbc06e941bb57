/** `sleep` of coreutils, in simulated time. */
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { secondsOf } from './interval.ts';

const NANOSECONDS = 1_000_000_000;

export function sleep({ argv, output, context }: Invocation<null>): Exit | RunningProgram {
  const words = argv.slice(1);
  const hint = "Try 'sleep --help' for more information.\n";
  if (words.length === 0) {
    output.err(`sleep: missing operand\n${hint}`);
    return { status: 1 };
  }
  let seconds = 0;
  for (const word of words) {
    const span = secondsOf(word);
    if (span === undefined) {
      output.err(`sleep: invalid time interval ‘${word}’\n${hint}`);
      return { status: 1 };
    }
    seconds += span;
  }
  const listeners: ((exit: Exit) => void)[] = [];
  let exit: Exit | null = null;
  const end = (status: number): void => {
    if (exit) return;
    exit = { status };
    for (const listener of listeners) listener(exit);
  };
  const cancel = context.clock.after(seconds * NANOSECONDS, () => end(0));
  return {
    pace: 'fast',
    cancel() {
      cancel();
      end(130);
    },
    onDone(listener) {
      if (exit) listener(exit);
      else listeners.push(listener);
    },
  };
}
