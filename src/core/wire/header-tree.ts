/** The header tree of a whole frame, as the packet panel shows it. */
import { decodePacket, type Decoded } from './decode.ts';
import { arpTree } from './layer/arp.ts';
import { cookedTree } from './layer/cooked.ts';
import { ethernetTree } from './layer/ethernet.ts';
import { geneveTree } from './layer/geneve.ts';
import { greTree } from './layer/gre.ts';
import type { HeaderNode } from './layer/header-node.ts';
import { icmpv6Tree } from './layer/icmpv6-tree.ts';
import { icmpTree } from './layer/icmp.ts';
import { ipv4Tree } from './layer/ipv4.ts';
import { ipv6ExtensionTree } from './layer/ipv6-extension.ts';
import { ipv6Tree } from './layer/ipv6.ts';
import { bfdTree } from './layer/bfd.ts';
import { dhcpTree } from './layer/dhcp.ts';
import { dhcpv6Tree } from './layer/dhcpv6.ts';
import { dnsTree } from './layer/dns.ts';
import { igmpTree } from './layer/igmp.ts';
import { lldpTree } from './layer/lldp.ts';
import { lacpTree } from './layer/lacp.ts';
import { sctpTree } from './layer/sctp.ts';
import { stpTree } from './layer/stp.ts';
import { vrrpTree } from './layer/vrrp.ts';
import type { Range } from './layer/layer-base.ts';
import type { Layer } from './layer/layer.ts';
import { llcTree } from './layer/llc.ts';
import { mplsTree } from './layer/mpls.ts';
import { payloadTree } from './layer/payload.ts';
import { tcpTree } from './layer/tcp.ts';
import { udpTree } from './layer/udp.ts';
import { vlanTree } from './layer/vlan.ts';
import { vxlanTree } from './layer/vxlan.ts';

const quotedTree = (octets: Uint8Array, range: Range | null): readonly HeaderNode[] =>
  range === null ? [] : headerTree(decodePacket(octets, range));

function treeOf(octets: Uint8Array, layer: Layer): HeaderNode {
  switch (layer.kind) {
    case 'ethernet':
      return ethernetTree(layer);
    case 'cooked':
      return cookedTree(layer);
    case 'vlan':
      return vlanTree(layer);
    case 'llc':
      return llcTree(layer);
    case 'arp':
      return arpTree(layer);
    case 'ipv4':
      return ipv4Tree(layer);
    case 'ipv6':
      return ipv6Tree(layer);
    case 'ipv6-extension':
      return ipv6ExtensionTree(layer);
    case 'icmp':
      return icmpTree(layer, quotedTree(octets, layer.quoted));
    case 'icmpv6':
      return icmpv6Tree(
        layer,
        quotedTree(octets, layer.message.kind === 'error' ? layer.message.quoted : null),
      );
    case 'udp':
      return udpTree(layer);
    case 'tcp':
      return tcpTree(layer);
    case 'geneve':
      return geneveTree(layer);
    case 'vxlan':
      return vxlanTree(layer);
    case 'gre':
      return greTree(layer);
    case 'mpls':
      return mplsTree(layer);
    case 'bfd':
      return bfdTree(layer);
    case 'dhcp':
      return dhcpTree(layer);
    case 'dhcpv6':
      return dhcpv6Tree(layer);
    case 'dns':
      return dnsTree(layer);
    case 'igmp':
      return igmpTree(layer);
    case 'lldp':
      return lldpTree(layer);
    case 'lacp':
      return lacpTree(layer);
    case 'sctp':
      return sctpTree(layer);
    case 'stp':
      return stpTree(layer);
    case 'vrrp':
      return vrrpTree(layer);
    case 'payload':
      return payloadTree(layer);
  }
}

/** One node a header, outermost first; each field has its place in the octets. */
export function headerTree(decoded: Decoded): readonly HeaderNode[] {
  return decoded.layers.map((layer) => treeOf(decoded.octets, layer));
}
