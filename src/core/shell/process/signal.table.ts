/** Signals by their numbers on Linux (signal(7)), and those that a process here can be sent. */
import type { Signal } from '../../sim/process-table.ts';

const NAMES =
  `HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN
  TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS`
    .trim()
    .split(/\s+/);

const MODELLED: readonly Signal[] = ['HUP', 'INT', 'QUIT', 'KILL', 'USR1', 'USR2', 'TERM', 'STOP', 'CONT'];

/** The number of a signal by number or name, `SIG` before it or not; 0 tests only. Undefined: there is none. */
export function signalNumber(word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word) <= NAMES.length ? Number(word) : undefined;
  const at = NAMES.indexOf(word.toUpperCase().replace(/^SIG/, ''));
  return at < 0 ? undefined : at + 1;
}

/** The name of a signal without `SIG`. */
export const signalName = (number: number): string | undefined => NAMES[number - 1];

/** The signal as processes take it; undefined for those that are not modelled. */
export const signalOf = (number: number): Signal | undefined =>
  MODELLED.find((name) => name === signalName(number));
