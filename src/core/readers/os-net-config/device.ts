/** What an os-net-config file asks of a node: its devices, as a tree of members. */
import type { Place } from '../yaml/node.ts';

export interface ConfiguredAddress {
  /** `ip/length`. */
  readonly text: string;
  readonly family: 4 | 6;
  readonly ip: bigint;
  readonly length: number;
  readonly place: Place;
}

export interface ConfiguredRoute {
  /** `default` or `network/length`. */
  readonly destination: string;
  readonly nextHop: string;
  /** Number or name of a routing table. */
  readonly table: string | null;
  /** Further words for `ip route`, e.g. `metric 10`. */
  readonly options: string;
  readonly place: Place;
}

/** Kinds whose devices a host of this model can have. */
type MadeKind =
  | 'interface'
  | 'vlan'
  | 'linux_bridge'
  | 'linux_bond'
  | 'ovs_bridge'
  | 'ovs_bond'
  | 'ovs_tunnel'
  | 'ovs_patch_port'
  | 'ovs_user_bridge'
  | 'linux_tap'
  | 'route_table';

/** Kinds that are read and shown, and that no host of this model can have. */
type ShownKind =
  | 'linux_team'
  | 'ovs_dpdk_port'
  | 'ovs_dpdk_bond'
  | 'sriov_pf'
  | 'sriov_vf'
  | 'ib_interface'
  | 'ib_child_interface'
  | 'vpp_interface'
  | 'vpp_bond'
  | 'ivs_bridge'
  | 'ivs_interface'
  | 'nfvswitch_bridge'
  | 'nfvswitch_internal'
  | 'contrail_vrouter'
  | 'contrail_vrouter_dpdk';

export type DeviceKind = MadeKind | ShownKind;

export interface Device {
  readonly kind: DeviceKind;
  /** As the node knows it: `nic1` is resolved already, a VLAN is `vlan20`. */
  readonly name: string;
  /** As the file writes it, e.g. `nic1`; for a VLAN without a name its number. */
  readonly alias: string;
  readonly place: Place;
  readonly addresses: readonly ConfiguredAddress[];
  readonly routes: readonly ConfiguredRoute[];
  /** Rules as `ip rule add` takes them. */
  readonly rules: readonly { readonly text: string; readonly place: Place }[];
  readonly members: readonly Device[];
  /** Whether DHCP gives addresses: 4, 6. */
  readonly dhcp: readonly (4 | 6)[];
  readonly mtu: number | null;
  readonly primary: boolean;
  readonly defroute: boolean;
  readonly onboot: boolean;
  readonly dnsServers: readonly string[];
  readonly domains: readonly string[];
  readonly vlanId: number | null;
  /** The device below a VLAN; null inside an Open vSwitch bridge. */
  readonly device: string | null;
  /** `ovs_options` and `bonding_options`. */
  readonly options: string;
  readonly ovsExtra: readonly string[];
  readonly failMode: string | null;
  readonly tunnelType: string | null;
  /** Of a patch port: the other end and the bridge that it names. */
  readonly peer: string | null;
  readonly bridgeName: string | null;
  readonly ethtoolOptions: string;
  readonly tableId: string | null;
}

/** The device and all its members, outermost first. */
export function* withMembers(devices: readonly Device[]): Generator<Device> {
  for (const device of devices) {
    yield device;
    yield* withMembers(device.members);
  }
}
