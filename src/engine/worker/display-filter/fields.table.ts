/** Fields and protocols of display filters, by the names that Wireshark gives them; `geneve.ovn` is ours. */
import { formatIpv4, formatIpv6, formatMac } from '../../../core/base/address.ts';
import { BFD_STATES, DHCP_OPTION, ovnKeys, TCP_FLAG } from '../../../core/wire/index.ts';
import { BGP, HTTP } from './tcp-messages.ts';
import { field, protocol, type Field } from './field.ts';

const flag = (bit: number): Field => field('flag', 'tcp', ({ flags }) => [(flags & bit) === 0 ? 0 : 1]);
const isGroup = (mac: bigint): number => Number((mac >> 40n) & 1n);
const isLocal = (mac: bigint): number => Number((mac >> 41n) & 1n);

const frameField = (type: Field['type'], value: (frame: Uint8Array) => number | Uint8Array): Field => ({
  type,
  of: (layer, frame) => (layer.offset === 0 ? [value(frame)] : null),
});

export const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['frame', frameField('octets', (frame) => frame)],
  ['frame.len', frameField('number', ({ length }) => length)],
  ['frame.cap_len', frameField('number', ({ length }) => length)],

  ['eth', protocol(['ethernet'])],
  ['eth.src', field('mac', 'ethernet', ({ source }) => [formatMac(source)])],
  ['eth.dst', field('mac', 'ethernet', ({ destination }) => [formatMac(destination)])],
  [
    'eth.addr',
    field('mac', 'ethernet', ({ source, destination }) => [formatMac(destination), formatMac(source)]),
  ],
  ['eth.type', field('number', 'ethernet', ({ type }) => [type > 1535 ? type : null])],
  ['eth.len', field('number', 'ethernet', ({ type }) => [type > 1535 ? null : type])],
  ['eth.ig', field('flag', 'ethernet', ({ source, destination }) => [isGroup(destination), isGroup(source)])],
  ['eth.lg', field('flag', 'ethernet', ({ source, destination }) => [isLocal(destination), isLocal(source)])],
  ['eth.dst.ig', field('flag', 'ethernet', ({ destination }) => [isGroup(destination)])],
  ['eth.dst.lg', field('flag', 'ethernet', ({ destination }) => [isLocal(destination)])],
  ['eth.src.ig', field('flag', 'ethernet', ({ source }) => [isGroup(source)])],
  ['eth.src.lg', field('flag', 'ethernet', ({ source }) => [isLocal(source)])],

  ['vlan', protocol(['vlan'])],
  ['vlan.id', field('number', 'vlan', ({ vlan }) => [vlan])],
  ['vlan.priority', field('number', 'vlan', ({ priority }) => [priority])],
  ['vlan.dei', field('flag', 'vlan', ({ dropEligible }) => [Number(dropEligible)])],
  ['vlan.etype', field('number', 'vlan', ({ type }) => [type > 1535 ? type : null])],

  ['arp', protocol(['arp'])],
  ['arp.opcode', field('number', 'arp', ({ operation }) => [operation])],
  ['arp.src.hw_mac', field('mac', 'arp', ({ senderMac }) => [formatMac(senderMac)])],
  ['arp.dst.hw_mac', field('mac', 'arp', ({ targetMac }) => [formatMac(targetMac)])],
  ['arp.src.proto_ipv4', field('ipv4', 'arp', ({ senderIp }) => [formatIpv4(senderIp)])],
  ['arp.dst.proto_ipv4', field('ipv4', 'arp', ({ targetIp }) => [formatIpv4(targetIp)])],
  ['arp.isgratuitous', field('flag', 'arp', ({ senderIp, targetIp }) => [senderIp === targetIp ? 1 : null])],

  ['ip', protocol(['ipv4'])],
  ['ip.src', field('ipv4', 'ipv4', ({ source }) => [formatIpv4(source)])],
  ['ip.dst', field('ipv4', 'ipv4', ({ destination }) => [formatIpv4(destination)])],
  [
    'ip.addr',
    field('ipv4', 'ipv4', ({ source, destination }) => [formatIpv4(source), formatIpv4(destination)]),
  ],
  ['ip.version', field('number', 'ipv4', () => [4])],
  ['ip.hdr_len', field('number', 'ipv4', ({ headerSize }) => [headerSize])],
  ['ip.ttl', field('number', 'ipv4', ({ ttl }) => [ttl])],
  ['ip.id', field('number', 'ipv4', ({ identification }) => [identification])],
  ['ip.len', field('number', 'ipv4', ({ totalLength }) => [totalLength])],
  ['ip.proto', field('number', 'ipv4', ({ protocol: number }) => [number])],
  ['ip.dsfield', field('number', 'ipv4', ({ tos }) => [tos])],
  ['ip.dsfield.dscp', field('number', 'ipv4', ({ tos }) => [tos >> 2])],
  ['ip.dsfield.ecn', field('number', 'ipv4', ({ tos }) => [tos & 3])],
  ['ip.flags.df', field('flag', 'ipv4', ({ dontFragment }) => [Number(dontFragment)])],
  ['ip.flags.mf', field('flag', 'ipv4', ({ moreFragments }) => [Number(moreFragments)])],
  ['ip.frag_offset', field('number', 'ipv4', ({ fragmentOffset }) => [fragmentOffset])],
  ['ip.checksum', field('number', 'ipv4', ({ checksum }) => [checksum.value])],

  ['ipv6', protocol(['ipv6'])],
  ['ip6', protocol(['ipv6'])],
  ['ipv6.src', field('ipv6', 'ipv6', ({ source }) => [formatIpv6(source)])],
  ['ipv6.dst', field('ipv6', 'ipv6', ({ destination }) => [formatIpv6(destination)])],
  [
    'ipv6.addr',
    field('ipv6', 'ipv6', ({ source, destination }) => [formatIpv6(source), formatIpv6(destination)]),
  ],
  ['ipv6.version', field('number', 'ipv6', () => [6])],
  ['ipv6.hlim', field('number', 'ipv6', ({ hopLimit }) => [hopLimit])],
  ['ipv6.nxt', field('number', 'ipv6', ({ nextHeader }) => [nextHeader])],
  ['ipv6.plen', field('number', 'ipv6', ({ payloadLength }) => [payloadLength])],
  ['ipv6.tclass', field('number', 'ipv6', ({ trafficClass }) => [trafficClass])],
  ['ipv6.flow', field('number', 'ipv6', ({ flowLabel }) => [flowLabel])],

  ['icmp', protocol(['icmp'])],
  ['icmp.type', field('number', 'icmp', ({ type }) => [type])],
  ['icmp.code', field('number', 'icmp', ({ code }) => [code])],
  ['icmp.checksum', field('number', 'icmp', ({ checksum }) => [checksum.value])],
  [
    'icmp.ident',
    field('number', 'icmp', ({ type, rest }) => [type === 0 || type === 8 ? rest >>> 16 : null]),
  ],
  [
    'icmp.seq',
    field('number', 'icmp', ({ type, rest }) => [type === 0 || type === 8 ? rest & 0xffff : null]),
  ],

  ['icmpv6', protocol(['icmpv6'])],
  ['icmp6', protocol(['icmpv6'])],
  ['icmpv6.type', field('number', 'icmpv6', ({ type }) => [type])],
  ['icmpv6.code', field('number', 'icmpv6', ({ code }) => [code])],
  ['icmpv6.checksum', field('number', 'icmpv6', ({ checksum }) => [checksum.value])],
  [
    'icmpv6.nd.ns.target_address',
    field('ipv6', 'icmpv6', ({ message }) => [
      message.kind === 'neighbor-solicitation' ? formatIpv6(message.target) : null,
    ]),
  ],
  [
    'icmpv6.nd.na.target_address',
    field('ipv6', 'icmpv6', ({ message }) => [
      message.kind === 'neighbor-advertisement' ? formatIpv6(message.target) : null,
    ]),
  ],
  [
    'icmpv6.echo.identifier',
    field('number', 'icmpv6', ({ message }) => [message.kind === 'echo' ? message.id : null]),
  ],
  [
    'icmpv6.echo.sequence_number',
    field('number', 'icmpv6', ({ message }) => [message.kind === 'echo' ? message.sequence : null]),
  ],

  ['udp', protocol(['udp'])],
  ['udp.srcport', field('number', 'udp', ({ sourcePort }) => [sourcePort])],
  ['udp.dstport', field('number', 'udp', ({ destinationPort }) => [destinationPort])],
  ['udp.port', field('number', 'udp', ({ sourcePort, destinationPort }) => [sourcePort, destinationPort])],
  ['udp.length', field('number', 'udp', ({ length }) => [length])],
  ['udp.checksum', field('number', 'udp', ({ checksum }) => [checksum.value])],
  [
    'udp.payload',
    field('octets', 'udp', ({ offset, headerSize, size }, frame) => [
      size > headerSize ? frame.subarray(offset + headerSize, offset + size) : null,
    ]),
  ],

  ['tcp', protocol(['tcp'])],
  ['tcp.srcport', field('number', 'tcp', ({ sourcePort }) => [sourcePort])],
  ['tcp.dstport', field('number', 'tcp', ({ destinationPort }) => [destinationPort])],
  ['tcp.port', field('number', 'tcp', ({ sourcePort, destinationPort }) => [sourcePort, destinationPort])],
  ['tcp.len', field('number', 'tcp', ({ headerSize, size }) => [size - headerSize])],
  ['tcp.hdr_len', field('number', 'tcp', ({ headerSize }) => [headerSize])],
  ['tcp.seq_raw', field('number', 'tcp', ({ sequence }) => [sequence])],
  ['tcp.ack_raw', field('number', 'tcp', ({ acknowledgement }) => [acknowledgement])],
  ['tcp.window_size_value', field('number', 'tcp', ({ window }) => [window])],
  ['tcp.checksum', field('number', 'tcp', ({ checksum }) => [checksum.value])],
  ['tcp.urgent_pointer', field('number', 'tcp', ({ urgent }) => [urgent])],
  ['tcp.flags', field('number', 'tcp', ({ flags }) => [flags])],
  ['tcp.flags.syn', flag(TCP_FLAG.syn)],
  ['tcp.flags.ack', flag(TCP_FLAG.ack)],
  ['tcp.flags.fin', flag(TCP_FLAG.fin)],
  ['tcp.flags.reset', flag(TCP_FLAG.rst)],
  ['tcp.flags.push', flag(TCP_FLAG.psh)],
  ['tcp.flags.urg', flag(0x20)],
  ['tcp.flags.ece', flag(0x40)],
  ['tcp.flags.cwr', flag(0x80)],
  [
    'tcp.options.mss_val',
    field('number', 'tcp', ({ options }) =>
      options.map(({ type, value }) => (type === 2 ? ((value[0] ?? 0) << 8) | (value[1] ?? 0) : null)),
    ),
  ],
  [
    'tcp.payload',
    field('octets', 'tcp', ({ offset, headerSize, size }, frame) => [
      size > headerSize ? frame.subarray(offset + headerSize, offset + size) : null,
    ]),
  ],

  ['sctp', protocol(['sctp'])],
  ['sctp.srcport', field('number', 'sctp', ({ sourcePort }) => [sourcePort])],
  ['sctp.dstport', field('number', 'sctp', ({ destinationPort }) => [destinationPort])],
  ['sctp.port', field('number', 'sctp', ({ sourcePort, destinationPort }) => [sourcePort, destinationPort])],

  ['geneve', protocol(['geneve'])],
  ['geneve.vni', field('number', 'geneve', ({ vni }) => [vni])],
  ['geneve.proto_type', field('number', 'geneve', ({ protocol: type }) => [type])],
  ['geneve.version', field('number', 'geneve', ({ version }) => [version])],
  ['geneve.flags.oam', field('flag', 'geneve', ({ oam }) => [Number(oam)])],
  ['geneve.flags.critical', field('flag', 'geneve', ({ critical }) => [Number(critical)])],
  ['geneve.ovn.ingress', field('number', 'geneve', (layer) => [ovnKeys(layer)?.ingress ?? null])],
  ['geneve.ovn.egress', field('number', 'geneve', (layer) => [ovnKeys(layer)?.egress ?? null])],
  ['vxlan', protocol(['vxlan'])],
  ['vxlan.vni', field('number', 'vxlan', ({ vni }) => [vni])],
  ['gre', protocol(['gre'])],
  ['gre.key', field('number', 'gre', ({ key }) => [key])],
  ['gre.proto', field('number', 'gre', ({ protocol: type }) => [type])],
  ['mpls', protocol(['mpls'])],
  ['mpls.label', field('number', 'mpls', ({ label }) => [label])],
  ['mpls.exp', field('number', 'mpls', ({ trafficClass }) => [trafficClass])],
  ['mpls.bottom', field('number', 'mpls', ({ bottom }) => [Number(bottom)])],
  ['mpls.ttl', field('number', 'mpls', ({ ttl }) => [ttl])],

  ['dns', protocol(['dns'])],
  ['dns.id', field('number', 'dns', ({ id }) => [id])],
  ['dns.flags.response', field('flag', 'dns', ({ flags }) => [(flags >> 15) & 1])],
  ['dns.flags.rcode', field('number', 'dns', ({ flags }) => [(flags & 0x8000) === 0 ? null : flags & 15])],
  ['dns.qry.name', field('text', 'dns', ({ questions }) => questions.map(({ name }) => name))],
  ['dns.qry.type', field('number', 'dns', ({ questions }) => questions.map(({ type }) => type))],
  ['dns.resp.name', field('text', 'dns', ({ records }) => records.map(({ name }) => name))],
  ['dns.resp.type', field('number', 'dns', ({ records }) => records.map(({ type }) => type))],
  [
    'dns.a',
    field('ipv4', 'dns', ({ records }) => records.map(({ type, text }) => (type === 1 ? text : null))),
  ],
  [
    'dns.aaaa',
    field('ipv6', 'dns', ({ records }) => records.map(({ type, text }) => (type === 28 ? text : null))),
  ],
  ['dhcp', protocol(['dhcp'])],
  ['bootp', protocol(['dhcp'])],
  ['dhcp.type', field('number', 'dhcp', ({ operation }) => [operation === 'request' ? 1 : 2])],
  ['dhcp.id', field('number', 'dhcp', ({ transactionId }) => [transactionId])],
  ['dhcp.hw.mac_addr', field('mac', 'dhcp', ({ clientMac }) => [formatMac(clientMac)])],
  ['dhcp.ip.client', field('ipv4', 'dhcp', ({ clientAddress }) => [formatIpv4(clientAddress)])],
  ['dhcp.ip.your', field('ipv4', 'dhcp', ({ yourAddress }) => [formatIpv4(yourAddress)])],
  ['dhcp.ip.server', field('ipv4', 'dhcp', ({ nextServer }) => [formatIpv4(nextServer)])],
  ['dhcp.ip.relay', field('ipv4', 'dhcp', ({ relay }) => [formatIpv4(relay)])],
  ['dhcp.option.type', field('number', 'dhcp', ({ options }) => options.map(({ code }) => code))],
  [
    'dhcp.option.dhcp',
    field('number', 'dhcp', ({ options }) =>
      options.map(({ code, value }) => (code === DHCP_OPTION.messageType ? (value[0] ?? null) : null)),
    ),
  ],
  ['dhcpv6', protocol(['dhcpv6'])],
  ['dhcpv6.msgtype', field('number', 'dhcpv6', ({ type }) => [type])],
  ['igmp', protocol(['igmp'])],
  ['igmp.type', field('number', 'igmp', ({ type }) => [type])],
  [
    'igmp.maddr',
    field('ipv4', 'igmp', ({ group, records }) =>
      [group, ...records.map((one) => one.group)].flatMap((one) => (one === 0 ? [] : [formatIpv4(one)])),
    ),
  ],
  ['bfd', protocol(['bfd'])],
  ['bfd.sta', field('number', 'bfd', ({ state }) => [BFD_STATES.indexOf(state)])],
  ['bfd.my_discriminator', field('number', 'bfd', ({ myDiscriminator }) => [myDiscriminator])],
  ['bfd.your_discriminator', field('number', 'bfd', ({ yourDiscriminator }) => [yourDiscriminator])],
  ['bfd.detect_time_multiplier', field('number', 'bfd', ({ multiplier }) => [multiplier])],
  ['vrrp', protocol(['vrrp'])],
  ['vrrp.virt_rtr_id', field('number', 'vrrp', ({ routerId }) => [routerId])],
  ['vrrp.prio', field('number', 'vrrp', ({ priority }) => [priority])],
  ['llc', protocol(['llc'])],
  ['stp', protocol(['stp'])],
  ['stp.type', field('number', 'stp', ({ type }) => [type])],
  ['lldp', protocol(['lldp'])],
  ['lacp', protocol(['lacp'])],

  ['bgp', BGP.protocol],
  ['bgp.type', BGP.field('number', (types) => types)],
  ['http', HTTP.protocol],
  ['http.request', HTTP.field('flag', ({ method }) => [method === null ? null : 1])],
  ['http.request.method', HTTP.field('text', ({ method }) => [method])],
  ['http.request.uri', HTTP.field('text', ({ uri }) => [uri])],
  ['http.response', HTTP.field('flag', ({ code }) => [code === null ? null : 1])],
  ['http.response.code', HTTP.field('number', ({ code }) => [code])],
  ['http.host', HTTP.field('text', ({ headers }) => [headers.get('host') ?? null])],
  ['http.user_agent', HTTP.field('text', ({ headers }) => [headers.get('user-agent') ?? null])],
]);

/** Wireshark counts these from the start of a conversation, which a list of packets does not know: what to ask instead. */
export const RAW_INSTEAD: ReadonlyMap<string, string> = new Map([
  ['tcp.seq', 'tcp.seq_raw'],
  ['tcp.ack', 'tcp.ack_raw'],
  ['tcp.window_size', 'tcp.window_size_value'],
]);
