/** A segment arrives for a connection: the steps of RFC 9293, 3.10.7, with the checks of RFC 5961 and RFC 7323. */
import type { StepId } from '../../base/step.ts';
import { TCP_FLAG } from '../../wire/layer/tcp.ts';
import { takeAcknowledgement, takeWindow } from './acknowledgement.ts';
import { awaitPeerFin, enterTimeWait, finish } from './finish.ts';
import { acknowledge, enterQuickAck, launch, push } from './output.ts';
import { measured, restartTimer, retransmit } from './retransmission.ts';
import { has, sequenceLength, type Segment } from './segment.ts';
import { after, before, distance, plus } from './sequence.ts';
import { clockOf, DEFAULT_MSS, receiveWindow, type Tcb } from './tcb.ts';
import { sendAck, sendReset, SYN_ACK, transmitSegment } from './transmit.ts';

const NOTHING = new Uint8Array(0);

export function segmentArrives(tcb: Tcb, segment: Segment, parent: StepId | null): void {
  if (tcb.state === 'SYN-SENT') arrivesInSynSent(tcb, segment, parent);
  else if (tcb.state !== 'CLOSED') arrives(tcb, segment, parent);
}

/** Takes over what the SYN of the peer says. */
export function takeSyn(tcb: Tcb, segment: Segment): void {
  const { options } = segment;
  tcb.rcvNxt = plus(segment.sequence, 1);
  tcb.rcvEdge = plus(tcb.rcvNxt, tcb.rcvWindow);
  tcb.peerMss = options.mss ?? DEFAULT_MSS[tcb.family];
  tcb.receivedMss = Math.min(536, tcb.peerMss);
  tcb.timestamps &&= options.timestamps !== null;
  tcb.sack &&= options.sackPermitted;
  tcb.tsRecent = options.timestamps?.value ?? 0;
  if (options.windowScale === null) {
    tcb.rcvScale = 0;
    tcb.sndScale = 0;
  } else tcb.sndScale = options.windowScale;
  tcb.sndWnd = segment.window;
  tcb.sndWl1 = segment.sequence;
  tcb.sndWl2 = tcb.sndUna;
}

function arrivesInSynSent(tcb: Tcb, segment: Segment, parent: StepId | null): void {
  const { acknowledgement } = segment;
  const acks = has(segment, 'ack');
  if (acks && (!after(acknowledgement, tcb.sndUna) || after(acknowledgement, tcb.sndNxt))) {
    if (!has(segment, 'rst'))
      transmitSegment(tcb, { sequence: acknowledgement, flags: TCP_FLAG.rst, payload: NOTHING }, parent);
    return;
  }
  if (has(segment, 'rst')) {
    if (acks) finish(tcb, 'ECONNREFUSED', parent);
    return;
  }
  if (!has(segment, 'syn')) return;
  takeSyn(tcb, segment);
  enterQuickAck(tcb);
  if (!acks) {
    // Both sides opened at once.
    tcb.state = 'SYN-RECV';
    const syn = tcb.inFlight[0];
    tcb.inFlight = [];
    tcb.sndNxt = syn?.sequence ?? tcb.sndUna;
    launch(tcb, { octets: NOTHING, flags: SYN_ACK }, parent);
    return;
  }
  const syn = tcb.inFlight[0];
  if (syn?.transmissions === 1) measured(tcb, clockOf(tcb).now() - syn.sentAt);
  tcb.sndUna = acknowledgement;
  tcb.inFlight = [];
  established(tcb, parent);
  sendAck(tcb, parent);
  push(tcb);
}

function established(tcb: Tcb, parent: StepId | null): void {
  tcb.state = 'ESTAB';
  tcb.timeouts = 0;
  tcb.backoff = 0;
  tcb.smallEnd = tcb.sndUna;
  restartTimer(tcb);
  tcb.told.connected(parent);
}

/** The four cases of RFC 9293, 3.10.7.4, first check. */
function isAcceptable(tcb: Tcb, segment: Segment): boolean {
  const window = receiveWindow(tcb);
  const end = plus(segment.sequence, sequenceLength(segment));
  return !before(end, tcb.rcvNxt) && !after(segment.sequence, plus(tcb.rcvNxt, window));
}

function arrives(tcb: Tcb, segment: Segment, parent: StepId | null): void {
  const { timestamps } = segment.options;
  const isOld =
    tcb.timestamps && timestamps !== null && before(timestamps.value, tcb.tsRecent) && !has(segment, 'rst');
  if (isOld || !isAcceptable(tcb, segment)) {
    refuse(tcb, segment, parent);
    return;
  }
  if (has(segment, 'rst')) {
    if (segment.sequence === tcb.rcvNxt) resetByPeer(tcb, parent);
    else sendAck(tcb, parent);
    return;
  }
  if (has(segment, 'syn')) {
    refuse(tcb, segment, parent);
    return;
  }
  if (!has(segment, 'ack')) return;
  if (tcb.timestamps && timestamps !== null && !after(segment.sequence, tcb.rcvNxt))
    tcb.tsRecent = timestamps.value;
  if (tcb.state === 'SYN-RECV' && !completeHandshake(tcb, segment, parent)) return;
  if (after(segment.acknowledgement, tcb.sndNxt)) {
    sendAck(tcb, parent);
    return;
  }
  if (!before(segment.acknowledgement, tcb.sndUna)) takeAcknowledgement(tcb, segment);
  if (tcb.finSent && tcb.inFlight.length === 0 && finAcknowledged(tcb, parent)) return;
  takeData(tcb, segment, parent);
}

