/** What os-net-config's kinds of device come down to (its documentation, and the files that it writes). */
import { expect, it } from 'vitest';
import { readYaml } from '../yaml/read-yaml.ts';
import { configureNode, type NodeCommands } from './commands.ts';
import { nicAliases } from './nic-names.ts';
import { readDevices } from './read-config.ts';

const NICS = [
  { name: 'ens4', mac: '52:54:00:00:00:04' },
  { name: 'ens10', mac: '52:54:00:00:00:10' },
  { name: 'ens3', mac: '52:54:00:00:00:03' },
];

function configure(text: string): NodeCommands {
  const { value } = readYaml(text, 'net.yaml');
  const { value: devices, problems } = readDevices(value, nicAliases(NICS, null));
  expect(problems.filter(({ severity }) => severity !== 'warning')).toEqual([]);
  return configureNode(devices, NICS, 'node');
}

it.each<[string, string, readonly string[]]>([
  [
    'an interface with addresses of both families and a route of its own table',
    `network_config:
- type: route_table
  name: storage
  table_id: 200
- type: interface
  name: nic1
  mtu: 9000
  addresses: [{ip_netmask: 192.0.2.7/24}, {ip_netmask: '2001:db8::7/64'}]
  routes:
  - {default: true, next_hop: 192.0.2.1}
  - {ip_netmask: 10.1.0.0/16, next_hop: 192.0.2.5, route_options: metric 10}
  - {destination: 10.2.0.0/16, nexthop: 192.0.2.6, table: storage}
  rules: [{rule: from 192.0.2.7 table 200}]`,
    [
      'ip link set ens3 mtu 9000',
      'ip link set ens3 up',
      'ip addr add 192.0.2.7/24 brd + dev ens3',
      'ip addr add 2001:db8::7/64 dev ens3',
      'ip route add default via 192.0.2.1 dev ens3',
      'ip route add 10.1.0.0/16 via 192.0.2.5 dev ens3 metric 10',
      'ip route add 10.2.0.0/16 via 192.0.2.6 dev ens3 table 200',
      'ip rule add from 192.0.2.7 table 200',
    ],
  ],
  [
    'VLANs: a device of the kernel on a NIC, an internal port in an Open vSwitch bridge',
    `network_config:
- type: vlan
  device: nic1
  vlan_id: 20
  addresses: [{ip_netmask: 172.17.1.9/24}]
- type: ovs_bridge
  name: br-tenant
  members:
  - {type: interface, name: nic2, primary: true}
  - {type: vlan, vlan_id: 50, mtu: 1450}`,
    [
      'ovs-vsctl --may-exist add-br br-tenant -- set Bridge br-tenant fail_mode=standalone other-config:mac-table-size=50000 -- set Bridge br-tenant other-config:hwaddr=52:54:00:00:00:04',
      'ip link set br-tenant up',
      'ovs-vsctl --may-exist add-port br-tenant ens4',
      'ip link set ens4 up',
      'ip link add link ens3 name vlan20 type vlan id 20',
      'ip link set vlan20 up',
      'ip addr add 172.17.1.9/24 brd + dev vlan20',
      'ovs-vsctl --may-exist add-port br-tenant vlan50 tag=50 -- set Interface vlan50 type=internal',
      'ip link set vlan50 mtu 1450',
      'ip link set vlan50 up',
    ],
  ],
  [
    'a bond of Open vSwitch, with what is added to the bridge',
    `network_config:
- type: ovs_bridge
  name: br-bond
  ovs_extra: ['set bridge {name} stp_enable=true']
  ovs_fail_mode: secure
  members:
  - type: ovs_bond
    name: bond1
    ovs_options: bond_mode=balance-slb lacp=off
    members: [{type: interface, name: nic2, primary: true}, {type: interface, name: nic3}]`,
    [
      'ovs-vsctl --may-exist add-br br-bond -- set Bridge br-bond fail_mode=secure other-config:mac-table-size=50000 -- set bridge br-bond stp_enable=true',
      'ip link set br-bond up',
      'ip link set ens4 up',
      'ip link set ens10 up',
      'ovs-vsctl --may-exist add-bond br-bond bond1 ens4 ens10 bond_mode=balance-slb lacp=off',
      'ovs-appctl bond/set-active-slave bond1 ens4',
    ],
  ],
  [
    'a Linux bond in a Linux bridge, and a VLAN on the bond',
    `network_config:
- type: linux_bridge
  name: br0
  members:
  - type: linux_bond
    name: bond0
    bonding_options: mode=active-backup miimon=100 updelay=200 xmit_hash_policy=layer3+4
    members: [{type: interface, name: nic1, primary: true}, {type: interface, name: nic2}]
- {type: vlan, device: bond0, vlan_id: 30}`,
    [
      'ip link add br0 type bridge forward_delay 0',
      'ip link set br0 up',
      'ip link set ens3 up',
      'ip link set ens4 up',
      'ip link add bond0 address 52:54:00:00:00:03 type bond mode active-backup miimon 100 updelay 200 xmit_hash_policy layer3+4',
      'ip link set ens3 down',
      'ip link set ens3 master bond0',
      'ip link set ens3 up',
      'ip link set ens4 down',
      'ip link set ens4 master bond0',
      'ip link set ens4 up',
      'ip link set bond0 master br0',
      'ip link set bond0 up',
      'ip link add link bond0 name vlan30 type vlan id 30',
      'ip link set vlan30 up',
    ],
  ],
  [
    'a VLAN as a port of a Linux bridge, and one written as an interface, alone and in an Open vSwitch bridge',
    `network_config:
- type: linux_bridge
  name: br0
  members: [{type: vlan, device: nic1, vlan_id: 30, name: ignored}]
- type: ovs_bridge
  name: br-a
  members: [{type: interface, name: nic2.40}]
- {type: interface, name: ens10.50, addresses: [{ip_netmask: 192.0.2.7/24}]}`,
    [
      'ip link add br0 type bridge forward_delay 0',
      'ip link set br0 up',
      'ovs-vsctl --may-exist add-br br-a -- set Bridge br-a fail_mode=standalone other-config:mac-table-size=50000',
      'ip link set br-a up',
      'ip link add link ens3 name vlan30 type vlan id 30',
      'ip link set vlan30 master br0',
      'ip link set vlan30 up',
      'ip link add link ens4 name ens4.40 type vlan id 40',
      'ovs-vsctl --may-exist add-port br-a ens4.40',
      'ip link set ens4.40 up',
      'ip link add link ens10 name ens10.50 type vlan id 50',
      'ip link set ens10.50 up',
      'ip addr add 192.0.2.7/24 brd + dev ens10.50',
    ],
  ],
  [
    'a bridge in user space, and tables by their names in routes and rules',
    `network_config:
- {type: route_table, name: storage, table_id: 200}
- type: ovs_user_bridge
  name: br-u
  members: [{type: interface, name: nic1, primary: true}]
- type: interface
  name: nic2
  routes: [{ip_netmask: 10.1.0.0/16, next_hop: 192.0.2.5, route_options: table storage, table: 7}]
  rules: [{rule: from 192.0.2.7 lookup storage, comment: c}]`,
    [
      'ovs-vsctl --may-exist add-br br-u -- set Bridge br-u fail_mode=standalone datapath_type=netdev',
      'ip link set br-u up',
      'ovs-vsctl --may-exist add-port br-u ens3',
      'ip link set ens3 up',
      'ip link set ens4 up',
      'ip route add 10.1.0.0/16 via 192.0.2.5 dev ens4 table 200',
      'ip rule add from 192.0.2.7 lookup 200',
    ],
  ],
  [
    'tunnels and patch ports',
    `network_config:
- type: ovs_bridge
  name: br-a
  members:
  - {type: ovs_tunnel, name: tun0, tunnel_type: vxlan, ovs_options: ['options:remote_ip=192.0.2.9', 'options:key=7']}
  - {type: ovs_patch_port, name: a-b, bridge_name: br-a, peer: b-a}`,
    [
      'ovs-vsctl --may-exist add-br br-a -- set Bridge br-a fail_mode=standalone other-config:mac-table-size=50000',
      'ip link set br-a up',
      'ovs-vsctl --may-exist add-port br-a tun0 -- set Interface tun0 type=vxlan options:remote_ip=192.0.2.9 options:key=7',
      'ovs-vsctl --may-exist add-port br-a a-b -- set Interface a-b type=patch options:peer=b-a',
    ],
  ],
])('%s', (_, text, expected) => {
  const { lines, unsupported } = configure(text);
  expect([lines, unsupported]).toEqual([expected, []]);
});

