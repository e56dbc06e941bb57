/** `timeout` of coreutils 9.1, in simulated time: starts a program and sends it a signal when its time is over. */
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { signalName, signalNumber, signalOf } from '../process/signal.table.ts';
import { glibcOptionText, getOptions, type LongOption } from '../ovsdb/getopt.ts';
import { secondsOf } from '../sleep/interval.ts';

export interface TimeoutHost {
  readonly start: (argv: readonly string[]) => Exit | RunningProgram;
}

interface Wanted {
  /** 0: for ever. */
  readonly seconds: number;
  readonly killAfter: number;
  readonly signal: number;
  readonly preserveStatus: boolean;
  readonly isVerbose: boolean;
  readonly command: readonly string[];
}

const NANOSECONDS = 1_000_000_000;
const TERM = 15;
const KILL = 9;
const TIMED_OUT = 124;
/** Its own failures. */
const CANCELED = 125;
const OPTIONS: readonly LongOption[] = [
  { name: 'kill-after', argument: 'required', short: 'k' },
  { name: 'signal', argument: 'required', short: 's' },
  { name: 'verbose', argument: 'none', short: 'v' },
  { name: 'foreground', argument: 'none' },
  { name: 'preserve-status', argument: 'none' },
];

type Refusal = { readonly error: string };

function read(words: readonly string[]): Wanted | Refusal {
  const parsed = getOptions(words, OPTIONS);
  if (!parsed.ok) return { error: glibcOptionText(parsed.error) };
  const { options, rest } = parsed.value;
  const wanted = {
    signal: TERM,
    killAfter: 0,
    preserveStatus: options.some(({ name }) => name === 'preserve-status'),
    isVerbose: options.some(({ name }) => name === 'verbose'),
  };
  for (const { name, argument } of options) {
    const value = argument ?? '';
    if (name === 'signal') {
      const signal = signalNumber(value);
      if (signal === undefined) return { error: `‘${value}’: invalid signal` };
      wanted.signal = signal;
    } else if (name === 'kill-after') {
      const seconds = secondsOf(value);
      if (seconds === undefined) return { error: `invalid time interval ‘${value}’` };
      wanted.killAfter = seconds;
    }
  }
  const [duration, ...command] = words.slice(rest);
  if (duration === undefined || command.length === 0) return { error: '' };
  const seconds = secondsOf(duration);
  return seconds === undefined
    ? { error: `invalid time interval ‘${duration}’` }
    : { ...wanted, seconds, command };
}

export function timeout({ argv, output, context, host }: Invocation<TimeoutHost>): Exit | RunningProgram {
  const wanted = read(argv.slice(1));
  if ('error' in wanted) {
    const { error } = wanted;
    output.err(`${error === '' ? '' : `timeout: ${error}\n`}Try 'timeout --help' for more information.\n`);
    return { status: CANCELED };
  }
  const program = host.start(wanted.command);
  if ('status' in program) return program;
  let sent: number | null = null;
  const send = (number: number): void => {
    sent = number;
    const name = signalName(number) ?? number;
    if (wanted.isVerbose)
      output.err(`timeout: sending signal ${name} to command ‘${wanted.command[0] ?? ''}’\n`);
    const signal = signalOf(number);
    if (signal === undefined) output.err(`timeout: signal ${name} is not modelled\n`);
    else program.signal?.(signal);
  };
  const timers: (() => void)[] = [];
  const after = (seconds: number, number: number): void => {
    if (seconds > 0) timers.push(context.clock.after(seconds * NANOSECONDS, () => send(number)));
  };
  after(wanted.seconds, wanted.signal);
  if (wanted.seconds > 0 && wanted.killAfter > 0) after(wanted.seconds + wanted.killAfter, KILL);
  program.onDone(() => timers.forEach((cancel) => cancel()));
  return {
    get pace() {
      // What only waits for others is waited for as well.
      return program.pace === 'listen' && wanted.seconds > 0 ? 'real' : program.pace;
    },
    cancel: () => program.cancel(),
    onDone: (listener) =>
      program.onDone((exit) => {
        if (sent === null || wanted.preserveStatus) listener(exit);
        else listener({ status: sent === KILL ? 128 + KILL : TIMED_OUT });
      }),
  };
}
