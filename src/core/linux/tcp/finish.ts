/** The end of a connection: every way out of the states, once. */
import type { StepId } from '../../base/step.ts';
import { SECOND } from '../timing.ts';
import { clockOf, stopTimers, type Tcb, type TcpEnd } from './tcb.ts';

/** `TCP_TIMEWAIT_LEN`. */
const TIME_WAIT = 60 * SECOND;

/** Forgets the connection and tells its program why. */
export function finish(tcb: Tcb, reason: TcpEnd, parent: StepId | null): void {
  if (tcb.state === 'CLOSED') return;
  tcb.state = 'CLOSED';
  stopTimers(tcb);
  tcb.inFlight = [];
  tcb.unsent.length = 0;
  tcb.release();
  tcb.told.closed(reason, parent);
}

/** Both sides are done; the pair of ports stays taken until old segments have died out. */
export function enterTimeWait(tcb: Tcb, parent: StepId | null): void {
  const first = tcb.state !== 'TIME-WAIT';
  tcb.state = 'TIME-WAIT';
  stopTimers(tcb);
  tcb.waitEnds = clockOf(tcb).now() + TIME_WAIT;
  tcb.cancelWait = clockOf(tcb).after(TIME_WAIT, () => {
    tcb.state = 'CLOSED';
    tcb.release();
  });
  if (first) tcb.told.closed('finished', parent);
}

/** FIN-WAIT-2 without a program that would read: the kernel waits `tcp_fin_timeout`, no longer. */
export function awaitPeerFin(tcb: Tcb): void {
  tcb.cancelWait?.();
  const wait = tcb.net.sysctl.number('net.ipv4.tcp_fin_timeout') * SECOND;
  tcb.waitEnds = clockOf(tcb).now() + wait;
  tcb.cancelWait = clockOf(tcb).after(wait, () => finish(tcb, 'finished', null));
}
