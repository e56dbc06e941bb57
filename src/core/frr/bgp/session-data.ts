/** One TCP connection's side of a neighbour: state, timers, what both OPENs said. A neighbour has one, and for a moment two. */
import type { BgpFamily } from '../config/bgp-config.ts';
import type { Capabilities, MessageCounts, SessionState } from './peer.ts';
import type { TcpConnection } from './transport.ts';

const noMessages = (): MessageCounts => ({
  open: 0,
  notification: 0,
  update: 0,
  keepalive: 0,
  routeRefresh: 0,
  capability: 0,
});

type TimerName = 'start' | 'connectRetry' | 'hold' | 'keepalive';

/** A timer that runs, and when it goes off. */
export interface RunningTimer {
  due: number;
  cancel(): void;
}

export class SessionData {
  /** The neighbour opened it, and the first connection is not its own yet. */
  accepted: boolean;
  state: SessionState = 'Idle';
  tcp: TcpConnection | null = null;
  /** The number of its socket, for logs; -1 without one. */
  descriptor = -1;
  /** Octets of a message that has not all arrived. */
  pending: Uint8Array = new Uint8Array(0);
  readonly timers = new Map<TimerName, RunningTimer>();
  sentCapabilities: Capabilities | null = null;
  receivedCapabilities: Capabilities | null = null;
  negotiated: readonly BgpFamily[] = [];
  remoteAs = 0;
  remoteRouterId = 0;
  localRouterId = 0;
  /** A NOTIFICATION has just ended it. */
  wasNotified = false;
  holdTime = 0;
  keepaliveTime = 0;
  sent: MessageCounts = noMessages();
  received: MessageCounts = noMessages();
  /** Counts what was handed to one connection, so that late events of an old one are told apart. */
  generation = 0;

  constructor(accepted: boolean) {
    this.accepted = accepted;
  }

  stopTimers(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }
}