/** A segment outside the window: an acknowledgement says where this side is. */
function refuse(tcb: Tcb, segment: Segment, parent: StepId | null): void {
  if (has(segment, 'rst')) return;
  const syn = tcb.inFlight[0];
  if (tcb.state === 'SYN-RECV' && has(segment, 'syn') && syn !== undefined) {
    retransmit(tcb, syn);
    return;
  }
  if (segment.payload.length > 0 && before(segment.sequence, tcb.rcvNxt)) enterQuickAck(tcb);
  sendAck(tcb, parent);
  if (tcb.state === 'TIME-WAIT' && has(segment, 'fin')) enterTimeWait(tcb, parent);
}

function resetByPeer(tcb: Tcb, parent: StepId | null): void {
  const refused = tcb.state === 'SYN-RECV' && !tcb.passive;
  finish(tcb, refused ? 'ECONNREFUSED' : 'ECONNRESET', parent);
}

function completeHandshake(tcb: Tcb, segment: Segment, parent: StepId | null): boolean {
  const { acknowledgement } = segment;
  if (!after(acknowledgement, tcb.sndUna) || after(acknowledgement, tcb.sndNxt)) {
    transmitSegment(tcb, { sequence: acknowledgement, flags: TCP_FLAG.rst, payload: NOTHING }, parent);
    return false;
  }
  const syn = tcb.inFlight[0];
  if (syn?.transmissions === 1) measured(tcb, clockOf(tcb).now() - syn.sentAt);
  tcb.inFlight = [];
  tcb.sndUna = plus(tcb.iss, 1);
  takeWindow(tcb, segment);
  established(tcb, parent);
  return true;
}

/** This side's FIN arrived. True when the connection is over. */
function finAcknowledged(tcb: Tcb, parent: StepId | null): boolean {
  switch (tcb.state) {
    case 'FIN-WAIT-1':
      tcb.state = 'FIN-WAIT-2';
      if (tcb.orphaned) awaitPeerFin(tcb);
      return false;
    case 'CLOSING':
      enterTimeWait(tcb, parent);
      return true;
    case 'LAST-ACK':
      finish(tcb, 'finished', parent);
      return true;
    default:
      return false;
  }
}

const isReading = (tcb: Tcb): boolean =>
  tcb.state === 'ESTAB' || tcb.state === 'FIN-WAIT-1' || tcb.state === 'FIN-WAIT-2';

function takeData(tcb: Tcb, segment: Segment, parent: StepId | null): void {
  const fin = has(segment, 'fin');
  if (segment.payload.length === 0 && !fin) return;
  if (!isReading(tcb)) {
    sendAck(tcb, parent);
    if (tcb.state === 'TIME-WAIT' && fin) enterTimeWait(tcb, parent);
    return;
  }
  const skipped = distance(segment.sequence, tcb.rcvNxt);
  const room = distance(segment.sequence, tcb.rcvEdge);
  const inWindow = segment.payload.subarray(0, Math.max(0, room));
  const finFits = fin && inWindow.length === segment.payload.length;
  if (skipped < 0) {
    tcb.ahead.add({ sequence: segment.sequence, octets: inWindow.slice(), fin: finFits });
    enterQuickAck(tcb);
    acknowledge(tcb, 0, parent);
    return;
  }
  const fresh = inWindow.subarray(skipped);
  if (fresh.length === 0 && !(finFits && skipped === segment.payload.length)) {
    enterQuickAck(tcb);
    sendAck(tcb, parent);
    return;
  }
  if (tcb.orphaned && fresh.length > 0) {
    // Nobody will read it: the peer is told so.
    sendReset(tcb, parent);
    finish(tcb, 'ECONNRESET', parent);
    return;
  }
  const hadGap = !tcb.ahead.isEmpty;
  tcb.rcvNxt = plus(tcb.rcvNxt, fresh.length);
  const more = finFits ? { octets: [], next: tcb.rcvNxt, fin: true } : tcb.ahead.take(tcb.rcvNxt);
  tcb.rcvNxt = more.next;
  const received = [fresh, ...more.octets].filter((octets) => octets.length > 0);
  if (tcb.lastReceived === -Infinity && tcb.quickAcks === 0) enterQuickAck(tcb);
  if (fresh.length >= GROWING) growWindow(tcb, fresh.length);
  tcb.lastReceived = clockOf(tcb).now();
  for (const octets of received) tcb.told.data(octets.slice(), parent);
  if (more.fin) takeFin(tcb, parent);
  else if (hadGap) sendAck(tcb, parent);
  else acknowledge(tcb, fresh.length, parent);
}

/** Segments from this size on let the window grow (`tcp_grow_window`). */
const GROWING = 128;

function growWindow(tcb: Tcb, octets: number): void {
  const most = Number((tcb.net.sysctl.get('net.ipv4.tcp_rmem') ?? '').split(/\s+/)[2] ?? 6291456) / 2;
  tcb.rcvWindow = Math.min(most, tcb.rcvWindow + 2 * Math.max(octets, tcb.receivedMss));
}

function takeFin(tcb: Tcb, parent: StepId | null): void {
  tcb.rcvNxt = plus(tcb.rcvNxt, 1);
  if (tcb.state === 'ESTAB') {
    tcb.state = 'CLOSE-WAIT';
    // Nothing more will come; a program that answers by closing lets its FIN carry the acknowledgement.
    tcb.pingpong = Infinity;
    acknowledge(tcb, 0, parent);
  } else {
    sendAck(tcb, parent);
    if (tcb.state === 'FIN-WAIT-2') enterTimeWait(tcb, parent);
    else tcb.state = 'CLOSING';
  }
  tcb.told.end(parent);
}
