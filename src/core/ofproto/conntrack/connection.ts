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

/** A UDP exchange that goes on for longer is a stream. */
const STREAM_AFTER = 2 * SECOND;

/** Seconds that the connection stays without another packet. */
function timeoutOf({ original, seenReply, tcp, started }: Connection, now: number): number {
  if (tcp !== null) return TCP_TIMEOUT[tcp];
  const { protocol } = original;
  if (protocol === IP_PROTOCOL.udp) return seenReply && now > started + STREAM_AFTER ? 120 : 30;
  return isIcmp(protocol) ? 30 : 600;
}

export const refresh = (connection: Connection, now: number): void => {
  connection.expires = now + timeoutOf(connection, now) * SECOND;
};
