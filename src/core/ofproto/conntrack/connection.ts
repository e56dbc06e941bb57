/** One tracked connection: both directions' tuples, what was translated, mark, label and the time it has left. */
import { IP_PROTOCOL } from '../../wire/index.ts';
import type { TcpState } from './tcp-state.ts';
import { TCP_TIMEOUT } from './tcp-state.ts';
import { isIcmp, type Tuple } from './tuple.ts';
import type { Timeouts } from './zone-timeouts.ts';

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
  /** Of the zone as it was when the connection was kept, where it had any. */
  readonly timeouts: Timeouts | null;
  /** Simulated nanoseconds. */
  expires: number;
  readonly started: number;
  packets: [number, number];
  bytes: [number, number];
}

/** Whether packets of a connection are rewritten. */
export const isTranslated = ({ sourceNat, destinationNat }: Connection): boolean =>
  sourceNat || destinationNat;

const SECOND = 1e9;

/** A UDP exchange that goes on for longer is a stream. */
const STREAM_AFTER = 2 * SECOND;

/** Seconds that the connection stays without another packet. */
function timeoutOf({ original, seenReply, tcp, started, timeouts }: Connection, now: number): number {
  const own = (name: string): number | undefined => timeouts?.get(name);
  if (tcp !== null) return own(`tcp_${tcp.toLowerCase()}`) ?? TCP_TIMEOUT[tcp];
  const { protocol } = original;
  if (protocol === IP_PROTOCOL.udp)
    return seenReply && now > started + STREAM_AFTER
      ? (own('udp_multiple') ?? 120)
      : (own('udp_single') ?? 30);
  return isIcmp(protocol) ? (own('icmp_first') ?? 30) : 600;
}

export const refresh = (connection: Connection, now: number): void => {
  connection.expires = now + timeoutOf(connection, now) * SECOND;
};
