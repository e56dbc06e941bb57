/** What zebra asks of the kernel and hears from it (rtnetlink seen from zebra); implemented where the hosts are. */
import type { Address, Prefix } from '../prefix.ts';

export interface KernelInterface {
  readonly index: number;
  readonly name: string;
  /** `default`, or the VRF that owns it. */
  readonly vrf: string;
  readonly up: boolean;
  /** Carrier. */
  readonly running: boolean;
  /** The loopback device, or that of a VRF. */
  readonly isLoopback: boolean;
  readonly mac: bigint;
  readonly mtu: number;
  readonly addresses: readonly Prefix[];
  /** Index of the bridge that it is a port of; 0 without. */
  readonly bridge: number;
  readonly isBridge: boolean;
  readonly vxlan: KernelVxlan | null;
}

/** What a person asks about a device beside what routing needs. */
export interface KernelDevice {
  /** `IFF_*`, what the carrier adds included. */
  readonly flags: number;
  /** Mb/s; 0: it tells none. */
  readonly speed: number;
  readonly link: 'ethernet' | 'loopback' | 'gre' | 'other';
  readonly kind: 'bridge' | 'vlan' | 'vxlan' | 'vrf' | 'veth' | 'bond' | 'macvlan' | 'gre' | 'other';
  readonly portOf: { readonly kind: 'bridge' | 'vrf' | 'bond' | 'other'; readonly name: string } | null;
  /** Index of the device below or at the other end; 0: none. `name`: where it is in this namespace. */
  readonly below: { readonly index: number; readonly name: string | null } | null;
  readonly alias: string | null;
  readonly isVlanAware: boolean;
  readonly vlan: number | null;
  /** Tunnel of a GRE device: IPv4 addresses as numbers, 0 unset. */
  readonly ends: { readonly local: number; readonly remote: number } | null;
  /** Addresses that are secondary, have a label of their own, or a peer. */
  readonly marks: readonly {
    readonly address: Prefix;
    readonly isSecondary: boolean;
    readonly label: string | null;
    readonly peer: Prefix | null;
  }[];
  /** Where router advertisements are sent. */
  readonly advertising: RouterAdvertisingState | null;
  /** Routes over it are skipped while it has no carrier (`ignore_routes_with_linkdown`), by family. */
  readonly ignoresLinkDown: Readonly<Record<4 | 6, boolean>>;
}

export interface RouterAdvertisingState {
  /** Milliseconds between two. */
  readonly interval: number;
  readonly sent: number;
  readonly received: number;
  /** The router that was heard. */
  readonly heard: { readonly address: bigint; readonly mac: bigint } | null;
}

/** A VXLAN device as EVPN needs it. IPv4 addresses as numbers; 0: not set. */
export interface KernelVxlan {
  readonly vni: number;
  readonly local: number;
  readonly group: number;
}

/** An address in a bridge's forwarding database, at a port of it. */
export interface KernelMac {
  readonly ifindex: number;
  readonly mac: bigint;
  readonly vlan: number;
  readonly isSticky: boolean;
  /** One of the host's own. */
  readonly isPermanent: boolean;
}

/** A neighbour entry. */
export interface KernelNeighbour {
  readonly ifindex: number;
  readonly ip: Address;
  readonly mac: bigint;
  /** `extern_learn`: put there by a routing daemon. */
  readonly isExternal: boolean;
  readonly isRouter: boolean;
  /** Put there by zebra for routes over an unnumbered link. */
  readonly isOwn: boolean;
}

/** Forwarding databases and neighbours of the default VRF's namespace, as zebra reads and writes them for EVPN. */
export interface EvpnKernel {
  macs(): readonly KernelMac[];
  /** Those that are fit for use. */
  neighbours(): readonly KernelNeighbour[];
  /** Both in the bridge and in the VXLAN device. */
  installMac(vxlan: number, mac: bigint, vtep: number, sticky: boolean): void;
  removeMac(vxlan: number, mac: bigint, vtep: number): void;
  addFlood(vxlan: number, vtep: number): void;
  removeFlood(vxlan: number, vtep: number): void;
  installNeighbour(ifindex: number, ip: Address, mac: bigint, router: boolean): void;
  removeNeighbour(ifindex: number, ip: Address): void;
}

