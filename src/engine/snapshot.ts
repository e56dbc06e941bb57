/** The world as the page sees it: plain data, taken by the worker after each change and tagged with its version. */
import type { Fault } from '../core/sim/fault.ts';

/** A host's own name for a namespace; '' is the root namespace. */
type NamespaceName = string;

export interface WorldSnapshot {
  /** Rises with every change of the world; queries carry it in their keys. */
  readonly version: number;
  /** Simulated nanoseconds since the world began. */
  readonly time: number;
  readonly hosts: readonly HostSnapshot[];
  /** Layer-2 segments that cables join: the underlay. */
  readonly segments: readonly SegmentSnapshot[];
  readonly tunnels: readonly TunnelSnapshot[];
  /** Null when no southbound or northbound database is known. */
  readonly logical: LogicalSnapshot | null;
  /** BGP speakers and the sessions between them; null when no bgpd has an instance. */
  readonly routing: RoutingSnapshot | null;
  /** Faults that were switched on, oldest first; those that are over have their end. */
  readonly faults: readonly FaultSnapshot[];
  /** What the TripleO files say that the world was made from; null for a world that was not. */
  readonly deployment: DeploymentSnapshot | null;
  /** What outputs did not tell of the machines that were made from them. */
  readonly unknown: readonly UnknownSnapshot[];
  /** What is odd in the files that the world was read from, and what no machine here can have. */
  readonly problems: readonly { readonly message: string; readonly place: string }[];
}

export interface UnknownSnapshot {
  readonly subject:
    | { readonly kind: 'host'; readonly host: string }
    | { readonly kind: 'link'; readonly host: string; readonly namespace: string; readonly device: string };
  /** `the MAC of ens3 of compute-0`. */
  readonly text: string;
}

/** What files say of a deployment, whatever the running machines have become since. */
export interface DeploymentSnapshot {
  readonly networks: readonly DeployedNetwork[];
  readonly nodes: readonly {
    readonly name: string;
    readonly role: string;
    /** The NIC template that wired it. */
    readonly template: string | null;
  }[];
  readonly roles: readonly { readonly name: string; readonly count: number }[];
  /** Files of the set that wire nodes. */
  readonly templates: readonly string[];
  /** Layouts that a set may take in place of its own templates; each has the bridge `bridge`. */
  readonly layouts: readonly {
    readonly name: string;
    readonly file: string;
    readonly text: string;
    readonly bridge: string;
  }[];
  readonly physicalNetworks: readonly string[];
}

/** A network as the files name it. */
export interface NamedNetwork {
  readonly name: string;
  /** Null when it is untagged. */
  readonly vlan: number | null;
  /** `172.17.1.0/24`. */
  readonly subnet: string | null;
  readonly vip: string | null;
  /** Nodes that have an address in it. */
  readonly nodes: readonly string[];
}

interface DeployedNetwork extends NamedNetwork {
  /** `internal_api`. */
  readonly lower: string;
  readonly gateway: string | null;
}

interface FaultSnapshot {
  readonly fault: Fault;
  /** Simulated nanoseconds. */
  readonly since: number;
  /** Null while it lasts. */
  readonly until: number | null;
}

export interface HostSnapshot {
  readonly name: string;
  readonly kind: 'machine' | 'container';
  /** The address that names it on the underlay, if it has one. */
  readonly address: string | null;
  /** The root namespace first. */
  readonly namespaces: readonly NamespaceSnapshot[];
  readonly bridges: readonly OvsBridgeSnapshot[];
  readonly programs: readonly ProgramSnapshot[];
}

export interface ProgramSnapshot {
  readonly name: 'ovn-northd' | 'ovsdb-server' | 'ovn-controller' | 'ovs-vswitchd' | 'bgpd' | 'zebra';
  /** For ovsdb-server which database, e.g. `OVN_Northbound`; for others ''. */
  readonly database: string;
  /** One short line, e.g. `:6641` or `connected`. */
  readonly text: string;
  readonly state: 'running' | 'waiting' | 'failed';
}

