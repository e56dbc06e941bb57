/** What may be sent now: the peer's window, the congestion window, small segments that wait, and the FIN at the end. */
import { concatBytes } from '../../base/bytes.ts';
import type { StepId } from '../../base/step.ts';
import { TCP_FLAG } from '../../wire/layer/tcp.ts';
import { MILLISECOND } from '../timing.ts';
import { restartTimer, retransmit } from './retransmission.ts';
import { after, distance, plus } from './sequence.ts';
import { clockOf, sendEdge, type InFlight, type Tcb } from './tcb.ts';
import { sendAck, segmentRoom, transmitSegment } from './transmit.ts';

/** Puts a segment in flight, sends it and keeps it until it is acknowledged. */
export function launch(
  tcb: Tcb,
  segment: { readonly octets: Uint8Array; readonly flags: number },
  parent: StepId | null,
): void {
  const { octets, flags } = segment;
  const kept: InFlight = {
    sequence: tcb.sndNxt,
    octets,
    flags,
    sentAt: clockOf(tcb).now(),
    transmissions: 1,
    sacked: false,
    lost: false,
    parent,
  };
  const length = octets.length + ((flags & (TCP_FLAG.syn | TCP_FLAG.fin)) === 0 ? 0 : 1);
  const idle = tcb.inFlight.length === 0;
  tcb.inFlight.push(kept);
  tcb.sndNxt = plus(tcb.sndNxt, length);
  transmitSegment(tcb, { sequence: kept.sequence, flags, payload: octets }, parent);
  if (idle) restartTimer(tcb);
}

/** Segments that the network is thought to hold. */
const held = (tcb: Tcb): number =>
  tcb.inFlight.reduce((sum, each) => sum + (each.sacked || each.lost ? 0 : 1), 0);

const sendsData = (tcb: Tcb): boolean => tcb.state === 'ESTAB' || tcb.state === 'CLOSE-WAIT';

/** Sends all that may be sent: what is lost first, then what is new. */
export function push(tcb: Tcb): void {
  for (const segment of tcb.inFlight)
    if (segment.lost && held(tcb) < tcb.cwnd) {
      retransmit(tcb, segment);
      if (tcb.cancelRetransmit === null) restartTimer(tcb);
    }
  if (!sendsData(tcb)) return;
  const room = segmentRoom(tcb);
  while (tcb.unsent.length > 0 && held(tcb) < tcb.cwnd) {
    const space = distance(tcb.sndNxt, sendEdge(tcb));
    const waiting = tcb.unsent.reduce((sum, each) => sum + each.octets.length, 0);
    const size = Math.min(room, waiting, space);
    if (size <= 0) break;
    const isSmall = size < room;
    // Nagle's rule as Minshall changed it: a small segment waits while another small one is in flight. One that
    // only the window makes small waits too, unless nothing else is in flight.
    if (isSmall && size < waiting && tcb.inFlight.length > 0) break;
    if (isSmall && !tcb.noDelay && !tcb.finishing && after(tcb.smallEnd, tcb.sndUna)) break;
    sendOne(tcb, size, isSmall);
  }
  if (tcb.finishing && !tcb.finSent && tcb.unsent.length === 0) sendFin(tcb);
  watchWindow(tcb);
}

function sendOne(tcb: Tcb, size: number, isSmall: boolean): void {
  const { parts, parent, ended } = cut(tcb, size);
  const octets = concatBytes(parts);
  const last = tcb.unsent.length === 0 && tcb.finishing;
  const now = clockOf(tcb).now();
  // An answer soon after what was received: a conversation, in which acknowledgements wait for the answer.
  if (now - tcb.lastReceived < DELAYED_ACK) tcb.pingpong += 1;
  if (last) tcb.finSent = true;
  launch(
    tcb,
    { octets, flags: TCP_FLAG.ack | (ended ? TCP_FLAG.psh : 0) | (last ? TCP_FLAG.fin : 0) },
    parent,
  );
  if (isSmall) tcb.smallEnd = tcb.sndNxt;
  if (last) finSent(tcb);
}

