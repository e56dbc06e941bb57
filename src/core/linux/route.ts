/** Routes, rules and next hops as the kernel keeps them; both families. Devices are named by interface index. */
import type { Family, IpAddress } from './family.ts';
import type { ResilientTable } from './resilient-group.ts';

export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw';

export const TABLE = { unspec: 0, default: 253, main: 254, local: 255 } as const;
export const SCOPE = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;
export const PROTOCOL = {
  unspec: 0,
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  ra: 9,
  zebra: 11,
  bgp: 186,
} as const;

export interface Nexthop {
  readonly gateway: IpAddress | null;
  /** 0 when the route has no device (blackhole and the like, IPv4). */
  readonly ifindex: number;
  readonly weight: number;
  readonly onlink: boolean;
  readonly scope: number;
  /** Set while the device is down (a next hop among others) or lost its carrier. */
  dead: boolean;
  linkdown: boolean;
}

/** Route metrics that `ip route` sets; absent when not set. */
export interface RouteMetrics {
  readonly mtu?: number;
  readonly advmss?: number;
  readonly hoplimit?: number;
  readonly initcwnd?: number;
  readonly rto_min?: number;
  readonly window?: number;
}

export interface Route {
  readonly family: Family;
  readonly table: number;
  readonly destination: bigint;
  readonly length: number;
  readonly tos: number;
  readonly type: RouteType;
  readonly scope: number;
  readonly protocol: number;
  readonly metric: number;
  readonly source: bigint | null;
  readonly nexthops: readonly Nexthop[];
  readonly metrics: RouteMetrics;
  /** Id of the next hop object that it uses, else 0. */
  readonly nhid: number;
  readonly preference: 'low' | 'medium' | 'high';
  /** Simulated time of its end, for routes of router advertisements. */
  readonly expires: number | null;
}

export type RuleAction = 'table' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';

/** One entry of `ip rule`. */
export interface Rule {
  readonly family: Family;
  readonly priority: number;
  readonly source: { readonly prefix: bigint; readonly length: number } | null;
  readonly destination: { readonly prefix: bigint; readonly length: number } | null;
  readonly iif: string | null;
  readonly oif: string | null;
  readonly tos: number;
  readonly mark: { readonly value: number; readonly mask: number } | null;
  readonly invert: boolean;
  readonly action: RuleAction;
  readonly table: number;
  readonly goto: number;
  readonly suppressPrefixLength: number | null;
  readonly suppressGroup: number | null;
  readonly l3mdev: boolean;
  readonly protocol: number;
  readonly ipProtocol: number;
  readonly sourcePorts: { readonly first: number; readonly last: number } | null;
  readonly destinationPorts: { readonly first: number; readonly last: number } | null;
  /** Of the socket's owner: every program here is root's. */
  readonly uids: { readonly first: number; readonly last: number } | null;
  /** The key of the tunnel that a packet came by, 0 for any; packets here do not carry it, so that such a rule never fits. */
  readonly tunnelId: number;
  /** Source realm in the upper 16 bits: given to what the rule routes, for accounting. */
  readonly realms: number;
}

/** A next hop object of `ip nexthop`. */
export interface NexthopObject {
  readonly id: number;
  readonly kind: 'single' | 'blackhole' | 'group';
  readonly family: Family;
  readonly nexthop: Nexthop | null;
  readonly group: readonly { readonly id: number; readonly weight: number }[];
  readonly protocol: number;
  /** For entries of a forwarding database, not for routes. */
  readonly fdb: boolean;
  /** Where a single one leads to when it is for a forwarding database. */
  readonly gateway: IpAddress | null;
  /** Present on a resilient group. */
  readonly resilient: ResilientTable | null;
}
