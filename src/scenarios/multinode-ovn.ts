/** Three machines: a central node with the OVN databases and northd, and two workers, joined by Geneve tunnels. */
import type { MachineSpec } from '../core/sim/machine.ts';
import type { Scenario } from './scenario.ts';

const CENTRAL = '192.168.50.10';

const machine = (name: string, address: string, mac: string, central: boolean): MachineSpec => ({
  name,
  kind: 'machine',
  services: central ? ['openvswitch', 'ovn-central', 'ovn-controller'] : ['openvswitch', 'ovn-controller'],
  nics: [{ name: 'eth1', mac, addresses: [`${address}/24`], segment: 'underlay' }],
});

const join = (name: string, address: string) => ({
  machine: name,
  line:
    `ovs-vsctl set Open_vSwitch . external_ids:system-id=${name} external_ids:hostname=${name} ` +
    `external_ids:ovn-remote=tcp:${CENTRAL}:6642 external_ids:ovn-encap-type=geneve external_ids:ovn-encap-ip=${address}`,
});

const bind = (host: string, vm: string, mac: string, address: string) =>
  [
    `ovs-vsctl add-port br-int ${vm} -- set Interface ${vm} type=internal -- set Interface ${vm} external_ids:iface-id=${vm}`,
    `ip netns add ${vm}`,
    `ip link set ${vm} netns ${vm}`,
    `ip netns exec ${vm} ip link set ${vm} address ${mac}`,
    `ip netns exec ${vm} ip addr add ${address}/24 dev ${vm}`,
    `ip netns exec ${vm} ip link set ${vm} up`,
  ].map((line) => ({ machine: host, line }));

const base = {
  machines: [
    machine('central', CENTRAL, '52:54:00:a1:50:10', true),
    machine('worker1', '192.168.50.100', '52:54:00:a1:50:64', false),
    machine('worker2', '192.168.50.101', '52:54:00:a1:50:65', false),
  ],
  segments: [{ id: 'underlay', name: 'underlay', mtu: 1500, delay: 60_000 }],
};

const deploy = [
  { machine: 'central', line: 'ovn-nbctl set-connection ptcp:6641:0.0.0.0' },
  { machine: 'central', line: 'ovn-sbctl set-connection ptcp:6642:0.0.0.0' },
  join('central', CENTRAL),
  join('worker1', '192.168.50.100'),
  join('worker2', '192.168.50.101'),
];

const topology = [
  'ovn-nbctl ls-add network1',
  'ovn-nbctl lsp-add network1 vm1',
  'ovn-nbctl lsp-add network1 vm2',
  'ovn-nbctl lsp-set-addresses vm1 "40:44:00:00:00:01 192.168.0.11"',
  'ovn-nbctl lsp-set-addresses vm2 "40:44:00:00:00:02 192.168.0.12"',
].map((line) => ({ machine: 'central', line }));

const workloads = [
  ...bind('worker1', 'vm1', '40:44:00:00:00:01', '192.168.0.11'),
  ...bind('worker2', 'vm2', '40:44:00:00:00:02', '192.168.0.12'),
];

const look = [
  {
    host: 'worker1',
    line: 'ip netns exec vm1 ping 192.168.0.12 -c2',
    why: 'vm1 pings vm2 through the tunnel',
  },
  {
    host: 'worker2',
    line: 'tcpdump -i genev_sys_6081 -vvnn icmp',
    why: 'the echo requests as they leave the tunnel',
  },
  { host: 'central', line: 'ovn-sbctl show', why: 'which chassis holds which port' },
];

export const MULTINODE_OVN: Scenario = {
  ...base,
  id: 'multinode-ovn',
  title: 'Multinode OVN',
  summary: 'A central node and two workers. vm1 and vm2 share a logical switch across Geneve tunnels.',
  transcript: [...deploy, ...topology, ...workloads],
  tryNext: look,
};

export const MULTINODE_OVN_EMPTY: Scenario = {
  ...base,
  id: 'multinode-ovn-empty',
  title: 'Multinode OVN, from the first command',
  summary: 'The same three machines with tunnels up and nothing else. Build the logical switch yourself.',
  transcript: deploy,
  tryNext: [
    { host: 'central', line: 'ovs-vsctl show', why: 'br-int and its tunnels' },
    ...topology.map(({ machine: host, line }) => ({ host, line, why: 'the logical topology' })),
    ...workloads.map(({ machine: host, line }) => ({ host, line, why: 'a port bound on its worker' })),
    ...look,
  ],
};
