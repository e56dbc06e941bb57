/** The path attributes of a route as bgpd keeps them after decoding and policy (RFC 4271 section 5 and its extensions). */
import type { Address } from '../prefix.ts';

export type Origin = 'igp' | 'egp' | 'incomplete';

export type AsSegmentKind = 'set' | 'sequence' | 'confed-sequence' | 'confed-set';

export interface AsSegment {
  readonly kind: AsSegmentKind;
  readonly asns: readonly number[];
}

export type AsPath = readonly AsSegment[];

export interface Aggregator {
  readonly asn: number;
  /** IPv4 address as a number. */
  readonly address: number;
}

/** RFC 8092. */
export interface LargeCommunity {
  readonly globalAdministrator: number;
  readonly local1: number;
  readonly local2: number;
}

/** The next hop of MP_REACH_NLRI. `linkLocal` is null when 16 octets came (and `global` may then itself be link-local). */
export interface MpNextHop {
  readonly global: bigint;
  readonly linkLocal: bigint | null;
}

/** An attribute that bgpd does not know: kept and passed on when transitive. */
export interface UnknownAttribute {
  readonly flags: number;
  readonly type: number;
  readonly octets: Uint8Array;
}

/** What goes with one route of a VPN beside the attributes that it shares with others. */
export interface Overlay {
  /** Three octets each: a VNI, or an MPLS label with traffic class and bottom-of-stack bit. */
  readonly labels: readonly number[];
  /** Ethernet segment identifier; 0: single-homed. */
  readonly segment: bigint;
  /** Gateway of an IP prefix route. */
  readonly gateway: Address | null;
}

export const NO_OVERLAY: Overlay = { labels: [], segment: 0n, gateway: null };

/** How broadcast is to reach the sender of an inclusive multicast route (RFC 6514 section 5). */
export interface PmsiTunnel {
  /** 6: ingress replication. */
  readonly type: number;
  readonly label: number;
}

/** Well-known communities that policy knows by name (RFC 1997, RFC 8326, RFC 7999). */
export const COMMUNITY = {
  gracefulShutdown: 0xffff0000,
  acceptOwn: 0xffff0001,
  llgrStale: 0xffff0006,
  noLlgr: 0xffff0007,
  blackhole: 0xffff029a,
  noExport: 0xffffff01,
  noAdvertise: 0xffffff02,
  localAs: 0xffffff03,
  noPeer: 0xffffff04,
} as const;

/**
 * Immutable: policy makes a new one. A null says that the attribute is absent, which the show texts tell from 0.
 * Lists of communities are sorted and hold no value twice.
 */
export interface PathAttributes {
  readonly origin: Origin;
  readonly asPath: AsPath;
  /** NEXT_HOP as a number; null when absent (an MP_REACH route). 0 is this router itself. */
  readonly nextHop: number | null;
  /** Set when the route came, or will go, in MP_REACH with an IPv6 next hop. */
  readonly mpNextHop: MpNextHop | null;
  readonly med: number | null;
  readonly localPreference: number | null;
  readonly atomicAggregate: boolean;
  readonly aggregator: Aggregator | null;
  readonly communities: readonly number[] | null;
  readonly largeCommunities: readonly LargeCommunity[] | null;
  /** Eight octets each, as a 64-bit number. */
  readonly extendedCommunities: readonly bigint[] | null;
  readonly originatorId: number | null;
  readonly clusterList: readonly number[] | null;
  readonly pmsiTunnel: PmsiTunnel | null;
  readonly unknown: readonly UnknownAttribute[];
  /** Of a route of a VPN; sent with its prefix. */
  readonly overlay: Overlay | null;
  /** Never on the wire: 32768 for what this router originates. */
  readonly weight: number;
  /** Never on the wire: `set tag`, and the tag of a redistributed route. */
  readonly tag: number;
  /** Set by a route map: `set ip next-hop`, `unchanged`, `peer-address`; outbound next-hop rules respect it. */
  readonly nextHopSetBy: 'route-map' | 'route-map-peer-address' | 'route-map-unchanged' | null;
  /** `set distance`; null: the instance's. */
  readonly distance: number | null;
  /** `set ipv6 next-hop prefer-global`. */
  readonly preferGlobal: boolean;
}

/** A locally originated route before any policy. */
export const localAttributes = (origin: Origin): PathAttributes => ({
  origin,
  asPath: [],
  nextHop: 0,
  mpNextHop: null,
  med: null,
  localPreference: null,
  atomicAggregate: false,
  aggregator: null,
  communities: null,
  largeCommunities: null,
  extendedCommunities: null,
  originatorId: null,
  clusterList: null,
  pmsiTunnel: null,
  unknown: [],
  overlay: null,
  weight: 32768,
  tag: 0,
  nextHopSetBy: null,
  distance: null,
  preferGlobal: false,
});
