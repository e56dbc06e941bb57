/** Timers of a bridge, which `brctl showstp` prints with the time that is left. */
import type { Clock } from '../../base/context.ts';
import { wheelDelay } from '../timer-wheel.ts';
import type { TimerState } from './state.ts';

export const newTimer = (): TimerState => ({ expires: 0, cancel: null });

/**
 * Starts, or starts again, to run `act` after `delay` nanoseconds, or a little later: as the timer wheel has it. Of timers that end in one
 * tick those with more `behind` (nanoseconds) run later.
 */
export function startTimer(
  clock: Clock,
  timer: TimerState,
  delay: number,
  act: () => void,
  behind = 0,
): void {
  timer.cancel?.();
  timer.expires = clock.now() + delay;
  timer.cancel = clock.after(wheelDelay(clock, delay) + behind, () => {
    timer.cancel = null;
    act();
  });
}

export function stopTimer(timer: TimerState): void {
  timer.cancel?.();
  timer.cancel = null;
}

export const isPending = (timer: TimerState): boolean => timer.cancel !== null;

/** Nanoseconds left; 0 when it does not run, or is about to. */
export const timeLeft = (clock: Clock, timer: TimerState): number =>
  timer.cancel === null ? 0 : Math.max(0, timer.expires - clock.now());

const SECOND = 1e9;

/** A whole second at about the wanted time, as `round_jiffies` gathers timers. */
export function roundedDelay(clock: Clock, delay: number): number {
  const wanted = clock.now() + delay;
  const rest = wanted % SECOND;
  const rounded = rest < SECOND / 4 ? wanted - rest : wanted - rest + SECOND;
  return rounded <= clock.now() ? delay : rounded - clock.now();
}
