/** What bgpd and zebra say to one another (the zebra protocol): interfaces, VRFs, routes, next hops. */
import type { Address, Family, Prefix } from '../prefix.ts';
import type { RouteProtocol } from '../route-protocol.ts';
import type { ZebraEvpn, ZebraEvpnListener } from './zebra-evpn.ts';

export interface ZebraInterface {
  readonly name: string;
  readonly index: number;
  readonly vrf: string;
  readonly up: boolean;
  readonly isLoopback: boolean;
  readonly mac: bigint;
  /** In the kernel's order; `peer` of point-to-point addresses is left out. */
  readonly addresses: readonly Prefix[];
}

export interface ZebraVrf {
  readonly name: string;
  /** As `show bgp` prints it: 0 for the default VRF. */
  readonly id: number;
}

/** One next hop of a route that bgpd announces. */
export type ZebraNextHop =
  | {
      readonly kind: 'gateway';
      readonly gateway: Address;
      readonly interface: string | null;
      readonly vrf: string;
      readonly weight: number;
      /** Another VTEP, reached over a layer 3 VNI: the MAC address of its router. */
      readonly routerMac?: bigint;
    }
  | { readonly kind: 'interface'; readonly interface: string; readonly vrf: string; readonly weight: number }
  | { readonly kind: 'blackhole'; readonly vrf: string };

export interface ZebraRoute {
  readonly prefix: Prefix;
  readonly metric: number;
  readonly tag: number;
  /** Null: zebra's own for the protocol (20 or 200 by `internal`). */
  readonly distance: number;
  readonly internal: boolean;
  readonly nextHops: readonly ZebraNextHop[];
  /** Next hops may be resolved through other routes (`ZEBRA_FLAG_ALLOW_RECURSION`): internal and multihop sessions. */
  readonly allowRecursion: boolean;
}

/** A route of another protocol as zebra hands it to those who redistribute. */
export interface RedistributedRoute {
  readonly prefix: Prefix;
  readonly protocol: RouteProtocol;
  readonly instance: number | null;
  readonly metric: number;
  readonly tag: number;
  readonly distance: number;
  /** The first next hop's address; null: the route goes to an interface, or nowhere when that is null as well. */
  readonly nextHop: Address | null;
  readonly interface: string | null;
}

/** The answer about a tracked next hop or prefix. No next hops: unreachable. */
export interface NextHopAnswer {
  readonly vrf: string;
  readonly prefix: Prefix;
  readonly metric: number;
  readonly protocol: RouteProtocol | null;
  /** A directly connected network resolves it. */
  readonly connected: boolean;
  readonly nextHops: readonly ZebraNextHop[];
}

/** What bgpd asks for on the interface of an unnumbered neighbour, in milliseconds. */
export const ROUTER_ADVERTISEMENT_INTERVAL = 10_000;

/** Zebra as bgpd sees it. Answers come later, through `ZebraListener`, also for what is already there. */
export interface Zebra {
  readonly evpn: ZebraEvpn;
  interfaces(): readonly ZebraInterface[];
  vrf(name: string): ZebraVrf | undefined;
  /** 0 when zebra knows no address that could be one. */
  routerId(vrf: string): number;
  announce(vrf: string, route: ZebraRoute): void;
  withdraw(vrf: string, prefix: Prefix): void;
  /** Starts (or ends) the redistribution of a protocol; routes that are there are told soon after. */
  redistribute(
    vrf: string,
    family: Family,
    protocol: RouteProtocol,
    instance: number | null,
    wanted: boolean,
  ): void;
  /** `exact`: only a route to this very prefix counts (`bgp network import-check`). */
  trackNextHop(vrf: string, prefix: Prefix, kind: 'next-hop' | 'import-check', wanted: boolean): void;
  /** Router advertisements for an unnumbered peer: interval in ms; null stops them. */
  advertiseRouter(interfaceName: string, vrf: string, interval: number | null): void;
}

/** What zebra tells bgpd. */
export interface ZebraListener {
  readonly evpn: ZebraEvpnListener;
  interfaceChanged(change: ZebraInterfaceChange): void;
  vrfChanged(name: string): void;
  routerIdChanged(vrf: string, routerId: number): void;
  /** A neighbour's link-local address, learnt from its router advertisement; or it is gone. */
  neighbourChanged(interfaceName: string, vrf: string, address: Address, present: boolean): void;
  redistributed(vrf: string, route: RedistributedRoute, present: boolean): void;
  nextHopChanged(answer: NextHopAnswer, kind: 'next-hop' | 'import-check'): void;
  /** The outcome of an announced route. */
  routeInstalled(
    vrf: string,
    prefix: Prefix,
    outcome: 'installed' | 'failed' | 'better-elsewhere' | 'removed',
  ): void;
}

export type ZebraInterfaceChange =
  | { readonly kind: 'added' | 'removed' | 'up' | 'down'; readonly interface: ZebraInterface }
  | {
      readonly kind: 'address-added' | 'address-removed';
      readonly interface: ZebraInterface;
      readonly address: Prefix;
    };
