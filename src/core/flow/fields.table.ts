/**
 * Every field of Open vSwitch 3.7's flow key: names, width, place in the words of a flow, mask, prerequisite and text form.
 *
 * Parsing, matching, masking, printing, actions and OVN's expressions all use this one table. Order is that of the
 * field numbers, which decides the order in which some actions and groups list fields.
 */
import { invariant } from '../base/assert.ts';
import type { Field, FieldFormat, FieldHeader, Prerequisite } from './field.ts';
import { REGISTERS, WORD as W } from './words.table.ts';

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type Below16 = Digit | 10 | 11 | 12 | 13 | 14 | 15;
type Below32 = Digit | `${1 | 2}${Digit}` | 30 | 31;
type Below64 = Digit | `${1 | 2 | 3 | 4 | 5}${Digit}` | 60 | 61 | 62 | 63;

/** Access: `m` may be masked in a match, `w` may be written by actions. */
type Access = 'mw' | 'm-' | '-w' | '--';

/** [name, alias, bits, bytes, [word, words, shift, width], format, prerequisite, access, protocol names] */
type Row<Name extends string> = readonly [
  Name,
  string,
  number,
  number,
  readonly [number, number, number, number],
  FieldFormat,
  Prerequisite,
  Access,
  string,
];

// Protocol names: `!` marks an experimenter header, `@n` the OpenFlow version (3 is 1.2) from which it is standard.

const METADATA_AND_TUNNEL = [
  [
    'dp_hash',
    '',
    32,
    4,
    [W.dpHash, 1, 0, 32],
    'hexadecimal',
    'none',
    'm-',
    '!NXOXM_ET_DP_HASH NXM_NX_DP_HASH',
  ],
  ['recirc_id', '', 32, 4, [W.recircId, 1, 0, 32], 'decimal', 'none', '--', 'NXM_NX_RECIRC_ID'],
  ['packet_type', '', 32, 4, [W.packetType, 1, 0, 32], 'packet_type', 'none', '--', 'OXM_OF_PACKET_TYPE@6'],
  ['conj_id', '', 32, 4, [W.conjId, 1, 0, 32], 'decimal', 'none', '--', 'NXM_NX_CONJ_ID'],
  [
    'tun_id',
    'tunnel_id',
    64,
    8,
    [W.tunId, 2, 0, 64],
    'hexadecimal',
    'none',
    'mw',
    'NXM_NX_TUN_ID OXM_OF_TUNNEL_ID@4',
  ],
  ['tun_src', '', 32, 4, [W.tunSrc, 1, 0, 32], 'ipv4', 'none', 'mw', 'NXM_NX_TUN_IPV4_SRC'],
  ['tun_dst', '', 32, 4, [W.tunDst, 1, 0, 32], 'ipv4', 'none', 'mw', 'NXM_NX_TUN_IPV4_DST'],
  ['tun_ipv6_src', '', 128, 16, [W.tunIpv6Src, 4, 0, 128], 'ipv6', 'none', 'mw', 'NXM_NX_TUN_IPV6_SRC'],
  ['tun_ipv6_dst', '', 128, 16, [W.tunIpv6Dst, 4, 0, 128], 'ipv6', 'none', 'mw', 'NXM_NX_TUN_IPV6_DST'],
  ['tun_flags', '', 1, 2, [W.tunFlags, 1, 0, 1], 'tunnel-flags', 'none', 'mw', 'NXM_NX_TUN_FLAGS'],
  ['tun_ttl', '', 8, 1, [W.tunFlags, 1, 24, 8], 'decimal', 'none', '--', ''],
  ['tun_tos', '', 8, 1, [W.tunFlags, 1, 16, 8], 'decimal', 'none', '--', ''],
  ['tun_gbp_id', '', 16, 2, [W.tunGbp, 1, 16, 16], 'decimal', 'none', 'mw', 'NXM_NX_TUN_GBP_ID'],
  ['tun_gbp_flags', '', 8, 1, [W.tunGbp, 1, 8, 8], 'hexadecimal', 'none', 'mw', 'NXM_NX_TUN_GBP_FLAGS'],
  [
    'tun_erspan_idx',
    '',
    20,
    4,
    [W.tunErspanIndex, 1, 0, 20],
    'hexadecimal',
    'none',
    'mw',
    '!NXOXM_ET_ERSPAN_IDX',
  ],
  ['tun_erspan_ver', '', 4, 1, [W.tunGbp, 1, 0, 8], 'decimal', 'none', 'mw', '!NXOXM_ET_ERSPAN_VER'],
  ['tun_erspan_dir', '', 1, 1, [W.tunErspan, 1, 24, 8], 'decimal', 'none', 'mw', '!NXOXM_ET_ERSPAN_DIR'],
  [
    'tun_erspan_hwid',
    '',
    6,
    1,
    [W.tunErspan, 1, 16, 8],
    'hexadecimal',
    'none',
    'mw',
    '!NXOXM_ET_ERSPAN_HWID',
  ],
  ['tun_gtpu_flags', '', 8, 1, [W.tunErspan, 1, 8, 8], 'hexadecimal', 'none', 'm-', '!NXOXM_ET_GTPU_FLAGS'],
  ['tun_gtpu_msgtype', '', 8, 1, [W.tunErspan, 1, 0, 8], 'decimal', 'none', 'm-', '!NXOXM_ET_GTPU_MSGTYPE'],
] as const satisfies readonly Row<string>[];

