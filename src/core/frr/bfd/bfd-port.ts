/** What bgpd asks of bfdd, and what bfdd needs of its operating system. */
import type { Address } from '../prefix.ts';
import type { BfdIntervals } from './session.ts';

export interface BfdRequest {
  readonly peer: Address;
  /** Null: as routing says. */
  readonly local: Address | null;
  readonly interface: string | null;
  readonly vrf: string;
  readonly multihop: boolean;
  readonly intervals: BfdIntervals;
}

/** One session as its owner sees it. */
export interface BfdHandle {
  readonly status: 'Up' | 'Down' | 'Init' | 'AdminDown';
  /** Simulated nanoseconds; null: no change yet. */
  readonly lastChange: number | null;
  /** Other intervals, while it runs. */
  change(intervals: BfdIntervals): void;
  release(): void;
}

export interface BfdPort {
  /** `changed`: the session came up, or went down after it was up. */
  request(request: BfdRequest, changed: (isUp: boolean) => void): BfdHandle;
}

/** Control packets over UDP (RFC 5881: port 3784, TTL 255). */
export interface BfdTransport {
  send(request: BfdRequest, octets: Uint8Array): void;
  listen(
    received: (vrf: string, interfaceName: string, from: Address, to: Address, octets: Uint8Array) => void,
  ): void;
}
