/** Round-trip times and the retransmission timer (RFC 6298, with the figures of Linux). */
import { MILLISECOND } from '../timing.ts';
import { finish } from './finish.ts';
import { clockOf, isSynchronized, type InFlight, type Tcb } from './tcb.ts';
import { sendReset, transmitSegment } from './transmit.ts';

const ORPHAN_RETRIES = 8;

const leastRto = (tcb: Tcb): number => tcb.net.sysctl.number('net.ipv4.tcp_rto_min_us') * 1000;
const longestRto = (tcb: Tcb): number => tcb.net.sysctl.number('net.ipv4.tcp_rto_max_ms') * MILLISECOND;

/** Takes one measured round trip (nanoseconds). */
export function measured(tcb: Tcb, trip: number): void {
  const least = leastRto(tcb);
  if (tcb.srtt === null) {
    tcb.srtt = trip;
    tcb.rttvar = Math.max(trip * 2, least);
  } else {
    const error = Math.abs(tcb.srtt - trip);
    tcb.srtt += (trip - tcb.srtt) / 8;
    // The variance never counts less than the least timeout, so that a steady way keeps srtt + 200 ms.
    tcb.rttvar = Math.max(tcb.rttvar + (4 * error - tcb.rttvar) / 4, least);
  }
  tcb.rto = Math.min(Math.ceil((tcb.srtt + tcb.rttvar) / MILLISECOND) * MILLISECOND, longestRto(tcb));
}

/** Starts the timer for the oldest segment in flight, or stops it when there is none. */
export function restartTimer(tcb: Tcb): void {
  tcb.cancelRetransmit?.();
  tcb.cancelRetransmit = null;
  if (tcb.inFlight.length === 0) return;
  const wait = Math.min(tcb.rto * 2 ** tcb.backoff, longestRto(tcb));
  tcb.retransmitEnds = clockOf(tcb).now() + wait;
  tcb.cancelRetransmit = clockOf(tcb).after(wait, () => timedOut(tcb));
}

/** Sends a segment in flight once more. */
export function retransmit(tcb: Tcb, segment: InFlight): void {
  segment.lost = false;
  segment.transmissions += 1;
  segment.sentAt = clockOf(tcb).now();
  transmitSegment(
    tcb,
    { sequence: segment.sequence, flags: segment.flags, payload: segment.octets },
    segment.parent,
  );
}

function timedOut(tcb: Tcb): void {
  tcb.cancelRetransmit = null;
  const oldest = tcb.inFlight[0];
  if (oldest === undefined) return;
  if (isGivenUp(tcb)) {
    if (tcb.state === 'SYN-RECV') tcb.release();
    if (tcb.orphaned && isSynchronized(tcb.state)) sendReset(tcb, oldest.parent);
    finish(tcb, 'ETIMEDOUT', oldest.parent);
    return;
  }
  tcb.timeouts += 1;
  const linear = tcb.state === 'SYN-SENT' ? tcb.net.sysctl.number('net.ipv4.tcp_syn_linear_timeouts') : 0;
  if (tcb.timeouts > linear) tcb.backoff += 1;
  if (isSynchronized(tcb.state)) {
    if (tcb.timeouts === 1)
      tcb.ssthresh = Math.max(2, Math.floor(Math.min(tcb.cwnd, tcb.inFlight.length) / 2));
    tcb.cwnd = 1;
    tcb.duplicateAcks = 0;
    tcb.recover = tcb.sndNxt;
    for (const segment of tcb.inFlight) {
      segment.sacked = false;
      segment.lost = true;
    }
  }
  retransmit(tcb, oldest);
  restartTimer(tcb);
}

/** After how many timeouts the kernel gives up: by state, and for data by the time that so many would take. */
function isGivenUp(tcb: Tcb): boolean {
  const { sysctl } = tcb.net;
  if (tcb.state === 'SYN-SENT')
    return (
      tcb.timeouts >=
      sysctl.number('net.ipv4.tcp_syn_retries') + sysctl.number('net.ipv4.tcp_syn_linear_timeouts')
    );
  if (tcb.state === 'SYN-RECV') return tcb.timeouts >= sysctl.number('net.ipv4.tcp_synack_retries');
  const retries = tcb.orphaned
    ? sysctl.number('net.ipv4.tcp_orphan_retries') || ORPHAN_RETRIES
    : sysctl.number('net.ipv4.tcp_retries2');
  return tcb.timeouts >= retries;
}
