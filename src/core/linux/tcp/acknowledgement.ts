/** What an acknowledgement says: segments that arrived, the window, losses (RFC 5681, RFC 6582, RFC 2018). */
import { TCP_FLAG } from '../../wire/layer/tcp.ts';
import { push } from './output.ts';
import { measured, restartTimer } from './retransmission.ts';
import { has, type Segment } from './segment.ts';
import { after, before, distance, plus } from './sequence.ts';
import { clockOf, type InFlight, type Tcb } from './tcb.ts';
import { timestampOf } from './transmit.ts';
import { MILLISECOND } from '../timing.ts';

const DUPLICATES = 3;

const endOf = (segment: InFlight): number =>
  plus(
    segment.sequence,
    segment.octets.length + ((segment.flags & (TCP_FLAG.syn | TCP_FLAG.fin)) === 0 ? 0 : 1),
  );

/** Takes the window that a segment carries when it is newer than the one in use. */
export function takeWindow(tcb: Tcb, segment: Segment): void {
  const { sequence, acknowledgement } = segment;
  const isNewer =
    after(acknowledgement, tcb.sndUna) ||
    before(tcb.sndWl1, sequence) ||
    (tcb.sndWl1 === sequence && !after(tcb.sndWl2, acknowledgement));
  if (!isNewer) return;
  tcb.sndWnd = segment.window * 2 ** (has(segment, 'syn') ? 0 : tcb.sndScale);
  tcb.sndWl1 = sequence;
  tcb.sndWl2 = acknowledgement;
}

/** Deals with the acknowledgement of a segment that may be taken, then sends what it allows. */
export function takeAcknowledgement(tcb: Tcb, segment: Segment): void {
  const { acknowledgement } = segment;
  const windowBefore = tcb.sndWnd;
  const advanced = after(acknowledgement, tcb.sndUna);
  const isDuplicate =
    acknowledgement === tcb.sndUna && tcb.inFlight.length > 0 && segment.payload.length === 0;
  takeWindow(tcb, segment);
  const sacked = markSacked(tcb, segment);
  if (advanced) tcb.confirms = true;
  if (advanced) advance(tcb, segment);
  else if (isDuplicate && (sacked || windowBefore === tcb.sndWnd) && !has(segment, 'fin')) duplicate(tcb);
  push(tcb);
}

function markSacked(tcb: Tcb, segment: Segment): boolean {
  let news = false;
  for (const { start, end } of segment.options.sack)
    for (const each of tcb.inFlight)
      if (!each.sacked && !before(each.sequence, start) && !after(endOf(each), end)) {
        each.sacked = true;
        each.lost = false;
        news = true;
      }
  return news;
}

function advance(tcb: Tcb, segment: Segment): void {
  const { acknowledgement } = segment;
  const done = tcb.inFlight.filter((each) => !after(endOf(each), acknowledgement));
  const rest = tcb.inFlight.filter((each) => after(endOf(each), acknowledgement));
  measure(tcb, segment, done);
  tcb.sndUna = acknowledgement;
  // A part of a segment may be acknowledged after a resegmentation on the way.
  tcb.inFlight = rest.map((each) =>
    before(each.sequence, acknowledgement) && each.octets.length > 0
      ? {
          ...each,
          sequence: acknowledgement,
          octets: each.octets.subarray(distance(each.sequence, acknowledgement)),
        }
      : each,
  );
  tcb.timeouts = 0;
  tcb.backoff = 0;
  if (tcb.recover !== null && !before(acknowledgement, tcb.recover)) {
    tcb.recover = null;
    tcb.duplicateAcks = 0;
    if (tcb.cwnd > tcb.ssthresh) tcb.cwnd = tcb.ssthresh;
  } else if (tcb.recover === null) {
    tcb.duplicateAcks = 0;
    grow(tcb, done.length);
  } else {
    if (tcb.cwnd < tcb.ssthresh) grow(tcb, done.length);
    // A partial acknowledgement during recovery: the next hole is lost as well.
    const head = tcb.inFlight[0];
    if (head !== undefined && !head.sacked && head.transmissions === 1) head.lost = true;
  }
  restartTimer(tcb);
}

function grow(tcb: Tcb, segments: number): void {
  if (tcb.cwnd < tcb.ssthresh) tcb.cwnd += segments;
  else tcb.cwnd += segments / tcb.cwnd;
}

/** Karn's rule: a segment sent twice is measured by its echoed timestamp or not at all. */
function measure(tcb: Tcb, segment: Segment, done: readonly InFlight[]): void {
  const now = clockOf(tcb).now();
  const clean = done.filter((each) => each.transmissions === 1 && !each.sacked);
  const first = clean.at(-1);
  const echo = segment.options.timestamps?.echo;
  if (first !== undefined && done.every((each) => each.transmissions === 1))
    measured(tcb, now - first.sentAt);
  else if (tcb.timestamps && echo !== undefined && echo !== 0) {
    const trip = distance(echo, timestampOf(tcb));
    if (trip >= 0) measured(tcb, Math.max(1, trip) * MILLISECOND);
  }
}

function duplicate(tcb: Tcb): void {
  tcb.duplicateAcks += 1;
  const head = tcb.inFlight[0];
  if (head === undefined) return;
  const beyond = tcb.inFlight.filter((each) => each.sacked).length;
  if (tcb.recover === null && (tcb.duplicateAcks === DUPLICATES || beyond >= DUPLICATES)) {
    tcb.ssthresh = Math.max(2, Math.floor(tcb.inFlight.length / 2));
    tcb.cwnd = tcb.ssthresh;
    tcb.recover = tcb.sndNxt;
    head.lost = true;
  } else if (tcb.recover !== null && !tcb.sack) tcb.cwnd += 1;
  if (tcb.recover !== null) {
    // Every hole below three later segments that arrived is lost.
    let later = 0;
    for (const each of tcb.inFlight.toReversed())
      if (each.sacked) later += 1;
      else if (later >= DUPLICATES && each.transmissions === 1) each.lost = true;
  }
}