/** Takes `size` octets off the queue. `ended`: a write of the program ends with them. */
function cut(
  tcb: Tcb,
  size: number,
): { readonly parts: Uint8Array[]; readonly parent: StepId | null; readonly ended: boolean } {
  const parts: Uint8Array[] = [];
  let missing = size;
  let ended = false;
  const parent = tcb.unsent[0]?.parent ?? null;
  while (missing > 0) {
    const head = tcb.unsent[0];
    if (head === undefined) break;
    const taken = Math.min(missing, head.octets.length);
    parts.push(head.octets.subarray(0, taken));
    missing -= taken;
    if (taken === head.octets.length) {
      tcb.unsent.shift();
      ended = tcb.unsent.length === 0 || missing > 0;
    } else tcb.unsent[0] = { ...head, octets: head.octets.subarray(taken) };
  }
  return { parts, parent, ended: ended && tcb.unsent.length === 0 };
}

function sendFin(tcb: Tcb): void {
  tcb.finSent = true;
  launch(tcb, { octets: new Uint8Array(0), flags: TCP_FLAG.ack | TCP_FLAG.fin }, tcb.delayedParent);
  finSent(tcb);
}

function finSent(tcb: Tcb): void {
  tcb.state = tcb.state === 'CLOSE-WAIT' ? 'LAST-ACK' : 'FIN-WAIT-1';
}

/** A window that stays closed is probed, else its opening could be missed (RFC 9293, 3.8.6.1). */
function watchWindow(tcb: Tcb): void {
  if (tcb.unsent.length === 0 || tcb.inFlight.length > 0 || distance(tcb.sndNxt, sendEdge(tcb)) > 0) {
    tcb.cancelPersist?.();
    tcb.cancelPersist = null;
    return;
  }
  if (tcb.cancelPersist !== null) return;
  const probe = (backoff: number): void => {
    tcb.cancelPersist = clockOf(tcb).after(Math.min(tcb.rto * 2 ** backoff, LONGEST_PROBE), () => {
      transmitSegment(
        tcb,
        { sequence: plus(tcb.sndUna, -1), flags: TCP_FLAG.ack, payload: new Uint8Array(0) },
        null,
      );
      probe(backoff + 1);
    });
  };
  probe(0);
}

const LONGEST_PROBE = 120_000 * MILLISECOND;
/** `TCP_DELACK_MIN`. */
const DELAYED_ACK = 40 * MILLISECOND;
/** `TCP_MAX_QUICKACKS`: so many segments are acknowledged at once when a connection begins. */
const MOST_QUICK_ACKS = 16;

/** Owes the peer an acknowledgement: at once or a little later (RFC 9293, 3.8.6.3). */
export function acknowledge(tcb: Tcb, octets: number, parent: StepId | null): void {
  tcb.unackedOctets += octets;
  if (octets > tcb.receivedMss || (octets >= 536 && tcb.receivedMss < octets)) tcb.receivedMss = octets;
  tcb.delayedParent = parent;
  const full = tcb.unackedOctets > tcb.receivedMss;
  const quick = tcb.quickAcks > 0 && tcb.pingpong < tcb.net.sysctl.number('net.ipv4.tcp_pingpong_thresh');
  if (full || quick || !tcb.ahead.isEmpty) {
    sendAck(tcb, parent);
    return;
  }
  tcb.cancelDelayedAck ??= clockOf(tcb).after(DELAYED_ACK, () => {
    tcb.cancelDelayedAck = null;
    // The answer did not come in time: this is no conversation after all.
    tcb.pingpong = 0;
    sendAck(tcb, tcb.delayedParent);
  });
}

/** Acknowledges the next segments without waiting. */
export function enterQuickAck(tcb: Tcb): void {
  const segments = Math.floor(tcb.rcvWindow / (2 * tcb.receivedMss)) || 2;
  tcb.quickAcks = Math.max(tcb.quickAcks, Math.min(segments, MOST_QUICK_ACKS));
}
