/**
 * A logical switch that EVPN stretches beyond OVN: two chassis, a spine that passes routes on, and a plain Linux VTEP with a
 * host behind it. Both chassis have one AS number, so that each drops the other's routes: among them OVN's tunnels serve.
 */
import { packagedFiles } from '../../core/sim/routing/daemons-file.ts';
import type { MachineSpec } from '../../core/sim/machine.ts';
import type { Scenario } from '../scenario.ts';

type Line = Scenario['transcript'][number];

const VNI = 10;
const CENTRAL = '192.168.50.10';
const OVN_ASN = 65010;
const SPINE = { name: 'spine', address: '192.168.50.1', asn: 65000 };
const LEAF = { name: 'leaf', address: '192.168.50.20', asn: 65020 };

interface Chassis {
  readonly name: string;
  readonly address: string;
  readonly vm: string;
  readonly mac: string;
  readonly ip: string;
}

const CHASSIS: readonly Chassis[] = [
  { name: 'worker1', address: '192.168.50.101', vm: 'vm1', mac: '0a:00:00:00:01:01', ip: '172.16.1.11' },
  { name: 'worker2', address: '192.168.50.102', vm: 'vm2', mac: '0a:00:00:00:01:02', ip: '172.16.1.12' },
];

/** Frames of 1500 octets fit with the headers of either tunnel. */
const UNDERLAY_MTU = 1600;

const on = (machine: string, lines: readonly string[]): Line[] => lines.map((line) => ({ machine, line }));

const machine = (
  name: string,
  address: string,
  tail: string,
  services: MachineSpec['services'],
): MachineSpec => ({
  name,
  kind: 'machine',
  services,
  nics: [{ name: 'eth0', mac: `52:54:00:a1:50:${tail}`, addresses: [`${address}/24`], segment: 'underlay' }],
  ...(services.includes('frr') ? { files: packagedFiles(['bgpd']) } : {}),
});

const leaf = machine(LEAF.name, LEAF.address, '20', ['frr']);

/** A speaker of EVPN with these neighbours; one with VNIs of its own makes them known. */
const speaker = (
  asn: number,
  address: string,
  neighbours: readonly { readonly address: string; readonly asn: number }[],
  hasVnis: boolean,
): string => `vtysh <<'EOF'
configure
router bgp ${asn}
  bgp router-id ${address}
  no bgp ebgp-requires-policy
  no bgp default ipv4-unicast
${neighbours.map((one) => `  neighbor ${one.address} remote-as ${one.asn}`).join('\n')}
  address-family l2vpn evpn
${neighbours.map((one) => `    neighbor ${one.address} activate`).join('\n')}
${hasVnis ? '    advertise-all-vni\n' : ''}  exit-address-family
EOF`;

/** Devices that stand for the VNI; the VXLAN device of a chassis carries nothing, Open vSwitch does that. */
const vniDevices = (address: string, port: number): string[] => [
  `ip link add br-${VNI} type bridge`,
  `ip link set br-${VNI} up`,
  `ip link add vxlan-${VNI} type vxlan id ${VNI} dstport ${port} local ${address} nolearning`,
  `ip link set vxlan-${VNI} master br-${VNI}`,
  `ip link set vxlan-${VNI} up`,
];

const chassis = ({ name, address, vm, mac, ip }: Chassis): Line[] =>
  on(name, [
    `ovs-vsctl set Open_vSwitch . external_ids:system-id=${name} external_ids:hostname=${name} ` +
      `external_ids:ovn-remote=tcp:${CENTRAL}:6642 external_ids:ovn-encap-type=geneve external_ids:ovn-encap-ip=${address} ` +
      `external_ids:ovn-evpn-local-ip=${address} external_ids:ovn-evpn-vxlan-ports=4789`,
    ...vniDevices(address, 60000 + VNI),
    `ip link add lo-${VNI} type dummy`,
    `ip link set lo-${VNI} master br-${VNI}`,
    `ip link set lo-${VNI} up`,
    `ovs-vsctl add-port br-int ${vm} -- set Interface ${vm} type=internal external_ids:iface-id=${vm}`,
    `ip netns add ${vm}`,
    `ip link set ${vm} netns ${vm}`,
    `ip netns exec ${vm} ip link set ${vm} address ${mac}`,
    `ip netns exec ${vm} ip addr add ${ip}/24 dev ${vm}`,
    `ip netns exec ${vm} ip link set ${vm} up`,
    speaker(OVN_ASN, address, [SPINE], true),
  ]);

