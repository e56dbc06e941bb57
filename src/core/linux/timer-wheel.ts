/** The kernel's timer wheel (`kernel/time/timer.c`): the further off a timer is, the coarser the moment at which it ends. */
import type { Clock } from '../base/context.ts';

/** One tick at 250 Hz, in nanoseconds. */
const JIFFY = 4_000_000;
/** A timer less than so many ticks off is in the first level. */
const FIRST_LEVEL = 63;
/** Each level reaches eight times as far as the one before, in steps eight times as long. */
const LEVEL_FACTOR = 8;

/**
 * Nanoseconds from now until a timer that was set to `delay` runs: at the first step of its level after the moment
 * asked for. None runs early; one of a second may run 32 ms late, one of ten seconds 256 ms.
 */
export function wheelDelay(clock: Clock, delay: number): number {
  if (delay <= 0) return 0;
  const now = clock.now();
  const ticks = Math.ceil(delay / JIFFY);
  let step = 1;
  for (let reach = FIRST_LEVEL; ticks >= reach; reach *= LEVEL_FACTOR) step *= LEVEL_FACTOR;
  const expires = Math.floor(now / JIFFY) + ticks;
  const runs = (Math.floor(expires / step) + 1) * step;
  return runs * JIFFY - now;
}