it('says what no host here can have, and where it is asked for', () => {
  const { unsupported } = configure(`network_config:
- {type: interface, name: nic1, use_dhcp: true, ethtool_opts: speed 1000}
- type: ovs_user_bridge
  name: br-link
  members:
  - {type: ovs_dpdk_port, name: dpdk0, members: [{type: interface, name: nic2}]}
- {type: linux_bond, name: b, bonding_options: mode=4 lacp_rate=1 arp_interval=200, members: [{type: interface, name: nic3}]}
`);
  expect(unsupported.map(({ feature, where }) => `${where}: ${feature}`)).toEqual([
    'node: net.yaml:2: the ethtool options of ens3',
    "node: net.yaml:6: os-net-config's ovs_dpdk_port",
    'node: net.yaml:7: the bonding option arp_interval=200',
  ]);
});

it('numbers NICs by their names as a person sorts them, those of the board first', () => {
  const nics = ['p2p10', 'p2p1', 'em2', 'em1'].map((name) => ({ name, mac: `mac of ${name}` }));
  expect([...nicAliases(nics, null).values()]).toEqual(['em1', 'em2', 'p2p1', 'p2p10']);
  expect([
    ...nicAliases(
      nics,
      new Map([
        ['nic1', 'p2p1'],
        ['nic2', 'MAC of em2'],
        ['nic3', 'gone'],
      ]),
    ),
  ]).toEqual([
    ['nic1', 'p2p1'],
    ['nic2', 'em2'],
    ['nic4', 'p2p10'],
  ]);
});

