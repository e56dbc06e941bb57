/**
 * The parts of the IP stack that call one another in circles (output, errors, input), held together in one object so
 * that each is a file of its own: the kernel builds it once, and every part is given it.
 */
import type { StepId } from '../base/step.ts';
import type { DatagramError } from './socket.ts';
import type { Ipv4Route } from './ip4/route-output.ts';
import type { Ipv6Route } from './ip6/route-output.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';
import type { Flowing } from './netfilter/conntrack.ts';
import type { NeighbourDiscovery } from './neighbour.ts';

/** A frame whose datagram is at hand: its octets from the IP header, the link it came in by, the whole frame. */
export interface Incoming {
  readonly datagram: Uint8Array;
  readonly link: Link;
  readonly frame: Uint8Array;
  readonly parent: StepId | null;
  /** What netfilter found out about it; absent while netfilter has nothing to say. */
  readonly flowing?: Flowing;
}

/** An ICMP error to be sent about a datagram. `info` is the MTU or the gateway. */
export interface IcmpErrorRequest {
  readonly type: number;
  readonly code: number;
  readonly info: bigint;
}

export interface Stack {
  readonly neighbours: NeighbourDiscovery;
  /** Sends a finished datagram along `route`: fragments, asks for the next hop's address, transmits. */
  send4(net: Namespace, datagram: Uint8Array, route: Ipv4Route, parent: StepId | null): void;
  send6(net: Namespace, datagram: Uint8Array, route: Ipv6Route, parent: StepId | null): void;
  /** Sends an ICMP error about a datagram that came in (or that this host could not send: `link` null). */
  icmpError4(
    net: Namespace,
    offending: Uint8Array,
    link: Link | null,
    error: IcmpErrorRequest,
    parent: StepId | null,
  ): void;
  icmpError6(
    net: Namespace,
    offending: Uint8Array,
    link: Link | null,
    error: IcmpErrorRequest,
    parent: StepId | null,
  ): void;
  receive4(net: Namespace, incoming: Incoming): void;
  receive6(net: Namespace, incoming: Incoming): void;
  /** Hands an error to the socket that sent the datagram. */
  socketError(net: Namespace, protocol: number, error: DatagramError, sourcePort: number): void;
}
