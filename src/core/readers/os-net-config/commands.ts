/**
 * What os-net-config does on a node, as the commands that do the same: bridges first, then NICs, bonds and at last
 * VLANs, in the order in which it brings its files up (impl_ifcfg.apply).
 */
import { unsupported, type Unsupported } from '../../base/result.ts';
import { withMembers, type Device, type DeviceKind } from './device.ts';
import type { Nic } from './nic-names.ts';

export interface NodeCommands {
  /** Lines for the node's shell. */
  readonly lines: readonly string[];
  /** What the configuration asks for and no host here can do. */
  readonly unsupported: readonly Unsupported[];
  /** `resolv.conf`. */
  readonly nameServers: readonly string[];
  readonly domains: readonly string[];
}

/** What a maker of one kind of device sees. */
interface Making {
  readonly device: Device;
  readonly parent: Device | null;
  /** MAC of a NIC or of the bond's first member; '' when it is not known. */
  readonly macOf: (name: string) => string;
  refuse(feature: string): void;
}

type Maker = (making: Making) => readonly string[];

const MAC_TABLE_SIZE = 50_000;

/** `ovs_options` of a bond: columns of the port. */
const columns = (options: string): string => (options === '' ? '' : ` ${options}`);
const extra = (device: Device): string => device.ovsExtra.map((text) => ` -- ${text}`).join('');

/** The member whose MAC the device takes. */
function primaryOf(device: Device): string | undefined {
  const primary = device.members.find((member) => member.primary);
  if (!primary) return undefined;
  return primary.members.find((member) => member.primary)?.name ?? primary.name;
}

const ovsBridge: Maker = ({ device, macOf }) => {
  const primary = primaryOf(device);
  const mac = primary === undefined ? '' : macOf(primary);
  const settings = [
    `set Bridge ${device.name} fail_mode=${device.failMode ?? 'standalone'} other-config:mac-table-size=${MAC_TABLE_SIZE}`,
    ...(mac === '' ? [] : [`set Bridge ${device.name} other-config:hwaddr=${mac}`]),
  ];
  return [
    `ovs-vsctl --may-exist add-br ${device.name}${columns(device.options)} -- ${settings.join(' -- ')}${extra(device)}`,
  ];
};

/** A bridge of the datapath in user space: neither its address nor the size of its table is set. */
const userBridge: Maker = ({ device }) => [
  `ovs-vsctl --may-exist add-br ${device.name}${columns(device.options)} -- set Bridge ${device.name} fail_mode=${device.failMode ?? 'standalone'} datapath_type=netdev${extra(device)}`,
];

const linuxBridge: Maker = ({ device, macOf }) => {
  const primary = primaryOf(device);
  const mac = primary === undefined ? '' : macOf(primary);
  return [`ip link add ${device.name}${mac === '' ? '' : ` address ${mac}`} type bridge forward_delay 0`];
};

/** Options of the bonding driver that are called the same on the command line of `ip`. */
const BONDING_OPTIONS: ReadonlySet<string> = new Set([
  'mode',
  'miimon',
  'updelay',
  'downdelay',
  'peer_notify_delay',
  'primary',
  'primary_reselect',
  'fail_over_mac',
  'xmit_hash_policy',
  'num_grat_arp',
  'num_unsol_na',
  'all_slaves_active',
  'min_links',
  'packets_per_slave',
  'lacp_active',
  'lacp_rate',
  'ad_select',
  'ad_user_port_key',
  'ad_actor_sys_prio',
  'ad_actor_system',
  'tlb_dynamic_lb',
]);

/** Options of a Linux bond that the kernel's command line takes; others are told. */
const linuxBond: Maker = ({ device, macOf, refuse }) => {
  const words = device.options.split(/[\s;]+/).flatMap((option) => {
    const [key = '', value = ''] = option.split('=');
    if (key === '') return [];
    if (BONDING_OPTIONS.has(key) && value !== '') return [`${key} ${value}`];
    refuse(`the bonding option ${option}`);
    return [];
  });
  const primary = primaryOf(device);
  const mac = primary === undefined ? '' : macOf(primary);
  return [
    `ip link add ${device.name}${mac === '' ? '' : ` address ${mac}`} type bond${words.map((word) => ` ${word}`).join('')}`,
    ...device.members
      .filter(({ kind }) => kind !== 'vlan')
      .flatMap(({ name }) => joinBond(name, device.name)),
  ];
};

