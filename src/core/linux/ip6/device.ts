/** IPv6 side of a link: its addresses, groups and what routers advertised. */

export interface Ipv6Address {
  readonly address: bigint;
  readonly length: number;
  readonly peer: bigint | null;
  readonly scope: number;
  readonly metric: number;
  readonly noPrefixRoute: boolean;
  readonly noDad: boolean;
  readonly home: boolean;
  /** Made by address autoconfiguration. */
  readonly dynamic: boolean;
  readonly managed: boolean;
  readonly protocol: number;
  tentative: boolean;
  dadFailed: boolean;
  optimistic: boolean;
  deprecated: boolean;
  /** Seconds; null for ever. Counted from `updated`. */
  validLifetime: number | null;
  preferredLifetime: number | null;
  updated: number;
  readonly created: number;
  cancelTimer: (() => void) | null;
}

/** A multicast group that the host listens to on a link. */
interface Ipv6Membership {
  readonly group: bigint;
  users: number;
  /** Unsolicited reports still to be sent. */
  pendingReports: number;
}

export interface Ipv6Device {
  addresses: Ipv6Address[];
  readonly groups: Map<bigint, Ipv6Membership>;
  /** IF_READY: link-local addresses are made and checked. */
  ready: boolean;
  routerSolicitations: number;
  cancelRouterTimer: (() => void) | null;
  cancelReportTimer: (() => void) | null;
  reportsLeft: number;
  /** Set by router advertisements. */
  hopLimit: number;
  mtu: number | null;
}
