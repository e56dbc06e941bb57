/**
 * What is known of a tracked TCP connection: its state, the windows of both ends, and its last segment. Segments that the
 * two ends may understand otherwise than who watches them (a SYN in the middle, a RST that does not fit) change little.
 */
import { TCP_FLAG } from '../../wire/index.ts';
import { isBefore, type SegmentKind, type TcpSegment } from './tcp-segment.ts';
import { firstTcpState, nextTcpState, type TcpState } from './tcp-state.ts';
import { newEnd, passWindow, takeOptions, type TcpEnd } from './tcp-window.ts';

type Side = 0 | 1;

interface LastSegment {
  kind: SegmentKind;
  side: Side;
  sequence: number;
  acknowledgement: number;
  end: number;
  window: number;
  /** Options of a SYN that passed without being believed. */
  scale: number | null;
  permitsSack: boolean;
}

export interface TcpTrack {
  state: TcpState;
  /** The end that began, and the other. */
  readonly ends: [TcpEnd, TcpEnd];
  last: LastSegment;
  /** How often the last acknowledgement came again as it was. */
  repeats: number;
  /** Both ends sent a SYN first. */
  isSimultaneous: boolean;
  /** An ACK to a stray SYN may come, which acknowledges no FIN. */
  awaitsChallenge: boolean;
}

/**
 * What a segment means for a connection. `again`: a new connection between the same ends takes the place of the old one;
 * `ending`: invalid, but both ends seem to end the connection, so that it is not kept for long.
 */
export type TcpVerdict = 'accepted' | 'ignored' | 'invalid' | 'again' | 'ending';

export interface TcpContext {
  readonly reply: boolean;
  readonly seenReply: boolean;
  readonly isAssured: boolean;
}

/** Begins with the first segment of a connection; null when none can begin with it. */
export function beginTrack(segment: TcpSegment): TcpTrack | null {
  const state = firstTcpState(segment.flags);
  if (state === undefined) return null;
  const ends: [TcpEnd, TcpEnd] = [newEnd(), newEnd()];
  const [own] = ends;
  own.end = segment.end;
  own.maxWindow = Math.max(1, segment.window);
  if (state === 'SYN_SENT') {
    own.maxEnd = segment.end;
    takeOptions(own, segment);
  } else {
    own.maxEnd = (segment.end + own.maxWindow) >>> 0;
    for (const end of ends) {
      end.permitsSack = true;
      end.isLiberal = true;
    }
  }
  const track: TcpTrack = {
    state,
    ends,
    last: { ...NO_SEGMENT },
    repeats: 0,
    isSimultaneous: false,
    awaitsChallenge: false,
  };
  pass(track, segment, state, { side: 0, isAssured: false });
  return track;
}

const NO_SEGMENT: LastSegment = {
  kind: 'none',
  side: 0,
  sequence: 0,
  acknowledgement: 0,
  end: 0,
  window: 0,
  scale: null,
  permitsSack: false,
};

const lastOf = (segment: TcpSegment, side: Side): LastSegment => ({
  kind: segment.kind,
  side,
  sequence: segment.sequence,
  acknowledgement: segment.acknowledgement,
  end: segment.end,
  window: segment.window,
  scale: null,
  permitsSack: false,
});

/** Segments of these states may belong to a connection that took the ends over since. */
const ENDING: ReadonlySet<TcpState> = new Set(['FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE']);

/** A segment outside the window. Where each end sends a FIN or RST, they know better than who watches. */
function refuse(track: TcpTrack, { kind }: TcpSegment, side: Side, isAssured: boolean): TcpVerdict {
  const { last } = track;
  if (!isAssured || (kind !== 'rst' && kind !== 'fin')) return 'invalid';
  if (last.side !== side && (last.kind === 'rst' || last.kind === 'fin')) return 'ending';
  last.kind = kind;
  last.side = side;
  return 'invalid';
}

interface Passing {
  readonly side: Side;
  readonly isAssured: boolean;
  /** The windows are not looked at. */
  readonly unchecked?: boolean;
}

/** Believes a segment that the table of states allows, once it lies in the window. */
function pass(track: TcpTrack, segment: TcpSegment, next: TcpState, passing: Passing): TcpVerdict {
  const { ends, state } = track;
  const { side, isAssured, unchecked = false } = passing;
  const [sender, receiver] = side === 0 ? ends : [ends[1], ends[0]];
  if (!unchecked) {
    const { verdict, moved } = passWindow(segment, sender, receiver, { state, isReply: side === 1 });
    if (verdict === 'invalid') return refuse(track, segment, side, isAssured);
    if (verdict === 'ignored') return 'ignored';
    if (moved && segment.kind === 'ack') noteRepeat(track, segment, side);
  }
  track.last.kind = segment.kind;
  track.last.side = side;
  if (state !== next && next === 'FIN_WAIT') sender.closes = true;
  track.state = next;
  return 'accepted';
}

function noteRepeat(track: TcpTrack, segment: TcpSegment, side: Side): void {
  const { last } = track;
  const isSame =
    last.side === side &&
    last.sequence === segment.sequence &&
    last.acknowledgement === segment.acknowledgement &&
    last.end === segment.end &&
    last.window === segment.window;
  track.repeats = isSame ? track.repeats + 1 : 0;
  if (!isSame) track.last = { ...lastOf(segment, side), scale: last.scale, permitsSack: last.permitsSack };
}