const transcript: readonly Line[] = [
  ...on('central', [
    'ovn-nbctl set-connection ptcp:6641:0.0.0.0',
    'ovn-sbctl set-connection ptcp:6642:0.0.0.0',
    'ovn-nbctl ls-add tenant',
    `ovn-nbctl set logical_switch tenant other_config:dynamic-routing-vni=${VNI} ` +
      `other_config:dynamic-routing-bridge-ifname=br-${VNI} other_config:dynamic-routing-vxlan-ifname=vxlan-${VNI} ` +
      `other_config:dynamic-routing-advertise-ifname=lo-${VNI} other_config:dynamic-routing-redistribute=fdb,ip`,
    ...CHASSIS.map(
      ({ vm, mac, ip }) => `ovn-nbctl lsp-add tenant ${vm} -- lsp-set-addresses ${vm} "${mac} ${ip}"`,
    ),
  ]),
  ...on(SPINE.name, [
    speaker(
      SPINE.asn,
      SPINE.address,
      [...CHASSIS.map(({ address }) => ({ address, asn: OVN_ASN })), LEAF],
      false,
    ),
  ]),
  ...on(LEAF.name, [
    ...vniDevices(LEAF.address, 4789),
    `bridge link set dev vxlan-${VNI} neigh_suppress on learning off`,
    `ip link set eth1 master br-${VNI}`,
    'ip link set eth1 up',
    speaker(LEAF.asn, LEAF.address, [SPINE], true),
  ]),
  ...CHASSIS.flatMap(chassis),
];

export const EVPN_FABRIC: Scenario = {
  id: 'evpn-fabric',
  title: 'A logical switch stretched by EVPN',
  summary:
    'Two OVN chassis and a Linux VTEP share one layer 2 network: BGP EVPN tells each where the hosts are, VXLAN carries the frames.',
  machines: [
    machine('central', CENTRAL, '10', ['openvswitch', 'ovn-central', 'ovn-controller']),
    ...CHASSIS.map(({ name, address }, at) =>
      machine(name, address, `6${at + 1}`, ['openvswitch', 'ovn-controller', 'frr']),
    ),
    machine(SPINE.name, SPINE.address, '01', ['frr']),
    {
      ...leaf,
      nics: [...leaf.nics, { name: 'eth1', mac: '52:54:00:a1:50:21', addresses: [], segment: 'access' }],
    },
    {
      name: 'host',
      kind: 'machine',
      services: [],
      nics: [{ name: 'eth0', mac: '0a:00:00:00:02:01', addresses: ['172.16.1.50/24'], segment: 'access' }],
    },
  ],
  segments: [
    { id: 'underlay', name: 'underlay', mtu: UNDERLAY_MTU, delay: 30_000 },
    { id: 'access', name: 'access of leaf', mtu: 1500, delay: 10_000 },
  ],
  transcript,
  tryNext: [
    {
      host: 'worker1',
      line: 'ip netns exec vm1 ping -c 2 172.16.1.50',
      why: 'a guest of OVN reaches a host outside of it, in its own network',
    },
    { host: 'host', line: 'ping -c 2 172.16.1.12', why: 'and back, to a guest on the other chassis' },
    {
      host: 'central',
      line: 'ovn-nbctl get logical_switch tenant other_config',
      why: 'what ties the switch to a VNI and to devices of the chassis',
    },
    {
      host: 'central',
      line: 'ovn-sbctl list Advertised_MAC_Binding',
      why: 'what northd wants to be known',
    },
    {
      host: 'worker1',
      line: 'bridge fdb show dev lo-10',
      why: "ovn-controller puts its guests' addresses into the bridge of the VNI",
    },
    {
      host: 'worker1',
      line: 'vtysh -c "show bgp l2vpn evpn"',
      why: 'FRR finds them there and makes routes of them; those of the leaf come back',
    },
    {
      host: 'worker1',
      line: 'bridge fdb show dev vxlan-10',
      why: 'zebra puts the hosts of other VTEPs into the same bridge',
    },
    {
      host: 'worker1',
      line: 'ovn-appctl -t ovn-controller evpn/vtep-fdb-list',
      why: 'where ovn-controller finds them',
    },
    {
      host: 'worker1',
      line: 'ovs-ofctl dump-flows br-int table=87',
      why: 'and makes flows of them',
    },
    {
      host: 'leaf',
      line: 'tcpdump -c 2 -n -i eth0 udp port 4789',
      why: 'frames in VXLAN on the underlay; ping again meanwhile',
    },
    {
      host: 'central',
      line: 'ovn-nbctl lsp-del vm1',
      why: 'the guest is gone: its routes are withdrawn everywhere',
    },
    { host: 'leaf', line: 'vtysh -c "show evpn mac vni all"', why: 'the leaf no longer knows it' },
  ],
};
