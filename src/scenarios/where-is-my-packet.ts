/**
 * A hypervisor with a guest on a flat provider network, and the answer to a neighbour solicitation that never arrives:
 * OVN 20.12 with a fault in ovn-controller's memory of translated matches. The databases are a recording.
 */
import type { Scenario } from './scenario.ts';

const SWITCH = 'neutron-aab27d39-a3c0-4666-81a0-aa4be26ec873';
const VM_PORT = 'df8a80f8-0cbf-48af-8b32-78377f034797';
const META_PORT = '916eb7ea-4d64-4d9c-be28-b693af2e7ed3';
const PROVIDER_PORT = 'provnet-64e303a9-af62-4833-b713-6b361cdd6ecd';
const ROUTER_PORT = 'f1d49ca3-0e9c-4387-8d5d-c833fc3b7943';
const TAP = 'tapdf8a80f8-0c';
const VM_MAC = 'fa:16:3e:1e:5a:0f';
const VM_IP6 = '2001:db8::f816:3eff:fe1e:5a0f';
const VM_ADDRESSES = `${VM_MAC} 172.24.100.163 ${VM_IP6}`;
const HYPERVISOR = 'cmp-3-1';

const on = (machine: string, lines: readonly string[]) => lines.map((line) => ({ machine, line }));

const machines = (older: boolean): Scenario['machines'] => [
  {
    name: 'central',
    kind: 'machine',
    services: ['ovn-central'],
    nics: [
      {
        name: 'eth0',
        mac: '52:54:00:99:88:88',
        addresses: ['10.10.0.5/24', '99.88.88.88/24'],
        segment: 'management',
      },
    ],
  },
  {
    name: HYPERVISOR,
    kind: 'machine',
    services: ['openvswitch', 'ovn-controller'],
    ...(older ? { ovn: '20.12', ovs: '2.15' } : {}),
    nics: [
      {
        name: 'ens2',
        mac: '52:54:00:99:88:31',
        addresses: ['10.10.0.31/24', '99.88.88.31/24'],
        segment: 'management',
      },
      { name: 'ens3', mac: '52:54:00:0f:00:09', addresses: [], segment: 'fabric' },
      { name: 'ens4', mac: '52:54:00:0e:00:31', addresses: [], segment: 'provider' },
    ],
  },
  {
    name: 'client',
    kind: 'machine',
    services: [],
    nics: [{ name: 'eth0', mac: '52:54:00:0f:00:04', addresses: [], segment: 'fabric' }],
  },
];

/** A guest in a namespace behind a tap, as the hypervisor's agent plugs it. */
const guest = on(HYPERVISOR, [
  'ip netns add vm',
  `ip link add ${TAP} type veth peer name eth0 netns vm`,
  `ip netns exec vm ip link set eth0 address ${VM_MAC}`,
  `ovs-vsctl add-port br-int ${TAP} -- set Interface ${TAP} external_ids:iface-id=${VM_PORT} external_ids:attached-mac=${VM_MAC}`,
  `ip link set ${TAP} up`,
  'ip netns exec vm ip link set lo up',
  'ip netns exec vm ip link set eth0 up',
  'ip netns exec vm ip addr add 172.24.100.163/24 dev eth0',
  `ip netns exec vm ip addr add ${VM_IP6}/64 dev eth0 nodad`,
  'ip netns exec vm ip -6 route add default via fe80::b4c9:b9ff:fe6e:5048 dev eth0',
]);

const hypervisor = on(HYPERVISOR, [
  `ovs-vsctl set Open_vSwitch . external_ids:system-id=${HYPERVISOR} external_ids:hostname=${HYPERVISOR} external_ids:ovn-remote=tcp:10.10.0.5:6642 external_ids:ovn-encap-type=geneve external_ids:ovn-encap-ip=10.10.0.31`,
  'ovs-vsctl add-br br-ex -- set Bridge br-ex other_config:hwaddr=b6:c9:b9:6e:50:48',
  'ovs-vsctl add-port br-ex ens4',
  'ovs-vsctl set Open_vSwitch . external_ids:ovn-bridge-mappings=physnet1:br-ex',
  `ovs-vsctl add-port br-int tap-meta -- set Interface tap-meta type=internal external_ids:iface-id=${META_PORT}`,
]);

/** The hypervisor routes between the fabric and the provider network, as an agent that speaks BGP sets it up. */
const routing = [
  ...on(HYPERVISOR, [
    'sysctl -q -w net.ipv6.conf.all.forwarding=1',
    'ip link set br-ex up',
    'ip -6 addr add f00d:f00d:f00d:f00d:f00d:f00d:f00d:9/128 dev lo',
    'ip -6 route add f00d:f00d:f00d:4::/64 dev ens3',
    'ip -6 route add 2001:db8::/64 dev br-ex',
  ]),
  ...on('client', [
    'ip -6 addr add f00d:f00d:f00d:4::1/64 dev eth0 nodad',
    'ip -6 route add default via fe80::5054:ff:fe0f:9 dev eth0',
  ]),
];

const segments = ['management', 'fabric', 'provider'].map((id) => ({
  id,
  name: id,
  mtu: 1500,
  delay: 60_000,
}));

