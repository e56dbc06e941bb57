/** One tracked connection: both directions' tuples, what was translated, mark, label and the time it has left. */
import { IP_PROTOCOL } from '../../wire/index.ts';
import { TCP_TIMEOUT, type TcpState } from './tcp-state.ts';
import { timeoutsOf, type TcpTrack } from './tcp-track.ts';
import { isIcmp, type Tuple } from './tuple.ts';
import type { Timeouts } from './zone-timeouts.ts';

export interface Connection {
  readonly zone: number;
  readonly original: Tuple;
  /** What answers look like: the reverse of `original` but for translation. */
  reply: Tuple;
  seenReply: boolean;
  /** Both ends are known to speak with one another. */
  isAssured: boolean;
  /** Which end's address was to be translated when the connection was kept, whether or not that changed it. */
  asked: 'src' | 'dst' | null;
  sourceNat: boolean;
  destinationNat: boolean;
  mark: number;
  label: bigint;
  /** `ftp`, `tftp` or ''. */
  helper: string;
  /** The connection that this one is related to. */
  readonly master: Connection | null;
  readonly tcp: TcpTrack | null;
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

/** What is kept for less is left alone. */
const LINGER = 120 * SECOND;

/** A UDP exchange that goes on for longer is a stream. */
const STREAM_AFTER = 2 * SECOND;

/** Seconds that the connection stays without another packet. */
function timeoutOf(connection: Connection, now: number): number {
  const { original, seenReply, tcp, started, timeouts } = connection;
  const own = (name: string): number | undefined => timeouts?.get(name);
  if (tcp !== null) {
    const named = timeoutsOf(tcp, seenReply).map(
      (name) => own(`tcp_${name.toLowerCase()}`) ?? TCP_TIMEOUT[name],
    );
    return Math.min(...named);
  }
  const { protocol } = original;
  if (protocol === IP_PROTOCOL.udp)
    return seenReply && now > started + STREAM_AFTER
      ? (own('udp_multiple') ?? 120)
      : (own('udp_single') ?? 30);
  return isIcmp(protocol) ? (own('icmp_first') ?? 30) : 600;
}

/** Keeps the connection for the time that its state gives it from now on. */
export const refresh = (connection: Connection, now: number): void => {
  connection.expires = now + timeoutOf(connection, now) * SECOND;
};

/** An answer to what was picked up, or the end of a handshake, assures a connection. `before`: the state that it was in. */
export function assure(connection: Connection, before: TcpState | undefined): void {
  const { tcp, seenReply } = connection;
  if (!seenReply || tcp?.state !== 'ESTABLISHED') return;
  if (before === 'SYN_RECV' || before === 'ESTABLISHED') connection.isAssured = true;
}

/** Does not keep the connection for longer than one whose ends do not answer. */
export function shorten(connection: Connection, now: number): void {
  if (connection.expires < now + LINGER) return;
  const limit = connection.timeouts?.get('tcp_unack') ?? TCP_TIMEOUT.unack;
  connection.expires = Math.min(connection.expires, now + limit * SECOND);
}
