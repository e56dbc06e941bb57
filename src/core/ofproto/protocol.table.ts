/** The OpenFlow versions and flow formats that a flow or an action can be written in, as sets of bits. */
import type { Field } from '../flow/field.ts';
import { exactMask } from '../flow/field-text.ts';
import { maskLength } from '../base/address.ts';

/** A set of flow formats. */
export type Protocols = number;

/** The formats, from the oldest: OpenFlow 1.0 without and with table ids, the same with NXM, then 1.1 to 1.5. */
const PROTOCOL = {
  of10: 1 << 0,
  of10Tid: 1 << 1,
  nxm: 1 << 2,
  nxmTid: 1 << 3,
  of11: 1 << 4,
  of12: 1 << 5,
  of13: 1 << 6,
  of14: 1 << 7,
  of15: 1 << 8,
} as const;

/** Names in the order and spelling of ovs-ofctl(8) `--flow-format`. */
const PROTOCOL_NAMES: readonly (readonly [string, Protocols])[] = [
  ['OpenFlow10', PROTOCOL.of10],
  ['OpenFlow10+table_id', PROTOCOL.of10Tid],
  ['NXM', PROTOCOL.nxm],
  ['NXM+table_id', PROTOCOL.nxmTid],
  ['OpenFlow11', PROTOCOL.of11],
  ['OXM-OpenFlow12', PROTOCOL.of12],
  ['OXM-OpenFlow13', PROTOCOL.of13],
  ['OXM-OpenFlow14', PROTOCOL.of14],
  ['OXM-OpenFlow15', PROTOCOL.of15],
];

const OF12_UP = PROTOCOL.of12 | PROTOCOL.of13 | PROTOCOL.of14 | PROTOCOL.of15;
const NXM_ANY = PROTOCOL.nxm | PROTOCOL.nxmTid;

/** Sets that fields and actions are limited to. */
export const PROTOCOLS = {
  none: 0,
  any: 0x1ff as Protocols,
  of10Plain: PROTOCOL.of10 | PROTOCOL.of10Tid,
  of10Any: PROTOCOL.of10 | PROTOCOL.of10Tid | NXM_ANY,
  of11Up: PROTOCOL.of11 | OF12_UP,
  of12Up: OF12_UP,
  of13Up: PROTOCOL.of13 | PROTOCOL.of14 | PROTOCOL.of15,
  of15Up: PROTOCOL.of15 as Protocols,
  nxmOxm: NXM_ANY | OF12_UP,
  nxmOf11Up: NXM_ANY | PROTOCOL.of11 | OF12_UP,
  /** In which a switch lists its flows: table ids are for requests only. */
  listable: PROTOCOL.of10 | PROTOCOL.nxm | PROTOCOL.of11 | OF12_UP,
  tableId: PROTOCOL.of10Tid | PROTOCOL.nxmTid | PROTOCOL.of11 | OF12_UP,
} as const;

/** With each format that has table ids the same one without. */
export const withoutTableIds = (protocols: Protocols): Protocols =>
  protocols | ((protocols & (PROTOCOL.of10Tid | PROTOCOL.nxmTid)) >> 1);

/** An OpenFlow version as its wire number: 0x01 is 1.0, 0x06 is 1.5. */
export type OfVersion = 1 | 2 | 3 | 4 | 5 | 6;

/** The version whose connection carries a single flow format. */
export function versionOf(protocol: Protocols): OfVersion {
  if ((protocol & PROTOCOLS.of10Any) !== 0) return 1;
  if (protocol === PROTOCOL.of11) return 2;
  if (protocol === PROTOCOL.of12) return 3;
  if (protocol === PROTOCOL.of13) return 4;
  return protocol === PROTOCOL.of14 ? 5 : 6;
}

/** The flow formats that a connection of `version` can use. */
export function protocolsOf(version: OfVersion): Protocols {
  switch (version) {
    case 1:
      return PROTOCOLS.of10Any;
    case 2:
      return PROTOCOL.of11;
    case 3:
      return PROTOCOL.of12;
    case 4:
      return PROTOCOL.of13;
    case 5:
      return PROTOCOL.of14;
    case 6:
      return PROTOCOL.of15;
  }
}

const EVERY = new Set(
  (
    'in_port eth_src eth_dst eth_type vlan_tci dl_vlan vlan_vid dl_vlan_pcp vlan_pcp ip_src ip_dst nw_proto nw_tos ' +
    'ip_dscp arp_op arp_spa arp_tpa tcp_src tcp_dst udp_src udp_dst icmp_type icmp_code'
  ).split(' '),
);
const SINCE_11 = new Set([
  'metadata',
  'in_port_oxm',
  'mpls_label',
  'mpls_tc',
  'nw_ecn',
  'sctp_src',
  'sctp_dst',
]);
const NEVER = new Set(['tun_ttl', 'tun_tos', 'skb_priority']);
const IPV4_FIELDS = new Set(['ip_src', 'ip_dst', 'arp_spa', 'arp_tpa']);

/** Formats that can match the whole of a field, which are also those that can set it. */
export function protocolsOfField(field: Field): Protocols {
  if (EVERY.has(field.name)) return PROTOCOLS.any;
  if (SINCE_11.has(field.name)) return PROTOCOLS.nxmOf11Up;
  return NEVER.has(field.name) ? PROTOCOLS.none : PROTOCOLS.nxmOxm;
}

/** Formats that can match `field` with `mask` (over the field's bytes). */
export function protocolsOfMatch(field: Field, mask: bigint): Protocols {
  if (mask === exactMask(field)) return protocolsOfField(field);
  if (mask === 0n && field.option === undefined) return PROTOCOLS.any;
  if (!field.maskable) return PROTOCOLS.none;
  if (IPV4_FIELDS.has(field.name))
    return maskLength(mask, 32) === undefined ? PROTOCOLS.nxmOf11Up : PROTOCOLS.any;
  return field.name === 'eth_src' || field.name === 'eth_dst' || field.name === 'metadata'
    ? PROTOCOLS.nxmOf11Up
    : PROTOCOLS.nxmOxm;
}

const ABBREVIATIONS: readonly (readonly [string, Protocols])[] = [
  ['any', PROTOCOLS.any],
  ['OpenFlow10', PROTOCOL.of10 | PROTOCOL.of10Tid],
  ['NXM', NXM_ANY],
  ['OXM', OF12_UP],
];

/** One format as `parse-flow` names the chosen one. */
export function formatProtocol(protocol: Protocols): string {
  const name = PROTOCOL_NAMES.find(([, bit]) => bit === protocol)?.[0] ?? 'none';
  return protocol === PROTOCOL.of10 || protocol === PROTOCOL.nxm ? `${name}-table_id` : name;
}

/** The formats of a set by name, as error texts list them: `OpenFlow10,NXM`. */
export function formatProtocols(protocols: Protocols): string {
  if (protocols === 0) return 'none';
  const names: string[] = [];
  let rest = protocols;
  while (rest !== 0) {
    const left = rest;
    const found =
      ABBREVIATIONS.find(([, bits]) => (left & bits) === bits) ??
      PROTOCOL_NAMES.find(([, bit]) => (left & bit) !== 0);
    if (!found) break;
    names.push(found[0]);
    rest &= ~found[1];
  }
  return names.join(',');
}