export interface KernelVrf {
  readonly name: string;
  /** As `show bgp` and `show vrf` print it; 0 for the default VRF. */
  readonly id: number;
  /** Route table. */
  readonly table: number;
  /** Path of the namespace that stands for it (`--vrfwnetns`); null for a VRF device. */
  readonly namespace: string | null;
}

/** Where a packet goes next, in the kernel's terms. */
export interface KernelNexthop {
  readonly gateway: Address | null;
  /** 0 for a blackhole. */
  readonly ifindex: number;
  readonly weight: number;
  readonly onlink: boolean;
}

export interface KernelRoute {
  readonly vrf: string;
  readonly table: number;
  readonly prefix: Prefix;
  /** Number of `proto`. */
  readonly protocol: number;
  readonly metric: number;
  readonly type: 'unicast' | 'blackhole' | 'unreachable' | 'prohibit';
  readonly nexthops: readonly KernelNexthop[];
}

/** A route that zebra wants in the kernel. `nexthopId` is 0 where the kernel's next hop objects are not used. */
export interface FibRoute extends KernelRoute {
  readonly nexthopId: number;
}

/** A next hop object of zebra: one hop, or a group of others. */
export type NexthopObject =
  | { readonly kind: 'single'; readonly id: number; readonly family: 4 | 6; readonly hop: KernelNexthop }
  | { readonly kind: 'blackhole'; readonly id: number; readonly family: 4 | 6 }
  | {
      readonly kind: 'group';
      readonly id: number;
      readonly members: readonly { readonly id: number; readonly weight: number }[];
    };

export interface KernelPort {
  /** As `uname -r` says it. */
  readonly release: string;
  readonly evpn: EvpnKernel;
  interfaces(): readonly KernelInterface[];
  /** The default VRF is among them. */
  vrfs(): readonly KernelVrf[];
  /** Routes of all VRFs' tables, zebra's own included. */
  routes(): readonly KernelRoute[];
  /** VRFs are namespaces, not devices. */
  readonly usesVrfNamespaces: boolean;
  /** Whether next hop objects are used. */
  readonly nexthopObjects: boolean;
  /** Adds the route, or replaces zebra's own for the same prefix. False: the kernel refused. */
  install(route: FibRoute): boolean;
  withdraw(route: FibRoute): boolean;
  createNexthop(object: NexthopObject): void;
  deleteNexthop(id: number): void;
  device(interfaceName: string, vrf: string): KernelDevice | undefined;
  /** Whether the kernel forwards the family. */
  forwards(family: 4 | 6): boolean;
  /** `ignore_routes_with_linkdown` of no device in particular. */
  ignoresLinkDown(family: 4 | 6, of: 'all' | 'default'): boolean;
  setUp(interfaceName: string, vrf: string, up: boolean): void;
  addAddress(interfaceName: string, vrf: string, address: Prefix): void;
  deleteAddress(interfaceName: string, vrf: string, address: Prefix): void;
  /** Router advertisements: interval in ms; null stops them. */
  advertiseRouter(interfaceName: string, vrf: string, interval: number | null): void;
}

/** What the kernel tells. An interface is told of with all its addresses; what was not known before is new. */
export type KernelChange =
  | { readonly kind: 'interface'; readonly interface: KernelInterface }
  /** `movedTo`: the VRF in which it is told of next; null: it is gone. */
  | {
      readonly kind: 'interface-removed';
      readonly name: string;
      readonly vrf: string;
      readonly movedTo: string | null;
    }
  | { readonly kind: 'route'; readonly route: KernelRoute; readonly present: boolean }
  | { readonly kind: 'vrf'; readonly vrf: KernelVrf; readonly present: boolean }
  | { readonly kind: 'mac'; readonly mac: KernelMac; readonly present: boolean }
  /** Not present: deleted, or not fit for use any more. */
  | { readonly kind: 'neighbour'; readonly neighbour: KernelNeighbour; readonly present: boolean }
  /** A neighbour's router advertisement came, or the neighbour is gone. */
  | {
      readonly kind: 'router-advertisement';
      readonly interface: string;
      readonly vrf: string;
      readonly address: Address;
      readonly present: boolean;
    };
