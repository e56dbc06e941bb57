/**
 * Which segments lie in the window of a tracked connection, by the bounds of van Rooij, "Real Stateful TCP Packet Filtering
 * in IP Filter" (2000), as the Linux kernel keeps them.
 */
import { TCP_FLAG } from '../../wire/index.ts';
import { isAfter, isBefore, type TcpSegment } from './tcp-segment.ts';
import type { TcpState } from './tcp-state.ts';

/** What has been seen of one end. All numbers 0: nothing yet. */
export interface TcpEnd {
  /** Behind the last octet that it sent. */
  end: number;
  /** Behind the last octet that it may send. */
  maxEnd: number;
  /** The largest window that it gave, scaled. */
  maxWindow: number;
  scale: number;
  /** The highest number that it acknowledged; null before the first. */
  maxAck: number | null;
  hasScale: boolean;
  permitsSack: boolean;
  /** Sent the first FIN. */
  closes: boolean;
  /** Picked up in the middle, so that its windows are not known. */
  isLiberal: boolean;
  /** Some of what it sent is not acknowledged. */
  isUnacknowledged: boolean;
}

export const newEnd = (): TcpEnd => ({
  end: 0,
  maxEnd: 0,
  maxWindow: 0,
  scale: 0,
  maxAck: null,
  hasScale: false,
  permitsSack: false,
  closes: false,
  isLiberal: false,
  isUnacknowledged: false,
});

/** `accepted`: the window has moved on; `ignored`: the segment passes and changes nothing. */
export type WindowVerdict = 'accepted' | 'ignored' | 'invalid';

/** A window counts as at least this large when old acknowledgements are judged. */
const LEAST_ACK_WINDOW = 66_000;

const sum = (a: number, b: number): number => (a + b) >>> 0;

/** Takes the options of a SYN. */
export function takeOptions(end: TcpEnd, { scale, permitsSack }: TcpSegment): void {
  end.scale = scale ?? 0;
  end.hasScale = scale !== null;
  end.permitsSack = permitsSack;
  end.closes = false;
  end.isUnacknowledged = false;
  end.maxAck = null;
}

/** Begins with a SYN of this end. The answer tells whether both ends scale their windows. */
function beginWithSyn(sender: TcpEnd, receiver: TcpEnd, segment: TcpSegment, isReply: boolean): void {
  sender.end = segment.end;
  sender.maxEnd = segment.end;
  sender.maxWindow = Math.max(1, segment.window);
  takeOptions(sender, segment);
  if (!isReply || (sender.hasScale && receiver.hasScale)) return;
  sender.scale = 0;
  receiver.scale = 0;
}

/** Begins with the first segment that is seen of an end whose SYN was missed. */
function beginInTheMiddle(sender: TcpEnd, receiver: TcpEnd, { end, window }: TcpSegment, sack: number): void {
  sender.end = end;
  sender.maxWindow = Math.max(1, (window << sender.scale) >>> 0);
  sender.maxEnd = sum(end, sender.maxWindow);
  if (receiver.maxWindow === 0) {
    receiver.end = sack;
    receiver.maxEnd = sack;
  } else if (sack === sum(receiver.end, 1)) {
    // An answer to a probe that keeps the connection alive.
    receiver.end = sum(receiver.end, 1);
  }
}

interface Numbers {
  readonly sequence: number;
  readonly end: number;
  readonly ack: number;
  readonly sack: number;
}

/** The numbers that count: a segment without acknowledgement acknowledges everything, an answering RST may have none of its own. */
function numbersOf(
  segment: TcpSegment,
  state: TcpState,
  sender: TcpEnd,
  receiver: TcpEnd,
  sack: number,
): Numbers {
  const { flags, acknowledgement } = segment;
  const isReset = (flags & TCP_FLAG.rst) !== 0;
  const hasAck = (flags & TCP_FLAG.ack) !== 0 && !(isReset && acknowledgement === 0);
  const answersSyn = isReset && segment.sequence === 0 && state === 'SYN_SENT';
  return {
    sequence: answersSyn ? sender.end : segment.sequence,
    end: answersSyn ? sender.end : segment.end,
    ack: hasAck ? acknowledgement : receiver.end,
    sack: hasAck ? sack : receiver.end,
  };
}

