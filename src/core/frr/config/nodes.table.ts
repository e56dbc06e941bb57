/** The nodes of vtysh: what each lies in, its prompt, and FRR's number of it, which complaints about files name. */
import type { NodeName } from './command.ts';

export interface NodeFacts {
  /** Null outside the configuration. */
  readonly parent: NodeName | null;
  readonly prompt: string;
  readonly number: number;
}

const node = (parent: NodeName | null, prompt: string, number: number): NodeFacts => ({
  parent,
  prompt,
  number,
});

/** Address families of BGP that are not modelled. */
export const OTHER_FAMILIES: readonly NodeName[] = [
  'bgp-ipv4-multicast',
  'bgp-ipv6-multicast',
  'bgp-ipv4-labeled',
  'bgp-ipv6-labeled',
  'bgp-ipv4-flowspec',
  'bgp-ipv6-flowspec',
];

export const NODES: Readonly<Record<NodeName, NodeFacts>> = {
  enable: node(null, '', 3),
  config: node('enable', '(config)', 4),
  bgp: node('config', '(config-router)', 25),
  'bgp-ipv4': node('bgp', '(config-router-af)', 28),
  'bgp-ipv6': node('bgp', '(config-router-af)', 31),
  'bgp-vpnv4': node('bgp', '(config-router-af)', 26),
  'bgp-vpnv6': node('bgp', '(config-router-af)', 27),
  'bgp-evpn': node('bgp', '(config-router-af)', 39),
  'bgp-evpn-vni': node('bgp-evpn', '(config-router-af-vni)', 82),
  'bgp-ipv4-multicast': node('bgp', '(config-router-af)', 29),
  'bgp-ipv6-multicast': node('bgp', '(config-router-af)', 32),
  'bgp-ipv4-labeled': node('bgp', '(config-router-af)', 30),
  'bgp-ipv6-labeled': node('bgp', '(config-router-af)', 33),
  'bgp-ipv4-flowspec': node('bgp', '(config-router-af)', 84),
  'bgp-ipv6-flowspec': node('bgp', '(config-router-af)', 85),
  'bgp-srv6': node('bgp', '(config-router-srv6)', 40),
  'vnc-defaults': node('bgp', '(config-router-vnc-defaults)', 35),
  'vnc-nve-group': node('bgp', '(config-router-vnc-nve-group)', 36),
  'vnc-l2-group': node('bgp', '(config-router-vnc-l2-group)', 37),
  'vrf-policy': node('bgp', '(config-router-vrf-policy)', 34),
  'route-map': node('config', '(config-route-map)', 59),
  vrf: node('config', '(config-vrf)', 16),
  interface: node('config', '(config-if)', 17),
  'link-params': node('interface', '(config-link-params)', 81),
  bfd: node('config', '(config-bfd)', 86),
  'bfd-peer': node('bfd', '(config-bfd-peer)', 87),
  'bfd-profile': node('bfd', '(config-bfd-profile)', 88),
  'key-chain': node('config', '(config-keychain)', 13),
  key: node('key-chain', '(config-keychain-key)', 14),
  line: node('config', '(config-line)', 79),
  'nexthop-group': node('config', '(config-nh-group)', 18),
  'segment-routing': node('config', '(config-sr)', 67),
  srv6: node('segment-routing', '(config-srv6)', 76),
  'srv6-locators': node('srv6', '(config-srv6-locators)', 77),
  'srv6-locator': node('srv6-locators', '(config-srv6-locator)', 78),
  pseudowire: node('config', '(config-pw)', 66),
  ospf: node('config', '(config-router)', 41),
  ospf6: node('config', '(config-ospf6)', 42),
  rip: node('config', '(config-router)', 21),
  ripng: node('config', '(config-router)', 22),
  babel: node('config', '(config-router)', 23),
  eigrp: node('config', '(config-router)', 24),
  isis: node('config', '(config-router)', 50),
  openfabric: node('config', '(config-router)', 89),
  ldp: node('config', '(config-ldp)', 43),
  'ldp-ipv4': node('ldp', '(config-ldp-af)', 44),
  'ldp-ipv6': node('ldp', '(config-ldp-af)', 45),
  'ldp-ipv4-interface': node('ldp-ipv4', '(config-ldp-af-if)', 46),
  'ldp-ipv6-interface': node('ldp-ipv6', '(config-ldp-af-if)', 47),
  l2vpn: node('config', '(config-l2vpn)', 48),
  'l2vpn-pseudowire': node('l2vpn', '(config-l2vpn-pw)', 49),
  'pbr-map': node('config', '(config-pbr-map)', 60),
};
