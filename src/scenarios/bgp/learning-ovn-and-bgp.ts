/**
 * The system of "Learning OVN and BGP": two gateway chassis of ovn-fake-multinode, a ToR in a namespace of each, and a
 * floating IP that OVN advertises to both. What the post does afterwards is left to be typed.
 */
import type { Scenario } from '../scenario.ts';
import { CENTRAL, fakeMultinode, LAB } from './fake-multinode.ts';
import { FRR_FILES, setUpGateways } from './gateway-router.ts';
import { DGP, guestNetwork, GW1, GW2, IMPORT_VRF } from './guest-network.ts';

const world = fakeMultinode({
  chassis: 4,
  gateways: 4,
  routes: (name) => name === GW1.node || name === GW2.node,
  files: FRR_FILES,
});

const inLab = (line: string, why: string) => ({ host: LAB, line, why });
const central = (line: string, why: string) => inLab(`podman exec ${CENTRAL} ${line}`, why);

const GUEST_PORTS = ['lrp-guest-ls-guest-ovn-gw-1', 'lrp-guest-ls-guest-ovn-gw-2'];

export const LEARNING_OVN_AND_BGP: Scenario = {
  ...world,
  id: 'learning-ovn-and-bgp',
  title: 'Learning OVN and BGP',
  summary:
    'Two gateway chassis of ovn-fake-multinode, each with a ToR in a namespace. OVN advertises a floating IP to both over unnumbered BGP; advertise the guest network yourself.',
  transcript: [...world.transcript, ...setUpGateways([GW1, GW2]), ...guestNetwork],
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
    inLab(
      `podman exec -i ovn-gw-2 ${IMPORT_VRF}`,
      'bgpd takes the routes of the VRF over into that of the ToR',
    ),
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
