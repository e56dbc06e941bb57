/** What a machine of a world is made of, before any command is typed on it. Plain data: scenarios and readers write it. */

import type { SwitchRelease } from '../ofproto/bridge/datapath.ts';
import type { OvnRelease } from '../ovn/controller/index.ts';

export interface NicSpec {
  readonly name: string;
  readonly mac: string;
  readonly mtu?: number;
  /** With prefix length; set as the machine's own start-up scripts would. */
  readonly addresses: readonly string[];
  /** The segment that its cable leads to. */
  readonly segment: string;
}

/** Daemons that run on a machine from the start. */
type Service = 'ovn-central' | 'ovn-controller' | 'openvswitch' | 'frr';

/** A virtual network of a hypervisor: a Linux bridge, as a rule kept at its MAC by a port that nothing is plugged into. */
export interface VirtualNetworkSpec {
  readonly name: string;
  /** The bridge; often of the network's name. */
  readonly bridge: string;
  readonly mac: string;
  readonly stp: boolean;
  /** False for a bridge without such a port. */
  readonly anchored?: boolean;
  /** The hypervisor's own addresses in it, with prefix length. */
  readonly addresses: readonly string[];
}

/** Where a guest's NIC ends: on a virtual network, or as a port of an Open vSwitch bridge with its `iface-id`. */
type InterfaceSource =
  | { readonly kind: 'network'; readonly name: string }
  | {
      readonly kind: 'openvswitch';
      readonly bridge: string;
      readonly target: string;
      readonly ifaceId: string;
    };

export interface DomainInterfaceSpec {
  readonly source: InterfaceSource;
  readonly mac: string;
  /** What the guest's kernel calls the NIC. */
  readonly device: string;
  /** The tap's name; the lowest free `vnetN` when it says nothing. */
  readonly tap?: string;
}

/** A guest: another machine of the world, whose NICs end on this hypervisor. */
export interface DomainSpec {
  readonly machine: string;
  readonly interfaces: readonly DomainInterfaceSpec[];
  /** True for a guest that waits for `virsh start`. */
  readonly shutOff?: boolean;
}

export interface HypervisorSpec {
  readonly networks: readonly VirtualNetworkSpec[];
  /** In the order in which they were started: `vnet0` is the first interface of the first. */
  readonly domains: readonly DomainSpec[];
}

export interface MachineSpec {
  readonly name: string;
  readonly kind: 'machine' | 'container';
  readonly services: readonly Service[];
  /** The release of its ovn-controller; 26.03 when it says nothing. */
  readonly ovn?: OvnRelease;
  /** The release of its Open vSwitch; 3.7 when it says nothing. */
  readonly ovs?: SwitchRelease;
  readonly nics: readonly NicSpec[];
  readonly hypervisor?: HypervisorSpec;
  /** Machines that are podman's containers here, by their names. */
  readonly nodeContainers?: readonly NodeContainerSpec[];
  /** Files that are there from the start: path to text. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface SegmentSpec {
  readonly id: string;
  readonly name: string;
  readonly mtu: number;
  /** One-way delay of a frame, in nanoseconds. */
  readonly delay: number;
}

/** A container that is a machine of its own, with a network of its own. */
export interface NodeContainerSpec {
  readonly machine: string;
  readonly image: string;
  readonly command: string;
}

/** One line typed on one machine. */
interface TranscriptLine {
  readonly machine: string;
  readonly line: string;
}

export interface WorldSpec {
  readonly machines: readonly MachineSpec[];
  readonly segments: readonly SegmentSpec[];
  readonly transcript: readonly TranscriptLine[];
}