it.each<[string, string]>([
  ['- {name: x}', 'this device has no type'],
  ['- {type: bridge, name: x}', 'unknown type of device: bridge'],
  ['- {type: vlan, device: nic1}', 'this vlan has no vlan_id'],
  ['- {type: vlan, device: nic1, vlan_id: 5000}', 'vlan_id: a number from 0 to 4094 expected'],
  ['- {type: vlan, vlan_id: 5}', 'a VLAN outside an Open vSwitch bridge needs its device'],
  ['- {type: interface, name: nic9}', 'the node has no nic9'],
  ['- {type: interface, name: nic1, use_dhcp: maybe}', 'use_dhcp: true or false expected'],
  [
    '- {type: interface, name: nic1, addresses: [{ip_netmask: 300.1.1.1/24}]}',
    '300.1.1.1/24 is no address with prefix length',
  ],
  ['- {type: interface, name: nic1, routes: [{ip_netmask: 10.0.0.0/8}]}', 'this route has no next hop'],
  [
    '- {type: linux_bridge, name: b, members: [{type: vlan, vlan_id: 5}]}',
    'a VLAN outside an Open vSwitch bridge needs its device',
  ],
  ['- {type: route_table, name: x, table_id: 254}', "the routing table 254 is the kernel's own"],
  [
    '- {type: interface, name: nic1, persist_mapping: true}',
    'persist_mapping of a device is not modelled: NICs are named by the mapping file, or counted',
  ],
  [
    '- {type: interface, name: nic1, routes: [{ip_netmask: 10.0.0.0/8, next_hop: 10.0.0.1, nexthop: 10.0.0.1}]}',
    'this route has both next_hop and nexthop',
  ],
  [
    '- {type: interface, name: nic1, routes: [{ip_netmask: 10.0.0.9/8, next_hop: 10.0.0.1}]}',
    '10.0.0.9/8 is an address inside a network: the kernel takes no such route, 10.0.0.0/8 is taken here',
  ],
  [
    '- {type: interface, name: nic1, routes: [{ip_netmask: 10.0.0.0/8, next_hop: 10.0.0.1, tabel: 5}]}',
    'a route has no tabel: os-net-config warns and goes on without it',
  ],
  [
    '- {type: ovs_bond, name: b, members: [{type: ovs_bridge, name: c, members: []}]}',
    "ovs_bridge is no member of ovs_bond by os-net-config's schema: it warns and goes on",
  ],
  [
    '- {type: ovs_bridge, name: b, members: [{type: interface, name: nic1, primary: true}, {type: interface, name: nic2, primary: true}]}',
    'only one primary interface is allowed in b',
  ],
])('refuses %s', (text, message) => {
  const { value } = readYaml(`network_config:\n${text}\n`, 'net.yaml');
  const { problems } = readDevices(value, nicAliases(NICS, null));
  expect(problems.map((problem) => problem.message)).toContain(message);
  expect(problems[0]?.place).toMatchObject({ file: 'net.yaml', line: 2 });
});
