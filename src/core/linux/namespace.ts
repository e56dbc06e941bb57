/** One network namespace: its links, routes, rules, neighbours, settings and sockets. */
import type { Context } from '../base/context.ts';
import type { StepId } from '../base/step.ts';
import type { Family } from './family.ts';
import type { FibTable } from './fib.ts';
import type { KernelEvent } from './event.ts';
import type { FragmentQueue } from './fragment-queue.ts';
import type { Link } from './link.ts';
import type { NeighbourTable } from './neighbour-table.ts';
import type { NetfilterState } from './netfilter/state.ts';
import type { NexthopObject, Rule } from './route.ts';
import type { IpReceiver, SocketTable } from './socket.ts';
import type { Sysctl } from './sysctl.ts';

/** A frame as a capture sees it. */
export interface CapturedFrame {
  readonly link: Link;
  readonly direction: 'in' | 'out';
  /** Simulated nanoseconds. */
  readonly time: number;
  readonly octets: Uint8Array;
}

export type TapListener = (frame: CapturedFrame) => void;

/** Takes frames of one ethertype that are for this host. `octets` begin with the Ethernet header. */
type ProtocolReceiver = (net: Namespace, link: Link, octets: Uint8Array, parent: StepId | null) => void;

/** What happens to a link, in the order in which the kernel's parts are told (`netdev_chain`). */
export type LinkChange =
  | 'register'
  | 'up'
  | 'going-down'
  | 'down'
  | 'carrier'
  | 'mtu'
  | 'address'
  | 'name'
  | 'noarp'
  /** Another way carries its traffic now: neighbours are to be told (`NETDEV_NOTIFY_PEERS`). */
  | 'failover'
  | 'unregister';

export type LinkListener = (net: Namespace, link: Link, change: LinkChange) => void;

/** What the kernel can do: a feature left out is refused as a kernel built without it refuses. */
export type KernelFeature =
  | 'vlan'
  | 'vlan-filtering'
  | 'vrf'
  | 'bond'
  | 'dummy'
  | 'geneve'
  | 'gre'
  | 'macvlan';

/** What all namespaces of one machine share. */
export interface Machine {
  readonly host: string;
  readonly context: Context;
  readonly features: ReadonlySet<KernelFeature>;
  /** As `uname -r` says it. */
  readonly release: string;
  readonly namespaces: Map<string, Namespace>;
  /** By ethertype; 0 takes LLC frames. */
  readonly protocols: Map<number, ProtocolReceiver>;
  readonly linkListeners: LinkListener[];
  notify(event: KernelEvent): void;
  /** Forgets what is known of the neighbours on a link. */
  flushNeighbours(net: Namespace, link: Link, family: Family, keepPermanent: boolean): void;
}

/** What was learned about the way to one destination: its MTU, or a better gateway (`ip route get ... cache expires`). */
interface RouteException {
  readonly mtu: number | null;
  readonly gateway: bigint | null;
  readonly expires: number;
}

export interface Namespace {
  readonly machine: Machine;
  readonly name: string;
  readonly links: Map<number, Link>;
  nextIndex: number;
  readonly tables: { readonly [F in Family]: Map<number, FibTable> };
  readonly rules: { readonly [F in Family]: Rule[] };
  /** Whether an IPv4 rule was ever added or removed: from then on the tables `local` and `main` are looked up one by one. */
  hasOwnRules: boolean;
  readonly nexthops: Map<number, NexthopObject>;
  readonly neighbours: NeighbourTable;
  readonly sysctl: Sysctl;
  readonly sockets: SocketTable;
  readonly netfilter: NetfilterState;
  /** What tunnels of the kernel take, by `family/protocol`. */
  readonly ipProtocols: Map<string, IpReceiver[]>;
  readonly fragments: Map<string, FragmentQueue>;
  /** By `family/destination`. */
  readonly exceptions: Map<string, RouteException>;
  readonly taps: { readonly link: Link | null; readonly listener: TapListener }[];
  /** Token buckets of ICMP errors by destination. */
  readonly icmpBuckets: Map<string, { tokens: number; last: number }>;
  /** Counters of `nstat`, by name. */
  readonly statistics: Map<string, number>;
  /** Datagrams sent so far by pair of addresses, for their identification field. */
  readonly identifiers: Map<string, number>;
}