const joinBond = (name: string, bond: string): readonly string[] => [
  `ip link set ${name} down`,
  `ip link set ${name} master ${bond}`,
  `ip link set ${name} up`,
];

const isOvsBridge = (device: Device | null): boolean =>
  device?.kind === 'ovs_bridge' || device?.kind === 'ovs_user_bridge';

/** A VLAN that a file writes as an interface, `em1.10`: one of the kernel's wherever it stands. */
const isSubinterface = ({ kind, name, device, vlanId }: Device): boolean =>
  kind === 'vlan' && name === `${device}.${vlanId}`;

const vlan: Maker = ({ device, parent }) => {
  if (parent && isOvsBridge(parent) && !isSubinterface(device))
    return [
      `ovs-vsctl --may-exist add-port ${parent.name} ${device.name} tag=${device.vlanId} -- set Interface ${device.name} type=internal${extra(device)}`,
    ];
  const lower = device.device ?? parent?.name ?? '';
  return [`ip link add link ${lower} name ${device.name} type vlan id ${device.vlanId}`];
};

const tunnel: Maker = ({ device, parent }) => [
  `ovs-vsctl --may-exist add-port ${parent?.name ?? ''} ${device.name} -- set Interface ${device.name} type=${device.tunnelType ?? ''}${columns(device.options)}${extra(device)}`,
];

const patchPort: Maker = ({ device, parent }) => [
  `ovs-vsctl --may-exist add-port ${parent?.name ?? device.bridgeName ?? ''} ${device.name} -- set Interface ${device.name} type=patch options:peer=${device.peer ?? ''}${extra(device)}`,
];

const notHere: Maker = ({ device, refuse }) => {
  refuse(`os-net-config's ${device.kind}`);
  return [];
};

/** Kind of device to the commands that make it; what it is a port of comes after. */
const MAKERS: Readonly<Record<DeviceKind, Maker>> = {
  interface: () => [],
  vlan,
  linux_bridge: linuxBridge,
  linux_bond: linuxBond,
  linux_team: notHere,
  ovs_bridge: ovsBridge,
  ovs_user_bridge: userBridge,
  ovs_bond: ({ device, parent }) => [
    `ovs-vsctl --may-exist add-bond ${parent?.name ?? ''} ${device.name} ${device.members.map(({ name }) => name).join(' ')}${columns(device.options)}${extra(device)}`,
  ],
  ovs_tunnel: tunnel,
  ovs_patch_port: patchPort,
  linux_tap: ({ device }) => [`ip tuntap add dev ${device.name} mode tap`],
  route_table: () => [],
  ovs_dpdk_port: notHere,
  ovs_dpdk_bond: notHere,
  sriov_pf: notHere,
  sriov_vf: notHere,
  ib_interface: notHere,
  ib_child_interface: notHere,
  vpp_interface: notHere,
  vpp_bond: notHere,
  ivs_bridge: notHere,
  ivs_interface: notHere,
  nfvswitch_bridge: notHere,
  nfvswitch_internal: notHere,
  contrail_vrouter: notHere,
  contrail_vrouter_dpdk: notHere,
};

/** Kinds in the order in which they come up. */
const ORDER: readonly (readonly DeviceKind[])[] = [
  ['ovs_bridge', 'ovs_user_bridge', 'linux_bridge'],
  ['interface', 'sriov_pf', 'sriov_vf', 'ib_interface', 'linux_tap'],
  ['linux_bond', 'linux_team', 'ovs_bond', 'ovs_dpdk_port', 'ovs_dpdk_bond'],
  ['ovs_patch_port', 'ovs_tunnel'],
  ['vpp_interface', 'vpp_bond', 'ivs_bridge', 'ivs_interface', 'nfvswitch_bridge', 'nfvswitch_internal'],
  ['contrail_vrouter', 'contrail_vrouter_dpdk', 'ib_child_interface'],
  ['vlan'],
  ['route_table'],
];

/** Kinds that have no device of the kernel's: ports of a bridge only. */
const PORTS_ONLY: readonly DeviceKind[] = ['ovs_bond', 'ovs_tunnel', 'ovs_patch_port', 'route_table'];
const JOINS: readonly DeviceKind[] = ['interface', 'linux_bond', 'linux_tap'];

