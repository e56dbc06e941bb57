/** The face of the wire room: octets to headers and back, captures, tcpdump's text and filters. */
export { readCapture } from './capture/read-capture.ts';
export {
  LINK_TYPE_ETHERNET,
  type Capture,
  type CaptureInterface,
  type CapturedPacket,
  type CaptureTime,
  type ResolvedName,
} from './capture/capture.ts';
export { writePcap, type PacketToWrite, type PcapFormat } from './capture/pcap.ts';
export { writePcapng, type InterfaceToWrite, type PacketToWriteNg } from './capture/pcapng-write.ts';
export {
  checksumOf,
  crc32c,
  foldSum,
  internetChecksum,
  pseudoSum,
  sumOctets,
  updateChecksum,
  updateChecksum32,
  writeTransportChecksum,
  type Pseudo,
} from './checksum.ts';
export { decode, decodePacket, findLayer, payloadOf, type Decoded } from './decode.ts';
export { compileFilter, type Filter, type FilterOptions } from './filter/compile.ts';
export type { PacketFacts } from './filter/evaluate.ts';
export type { NameLookup } from './filter/identifier.ts';
export { headerTree } from './header-tree.ts';
export {
  BFD_FLAG,
  BFD_STATES,
  encodeBfd,
  type BfdFields,
  type BfdLayer,
  type BfdState,
} from './layer/bfd.ts';
export { DHCP_MESSAGES, dhcpOptionText, DHCP_OPTION_NAMES } from './layer/dhcp-option.ts';
export {
  DHCP_FLAG_BROADCAST,
  encodeDhcp,
  encodeDhcpOption,
  type DhcpFields,
  type DhcpLayer,
  type DhcpOption,
} from './layer/dhcp.ts';
export {
  DHCPV6_MESSAGE,
  DHCPV6_OPTION,
  encodeDhcpv6,
  encodeDhcpv6Option,
  type Dhcpv6Layer,
  type Dhcpv6Option,
} from './layer/dhcpv6.ts';
export { encodeDnsName } from './layer/dns-name.ts';
export {
  DNS_CLASS_IN,
  DNS_FLAG,
  DNS_TYPE,
  encodeDns,
  type DnsFields,
  type DnsLayer,
  type DnsQuestion,
  type DnsRecord,
} from './layer/dns.ts';
export { encodeIgmp, IGMP_TYPE, type IgmpLayer, type IgmpRecord } from './layer/igmp.ts';
export { encodeLldpTlv, type LldpLayer, type LldpTlv } from './layer/lldp.ts';
export { encodeSctp, encodeSctpChunk, type SctpChunk, type SctpLayer } from './layer/sctp.ts';
export { encodeStp, STP_TYPE, type BridgeId, type StpConfiguration, type StpLayer } from './layer/stp.ts';
export type { VrrpLayer } from './layer/vrrp.ts';
export { encodeArp, type ArpLayer } from './layer/arp.ts';
export { encodeEthernet, type EthernetLayer } from './layer/ethernet.ts';
export { ETHERTYPE, ethertypeText } from './layer/ethertype.table.ts';
export {
  encodeGeneve,
  ovnKeys,
  ovnOption,
  type GeneveFields,
  type GeneveLayer,
  type GeneveOption,
  type GeneveOptionValue,
  type OvnKeys,
} from './layer/geneve.ts';
export { encodeGre, type GreLayer } from './layer/gre.ts';
export type { HeaderNode } from './layer/header-node.ts';
export { encodeIcmp, encodeIcmpEcho, ICMP_TYPE, type IcmpLayer } from './layer/icmp.ts';
export {
  encodeIcmpv6,
  encodeIcmpv6Echo,
  ICMPV6_TYPE,
  neighborBody,
  type Icmpv6Layer,
  type Icmpv6Message,
  type MldRecord,
} from './layer/icmpv6.ts';
export { IP_PROTOCOL, ipProtocolText } from './layer/ip-protocol.table.ts';
export { encodeIpv4, type Ipv4Fields, type Ipv4Layer, type Ipv4Option } from './layer/ipv4.ts';
export {
  encodeIpv6Fragment,
  encodeIpv6Options,
  type Ipv6ExtensionLayer,
  type Ipv6Option,
} from './layer/ipv6-extension.ts';
export { encodeIpv6, type Ipv6Fields, type Ipv6Layer } from './layer/ipv6.ts';
export type { Checksum, LayerBase, Range } from './layer/layer-base.ts';
export type { Layer, LayerKind, LayerOf } from './layer/layer.ts';
export type { LlcLayer } from './layer/llc.ts';
export { encodeMpls, type MplsLayer } from './layer/mpls.ts';
export {
  encodeLinkLayerOption,
  encodeMtuOption,
  encodePrefixOption,
  encodeRdnssOption,
  type NdOption,
} from './layer/nd-option.ts';
export type { PayloadLayer } from './layer/payload.ts';
export { UDP_PORT } from './layer/port.table.ts';
export { encodeTcp, TCP_FLAG, type TcpFields, type TcpLayer, type TcpOption } from './layer/tcp.ts';
export { encodeUdp, type UdpFields, type UdpLayer } from './layer/udp.ts';
export { encodeVlan, type VlanLayer } from './layer/vlan.ts';
export { encodeVxlan, type VxlanLayer } from './layer/vxlan.ts';
export { LINK_TYPE, LINK_TYPES, type LinkTypeNames } from './link-type.table.ts';
export { DEFAULT_OPTIONS, type Names, type TcpdumpOptions } from './tcpdump/options.ts';
export { serviceName, servicePort } from './tcpdump/services.table.ts';
export { printFrame, TcpdumpSession, type CapturedFrame, type PrintedFrame } from './tcpdump/session.ts';
