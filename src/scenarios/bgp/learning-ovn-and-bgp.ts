/**
 * The system of "Learning OVN and BGP": two gateway chassis of ovn-fake-multinode, a ToR in a namespace of each, and a
 * floating IP that OVN advertises to both. What the post does afterwards is left to be typed.
 */
import type { Scenario } from '../scenario.ts';
import { CENTRAL, fakeMultinode, joined, LAB, on, type Line } from './fake-multinode.ts';
import { FRR_FILES, linkLocal, setUpGateways, type Gateway } from './gateway-router.ts';

const GW1: Gateway = {
  node: 'ovn-gw-1',
  tor: { asn: 4_200_000_100, routerId: '41.41.41.41', mac: 'aa:ed:ba:b6:58:5e' },
  routerId: '14.14.14.14',
  mac: '12:fb:d6:66:99:1c',
  vrf: 10,
};
const GW2: Gateway = {
  node: 'ovn-gw-2',
  tor: { asn: 4_200_000_200, routerId: '42.42.42.42', mac: 'aa:ed:ba:b6:58:6e' },
  routerId: '24.24.24.24',
  mac: '22:fb:d6:66:99:2c',
  vrf: 20,
};

const DGP = 'lrp-guest-join-dgp';

const join = joined(CENTRAL, 'ovn-nbctl', [
  'ls-add ls-join',
  'lr-add lr-guest',
  `lrp-add lr-guest ${DGP} 00:16:06:12:f0:0d`,
  `lsp-add-router-port ls-join lsp-join-guest ${DGP}`,
  `lrp-set-gateway-chassis ${DGP} ovn-gw-1 20`,
  `lrp-set-gateway-chassis ${DGP} ovn-gw-2 20`,
]);

/** The guest of a gateway's switch, and the ways between the routers. */
function guest({ node, tor }: Gateway, joinMac: string, outside: string, network: string): Line[] {
  const [logicalSwitch, port] = [`ls-guest-${node}`, `lsp-guest-${node}-guest-vm`];
  const inside = (line: string): string => `ip netns exec ns-guest ${line}`;
  return [
    ...joined(CENTRAL, 'ovn-nbctl', [
      `lrp-add lr-${node}-ext0 lrp-${node}-to-join ${joinMac}`,
      `lrp-set-options lrp-${node}-to-join dynamic-routing-redistribute=nat`,
      `lsp-add-router-port ls-join join-to-lrp-${node} lrp-${node}-to-join`,
      `ls-add ${logicalSwitch}`,
      `lrp-add lr-guest lrp-guest-${logicalSwitch} 00:16:03:01:03:03 ${network}.1/24`,
      `lsp-add-router-port ${logicalSwitch} lsp-guest-${node}-lr-guest lrp-guest-${logicalSwitch}`,
      `lsp-add ${logicalSwitch} ${port}`,
      `lsp-set-addresses ${port} "00:16:01:00:02:02 ${network}.10/24"`,
    ]),
    ...on(node, [
      'ip netns add ns-guest',
      'ip link add ns-guest-p type veth peer name ns-guest',
      'ip link set ns-guest netns ns-guest',
      inside('ip link set lo up'),
      'ip link set ns-guest-p up',
      `ovs-vsctl -- add-port br-int ns-guest-p -- set Interface ns-guest-p external_ids:iface-id=${port}`,
      inside('ip link set ns-guest address 00:16:01:00:02:02'),
      inside('ip link set ns-guest mtu 1342'),
      inside(`ip addr add ${network}.10/24 dev ns-guest`),
      inside('ip addr add 1000::13/64 dev ns-guest nodad'),
      inside('ip link set ns-guest up'),
      inside(`ip route add default via ${network}.1 dev ns-guest`),
      inside('ip -6 route add default via 1000::a dev ns-guest'),
    ]),
    ...joined(CENTRAL, 'ovn-nbctl', [
      `lr-route-add lr-${node}-ext0 "0.0.0.0/0" ${linkLocal(tor.mac)} lrp-${node}-ext0`,
      `lr-route-add lr-guest ${outside} ${linkLocal(joinMac)} ${DGP}`,
    ]),
  ];
}

const floatingIp = on(CENTRAL, [
  `ovn-nbctl --gateway-port ${DGP} --add-route lr-nat-add lr-guest dnat_and_snat 172.16.10.2 192.168.10.10`,
]);

const world = fakeMultinode({
  chassis: 4,
  gateways: 4,
  routes: (name) => name === GW1.node || name === GW2.node,
  files: FRR_FILES,
});

const inLab = (line: string, why: string) => ({ host: LAB, line, why });
const central = (line: string, why: string) => inLab(`podman exec ${CENTRAL} ${line}`, why);

const GUEST_PORTS = ['lrp-guest-ls-guest-ovn-gw-1', 'lrp-guest-ls-guest-ovn-gw-2'];

