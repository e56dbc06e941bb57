/**
 * What the post's two gateways lead to: lr-guest with a guest behind each, joined to both gateway routers by ls-join, and a
 * floating IP on its gateway port.
 */
import { CENTRAL, joined, on, type Line } from './fake-multinode.ts';
import { linkLocal, type Gateway } from './gateway-router.ts';

export const GW1: Gateway = {
  node: 'ovn-gw-1',
  tor: { asn: 4_200_000_100, routerId: '41.41.41.41', mac: 'aa:ed:ba:b6:58:5e' },
  routerId: '14.14.14.14',
  mac: '12:fb:d6:66:99:1c',
  vrf: 10,
};
export const GW2: Gateway = {
  node: 'ovn-gw-2',
  tor: { asn: 4_200_000_200, routerId: '42.42.42.42', mac: 'aa:ed:ba:b6:58:6e' },
  routerId: '24.24.24.24',
  mac: '22:fb:d6:66:99:2c',
  vrf: 20,
};

export const DGP = 'lrp-guest-join-dgp';

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

/** All of it, for gateways that are there. */
export const guestNetwork: readonly Line[] = [
  ...join,
  ...guest(GW1, '00:00:ff:00:00:01', '41.0.0.0/8', '192.168.10'),
  ...guest(GW2, '00:00:ff:00:00:02', '42.0.0.0/8', '192.168.20'),
  ...floatingIp,
];

/** What bgpd on ovn-gw-2 is told, so that it takes the guest networks over into the VRF of the ToR. */
export const IMPORT_VRF = `vtysh <<'EOF'
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