export interface NamespaceSnapshot {
  readonly name: NamespaceName;
  readonly links: readonly LinkSnapshot[];
  /** Routes as `ip route` prints them. */
  readonly routes: readonly string[];
  /** Neighbours as `ip neigh` prints them. */
  readonly neighbours: readonly string[];
}

export type LinkKind =
  | 'loopback'
  | 'physical'
  | 'veth'
  | 'internal'
  | 'dummy'
  | 'bridge'
  | 'vlan'
  | 'bond'
  | 'vxlan'
  | 'geneve'
  | 'gre'
  | 'vrf'
  | 'tap';

export interface LinkSnapshot {
  readonly name: string;
  readonly kind: LinkKind;
  readonly ifindex: number;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly carrier: boolean;
  /** With prefix length, e.g. `192.168.0.11/24`. */
  readonly addresses: readonly string[];
  /** Master (bridge, bond, VRF) by name, same namespace. */
  readonly master: string | null;
  /** The other end of a veth pair. */
  readonly peer: { readonly namespace: NamespaceName; readonly device: string } | null;
  /** The Open vSwitch port that this link is, if any. */
  readonly ovsPort: { readonly bridge: string; readonly port: string } | null;
  readonly vlan: number | null;
  /** The device below a VLAN device, same namespace. */
  readonly lower: string | null;
  /** Of a VXLAN device that serves a single network. */
  readonly vni: number | null;
  readonly rxPackets: number;
  readonly txPackets: number;
}

export interface OvsBridgeSnapshot {
  readonly name: string;
  readonly failMode: 'secure' | 'standalone';
  readonly datapathType: string;
  readonly ports: readonly OvsPortSnapshot[];
  readonly flowCount: number;
  /** Tables that hold flows, ascending, with the OVN stages that they stand for. */
  readonly tables: readonly {
    readonly table: number;
    readonly name: string | null;
    readonly flows: number;
  }[];
}

export interface OvsPortSnapshot {
  readonly name: string;
  readonly ofport: number;
  readonly type: 'internal' | 'system' | 'patch' | 'geneve' | 'vxlan' | 'gre' | 'stt' | 'other';
  readonly options: Readonly<Record<string, string>>;
  readonly ifaceId: string | null;
  /** The logical port bound here, if any. */
  readonly logicalPort: string | null;
  readonly tag: number | null;
  readonly trunks: readonly number[];
  /** The other patch port, if of type patch. */
  readonly peer: string | null;
  readonly rxPackets: number;
  readonly txPackets: number;
}

export interface SegmentSnapshot {
  readonly id: string;
  readonly name: string;
  /** The subnet that most of its ends share, e.g. `192.168.50.0/24`. */
  readonly subnet: string | null;
  readonly mtu: number;
  readonly ends: readonly { readonly host: string; readonly device: string }[];
}

export interface TunnelSnapshot {
  /** Stable: `host/bridge/port`; of a device of the kernel's own `host//device/remote address`. */
  readonly id: string;
  readonly host: string;
  /** Null for a VXLAN device that the kernel's bridges send by. */
  readonly bridge: string | null;
  /** Without a bridge: the device. */
  readonly port: string;
  readonly ofport: number;
  readonly type: 'geneve' | 'vxlan' | 'gre' | 'stt';
  readonly localIp: string | null;
  readonly remoteIp: string;
  /** Where it carries a single network; null where each packet says its own. */
  readonly vni: number | null;
  /** The host that owns `remoteIp`, if it is in this world. */
  readonly remoteHost: string | null;
  /** The kernel device that carries it, e.g. `genev_sys_6081`. */
  readonly device: string;
  /** The segment it crosses, if known. */
  readonly segment: string | null;
}

export interface LogicalSnapshot {
  readonly switches: readonly LogicalSwitchSnapshot[];
  readonly routers: readonly LogicalRouterSnapshot[];
}

