/**
 * A gateway chassis with BGP: its ToR stands in the namespace frr-ns, behind a bridge of its own; the chassis speaks in the
 * VRF that ovn-controller keeps, on a port of the switch in front of its gateway router. As OVN's multinode tests set it up.
 */
import { packagedFiles } from '../../core/sim/routing/daemons-file.ts';
import { CENTRAL, joined, on, type Line } from './fake-multinode.ts';

export interface Gateway {
  readonly node: string;
  readonly tor: { readonly asn: number; readonly routerId: string; readonly mac: string };
  readonly routerId: string;
  /** Of the router's port and of the port on which bgpd speaks: the router hands BGP over to it. */
  readonly mac: string;
  readonly vrf: number;
}

const GATEWAY_ASN = 4_210_000_000;

const packaged = packagedFiles(['bgpd']);

/** `/etc/frr` of a gateway, and the copy of it for the ToR's pathspace. */
export const FRR_FILES: Readonly<Record<string, string>> = {
  ...packaged,
  ...Object.fromEntries(
    Object.entries(packaged).map(([path, text]) => [path.replace('/etc/frr/', '/etc/frr/frr-ns/'), text]),
  ),
};

/** The namespace with the ToR in it, and FRR twice. */
const externalRouter = ({ node, tor }: Gateway): Line[] =>
  on(node, [
    `ovs-vsctl add-br br-${node}`,
    'ip netns add frr-ns',
    'ip netns exec frr-ns ip link set lo up',
    `ovs-vsctl add-port br-${node} ext1 -- set interface ext1 type=internal mac=\\"${tor.mac}\\"`,
    'ip link set ext1 netns frr-ns',
    'ip netns exec frr-ns ip link set ext1 up',
    `ip netns exec frr-ns ip addr add ${tor.routerId}/32 dev ext1`,
    'systemctl stop frr',
    'ip netns exec frr-ns /usr/lib/frr/frrinit.sh start frr-ns',
    'systemctl start frr',
  ]);

const configureExternal = ({ node, tor }: Gateway): Line[] =>
  on(node, [
    `vtysh -N frr-ns <<'EOF'
configure
ip prefix-list accept-all seq 5 permit any
router bgp ${tor.asn}
  bgp router-id ${tor.routerId}
  no bgp ebgp-requires-policy
  neighbor ext1 interface remote-as external
  address-family ipv4 unicast
    neighbor ext1 soft-reconfiguration inbound
    neighbor ext1 prefix-list accept-all in
  exit-address-family
  address-family ipv6 unicast
    neighbor ext1 soft-reconfiguration inbound
    neighbor ext1 activate
  exit-address-family
EOF`,
  ]);

/** The gateway router and its switch towards the ToR, which hears the router's advertisements. */
const gatewayRouter = ({ node, mac, vrf }: Gateway): Line[] => {
  const [router, port] = [`lr-${node}-ext0`, `lrp-${node}-ext0`];
  const [logicalSwitch, patch] = [`ls-${node}-ext0`, `lsp-${node}-ext0`];
  return [
    ...on(node, [
      `ovs-vsctl set Open_vSwitch . external-ids:ovn-bridge-mappings=public:br-ex,physnet_${node}_ext0:br-${node}`,
    ]),
    ...joined(CENTRAL, 'ovn-nbctl', [
      `lr-add ${router}`,
      `set Logical_Router ${router} options:chassis=${node} options:dynamic-routing=true options:dynamic-routing-vrf-id=${vrf}`,
      `lrp-add ${router} ${port} ${mac}`,
      `lrp-set-options ${port} dynamic-routing-maintain-vrf=true dynamic-routing-redistribute=nat`,
      `ls-add ${logicalSwitch}`,
      `lsp-add-router-port ${logicalSwitch} ${patch} ${port}`,
      `lsp-add-localnet-port ${logicalSwitch} ${patch}-ln physnet_${node}_ext0`,
      `lsp-add ${logicalSwitch} ${patch}-bgp`,
      `lsp-set-addresses ${patch}-bgp unknown`,
      `add Logical_Router_Port ${port} options routing-protocols=\\"BGP,BFD\\" routing-protocol-redirect=${patch}-bgp`,
      `set Logical_Router_Port ${port} ipv6_ra_configs:send_periodic=true ipv6_ra_configs:address_mode=slaac ipv6_ra_configs:max_interval=1 ipv6_ra_configs:min_interval=1`,
    ]),
  ];
};

/** The chassis's own port on that switch, in the VRF that ovn-controller made. */
const gatewayPort = ({ node, mac, vrf }: Gateway): Line[] =>
  on(node, [
    `ovs-vsctl add-port br-int ext0-bgp -- set Interface ext0-bgp type=internal mac=\\"${mac}\\" external-ids:iface-id=lsp-${node}-ext0-bgp`,
    `ip link set dev ext0-bgp master ovnvrf${vrf}`,
    'ip link set dev ext0-bgp up',
  ]);

const configureGateway = ({ node, routerId, vrf }: Gateway): Line[] =>
  on(node, [
    `vtysh <<'EOF'
configure
ip prefix-list no-default seq 5 deny 0.0.0.0/0
ip prefix-list no-default seq 10 permit 0.0.0.0/0 le 32
ipv6 prefix-list no-default seq 5 deny ::/0
ipv6 prefix-list no-default seq 10 permit ::/0 le 128
vrf ovnvrf${vrf}
exit-vrf
router bgp ${GATEWAY_ASN} vrf ovnvrf${vrf}
  bgp router-id ${routerId}
  neighbor ext0-bgp interface remote-as external
  address-family ipv4 unicast
    redistribute kernel
    neighbor ext0-bgp prefix-list no-default out
  exit-address-family
  address-family ipv6 unicast
    neighbor ext0-bgp soft-reconfiguration inbound
    neighbor ext0-bgp prefix-list no-default out
    redistribute kernel
    neighbor ext0-bgp activate
  exit-address-family
EOF`,
  ]);

/** All of it, and the time until each ToR has heard its router. */
export const setUpGateways = (gateways: readonly Gateway[]): Line[] => [
  ...gateways.flatMap((one) => [...externalRouter(one), ...configureExternal(one), ...gatewayRouter(one)]),
  ...on(CENTRAL, ['sleep 4']),
  ...gateways.flatMap((one) => [...gatewayPort(one), ...configureGateway(one)]),
];

/** The link-local address that a MAC gives (RFC 4291, modified EUI-64). */
export function linkLocal(mac: string): string {
  const octets = mac.split(':').map((part) => Number.parseInt(part, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = octets;
  const group = (high: number, low: number): string => ((high << 8) | low).toString(16);
  return `fe80::${group(a ^ 2, b)}:${group(c, 0xff)}:${group(0xfe, d)}:${group(e, f)}`;
}
