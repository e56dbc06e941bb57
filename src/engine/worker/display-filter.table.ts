/** Fields and protocols of display filters, by the names that Wireshark gives them. */
import { formatIpv4, formatIpv6, formatMac } from '../../core/base/address.ts';
import { ovnKeys, TCP_FLAG, type Layer, type LayerKind, type LayerOf } from '../../core/wire/index.ts';

/** Addresses and names as text, everything else as number. */
export type FieldValue = string | number;

/** The values that a layer has of a field; null when it is another layer's. */
type Field = (layer: Layer, frame: Uint8Array) => readonly FieldValue[] | null;

function of<Kind extends LayerKind>(
  kind: Kind,
  values: (layer: LayerOf<Kind>) => readonly (FieldValue | null)[],
): Field {
  return (layer) =>
    layer.kind === kind
      ? values(layer as LayerOf<Kind>).filter((value): value is FieldValue => value !== null)
      : null;
}

const flag = (bit: number): Field => of('tcp', ({ flags }) => [(flags & bit) === 0 ? 0 : 1]);

export const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['frame.len', (layer, frame) => (layer.offset === 0 ? [frame.length] : null)],
  ['eth.src', of('ethernet', ({ source }) => [formatMac(source)])],
  ['eth.dst', of('ethernet', ({ destination }) => [formatMac(destination)])],
  ['eth.addr', of('ethernet', ({ source, destination }) => [formatMac(source), formatMac(destination)])],
  ['eth.type', of('ethernet', ({ type }) => [type])],
  ['vlan.id', of('vlan', ({ vlan }) => [vlan])],
  ['vlan.priority', of('vlan', ({ priority }) => [priority])],
  ['arp.opcode', of('arp', ({ operation }) => [operation])],
  ['arp.src.hw_mac', of('arp', ({ senderMac }) => [formatMac(senderMac)])],
  ['arp.dst.hw_mac', of('arp', ({ targetMac }) => [formatMac(targetMac)])],
  ['arp.src.proto_ipv4', of('arp', ({ senderIp }) => [formatIpv4(senderIp)])],
  ['arp.dst.proto_ipv4', of('arp', ({ targetIp }) => [formatIpv4(targetIp)])],
  ['ip.src', of('ipv4', ({ source }) => [formatIpv4(source)])],
  ['ip.dst', of('ipv4', ({ destination }) => [formatIpv4(destination)])],
  ['ip.addr', of('ipv4', ({ source, destination }) => [formatIpv4(source), formatIpv4(destination)])],
  ['ip.ttl', of('ipv4', ({ ttl }) => [ttl])],
  ['ip.id', of('ipv4', ({ identification }) => [identification])],
  ['ip.len', of('ipv4', ({ totalLength }) => [totalLength])],
  ['ip.proto', of('ipv4', ({ protocol }) => [protocol])],
  ['ip.flags.df', of('ipv4', ({ dontFragment }) => [Number(dontFragment)])],
  ['ip.frag_offset', of('ipv4', ({ fragmentOffset }) => [fragmentOffset])],
  ['ipv6.src', of('ipv6', ({ source }) => [formatIpv6(source)])],
  ['ipv6.dst', of('ipv6', ({ destination }) => [formatIpv6(destination)])],
  ['ipv6.addr', of('ipv6', ({ source, destination }) => [formatIpv6(source), formatIpv6(destination)])],
  ['ipv6.hlim', of('ipv6', ({ hopLimit }) => [hopLimit])],
  ['ipv6.nxt', of('ipv6', ({ nextHeader }) => [nextHeader])],
  ['icmp.type', of('icmp', ({ type }) => [type])],
  ['icmp.code', of('icmp', ({ code }) => [code])],
  ['icmp.ident', of('icmp', ({ type, rest }) => [type === 0 || type === 8 ? rest >>> 16 : null])],
  ['icmp.seq', of('icmp', ({ type, rest }) => [type === 0 || type === 8 ? rest & 0xffff : null])],
  ['icmpv6.type', of('icmpv6', ({ type }) => [type])],
  ['icmpv6.code', of('icmpv6', ({ code }) => [code])],
  [
    'icmpv6.nd.target',
    of('icmpv6', ({ message }) => ['target' in message ? formatIpv6(message.target) : null]),
  ],
  ['udp.srcport', of('udp', ({ sourcePort }) => [sourcePort])],
  ['udp.dstport', of('udp', ({ destinationPort }) => [destinationPort])],
  ['udp.port', of('udp', ({ sourcePort, destinationPort }) => [sourcePort, destinationPort])],
  ['tcp.srcport', of('tcp', ({ sourcePort }) => [sourcePort])],
  ['tcp.dstport', of('tcp', ({ destinationPort }) => [destinationPort])],
  ['tcp.port', of('tcp', ({ sourcePort, destinationPort }) => [sourcePort, destinationPort])],
  ['tcp.seq', of('tcp', ({ sequence }) => [sequence])],
  ['tcp.ack', of('tcp', ({ acknowledgement }) => [acknowledgement])],
  ['tcp.flags', of('tcp', ({ flags }) => [flags])],
  ['tcp.flags.syn', flag(TCP_FLAG.syn)],
  ['tcp.flags.ack', flag(TCP_FLAG.ack)],
  ['tcp.flags.fin', flag(TCP_FLAG.fin)],
  ['tcp.flags.reset', flag(TCP_FLAG.rst)],
  ['tcp.flags.push', flag(TCP_FLAG.psh)],
  ['geneve.vni', of('geneve', ({ vni }) => [vni])],
  ['geneve.ovn.ingress', of('geneve', (layer) => [ovnKeys(layer)?.ingress ?? null])],
  ['geneve.ovn.egress', of('geneve', (layer) => [ovnKeys(layer)?.egress ?? null])],
  ['vxlan.vni', of('vxlan', ({ vni }) => [vni])],
  ['gre.key', of('gre', ({ key }) => [key])],
]);

const is =
  (...kinds: readonly LayerKind[]) =>
  (layer: Layer): boolean =>
    kinds.includes(layer.kind);

export const PROTOCOLS: ReadonlyMap<string, (layer: Layer) => boolean> = new Map([
  ['eth', is('ethernet')],
  ['vlan', is('vlan')],
  ['llc', is('llc')],
  ['stp', is('stp')],
  ['lldp', is('lldp')],
  ['lacp', is('lacp')],
  ['arp', is('arp')],
  ['ip', is('ipv4')],
  ['ipv6', is('ipv6')],
  ['ip6', is('ipv6')],
  ['icmp', is('icmp')],
  ['icmpv6', is('icmpv6')],
  ['icmp6', is('icmpv6')],
  ['igmp', is('igmp')],
  ['udp', is('udp')],
  ['tcp', is('tcp')],
  ['sctp', is('sctp')],
  ['geneve', is('geneve')],
  ['vxlan', is('vxlan')],
  ['gre', is('gre')],
  ['mpls', is('mpls')],
  ['dns', is('dns')],
  ['dhcp', is('dhcp')],
  ['dhcpv6', is('dhcpv6')],
  ['bfd', is('bfd')],
  ['vrrp', is('vrrp')],
]);