const IMPORT_VRF = `podman exec -i ovn-gw-2 vtysh <<'EOF'
configure
  router bgp 4210000000 vrf ovnvrf100
    bgp router-id 100.100.100.100
    no bgp ebgp-requires-policy
    address-family ipv4 unicast
      redistribute kernel
    exit-address-family
  exit
  router bgp 4210000000 vrf ovnvrf20
    address-family ipv4 unicast
      import vrf ovnvrf100
    exit-address-family
  exit
EOF`;

export const LEARNING_OVN_AND_BGP: Scenario = {
  ...world,
  id: 'learning-ovn-and-bgp',
  title: 'Learning OVN and BGP',
  summary:
    'Two gateway chassis of ovn-fake-multinode, each with a ToR in a namespace. OVN advertises a floating IP to both over unnumbered BGP; advertise the guest network yourself.',
  transcript: [
    ...world.transcript,
    ...setUpGateways([GW1, GW2]),
    ...join,
    ...guest(GW1, '00:00:ff:00:00:01', '41.0.0.0/8', '192.168.10'),
    ...guest(GW2, '00:00:ff:00:00:02', '42.0.0.0/8', '192.168.20'),
    ...floatingIp,
  ],
  tryNext: [
    inLab(
      'podman exec ovn-gw-1 ip netns exec frr-ns ping -W 1 -c 1 172.16.10.2',
      'the floating IP from the first ToR',
    ),
    inLab('podman exec ovn-gw-2 ip netns exec frr-ns ping -W 1 -c 1 172.16.10.2', 'and from the second'),
    inLab(`podman exec ${CENTRAL} ovn-nbctl show | grep -E '^(router|switch)'`, 'the logical topology'),
    central('ovn-nbctl list NAT', '1: the floating IP in the northbound database'),
    central(
      'ovn-nbctl get logical_router lr-ovn-gw-1-ext0 options',
      '2: the router takes part in dynamic routing',
    ),
    central('ovn-nbctl get logical_router_port lrp-ovn-gw-1-ext0 options', '2: its port keeps a VRF'),
    inLab('podman exec ovn-gw-1 ip link show type vrf', '2: the VRF that ovn-controller made'),
    central('ovn-sbctl list Advertised_Route', '3: what northd lets the gateways advertise'),
    inLab('podman exec ovn-gw-1 ip route show vrf ovnvrf10', '4: a blackhole in the VRF marks the prefix'),
    inLab(
      'podman exec ovn-gw-1 vtysh --vty_socket /run/frr/ -c "show bgp vrf ovnvrf10 ipv4"',
      "5: bgpd's table in the VRF",
    ),
    inLab(
      'podman exec ovn-gw-1 vtysh --vty_socket /run/frr/ -c "show bgp vrf ovnvrf10 neighbors ext0-bgp"',
      '6: the unnumbered session',
    ),
    inLab(
      'podman exec ovn-gw-1 vtysh --vty_socket /run/frr/frr-ns/ -c "show bgp ipv4"',
      "7: the ToR's table",
    ),
    inLab(
      'podman exec ovn-gw-2 ip netns exec frr-ns ping -c 1 192.168.10.10',
      'the guest itself is not reachable yet',
    ),
    central(
      'ovn-nbctl set logical_router lr-guest options:dynamic-routing=true options:dynamic-routing-vrf-id=100',
      'lr-guest takes part in dynamic routing',
    ),
    ...GUEST_PORTS.map((port) =>
      central(
        `ovn-nbctl set logical_router_port ${port} options:dynamic-routing-redistribute=connected`,
        'its guest networks are to be advertised',
      ),
    ),
    inLab(
      `podman exec -it ${CENTRAL} ovn-nbctl set logical_router_port ${DGP} options:dynamic-routing-maintain-vrf=true`,
      'the chassis of the gateway port makes the VRF',
    ),
    central(
      'ovn-nbctl lr-route-add lr-ovn-gw-2-ext0 192.168.10.0/24 fe80::216:6ff:fe12:f00d lrp-ovn-gw-2-to-join',
      'the gateway router knows the way to the guest',
    ),
    inLab(IMPORT_VRF, 'bgpd takes the routes of the VRF over into that of the ToR'),
    inLab(
      `podman exec -it ${CENTRAL} ovn-sbctl list advertised_route | grep 192.168.10 -C3`,
      'the guest network is advertised',
    ),
    inLab('podman exec ovn-gw-2 ip netns exec frr-ns ip route', 'the ToR has learned both guest networks'),
    inLab('podman exec ovn-gw-2 ip netns exec frr-ns ping -c 2 192.168.10.10', 'and reaches the guest'),
    inLab(
      'podman exec ovn-gw-1 ip netns exec frr-ns ping -c 1 192.168.10.10',
      'the other ToR does not: the gateway port is not on its chassis, and the two have no link between them',
    ),
  ],
};