function joinBridge(device: Device, parent: Device | null): readonly string[] {
  if (parent === null) return [];
  const asBond = parent.kind === 'linux_bond' && isSubinterface(device);
  if (asBond) return joinBond(device.name, parent.name);
  // A VLAN of the bridge itself cannot be its port.
  const isVlanPort =
    device.kind === 'vlan' &&
    (isSubinterface(device) || (parent.kind === 'linux_bridge' && device.device !== parent.name));
  if (!JOINS.includes(device.kind) && !isVlanPort) return [];
  if (isOvsBridge(parent)) return [`ovs-vsctl --may-exist add-port ${parent.name} ${device.name}`];
  return parent.kind === 'linux_bridge' ? [`ip link set ${device.name} master ${parent.name}`] : [];
}

/** MTU, state, addresses, routes and rules of a device that exists. */
function settings(making: Making, tables: ReadonlyMap<string, string>): readonly string[] {
  const { device, refuse } = making;
  if (PORTS_ONLY.includes(device.kind) || MAKERS[device.kind] === notHere) return [];
  if (device.ethtoolOptions !== '') refuse(`the ethtool options of ${device.name}`);
  const tableOf = (table: string): string => tables.get(table) ?? table;
  return [
    ...(device.mtu === null ? [] : [`ip link set ${device.name} mtu ${device.mtu}`]),
    ...(device.onboot ? [`ip link set ${device.name} up`] : []),
    ...device.addresses.map(
      ({ text, family }) => `ip addr add ${text}${family === 4 ? ' brd +' : ''} dev ${device.name}`,
    ),
    ...device.routes.map(({ destination, nextHop, table, options }) => {
      // A table that the options name counts.
      const own = table === null || options.includes('table ') ? '' : `table ${tableOf(table)}`;
      const rest = [own, options.replace(TABLE_NAME, (_, name: string) => `table ${tableOf(name)}`)]
        .filter((word) => word !== '')
        .join(' ');
      const six = nextHop.includes(':') ? 'ip -6' : 'ip';
      return `${six} route add ${destination} via ${nextHop} dev ${device.name}${rest === '' ? '' : ` ${rest}`}`;
    }),
    ...device.rules.map(
      ({ text }) =>
        `ip rule add ${text.replace(TABLE_NAME, (word, name: string) => word.replace(name, tableOf(name)))}`,
    ),
  ];
}

/** A routing table in the words of a route or a rule. */
const TABLE_NAME = /\b(?:table|lookup) (\S+)/;

/** Which member of each bond of Open vSwitch is to be active, told once all is up. */
const activeMembers = (devices: readonly Device[]): readonly string[] =>
  devices.flatMap((device) => {
    const primary = device.kind === 'ovs_bond' ? primaryOf(device) : undefined;
    return primary === undefined ? [] : [`ovs-appctl bond/set-active-slave ${device.name} ${primary}`];
  });

/** The commands of one node. `nics` gives the MACs that bridges and bonds take from their primary members. */
export function configureNode(devices: readonly Device[], nics: readonly Nic[], node: string): NodeCommands {
  const missing = new Map<string, Unsupported>();
  const parents = new Map<Device, Device>();
  const all = [...withMembers(devices)];
  for (const device of all) for (const member of device.members) parents.set(member, device);
  const tables = new Map(
    all.flatMap((one): (readonly [string, string])[] =>
      one.tableId === null ? [] : [[one.name, one.tableId]],
    ),
  );
  const macOf = (name: string): string =>
    nics.find((nic) => nic.name === name)?.mac ??
    all
      .find((one) => one.name === name)
      ?.members.map((member) => macOf(member.name))
      .find((mac) => mac !== '') ??
    '';
  const seen = new Set<string>();
  const lines = ORDER.flatMap((kinds) =>
    all
      .filter(({ kind }) => kinds.includes(kind))
      .flatMap((device) => {
        const parent = parents.get(device) ?? null;
        const making: Making = {
          device,
          parent,
          macOf,
          refuse: (feature) =>
            void missing.set(
              feature,
              unsupported(feature, `${node}: ${device.place.file}:${device.place.line}`),
            ),
        };
        // A NIC that stands alone and as a port as well is one NIC.
        const again = device.kind === 'interface' && seen.has(device.name);
        seen.add(device.name);
        return [
          ...(again ? [] : MAKERS[device.kind](making)),
          ...joinBridge(device, parent),
          ...settings(making, tables),
        ];
      }),
  );
  return {
    lines: [...lines, ...activeMembers(all)],
    unsupported: [...missing.values()],
    nameServers: [...new Set(all.flatMap(({ dnsServers }) => dnsServers))].slice(0, 2),
    domains: [...new Set(all.flatMap(({ domains }) => domains))],
  };
}