/** The same switch and ports, typed at a northd of today. */
const topology = on('central', [
  'ovn-nbctl set-connection ptcp:6641:0.0.0.0',
  'ovn-sbctl set-connection ptcp:6642:0.0.0.0',
  `ovn-nbctl ls-add ${SWITCH}`,
  `ovn-nbctl set Logical_Switch ${SWITCH} 'external_ids:neutron\\:network_name=provider-flat' other_config:mcast_snoop=false other_config:vlan-passthru=false`,
  `ovn-nbctl lsp-add ${SWITCH} ${PROVIDER_PORT}`,
  `ovn-nbctl lsp-set-type ${PROVIDER_PORT} localnet`,
  `ovn-nbctl lsp-set-addresses ${PROVIDER_PORT} unknown`,
  `ovn-nbctl lsp-set-options ${PROVIDER_PORT} network_name=physnet1 mcast_flood=false mcast_flood_reports=true`,
  `ovn-nbctl lsp-add ${SWITCH} ${META_PORT}`,
  `ovn-nbctl lsp-set-type ${META_PORT} localport`,
  `ovn-nbctl lsp-set-addresses ${META_PORT} "fa:16:3e:65:76:bd 172.24.100.2 2001:db8::f816:3eff:fe65:76bd"`,
  `ovn-nbctl lsp-add ${SWITCH} ${VM_PORT}`,
  `ovn-nbctl set Logical_Switch_Port ${VM_PORT} 'external_ids:neutron\\:port_name=vm-provider-flat-port' 'external_ids:neutron\\:cidrs=172.24.100.163/24'`,
  `ovn-nbctl lsp-set-addresses ${VM_PORT} "${VM_ADDRESSES}"`,
  `ovn-nbctl lsp-set-port-security ${VM_PORT} "${VM_ADDRESSES}"`,
  `ovn-nbctl lsp-set-options ${VM_PORT} requested-chassis=${HYPERVISOR}`,
  'ovn-nbctl lr-add neutron-router-flat',
  `ovn-nbctl lrp-add neutron-router-flat lrp-${ROUTER_PORT} fa:16:3e:aa:07:31 172.24.100.1/24 2001:db8::1/64`,
  `ovn-nbctl lsp-add-router-port ${SWITCH} ${ROUTER_PORT} lrp-${ROUTER_PORT}`,
]);

const trace = {
  host: 'central',
  line: `ovn-trace --summary ${SWITCH} 'inport == "${VM_PORT}" && eth.src == ${VM_MAC} && eth.dst == b6:c9:b9:6e:50:48 && ip6.src == ${VM_IP6} && nd.target == ${VM_IP6} && nd_na && nd.tll == ${VM_MAC}'`,
  why: 'by the databases it is delivered',
};

export const WHERE_IS_MY_PACKET: Scenario = {
  id: 'where-is-my-packet',
  title: 'OVN: where is my packet?',
  summary:
    'A guest answers a neighbour solicitation and the answer never leaves the hypervisor, which runs OVN 20.12.',
  machines: machines(true),
  segments,
  transcript: [...hypervisor, ...guest, ...routing],
  databases: 'provider-flat-20.12',
  tryNext: [
    { host: 'client', line: `ping ${VM_IP6} -c2`, why: 'the ping that fails' },
    { host: HYPERVISOR, line: 'tcpdump -i br-ex -ne "icmp6" -c2', why: 'solicitations without an answer' },
    { host: HYPERVISOR, line: `tcpdump -veni ${TAP} icmp6 -c2`, why: 'the guest does answer' },
    { host: 'central', line: 'ovn-nbctl show', why: 'switch, ports and addresses' },
    trace,
    {
      host: HYPERVISOR,
      line: `flow=$(tcpdump -nXXi ${TAP} "icmp6 && ip6[40] = 136 && host ${VM_IP6}" -c1 | ovs-tcpundump)`,
      why: 'the packet itself; ping again while it waits',
    },
    {
      host: HYPERVISOR,
      line: `ovs-appctl ofproto/trace br-int in_port=\`ovs-vsctl get Interface ${TAP} ofport\` $flow | ovn-detrace --ovnsb="tcp:99.88.88.88:6642" --ovnnb="tcp:99.88.88.88:6641"`,
      why: 'dropped in table 10, by which logical flow',
    },
    {
      host: HYPERVISOR,
      line: 'ovs-ofctl dump-flows br-int table=10 | grep priority=90 | grep nd_target',
      why: 'the clauses, and the id that they lead to',
    },
  ],
};

export const WHERE_IS_MY_PACKET_NOW: Scenario = {
  id: 'where-is-my-packet-now',
  title: 'OVN: where is my packet? On OVN 26.03',
  summary: 'The same guest and provider network on the OVN of today: the answer arrives.',
  machines: machines(false),
  segments,
  transcript: [...topology, ...hypervisor, ...guest, ...routing],
  tryNext: [
    { host: 'client', line: `ping ${VM_IP6} -c2`, why: 'the guest answers' },
    trace,
    {
      host: HYPERVISOR,
      line: `ovs-appctl ofproto/trace br-int in_port=$(ovs-vsctl get Interface ${TAP} ofport),icmp6,dl_src=${VM_MAC},dl_dst=b6:c9:b9:6e:50:48,ipv6_src=${VM_IP6},nw_ttl=255,icmpv6_type=136,nd_target=${VM_IP6},nd_tll=${VM_MAC} | ovn-detrace --ovnsb="tcp:99.88.88.88:6642" --ovnnb="tcp:99.88.88.88:6641"`,
      why: 'port security has tables of its own now',
    },
  ],
};
