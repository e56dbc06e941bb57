/** The TCP states that a tracked connection goes through, and how long it is kept in each (nf_conntrack defaults, seconds). */
import { TCP_FLAG } from '../../wire/index.ts';

export type TcpState =
  | 'SYN_SENT'
  | 'SYN_SENT2'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE';

/** Beside the states: `retransmit` and `unack` for connections that stall. */
export const TCP_TIMEOUT: Readonly<Record<TcpState | 'retransmit' | 'unack', number>> = {
  retransmit: 300,
  unack: 300,
  SYN_SENT: 120,
  SYN_SENT2: 120,
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

/**
 * What a segment makes of a connection: a state, or `invalid` (it does not belong there), `ignored` (it passes and changes
 * nothing), `again` (a new connection between the same ends takes the place of the old one).
 */
export type TcpTransition = TcpState | 'invalid' | 'ignored' | 'again';

function afterSyn(state: TcpState, reply: boolean): TcpTransition {
  switch (state) {
    case 'SYN_SENT':
      return reply ? 'SYN_SENT2' : 'SYN_SENT';
    case 'SYN_SENT2':
      return 'SYN_SENT2';
    case 'TIME_WAIT':
      return 'again';
    case 'CLOSE':
      return reply ? 'invalid' : 'again';
    default:
      return reply ? 'invalid' : 'ignored';
  }
}

function afterSynAck(state: TcpState, reply: boolean): TcpTransition {
  if (state === 'SYN_SENT2') return 'SYN_RECV';
  if (reply) return state === 'SYN_SENT' ? 'SYN_RECV' : 'ignored';
  return state === 'SYN_RECV' ? 'SYN_RECV' : 'invalid';
}

const AFTER_FIN: Readonly<Record<TcpState, TcpTransition>> = {
  SYN_SENT: 'invalid',
  SYN_SENT2: 'invalid',
  SYN_RECV: 'FIN_WAIT',
  ESTABLISHED: 'FIN_WAIT',
  FIN_WAIT: 'LAST_ACK',
  CLOSE_WAIT: 'LAST_ACK',
  LAST_ACK: 'LAST_ACK',
  TIME_WAIT: 'TIME_WAIT',
  CLOSE: 'CLOSE',
};

function afterAck(state: TcpState, reply: boolean): TcpTransition {
  switch (state) {
    case 'SYN_SENT':
    case 'SYN_SENT2':
      return reply ? 'ignored' : 'invalid';
    case 'SYN_RECV':
      return reply ? 'SYN_RECV' : 'ESTABLISHED';
    case 'FIN_WAIT':
      return 'CLOSE_WAIT';
    case 'LAST_ACK':
      return 'TIME_WAIT';
    default:
      return state;
  }
}

/** What comes after a segment with these flags; `reply` tells the direction. */
export function nextTcpState(state: TcpState, flags: number, reply: boolean): TcpTransition {
  if (flags & TCP_FLAG.rst) return 'CLOSE';
  if (flags & TCP_FLAG.syn) return flags & TCP_FLAG.ack ? afterSynAck(state, reply) : afterSyn(state, reply);
  if (flags & TCP_FLAG.fin) return AFTER_FIN[state];
  return flags & TCP_FLAG.ack ? afterAck(state, reply) : 'invalid';
}
