/** The TCP states that a tracked connection goes through, and how long it is kept in each (nf_conntrack defaults, seconds). */
import { TCP_FLAG } from '../../wire/index.ts';

export type TcpState =
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE';

export const TCP_TIMEOUT: Readonly<Record<TcpState, number>> = {
  SYN_SENT: 120,
  SYN_RECV: 60,
  ESTABLISHED: 432_000,
  FIN_WAIT: 120,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  TIME_WAIT: 120,
  CLOSE: 10,
};

/** The first state by the first packet's flags; undefined when a connection cannot begin with it. */
export function firstTcpState(flags: number): TcpState | undefined {
  if (flags & TCP_FLAG.rst) return undefined;
  if (flags & TCP_FLAG.syn) return flags & TCP_FLAG.ack ? undefined : 'SYN_SENT';
  if (flags & TCP_FLAG.fin) return undefined;
  // Picked up in the middle, which the kernel allows unless told otherwise.
  return flags & TCP_FLAG.ack ? 'ESTABLISHED' : undefined;
}

/** The state after a packet; `reply` tells the direction. */
export function nextTcpState(state: TcpState, flags: number, reply: boolean): TcpState {
  if (flags & TCP_FLAG.rst) return 'CLOSE';
  if (flags & TCP_FLAG.syn) {
    if (flags & TCP_FLAG.ack) return reply && state === 'SYN_SENT' ? 'SYN_RECV' : state;
    return !reply && (state === 'TIME_WAIT' || state === 'CLOSE' || state === 'LAST_ACK')
      ? 'SYN_SENT'
      : state;
  }
  if (flags & TCP_FLAG.fin) {
    if (state === 'ESTABLISHED' || state === 'SYN_RECV') return 'FIN_WAIT';
    return state === 'FIN_WAIT' || state === 'CLOSE_WAIT' ? 'LAST_ACK' : state;
  }
  if (!(flags & TCP_FLAG.ack)) return state;
  if (state === 'SYN_RECV' && !reply) return 'ESTABLISHED';
  if (state === 'FIN_WAIT') return 'CLOSE_WAIT';
  return state === 'LAST_ACK' ? 'TIME_WAIT' : state;
}
