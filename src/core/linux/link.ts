/** A network device as the kernel sees it, with the parts that each kind of device adds. */
import type { StepId } from '../base/step.ts';
import type { Bridge, BridgePort } from './bridge/state.ts';
import type { BondState } from './bond/state.ts';
import type { Ipv4Address } from './ip4/device.ts';
import type { TunnelState } from './links/tunnel-state.ts';
import type { Ipv6Device } from './ip6/device.ts';

export type LinkKind =
  | 'lo'
  | 'physical'
  | 'internal'
  | 'veth'
  | 'dummy'
  | 'bridge'
  | 'vlan'
  | 'bond'
  | 'vxlan'
  | 'geneve'
  | 'gretap'
  | 'gre'
  | 'vrf'
  | 'tun'
  | 'tap'
  | 'macvlan';

/**
 * What puts frames of a link on their way. `octets` begin with the Ethernet header; `parent` is the step that sent them.
 * A driver schedules what happens elsewhere on the clock and never calls back into the sender. False = dropped.
 */
export interface LinkDriver {
  transmit(link: Link, octets: Uint8Array, parent: StepId | null): boolean;
  /** The link was set up or down. */
  changed?(link: Link): void;
}

/** Takes frames away from the host's own stack: a bridge, a bond, an Open vSwitch datapath. `pass` leaves them to it. */
export type FrameReceiver = (link: Link, octets: Uint8Array, parent: StepId | null) => 'consumed' | 'pass';

interface LinkCounters {
  rxPackets: number;
  rxBytes: number;
  rxErrors: number;
  rxDropped: number;
  rxMissed: number;
  rxMulticast: number;
  txPackets: number;
  txBytes: number;
  txErrors: number;
  txDropped: number;
}

export interface VxlanState {
  readonly vni: number;
  readonly local: { readonly family: 4 | 6; readonly address: bigint } | null;
  /** Multicast group or default destination. */
  readonly remote: { readonly family: 4 | 6; readonly address: bigint } | null;
  readonly port: number;
  readonly sourcePorts: { readonly first: number; readonly last: number };
  readonly ttl: number;
  readonly tos: number;
  readonly learning: boolean;
  readonly proxy: boolean;
  readonly collectMetadata: boolean;
  readonly udpChecksum: boolean;
  /** `udp6zerocsumrx`. */
  readonly zeroChecksum6: boolean;
  readonly ageing: number;
  /** How many addresses it learns; 0: no bound. */
  readonly maxAddresses: number;
  readonly dontFragment: 'unset' | 'set' | 'inherit';
  /** By MAC; the all-zeros entry holds the default destinations. */
  readonly fdb: Map<bigint, VxlanFdbEntry>;
}

export interface VxlanFdbEntry {
  readonly mac: bigint;
  state: 'permanent' | 'static' | 'reachable';
  /** NUD_NOARP beside `permanent`, as routing daemons set it on entries for flooding. */
  noArp: boolean;
  /** `extern_learn`: a routing daemon looks after it, and it does not age. */
  externLearn: boolean;
  remotes: {
    readonly family: 4 | 6;
    readonly address: bigint;
    readonly port: number;
    readonly vni: number;
    readonly ifindex: number;
  }[];
  updated: number;
  used: number;
}

export interface VlanState {
  readonly id: number;
  readonly protocol: number;
}

/** Who reaches whom among the MACVLAN devices of one device (`ip link add ... type macvlan mode`). */
export type MacvlanMode = 'private' | 'vepa' | 'bridge' | 'passthru';

/** RFC 2863, as `ip link` prints it. */
export type OperState = 'UP' | 'DOWN' | 'UNKNOWN' | 'LOWERLAYERDOWN';

export interface Link {
  readonly kind: LinkKind;
  /** Name of its network namespace; '' is the root one. */
  namespace: string;
  name: string;
  index: number;
  alias: string | null;
  readonly altNames: string[];
  group: number;
  mac: bigint;
  readonly broadcast: bigint;
  mtu: number;
  readonly minMtu: number;
  readonly maxMtu: number;
  /** Has Ethernet headers. A tun device has none. */
  readonly ethernet: boolean;
  up: boolean;
  /** The user's PROMISC, ALLMULTI and NOARP flags. */
  promiscFlag: boolean;
  allmultiFlag: boolean;
  noArp: boolean;
  multicastFlag: boolean;
  carrier: boolean;
  /** Whether the driver ever reported a carrier: without, the operational state stays UNKNOWN. */
  operReported: boolean;
  /** What was found when the carrier last changed: a link moved or set up since keeps it. */
  operState: OperState;
  /** How often the carrier came or went. */
  carrierChanges: number;
  promiscuity: number;
  allmulti: number;
  /** How the address came: `ip link show` does not tell, the bridge and bonds ask. */
  macSource: 'permanent' | 'random' | 'stolen' | 'set';
  txQueueLength: number;
  /** Name of the queueing discipline in force; `noop` until the link is first set up. */
  qdisc: string;
  readonly defaultQdisc: string;
  readonly queues: number;
  master: Link | null;
  /** The device below (vlan, vxlan with dev, macvlan). */
  lower: Link | null;
  /** The other end of a veth pair. */
  peer: Link | null;
  readonly driver: LinkDriver;
  receiver: FrameReceiver | null;
  /** Whether MACVLAN devices are on top of it, so that they are its receiver. */
  carriesMacvlans: boolean;
  /** The device's receive multicast filter with use counts, in order of joining. */
  readonly multicast: Map<bigint, number>;
  readonly counters: LinkCounters;
  /** Order: primaries by order of adding (by scope), then secondaries. */
  addresses4: Ipv4Address[];
  readonly ipv6: Ipv6Device;
  /** IPv4 multicast groups with use counts. */
  readonly groups4: Map<
    number,
    { users: number; loaded: boolean; reportsLeft: number; cancel: (() => void) | null }
  >;
  addrGenMode: 'eui64' | 'none' | 'stable_secret' | 'random';
  /** Present on a device of that kind. */
  readonly bridge: Bridge | null;
  readonly vlan: VlanState | null;
  readonly macvlan: { mode: MacvlanMode } | null;
  vxlan: VxlanState | null;
  /** UDP port of a Geneve device that takes the rest from each packet. */
  readonly genevePort: number | null;
  /** Of Geneve and GRE devices made with `ip link add`; Open vSwitch's have none. */
  readonly tunnel: TunnelState | null;
  readonly bond: BondState | null;
  /** Routing table of a VRF. */
  readonly vrfTable: number | null;
  /** Present while enslaved to a bridge. */
  port: BridgePort | null;
  /** What `ip link show` calls the master's kind of port, e.g. an Open vSwitch datapath. */
  deleted: boolean;
}