const PIPELINE = [
  ['metadata', '', 64, 8, [W.metadata, 2, 0, 64], 'hexadecimal', 'none', 'mw', 'OXM_OF_METADATA@3'],
  ['in_port', '', 16, 2, [W.inPort, 1, 0, 16], 'ofport', 'none', '-w', 'NXM_OF_IN_PORT'],
  ['in_port_oxm', '', 32, 4, [W.inPort, 1, 0, 16], 'ofport-oxm', 'none', '-w', 'OXM_OF_IN_PORT@3'],
  [
    'actset_output',
    '',
    32,
    4,
    [W.actsetOutput, 1, 0, 16],
    'ofport-oxm',
    'none',
    '--',
    '!ONFOXM_ET_ACTSET_OUTPUT@4 OXM_OF_ACTSET_OUTPUT@6',
  ],
  ['skb_priority', '', 32, 4, [W.skbPriority, 1, 0, 32], 'hexadecimal', 'none', '--', ''],
  ['pkt_mark', '', 32, 4, [W.pktMark, 1, 0, 32], 'hexadecimal', 'none', 'mw', 'NXM_NX_PKT_MARK'],
  ['ct_state', '', 32, 4, [W.ctState, 1, 0, 8], 'ct_state', 'none', 'm-', 'NXM_NX_CT_STATE'],
  ['ct_zone', '', 16, 2, [W.ctState, 1, 16, 16], 'hexadecimal', 'none', '--', 'NXM_NX_CT_ZONE'],
  ['ct_mark', '', 32, 4, [W.ctMark, 1, 0, 32], 'hexadecimal', 'none', 'mw', 'NXM_NX_CT_MARK'],
  ['ct_label', '', 128, 16, [W.ctLabel, 4, 0, 128], 'hexadecimal', 'none', 'mw', 'NXM_NX_CT_LABEL'],
  ['ct_nw_proto', '', 8, 1, [W.ctState, 1, 8, 8], 'decimal', 'ct', '--', 'NXM_NX_CT_NW_PROTO'],
  ['ct_nw_src', '', 32, 4, [W.ctNwSrc, 1, 0, 32], 'ipv4', 'ct', 'm-', 'NXM_NX_CT_NW_SRC'],
  ['ct_nw_dst', '', 32, 4, [W.ctNwDst, 1, 0, 32], 'ipv4', 'ct', 'm-', 'NXM_NX_CT_NW_DST'],
  ['ct_ipv6_src', '', 128, 16, [W.ctIpv6Src, 4, 0, 128], 'ipv6', 'ct', 'm-', 'NXM_NX_CT_IPV6_SRC'],
  ['ct_ipv6_dst', '', 128, 16, [W.ctIpv6Dst, 4, 0, 128], 'ipv6', 'ct', 'm-', 'NXM_NX_CT_IPV6_DST'],
  ['ct_tp_src', '', 16, 2, [W.ctTpPorts, 1, 16, 16], 'decimal', 'ct', 'm-', 'NXM_NX_CT_TP_SRC'],
  ['ct_tp_dst', '', 16, 2, [W.ctTpPorts, 1, 0, 16], 'decimal', 'ct', 'm-', 'NXM_NX_CT_TP_DST'],
] as const satisfies readonly Row<string>[];