export interface LogicalSwitchSnapshot {
  readonly uuid: string;
  readonly name: string;
  /** What Neutron calls it, as `ovn-nbctl show` says; '' when it says nothing. */
  readonly alias: string;
  readonly tunnelKey: number | null;
  readonly ports: readonly LogicalPortSnapshot[];
  readonly aclCount: number;
  readonly loadBalancers: readonly string[];
  /** The VXLAN network that the switch is a part of by EVPN (`dynamic-routing-vni`). */
  readonly evpnVni: number | null;
}

export interface LogicalPortSnapshot {
  readonly uuid: string;
  readonly name: string;
  readonly alias: string;
  /** '' is a VIF. Others as the database has them: router, localnet, localport, virtual, external ... */
  readonly type: string;
  readonly addresses: readonly string[];
  readonly tunnelKey: number | null;
  readonly up: boolean;
  readonly enabled: boolean;
  /** Chassis name it is bound to. */
  readonly chassis: string | null;
  /** For type router: the router port. */
  readonly routerPort: string | null;
  readonly tag: number | null;
  readonly networkName: string | null;
}

export interface LogicalRouterSnapshot {
  readonly uuid: string;
  readonly name: string;
  readonly alias: string;
  readonly tunnelKey: number | null;
  readonly ports: readonly {
    readonly uuid: string;
    readonly name: string;
    readonly mac: string;
    readonly networks: readonly string[];
    readonly tunnelKey: number | null;
    /** Gateway chassis, highest priority first. */
    readonly gatewayChassis: readonly { readonly chassis: string; readonly priority: number }[];
    /** The chassis that holds its chassis-redirect port now. */
    readonly heldBy: string | null;
    readonly peer: string | null;
  }[];
  readonly nat: readonly {
    readonly uuid: string;
    readonly type: string;
    readonly external: string;
    readonly logical: string;
  }[];
  readonly routes: readonly { readonly uuid: string; readonly prefix: string; readonly nexthop: string }[];
  readonly loadBalancers: readonly string[];
}

export interface RoutingSnapshot {
  /** In the order of machines, sets of daemons and instances. */
  readonly speakers: readonly SpeakerSnapshot[];
  /** Each session once, whichever side knows of it. */
  readonly sessions: readonly BgpSessionSnapshot[];
}

/** One BGP instance (`router bgp AS [vrf V]`) of one bgpd. */
export interface SpeakerSnapshot {
  /** Stable: machine, set of daemons and VRF. */
  readonly id: string;
  readonly host: string;
  /** The set of daemons on the machine: FRR's pathspace, '' without one. */
  readonly daemons: string;
  /** `default` for the default VRF. */
  readonly vrf: string;
  /** The namespace in which its VRF is. */
  readonly namespace: NamespaceName;
  /** The VRF's device there; null for a whole namespace. */
  readonly vrfDevice: string | null;
  readonly asn: number;
  readonly routerId: string;
  /** Prefixes in its tables, all families. */
  readonly prefixes: number;
  /** What `redistribute` brings in, all families: `kernel`, `connected`. */
  readonly redistributed: readonly string[];
  /** The VRFs of `import vrf`. */
  readonly imported: readonly string[];
  /** Its EVPN table holds routes. */
  readonly evpn: boolean;
}

export interface BgpSessionSnapshot {
  /** Stable: the near end's speaker and neighbour. */
  readonly id: string;
  readonly near: BgpSessionEnd;
  /** Null: no speaker of this world is configured as the other end, or it is not known which. */
  readonly far: BgpSessionEnd | null;
  /** Both ends say Established. */
  readonly established: boolean;
}

export interface BgpSessionEnd {
  /** `SpeakerSnapshot.id`. */
  readonly speaker: string;
  /** As configured: an address or an interface. */
  readonly neighbour: string;
  /** RFC 4271's name of the state; `Idle (Admin)` and the like as `show bgp summary` has them. */
  readonly state: string;
  /** Interface of an unnumbered session. */
  readonly interface: string | null;
  /** The other end's address, as far as known. */
  readonly address: string | null;
  readonly remoteAs: number;
  /** Prefixes taken from and sent to the other end, all families. */
  readonly accepted: number;
  readonly sent: number;
  /** Simulated nanoseconds of the last change to or from Established; null: never. */
  readonly since: number | null;
}
