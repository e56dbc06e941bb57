/** What each kind of device may say, by os-net-config's schema. */
import type { DeviceKind } from './device.ts';

const DEVICE = [
  'use_dhcp',
  'use_dhcpv6',
  'addresses',
  'routes',
  'rules',
  'mtu',
  'nic_mapping',
  'persist_mapping',
  'defroute',
  'dhclient_args',
  'dns_servers',
  'nm_controlled',
  'onboot',
  'domain',
];
const OVS = ['ovs_options', 'ovs_extra'];
const QUEUES = ['rx_queue', 'rx_queue_size', 'tx_queue_size'];

interface KindRule {
  readonly required: readonly string[];
  readonly allowed: readonly string[];
}

const kind = (required: readonly string[], ...allowed: readonly string[]): KindRule => ({
  required,
  allowed: ['type', ...required, ...allowed],
});

const NICS: readonly DeviceKind[] = ['interface', 'sriov_vf', 'sriov_pf'];
const OVS_PORTS: readonly DeviceKind[] = ['interface', 'vlan', 'ovs_bond', 'ovs_patch_port', 'ovs_tunnel'];

/** What may stand among the members of a kind, by the same schema. */
export const MEMBERS: Readonly<Partial<Record<DeviceKind, readonly DeviceKind[]>>> = {
  ovs_bridge: [...OVS_PORTS, 'linux_bond', 'linux_team', 'sriov_vf', 'sriov_pf'],
  ovs_user_bridge: [...OVS_PORTS, 'ovs_dpdk_bond', 'ovs_dpdk_port'],
  ovs_bond: [...NICS, 'vlan'],
  ovs_dpdk_bond: ['ovs_dpdk_port'],
  linux_bridge: ['interface', 'vlan', 'linux_bond'],
  linux_bond: [...NICS, 'vlan'],
  linux_team: ['interface', 'vlan'],
};

/** Fields by kind; a field that is not listed is refused by os-net-config's validation. */
export const KINDS: Readonly<Record<DeviceKind, KindRule>> = {
  interface: kind(['name'], 'primary', 'ethtool_opts', 'hotplug', 'linkdelay', ...DEVICE),
  vlan: kind(['vlan_id'], 'device', 'primary', ...DEVICE, ...OVS),
  linux_bridge: kind(['name', 'members'], ...DEVICE),
  linux_bond: kind(['name', 'members'], 'bonding_options', 'ethtool_opts', ...DEVICE),
  linux_team: kind(['name', 'members'], 'bonding_options', ...DEVICE),
  ovs_bridge: kind(['name', 'members'], 'ovs_fail_mode', ...OVS, ...DEVICE),
  ovs_user_bridge: kind(['name', 'members'], 'ovs_fail_mode', ...OVS, ...DEVICE),
  ovs_bond: kind(['name', 'members'], ...OVS, ...DEVICE),
  ovs_tunnel: kind(['name', 'tunnel_type'], 'primary', ...OVS, ...DEVICE),
  ovs_patch_port: kind(['name', 'bridge_name', 'peer'], 'primary', ...OVS, ...DEVICE),
  ovs_dpdk_port: kind(['name', 'members'], 'driver', 'primary', ...QUEUES, ...OVS, ...DEVICE),
  ovs_dpdk_bond: kind(['name', 'members'], ...QUEUES, ...OVS, ...DEVICE),
  linux_tap: kind(['name'], ...DEVICE),
  route_table: kind(['name', 'table_id']),
  sriov_pf: kind(
    ['name', 'numvfs'],
    'primary',
    'promisc',
    'hotplug',
    'ethtool_opts',
    'link_mode',
    'vdpa',
    'steering_mode',
    ...DEVICE,
  ),
  sriov_vf: kind(
    ['device', 'vfid'],
    'primary',
    'vlan_id',
    'qos',
    'min_tx_rate',
    'max_tx_rate',
    'hotplug',
    'spoofcheck',
    'trust',
    'promisc',
    'macaddr',
    'state',
    'ethtool_opts',
    ...DEVICE,
  ),
  ib_interface: kind(['name'], 'primary', 'ethtool_opts', ...DEVICE),
  ib_child_interface: kind(['parent', 'pkey_id'], 'primary', ...DEVICE),
  vpp_interface: kind(['name'], 'uio_driver', 'options', ...DEVICE),
  vpp_bond: kind(['name'], 'uio_driver', 'options', 'members', 'bonding_options', ...DEVICE),
  ivs_bridge: kind(['members'], ...DEVICE),
  ivs_interface: kind(['vlan_id'], 'name', 'primary', ...DEVICE),
  nfvswitch_bridge: kind(['options', 'members'], ...DEVICE),
  nfvswitch_internal: kind(['vlan_id'], 'name', 'primary', ...DEVICE),
  contrail_vrouter: kind(['name', 'members'], ...DEVICE),
  contrail_vrouter_dpdk: kind(
    ['name', 'members'],
    'bond_mode',
    'bond_policy',
    'driver',
    'cpu_list',
    'vlan_id',
    ...DEVICE,
  ),
};