/** Where a segment lies. A segment that is only too long for the window moves the sender's end, so that its acknowledgement fits. */
function place(sender: TcpEnd, receiver: TcpEnd, numbers: Numbers): 'inside' | 'ignored' | 'invalid' {
  const { sequence, end, sack } = numbers;
  const isRecent = isAfter(end, sum(sender.end, -receiver.maxWindow - 1));
  const lowestAck = sum(receiver.end, -Math.max(sender.maxWindow, LEAST_ACK_WINDOW) - 1);
  const isOldAck = !isAfter(sack, lowestAck);
  const isEarlyAck = !isBefore(sack, sum(receiver.end, 1));
  if (!isBefore(sequence, sum(sender.maxEnd, 1))) {
    const overshot = sum(end, -sender.maxEnd + 1);
    const isAllowed = receiver.maxWindow > 0 && isRecent && !isOldAck && !isEarlyAck;
    if (!isAllowed || overshot > receiver.maxWindow) return 'invalid';
    sender.end = end;
    sender.isUnacknowledged = true;
    return 'ignored';
  }
  if (isEarlyAck) return 'invalid';
  return (receiver.maxWindow > 0 && !isRecent) || isOldAck ? 'ignored' : 'inside';
}

/** Moves the windows on by a segment that lies in them. */
function moveOn(
  sender: TcpEnd,
  receiver: TcpEnd,
  { end, ack, sack }: Numbers,
  window: number,
  hasAck: boolean,
): void {
  sender.maxWindow = Math.max(sender.maxWindow, window + sum(sack, -ack));
  if (isAfter(end, sender.end)) {
    sender.end = end;
    sender.isUnacknowledged = true;
  }
  if (hasAck && (sender.maxAck === null || isAfter(ack, sender.maxAck))) sender.maxAck = ack;
  if (receiver.maxWindow !== 0 && isAfter(end, sender.maxEnd)) receiver.maxWindow += sum(end, -sender.maxEnd);
  if (isAfter(sum(sack, window), sum(receiver.maxEnd, -1)))
    receiver.maxEnd = sum(sack, window + (window === 0 ? 1 : 0));
  if (ack === receiver.end) receiver.isUnacknowledged = false;
}

/** Looks at a segment of `sender` and moves the windows on where it lies in them. */
export function passWindow(
  segment: TcpSegment,
  sender: TcpEnd,
  receiver: TcpEnd,
  { state, isReply }: { readonly state: TcpState; readonly isReply: boolean },
): { readonly verdict: WindowVerdict; readonly moved: boolean } {
  const isSyn = (segment.flags & TCP_FLAG.syn) !== 0;
  const hasAck = (segment.flags & TCP_FLAG.ack) !== 0;
  let sack = segment.acknowledgement;
  if (receiver.permitsSack) for (const edge of segment.sackEnds) if (isAfter(edge, sack)) sack = edge;
  if (sender.maxWindow === 0) {
    if (!isSyn) beginInTheMiddle(sender, receiver, segment, sack);
    else {
      beginWithSyn(sender, receiver, segment, isReply);
      // Both ends open at once.
      if (!hasAck) return { verdict: 'accepted', moved: false };
    }
  } else if (isSyn && isAfter(segment.end, sender.end) && (state === 'SYN_SENT' || state === 'SYN_RECV')) {
    beginWithSyn(sender, receiver, segment, isReply);
    if (isReply && !hasAck) return { verdict: 'accepted', moved: false };
  }
  const numbers = numbersOf(segment, state, sender, receiver, sack);
  const where = place(sender, receiver, numbers);
  if (where !== 'inside') return { verdict: sender.isLiberal ? 'accepted' : where, moved: false };
  const window = isSyn ? segment.window : (segment.window << sender.scale) >>> 0;
  moveOn(sender, receiver, numbers, window, hasAck);
  return { verdict: 'accepted', moved: true };
}
