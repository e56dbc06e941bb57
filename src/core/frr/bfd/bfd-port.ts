/** What bgpd asks of bfdd, and what bfdd needs of its operating system. */
import type { Address } from '../prefix.ts';
import type { BfdIntervals } from './session.ts';

/** Between which ends a session is. */
export interface BfdEnds {
  readonly peer: Address;
  /** Null: as routing says. */
  readonly local: Address | null;
  readonly interface: string | null;
  readonly vrf: string;
  readonly multihop: boolean;
}

export interface BfdRequest extends Omit<BfdEnds, 'multihop'> {
  /** How far away the peer may be; over more than one hop it is a session of RFC 5883. */
  readonly hops: number;
  readonly intervals: BfdIntervals;
}

/** One session as its owner sees it. */
export interface BfdHandle {
  /** Unknown while bfdd has not answered. */
  readonly status: 'Up' | 'Down' | 'AdminDown' | 'Unknown';
  /** When bfdd last told of another state, in simulated nanoseconds; null: never. */
  readonly lastChange: number | null;
  /** Other intervals, while it runs. */
  change(intervals: BfdIntervals): void;
  release(): void;
}

export interface BfdPort {
  /** `changed`: the session came up, or went down after it was up. */
  request(request: BfdRequest, changed: (isUp: boolean) => void): BfdHandle;
}

/** A packet as it came. */
export interface BfdArrival {
  readonly vrf: string;
  readonly interface: string;
  readonly from: Address;
  readonly to: Address;
  /** To the port of sessions over several hops; only these may have lost of their TTL on the way. */
  readonly multihop: boolean;
  readonly ttl: number;
  readonly octets: Uint8Array;
}

/** Control packets over UDP, with TTL 255: RFC 5881 (port 3784) and RFC 5883 (4784, over several hops). */
export interface BfdTransport {
  /** False: there is no such interface, VRF or address (yet), or no way. */
  send(ends: BfdEnds, octets: Uint8Array): boolean;
  listen(received: (arrival: BfdArrival) => void): void;
}
