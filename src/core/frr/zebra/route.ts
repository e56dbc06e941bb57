/** zebra's table: prefixes with the routes that the protocols offer, one of them selected. Read by the show texts. */
import { prefixMask } from '../../base/address.ts';
import { widthOf, type Address, type Family, type Prefix } from '../prefix.ts';
import type { RouteProtocol } from '../route-protocol.ts';

/** A next hop as zebra keeps it. */
export interface RouteNexthop {
  readonly kind: 'gateway' | 'interface' | 'blackhole';
  readonly gateway: Address | null;
  /** 0 and null while it is not resolved. */
  readonly ifindex: number;
  readonly interface: string | null;
  /** The interface belongs to the gateway: only over it the gateway may be found. */
  readonly isPinned: boolean;
  readonly vrf: string;
  readonly weight: number;
  readonly onlink: boolean;
  /** Of another VTEP: the MAC address of its router; null of any other. */
  readonly routerMac: bigint | null;
  /** Of a blackhole: what it answers; null says none of them (a route leaked from a VRF). */
  readonly reject: 'blackhole' | 'unreachable' | 'prohibit' | null;
  readonly active: boolean;
  /** Reached through other routes: `resolved` holds what it comes down to. */
  readonly recursive: boolean;
  readonly resolved: readonly RouteNexthop[];
}

export interface RouteEntry {
  readonly protocol: RouteProtocol;
  readonly vrf: string;
  readonly prefix: Prefix;
  readonly instance: number;
  readonly distance: number;
  readonly metric: number;
  readonly tag: number;
  readonly table: number;
  /** Simulated nanoseconds at which it came. */
  readonly since: number;
  /** bgpd's flags: next hops may be resolved through other routes; from an internal neighbour. */
  readonly allowRecursion: boolean;
  readonly internal: boolean;
  nexthops: readonly RouteNexthop[];
  selected: boolean;
  installed: boolean;
  queued: boolean;
  failed: boolean;
  /** Zebra's number of its next hops; 0: none yet. */
  nexthopGroup: number;
  installedNexthopGroup: number;
  /** The one that is kept for it; 0: none. */
  heldNexthopGroup: number;
}

export interface RouteNode {
  readonly prefix: Prefix;
  /** Newest first. */
  readonly entries: RouteEntry[];
}

const lengthKey = (prefix: Prefix): bigint => prefix.address;

/** One family of one of the kernel's tables. */
export class RouteTable {
  readonly family: Family;
  /** Whose it is: a VRF that comes takes its table over from the default one. */
  vrf: string;
  /** The kernel's number of the table. */
  readonly id: number;
  /** By length, then by address. */
  readonly #lengths = new Map<number, Map<bigint, RouteNode>>();
  #sorted: readonly RouteNode[] | undefined;

  constructor(family: Family, vrf: string, id: number) {
    this.family = family;
    this.vrf = vrf;
    this.id = id;
  }

  find(prefix: Prefix): RouteNode | undefined {
    return this.#lengths.get(prefix.length)?.get(lengthKey(prefix));
  }

  /** The node of a prefix, made when there is none. */
  node(prefix: Prefix): RouteNode {
    let addresses = this.#lengths.get(prefix.length);
    if (!addresses) {
      addresses = new Map();
      this.#lengths.set(prefix.length, addresses);
    }
    let node = addresses.get(lengthKey(prefix));
    if (!node) {
      node = { prefix, entries: [] };
      addresses.set(lengthKey(prefix), node);
      this.#sorted = undefined;
    }
    return node;
  }

  /** Takes a node without entries out. */
  prune(node: RouteNode): void {
    if (node.entries.length > 0) return;
    const addresses = this.#lengths.get(node.prefix.length);
    addresses?.delete(lengthKey(node.prefix));
    if (addresses?.size === 0) this.#lengths.delete(node.prefix.length);
    this.#sorted = undefined;
  }

  /** By address, then the shorter prefix. */
  nodes(): readonly RouteNode[] {
    this.#sorted ??= [...this.#lengths.values()]
      .flatMap((addresses) => [...addresses.values()])
      .sort((a, b) =>
        a.prefix.address < b.prefix.address
          ? -1
          : a.prefix.address > b.prefix.address
            ? 1
            : a.prefix.length - b.prefix.length,
      );
    return this.#sorted;
  }

  /** Nodes that cover an address, longest first. */
  *covering(address: bigint): Generator<RouteNode> {
    const width = widthOf(this.family);
    for (const length of [...this.#lengths.keys()].sort((a, b) => b - a)) {
      const node = this.#lengths.get(length)?.get(address & prefixMask(length, width));
      if (node) yield node;
    }
  }
}

export const selectedEntry = (node: RouteNode): RouteEntry | undefined =>
  node.entries.find((entry) => entry.selected);

/** Next hops that packets take: those of recursive ones in their place. */
export const forwardingNexthops = (nexthops: readonly RouteNexthop[]): RouteNexthop[] =>
  nexthops.flatMap((hop) => (hop.active ? (hop.recursive ? forwardingNexthops(hop.resolved) : [hop]) : []));

/** What a route is before anything is known of it. */
export const NEW_ROUTE = {
  instance: 0,
  distance: 0,
  metric: 0,
  tag: 0,
  allowRecursion: false,
  internal: false,
  selected: false,
  installed: false,
  queued: false,
  failed: false,
  nexthopGroup: 0,
  installedNexthopGroup: 0,
  heldNexthopGroup: 0,
} as const;
