/** The TCP that bgpd uses, as its operating system offers it. One world implements it over a kernel, tests in memory. */
import type { Address } from '../prefix.ts';

export interface SocketAddress {
  readonly address: Address;
  readonly port: number;
}

/** What a connection tells its owner. After `closed` nothing comes any more. */
export interface ConnectionListener {
  connected(): void;
  received(octets: Uint8Array): void;
  /** `orderly`: the peer closed after its last octet; otherwise the reason as errno(3) names it. */
  closed(
    reason:
      | 'orderly'
      | 'ECONNREFUSED'
      | 'ECONNRESET'
      | 'ETIMEDOUT'
      | 'EHOSTUNREACH'
      | 'ENETUNREACH'
      | 'EADDRNOTAVAIL',
  ): void;
}

export interface HopLimits {
  readonly ttl: number;
  readonly minTtl: number;
}

export interface TcpConnection {
  /** Null until connected. */
  readonly local: SocketAddress | null;
  readonly remote: SocketAddress;
  send(octets: Uint8Array): void;
  /** Hop limits of what is sent, and below which what comes is not taken (0: everything is). */
  limitHops(limits: HopLimits): void;
  /** Sends what is queued, then FIN. No event comes any more. */
  close(): void;
  /** Sends RST. No event comes any more. */
  abort(): void;
}

export interface ConnectOptions {
  readonly vrf: string;
  readonly remote: SocketAddress;
  /** `update-source`; null: as routing says. */
  readonly source: Address | null;
  /** Interface for a link-local address or `update-source` by name; null: as routing says. */
  readonly interface: string | null;
  readonly hops: HopLimits;
  /** Both ends sign their segments with it (RFC 2385); null: they do not. */
  readonly password: string | null;
}

export interface Transport {
  /** Answers at once; `listener` hears later whether it worked. */
  connect(options: ConnectOptions, listener: ConnectionListener): TcpConnection;
  /**
   * Takes connections to `port` on every address of the VRF. `accept` gives the listener of a connection, or null to
   * refuse it (it is then closed). `interface` is where it came in. `passwordOf` gives what a peer must sign with.
   */
  listen(
    vrf: string,
    port: number,
    passwordOf: (remote: Address) => string | null,
    accept: (connection: TcpConnection, interfaceName: string) => ConnectionListener | null,
  ): () => void;
}
