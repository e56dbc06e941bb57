/** One tracked connection: both directions' tuples, what was translated, mark, label and the time it has left. */
import { IP_PROTOCOL } from '../../wire/index.ts';
import type { TcpState } from './tcp-state.ts';
import { TCP_TIMEOUT } from './tcp-state.ts';
import { isIcmp, type Tuple } from './tuple.ts';

export interface Connection {
  readonly zone: number;
  readonly original: Tuple;
  /** What answers look like: the reverse of `original` but for translation. */
  reply: Tuple;
  seenReply: boolean;
  sourceNat: boolean;
  destinationNat: boolean;
  mark: number;
  label: bigint;
  /** `ftp`, `tftp` or ''. */
  helper: string;
  /** The connection that this one is related to. */
  readonly master: Connection | null;
  tcp: TcpState | null;
  /** Simulated nanoseconds. */
  expires: number;
  readonly started: number;
  packets: [number, number];
  bytes: [number, number];
}

const SECOND = 1e9;

/** Seconds that the connection stays without another packet. */
function timeoutOf(connection: Pick<Connection, 'original' | 'seenReply' | 'tcp'>): number {
  if (connection.tcp !== null) return TCP_TIMEOUT[connection.tcp];
  const { protocol } = connection.original;
  if (protocol === IP_PROTOCOL.udp) return connection.seenReply ? 120 : 30;
  return isIcmp(protocol) ? 30 : 600;
}

export const refresh = (connection: Connection, now: number): void => {
  connection.expires = now + timeoutOf(connection) * SECOND;
};