/** A segment that both ends may understand though it does not fit: it passes, and what it says is kept for their answer. */
function letPass(track: TcpTrack, segment: TcpSegment, passing: Passing): TcpVerdict {
  const { last, state } = track;
  const { side } = passing;
  const answersPassedSyn =
    segment.kind === 'syn+ack' &&
    last.kind === 'syn' &&
    last.side !== side &&
    segment.acknowledgement === last.end;
  if (answersPassedSyn) {
    const end = newEnd();
    end.end = last.end;
    end.maxEnd = last.end;
    end.maxWindow = Math.max(1, last.window);
    end.scale = last.scale ?? 0;
    end.hasScale = last.scale !== null;
    end.permitsSack = last.permitsSack;
    track.ends[last.side] = end;
    track.ends[side] = newEnd();
    track.awaitsChallenge = false;
    track.state = 'SYN_SENT';
    return pass(track, segment, 'SYN_RECV', passing);
  }
  const { acknowledgement } = last;
  track.last = {
    ...lastOf(segment, side),
    acknowledgement,
    scale: last.scale,
    permitsSack: last.permitsSack,
  };
  if (segment.kind === 'syn' && side === 0) {
    track.last.scale = segment.scale;
    track.last.permitsSack = segment.permitsSack;
    track.awaitsChallenge = state === 'LAST_ACK';
  }
  // May be the answer of an end that never saw the SYN.
  if (state === 'SYN_SENT' && segment.kind === 'ack' && side === 1)
    track.last.acknowledgement = segment.acknowledgement;
  return 'ignored';
}

/** A RST counts where its number fits; an established connection waits for more when it is only near. */
function reset(track: TcpTrack, segment: TcpSegment, passing: Passing, seenReply: boolean): TcpVerdict {
  const { ends, last, state } = track;
  const { side, isAssured } = passing;
  if (ENDING.has(state)) return pass(track, segment, 'CLOSE', { ...passing, unchecked: true });
  const expected = ends[side === 0 ? 1 : 0].maxAck;
  const established = state === 'ESTABLISHED' && isAssured;
  const { sequence } = segment;
  if (expected !== null && last.kind !== 'syn') {
    if (sequence === 0 && !established) return pass(track, segment, 'CLOSE', passing);
    if (isBefore(sequence, expected)) return 'invalid';
    if (!established || sequence === expected) return pass(track, segment, 'CLOSE', passing);
    const followsLast = last.kind === 'ack' && last.side === side && sequence === last.end;
    if (followsLast) return pass(track, segment, 'CLOSE', passing);
    return pass(track, segment, state, passing);
  }
  // The first end takes back a connection that the other one took for an old one.
  const answersChallenge =
    state === 'SYN_SENT' && last.kind === 'ack' && last.side !== side && sequence === last.acknowledgement;
  if (answersChallenge) return pass(track, segment, 'CLOSE', { ...passing, unchecked: true });
  const answersPassed =
    ((seenReply && last.kind === 'syn') || (!isAssured && last.kind === 'ack')) &&
    segment.acknowledgement === last.end;
  return pass(track, segment, 'CLOSE', { ...passing, unchecked: answersPassed });
}

/** Looks at a segment of a connection that is known, and remembers it where it is believed. */
export function passSegment(track: TcpTrack, segment: TcpSegment, context: TcpContext): TcpVerdict {
  const side: Side = context.reply ? 1 : 0;
  const passing = { side, isAssured: context.isAssured };
  const { state, last, ends } = track;
  const next = nextTcpState(state, segment.flags, context.reply);
  switch (next) {
    case 'invalid':
      return 'invalid';
    case 'ignored':
      return letPass(track, segment, passing);
    case 'again': {
      const wasClosed = ends.some((end) => end.closes) || (last.side === side && last.kind === 'rst');
      return wasClosed ? 'again' : letPass(track, segment, passing);
    }
    case 'TIME_WAIT':
      if (
        state === 'LAST_ACK' &&
        segment.kind === 'ack' &&
        last.side !== side &&
        last.kind === 'syn' &&
        track.awaitsChallenge
      ) {
        track.awaitsChallenge = false;
        return 'ignored';
      }
      return pass(track, segment, next, passing);
    case 'SYN_SENT2':
      track.isSimultaneous = true;
      return pass(track, segment, next, passing);
    case 'SYN_RECV':
      return context.reply && segment.kind === 'ack' && track.isSimultaneous
        ? pass(track, segment, 'ESTABLISHED', passing)
        : pass(track, segment, next, passing);
    case 'CLOSE':
      return (segment.flags & TCP_FLAG.rst) !== 0
        ? reset(track, segment, passing, context.seenReply)
        : pass(track, segment, next, passing);
    default:
      return pass(track, segment, next, passing);
  }
}

/** Which of the timeouts counts after a segment that was accepted: a state's, or one of a connection that stalls. */
export function timeoutsOf(
  track: TcpTrack,
  seenReply: boolean,
): readonly (TcpState | 'retransmit' | 'unack')[] {
  const { state, ends, last, repeats } = track;
  // Picked up in the middle, and only one end was heard.
  if (!seenReply && state === 'ESTABLISHED') return [state, 'unack'];
  if (repeats >= MAX_REPEATS) return [state, 'retransmit'];
  if (last.kind === 'rst') return ['CLOSE'];
  if (ends.some((end) => end.isUnacknowledged)) return [state, 'unack'];
  return last.window === 0 ? [state, 'retransmit'] : [state];
}

/** Repeats of a segment after which a connection is not kept for long. */
const MAX_REPEATS = 3;
