/** The order of priority vectors (802.1D-2004, 17.6), and when times are equal. */
import type { RstpTimes, RstpVector } from './rstp-port.ts';

/**
 * How vector `a` stands to `b`. One from the same designated bridge and port takes the other's place whatever it says,
 * so that it counts as superior.
 */
export function compareVectors(a: RstpVector, b: RstpVector): 'superior' | 'same' | 'inferior' {
  const sameSender = a.bridge === b.bridge && a.port === b.port;
  if (sameSender && a.root === b.root && a.cost === b.cost) {
    if (a.receiver === b.receiver) return 'same';
    return a.receiver < b.receiver ? 'superior' : 'inferior';
  }
  if (sameSender) return 'superior';
  const isLower =
    a.root !== b.root
      ? a.root < b.root
      : a.cost !== b.cost
        ? a.cost < b.cost
        : a.bridge !== b.bridge
          ? a.bridge < b.bridge
          : a.port < b.port;
  return isLower ? 'superior' : 'inferior';
}

export const sameTimes = (a: RstpTimes, b: RstpTimes): boolean =>
  a.forwardDelay === b.forwardDelay &&
  a.helloTime === b.helloTime &&
  a.maxAge === b.maxAge &&
  a.messageAge === b.messageAge;