const PACKET = [
  [
    'eth_src',
    'dl_src',
    48,
    6,
    [W.ethDst + 1, 2, 0, 48],
    'ethernet',
    'ethernet',
    'mw',
    'NXM_OF_ETH_SRC OXM_OF_ETH_SRC@3',
  ],
  [
    'eth_dst',
    'dl_dst',
    48,
    6,
    [W.ethDst, 2, 16, 48],
    'ethernet',
    'ethernet',
    'mw',
    'NXM_OF_ETH_DST OXM_OF_ETH_DST@3',
  ],
  [
    'eth_type',
    'dl_type',
    16,
    2,
    [W.ethDst + 3, 1, 16, 16],
    'hexadecimal',
    'ethernet',
    '--',
    'NXM_OF_ETH_TYPE OXM_OF_ETH_TYPE@3',
  ],
  ['vlan_tci', '', 16, 2, [W.vlan, 1, 0, 16], 'hexadecimal', 'ethernet', 'mw', 'NXM_OF_VLAN_TCI'],
  ['dl_vlan', '', 12, 2, [W.vlan, 1, 0, 12], 'decimal', 'ethernet', '-w', ''],
  ['vlan_vid', '', 12, 2, [W.vlan, 1, 0, 13], 'decimal', 'ethernet', 'mw', 'OXM_OF_VLAN_VID@3'],
  ['dl_vlan_pcp', '', 3, 1, [W.vlan, 1, 13, 3], 'decimal', 'ethernet', '-w', ''],
  ['vlan_pcp', '', 3, 1, [W.vlan, 1, 13, 3], 'decimal', 'vlan', '-w', 'OXM_OF_VLAN_PCP@3'],
  ['mpls_label', '', 20, 4, [W.mpls, 1, 12, 20], 'decimal', 'mpls', '-w', 'OXM_OF_MPLS_LABEL@3'],
  ['mpls_tc', '', 3, 1, [W.mpls, 1, 9, 3], 'decimal', 'mpls', '-w', 'OXM_OF_MPLS_TC@3'],
  ['mpls_bos', '', 1, 1, [W.mpls, 1, 8, 1], 'decimal', 'mpls', '--', 'OXM_OF_MPLS_BOS@4'],
  ['mpls_ttl', '', 8, 1, [W.mpls, 1, 0, 8], 'decimal', 'mpls', '-w', 'NXM_NX_MPLS_TTL'],
  ['ip_src', 'nw_src', 32, 4, [W.nwSrc, 1, 0, 32], 'ipv4', 'ipv4', 'mw', 'NXM_OF_IP_SRC OXM_OF_IPV4_SRC@3'],
  ['ip_dst', 'nw_dst', 32, 4, [W.nwDst, 1, 0, 32], 'ipv4', 'ipv4', 'mw', 'NXM_OF_IP_DST OXM_OF_IPV4_DST@3'],
  [
    'ipv6_src',
    '',
    128,
    16,
    [W.ipv6Src, 4, 0, 128],
    'ipv6',
    'ipv6',
    'mw',
    'NXM_NX_IPV6_SRC OXM_OF_IPV6_SRC@3',
  ],
  [
    'ipv6_dst',
    '',
    128,
    16,
    [W.ipv6Dst, 4, 0, 128],
    'ipv6',
    'ipv6',
    'mw',
    'NXM_NX_IPV6_DST OXM_OF_IPV6_DST@3',
  ],
  [
    'ipv6_label',
    '',
    20,
    4,
    [W.ipv6Label, 1, 0, 32],
    'hexadecimal',
    'ipv6',
    'mw',
    'NXM_NX_IPV6_LABEL OXM_OF_IPV6_FLABEL@3',
  ],
  [
    'nw_proto',
    'ip_proto',
    8,
    1,
    [W.nwProto, 1, 0, 8],
    'decimal',
    'ip',
    '--',
    'NXM_OF_IP_PROTO OXM_OF_IP_PROTO@3',
  ],
  ['nw_tos', '', 8, 1, [W.nwProto, 1, 16, 8], 'decimal', 'ip', '-w', 'NXM_OF_IP_TOS'],
  ['ip_dscp', '', 6, 1, [W.nwProto, 1, 18, 6], 'decimal', 'ip', '-w', 'OXM_OF_IP_DSCP@3'],
  ['nw_ecn', 'ip_ecn', 2, 1, [W.nwProto, 1, 16, 2], 'decimal', 'ip', '-w', 'NXM_NX_IP_ECN OXM_OF_IP_ECN@3'],
  ['nw_ttl', '', 8, 1, [W.nwProto, 1, 8, 8], 'decimal', 'ip', '-w', 'NXM_NX_IP_TTL'],
  ['ip_frag', 'nw_frag', 2, 1, [W.nwProto, 1, 24, 2], 'frag', 'ip', 'm-', 'NXM_NX_IP_FRAG'],
  ['arp_op', '', 16, 2, [W.nwProto, 1, 0, 8], 'decimal', 'arp', '-w', 'NXM_OF_ARP_OP OXM_OF_ARP_OP@3'],
  ['arp_spa', '', 32, 4, [W.nwSrc, 1, 0, 32], 'ipv4', 'arp', 'mw', 'NXM_OF_ARP_SPA OXM_OF_ARP_SPA@3'],
  ['arp_tpa', '', 32, 4, [W.nwDst, 1, 0, 32], 'ipv4', 'arp', 'mw', 'NXM_OF_ARP_TPA OXM_OF_ARP_TPA@3'],
  ['arp_sha', '', 48, 6, [W.arpSha, 2, 16, 48], 'ethernet', 'arp', 'mw', 'NXM_NX_ARP_SHA OXM_OF_ARP_SHA@3'],
  [
    'arp_tha',
    '',
    48,
    6,
    [W.arpSha + 1, 2, 0, 48],
    'ethernet',
    'arp',
    'mw',
    'NXM_NX_ARP_THA OXM_OF_ARP_THA@3',
  ],
  [
    'tcp_src',
    'tp_src',
    16,
    2,
    [W.tpPorts, 1, 16, 16],
    'decimal',
    'tcp',
    'mw',
    'NXM_OF_TCP_SRC OXM_OF_TCP_SRC@3',
  ],
  [
    'tcp_dst',
    'tp_dst',
    16,
    2,
    [W.tpPorts, 1, 0, 16],
    'decimal',
    'tcp',
    'mw',
    'NXM_OF_TCP_DST OXM_OF_TCP_DST@3',
  ],
  [
    'tcp_flags',
    '',
    12,
    2,
    [W.arpSha + 3, 1, 16, 16],
    'tcp_flags',
    'tcp',
    'm-',
    'NXM_NX_TCP_FLAGS !ONFOXM_ET_TCP_FLAGS@4 OXM_OF_TCP_FLAGS@6',
  ],
  ['udp_src', '', 16, 2, [W.tpPorts, 1, 16, 16], 'decimal', 'udp', 'mw', 'NXM_OF_UDP_SRC OXM_OF_UDP_SRC@3'],
  ['udp_dst', '', 16, 2, [W.tpPorts, 1, 0, 16], 'decimal', 'udp', 'mw', 'NXM_OF_UDP_DST OXM_OF_UDP_DST@3'],
  ['sctp_src', '', 16, 2, [W.tpPorts, 1, 16, 16], 'decimal', 'sctp', 'mw', 'OXM_OF_SCTP_SRC@3'],
  ['sctp_dst', '', 16, 2, [W.tpPorts, 1, 0, 16], 'decimal', 'sctp', 'mw', 'OXM_OF_SCTP_DST@3'],
  [
    'icmp_type',
    '',
    8,
    1,
    [W.tpPorts, 1, 16, 16],
    'decimal',
    'icmpv4',
    '-w',
    'NXM_OF_ICMP_TYPE OXM_OF_ICMPV4_TYPE@3',
  ],
  [
    'icmp_code',
    '',
    8,
    1,
    [W.tpPorts, 1, 0, 16],
    'decimal',
    'icmpv4',
    '-w',
    'NXM_OF_ICMP_CODE OXM_OF_ICMPV4_CODE@3',
  ],
  [
    'icmpv6_type',
    '',
    8,
    1,
    [W.tpPorts, 1, 16, 16],
    'decimal',
    'icmpv6',
    '-w',
    'NXM_NX_ICMPV6_TYPE OXM_OF_ICMPV6_TYPE@3',
  ],
  [
    'icmpv6_code',
    '',
    8,
    1,
    [W.tpPorts, 1, 0, 16],
    'decimal',
    'icmpv6',
    '-w',
    'NXM_NX_ICMPV6_CODE OXM_OF_ICMPV6_CODE@3',
  ],
  [
    'nd_target',
    '',
    128,
    16,
    [W.ndTarget, 4, 0, 128],
    'ipv6',
    'nd',
    'mw',
    'NXM_NX_ND_TARGET OXM_OF_IPV6_ND_TARGET@3',
  ],
  [
    'nd_sll',
    '',
    48,
    6,
    [W.arpSha, 2, 16, 48],
    'ethernet',
    'nd-solicit',
    'mw',
    'NXM_NX_ND_SLL OXM_OF_IPV6_ND_SLL@3',
  ],
  [
    'nd_tll',
    '',
    48,
    6,
    [W.arpSha + 1, 2, 0, 48],
    'ethernet',
    'nd-advert',
    'mw',
    'NXM_NX_ND_TLL OXM_OF_IPV6_ND_TLL@3',
  ],
  ['nd_reserved', '', 32, 4, [W.igmpGroup, 1, 0, 32], 'decimal', 'nd', '-w', 'ERICOXM_OF_ICMPV6_ND_RESERVED'],
  [
    'nd_options_type',
    '',
    8,
    1,
    [W.arpSha + 3, 1, 16, 16],
    'decimal',
    'nd',
    '-w',
    'ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE',
  ],
  ['nsh_flags', '', 8, 1, [W.nshFlags, 1, 24, 8], 'decimal', 'nsh', 'mw', '!NXOXM_NSH_FLAGS'],
  ['nsh_mdtype', '', 8, 1, [W.nshFlags, 1, 8, 8], 'decimal', 'nsh', '--', '!NXOXM_NSH_MDTYPE'],
  ['nsh_np', '', 8, 1, [W.nshFlags, 1, 0, 8], 'decimal', 'nsh', '--', '!NXOXM_NSH_NP'],
  ['nsh_spi', 'nsp', 24, 4, [W.nshPath, 1, 8, 24], 'hexadecimal', 'nsh', '-w', '!NXOXM_NSH_SPI'],
  ['nsh_si', 'nsi', 8, 1, [W.nshPath, 1, 0, 8], 'decimal', 'nsh', '-w', '!NXOXM_NSH_SI'],
  ['nsh_c1', 'nshc1', 32, 4, [W.nshContext, 1, 0, 32], 'hexadecimal', 'nsh', 'mw', '!NXOXM_NSH_C1'],
  ['nsh_c2', 'nshc2', 32, 4, [W.nshContext + 1, 1, 0, 32], 'hexadecimal', 'nsh', 'mw', '!NXOXM_NSH_C2'],
  ['nsh_c3', 'nshc3', 32, 4, [W.nshContext + 2, 1, 0, 32], 'hexadecimal', 'nsh', 'mw', '!NXOXM_NSH_C3'],
  ['nsh_c4', 'nshc4', 32, 4, [W.nshContext + 3, 1, 0, 32], 'hexadecimal', 'nsh', 'mw', '!NXOXM_NSH_C4'],
  ['nsh_ttl', '', 8, 1, [W.nshFlags, 1, 16, 8], 'decimal', 'nsh', '-w', '!NXOXM_NSH_TTL'],
] as const satisfies readonly Row<string>[];

