/** What zebra, staticd and bfdd are configured with: interfaces, VRFs, static routes, BFD profiles and peers. */
import type { Prefix } from '../prefix.ts';

export interface InterfaceConfig {
  readonly name: string;
  readonly vrf: string;
  readonly description: string | null;
  readonly shutdown: boolean;
  /** `ip address` and `ipv6 address`, as text, in the order typed. */
  readonly addresses: readonly { readonly prefix: Prefix; readonly label: string | null }[];
  readonly bandwidth: number | null;
  readonly linkDetect: boolean;
  readonly multicast: boolean | null;
  /** `ipv6 nd suppress-ra` is the default: false means that advertisements are sent. */
  readonly ndSuppressRa: boolean | null;
  /** Milliseconds. */
  readonly ndRaInterval: number | null;
  readonly ndRaLifetime: number | null;
}

export interface VrfConfig {
  readonly name: string;
  readonly netns: string | null;
  readonly vni: number | null;
  /** `vni N prefix-routes-only`. */
  readonly prefixRoutesOnly: boolean;
}

/** One next hop of `ip route` / `ipv6 route`; lines of the same prefix, distance and so on form one route. */
export interface StaticRoute {
  readonly vrf: string;
  readonly prefix: Prefix;
  readonly source: Prefix | null;
  readonly gateway: string | null;
  readonly interface: string | null;
  readonly blackhole: 'blackhole' | 'reject' | 'null0' | null;
  readonly nexthopVrf: string | null;
  readonly onlink: boolean;
  readonly tag: number;
  readonly distance: number;
  /** 0: the table of the VRF. */
  readonly table: number;
  readonly label: string | null;
  readonly color: number | null;
}

export interface BfdTimers {
  readonly detectMultiplier?: number;
  /** Milliseconds. */
  readonly receiveInterval?: number;
  readonly transmitInterval?: number;
  readonly echoReceiveInterval?: number | 'disabled';
  readonly echoTransmitInterval?: number;
  readonly echoMode?: boolean;
  readonly passiveMode?: boolean;
  readonly minimumTtl?: number;
  readonly shutdown?: boolean;
}

export interface BfdProfile {
  readonly name: string;
  readonly timers: BfdTimers;
}

/** `peer A [multihop] [local-address B] [interface I] [vrf V]` of the node bfd. */
export interface BfdPeerConfig {
  readonly peer: string;
  readonly multihop: boolean;
  readonly localAddress: string | null;
  readonly interface: string | null;
  readonly vrf: string;
  readonly profile: string | null;
  readonly timers: BfdTimers;
}
