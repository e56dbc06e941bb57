/** `sleep` of coreutils, in simulated time. */
import type { Exit, Invocation, RunningProgram } from '../program.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };
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
    const [, number, unit = ''] = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(word) ?? [];
    if (number === undefined) {
      output.err(`sleep: invalid time interval ‘${word}’\n${hint}`);
      return { status: 1 };
    }
    seconds += Number(number) * (UNITS[unit] ?? 1);
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