/** Every name in the table. */
export type FieldName =
  | (typeof METADATA_AND_TUNNEL)[number][0]
  | (typeof PIPELINE)[number][0]
  | (typeof PACKET)[number][0]
  | `tun_metadata${Below64}`
  | `reg${Below32}`
  | `xreg${Below16}`
  | `xxreg${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;

function headersOf(text: string): readonly FieldHeader[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const experimenter = word.startsWith('!');
      const [name = '', version = '0'] = word.replace('!', '').split('@');
      return { name, version: Number(version), experimenter };
    });
}

/** The last name that needs no OpenFlow version, else the first: what subfields are printed with. */
function nxmNameOf(headers: readonly FieldHeader[], name: string): string {
  return (headers.findLast((header) => header.version === 0) ?? headers[0])?.name ?? name;
}

function fieldOf(id: number, row: Row<string>): Field {
  const [name, alias, bits, size, [word, words, shift, width], format, prerequisite, access, names] = row;
  const headers = headersOf(names);
  return {
    name,
    aliases: alias === '' ? [] : [alias],
    id,
    bits,
    size,
    word,
    words,
    shift,
    width,
    maskable: access.startsWith('m'),
    format,
    prerequisite,
    writable: access.endsWith('w'),
    nxmName: nxmNameOf(headers, name),
    headers,
    option: undefined,
    variable: false,
  };
}

const count = <T>(length: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length }, (_, i) => make(i));

const registers = (): readonly Row<string>[] =>
  count(REGISTERS, (i) => [
    `reg${i}`,
    '',
    32,
    4,
    [W.reg0 + i, 1, 0, 32],
    'hexadecimal',
    'none',
    'mw',
    i < 16 ? `NXM_NX_REG${i}` : `!NXOXM_ET_REG${i}`,
  ]);

const extendedRegisters = (): readonly Row<string>[] =>
  count(REGISTERS / 2, (i) => [
    `xreg${i}`,
    '',
    64,
    8,
    [W.reg0 + 2 * i, 2, 0, 64],
    'hexadecimal',
    'none',
    'mw',
    `OXM_OF_PKT_REG${i}@4`,
  ]);

const doubleExtendedRegisters = (): readonly Row<string>[] =>
  count(REGISTERS / 4, (i) => [
    `xxreg${i}`,
    '',
    128,
    16,
    [W.reg0 + 4 * i, 4, 0, 128],
    'hexadecimal',
    'none',
    'mw',
    i < 4 ? `NXM_NX_XXREG${i}` : `!NXOXM_ET_XXREG${i}`,
  ]);

/** 4 bytes at slot N: what a bridge's TLV map gives in the usual case, and where OVN's option stands. */
const tunnelOptions = (): readonly Row<string>[] =>
  count(64, (i) => [
    `tun_metadata${i}`,
    '',
    32,
    4,
    [W.tunOptions + i, 1, 0, 32],
    'hexadecimal',
    'none',
    'mw',
    `NXM_NX_TUN_METADATA${i}`,
  ]);

/** All fields in order of their numbers. */
const FIELD_LIST: readonly Field[] = [
  ...METADATA_AND_TUNNEL,
  ...tunnelOptions(),
  ...PIPELINE,
  ...registers(),
  ...extendedRegisters(),
  ...doubleExtendedRegisters(),
  ...PACKET,
].map((row: Row<string>, id) => {
  const field = fieldOf(id, row);
  const option = /^tun_metadata(\d+)$/.exec(field.name)?.[1];
  return option === undefined ? field : { ...field, option: Number(option), variable: true };
});

/** The fields by name: `FIELDS.eth_src`. */
export const FIELDS = Object.fromEntries(FIELD_LIST.map((field) => [field.name, field])) as Readonly<
  Record<FieldName, Field>
>;

const BY_NAME: ReadonlyMap<string, Field> = new Map(
  FIELD_LIST.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field] as const)),
);
const BY_HEADER: ReadonlyMap<string, Field> = new Map(
  FIELD_LIST.flatMap((field) => field.headers.map((header) => [header.name, field] as const)),
);

/** The field that `ovs-ofctl` takes `name` for (`eth_src`, `dl_src`). */
export const fieldByName = (name: string): Field | undefined => BY_NAME.get(name);

/** The field of a protocol name, e.g. `NXM_OF_ETH_SRC` or `OXM_OF_ETH_SRC`. */
export const fieldByHeader = (name: string): Field | undefined => BY_HEADER.get(name);

/** Register `index` as a field. */
export function registerField(index: number): Field {
  const field = BY_NAME.get(`reg${index}`);
  invariant(field, `no register ${index}`);
  return field;
}
