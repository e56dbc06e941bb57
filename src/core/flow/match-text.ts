/** A match as the text that `ovs-ofctl dump-flows` and `ofproto/trace` print. */
import {
  IPV6_EXACT,
  formatHex,
  formatIpv4Masked,
  formatIpv6Masked,
  formatMacMasked,
  formatPacketType,
} from './field-text.ts';
import type { Field } from './field.ts';
import { FIELDS } from './fields.table.ts';
import { CT_STATE_FLAGS, TCP_FLAGS, TUNNEL_FLAGS, formatFlags, formatFlagsMasked } from './flag-text.ts';
import { matchFieldMask, matchFieldValue, matchWordMask, matchWordValue, type Match } from './match.ts';
import { formatPort, type PortNames } from './ofport-text.ts';
import { ETH_TYPE, IP_PROTO, keywordFor } from './protocol.table.ts';
import { EMPTY_TLV_MAP, tlvField, type TlvMap } from './tlv-map.ts';
import { MAX_VLAN_HEADERS, REGISTERS, WORD } from './words.table.ts';

export interface MatchTextOptions {
  /** Printed first unless it is the default, 32768. */
  readonly priority?: number;
  readonly names?: PortNames;
  /** Lengths of tunnel options; 4 bytes each when left out. */
  readonly tlv?: TlvMap;
}

/** Collects `name=value` parts of one match. */
class Parts {
  readonly parts: string[] = [];
  readonly match: Match;

  constructor(match: Match) {
    this.match = match;
  }

  mask(field: Field): bigint {
    return matchFieldMask(this.match, field);
  }

  value(field: Field): bigint {
    return matchFieldValue(this.match, field);
  }

  number(field: Field): number {
    return Number(this.value(field));
  }

  has(field: Field): boolean {
    return this.mask(field) !== 0n;
  }

  add(text: string): void {
    this.parts.push(text);
  }

  /** `0x..` with `/0x..` when masked. */
  hex(name: string, field: Field): void {
    const mask = this.mask(field);
    if (mask === 0n) return;
    const whole = mask === (1n << BigInt(field.width)) - 1n;
    this.add(`${name}=${formatHex(this.value(field))}${whole ? '' : `/${formatHex(mask)}`}`);
  }

  /** Decimal, or `0x../0x..` padded to `digits` when masked. */
  decimal(name: string, field: Field, digits = 0): void {
    const mask = this.mask(field);
    if (mask === 0n) return;
    const value = this.value(field);
    const hex = (number: bigint): string => `0x${number.toString(16).padStart(digits, '0')}`;
    this.add(
      mask === (1n << BigInt(field.width)) - 1n ? `${name}=${value}` : `${name}=${hex(value)}/${hex(mask)}`,
    );
  }

  ipv4(name: string, field: Field): void {
    const mask = this.mask(field);
    if (mask !== 0n) this.add(`${name}=${formatIpv4Masked(this.number(field), Number(mask))}`);
  }

  ipv6(name: string, field: Field): void {
    const mask = this.mask(field);
    if (mask !== 0n) this.add(`${name}=${formatIpv6Masked(this.value(field), mask)}`);
  }

  mac(name: string, field: Field): void {
    const mask = this.mask(field);
    if (mask !== 0n) this.add(`${name}=${formatMacMasked(this.value(field), mask)}`);
  }

  /** The value alone when any bit is looked at. */
  plain(name: string, field: Field, text: (value: number) => string = String): void {
    if (this.has(field)) this.add(`${name}=${text(this.number(field))}`);
  }
}

const hexText = (value: number): string => formatHex(value);

function addCt(parts: Parts): void {
  const mask = Number(parts.mask(FIELDS.ct_state));
  if (mask !== 0) {
    const state = parts.number(FIELDS.ct_state);
    parts.add(
      `ct_state=${mask === 0xff ? formatFlags(state, CT_STATE_FLAGS) : formatFlagsMasked(state, mask, CT_STATE_FLAGS, 0xff)}`,
    );
  }
  parts.decimal('ct_zone', FIELDS.ct_zone);
  parts.hex('ct_mark', FIELDS.ct_mark);
  const label = parts.mask(FIELDS.ct_label);
  if (label !== 0n)
    parts.add(
      `ct_label=${formatHex(parts.value(FIELDS.ct_label))}${label === IPV6_EXACT ? '' : `/${formatHex(label)}`}`,
    );
  parts.ipv4('ct_nw_src', FIELDS.ct_nw_src);
  parts.ipv6('ct_ipv6_src', FIELDS.ct_ipv6_src);
  parts.ipv4('ct_nw_dst', FIELDS.ct_nw_dst);
  parts.ipv6('ct_ipv6_dst', FIELDS.ct_ipv6_dst);
  if (parts.has(FIELDS.ct_nw_proto)) {
    parts.plain('ct_nw_proto', FIELDS.ct_nw_proto);
    parts.decimal('ct_tp_src', FIELDS.ct_tp_src);
    parts.decimal('ct_tp_dst', FIELDS.ct_tp_dst);
  }
}

function addTunnelOptions(parts: Parts, tlv: TlvMap): void {
  for (let option = 0; option < 64; option += 1) {
    const word = WORD.tunPresent + (option >>> 5);
    if (((matchWordMask(parts.match, word) >>> (option & 31)) & 1) === 0) continue;
    const field = tlvField(tlv, option) ?? FIELDS[`tun_metadata${option}` as 'tun_metadata0'];
    const mask = parts.mask(field);
    if (((matchWordValue(parts.match, word) >>> (option & 31)) & 1) === 0) parts.add(`${field.name}=NP`);
    else if (mask === 0n) parts.add(field.name);
    else parts.hex(field.name, field);
  }
}

function addTunnel(parts: Parts, tlv: TlvMap): void {
  parts.hex('tun_id', FIELDS.tun_id);
  parts.ipv4('tun_src', FIELDS.tun_src);
  parts.ipv4('tun_dst', FIELDS.tun_dst);
  parts.ipv6('tun_ipv6_src', FIELDS.tun_ipv6_src);
  parts.ipv6('tun_ipv6_dst', FIELDS.tun_ipv6_dst);
  parts.decimal('tun_gbp_id', FIELDS.tun_gbp_id);
  parts.plain('tun_gbp_flags', FIELDS.tun_gbp_flags, hexText);
  parts.plain('tun_tos', FIELDS.tun_tos, (value) => value.toString(16));
  parts.plain('tun_ttl', FIELDS.tun_ttl);
  parts.plain('tun_erspan_ver', FIELDS.tun_erspan_ver);
  const version = parts.number(FIELDS.tun_erspan_ver);
  if (version === 1) parts.plain('tun_erspan_idx', FIELDS.tun_erspan_idx, hexText);
  if (version === 2) {
    parts.plain('tun_erspan_dir', FIELDS.tun_erspan_dir);
    parts.plain('tun_erspan_hwid', FIELDS.tun_erspan_hwid, hexText);
  }
  parts.plain('gtpu_flags', FIELDS.tun_gtpu_flags, hexText);
  parts.plain('gtpu_msgtype', FIELDS.tun_gtpu_msgtype);
  const flags = matchWordMask(parts.match, WORD.tunFlags) & 0xf;
  if (flags !== 0)
    parts.add(
      `tun_flags=${formatFlagsMasked(matchWordValue(parts.match, WORD.tunFlags) & 0xf, flags, TUNNEL_FLAGS, 0xf)}`,
    );
  addTunnelOptions(parts, tlv);
}

function addVlans(parts: Parts): void {
  const hex4 = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;
  for (let i = 0; i < MAX_VLAN_HEADERS; i += 1) {
    const mask = matchWordMask(parts.match, WORD.vlan + i) & 0xffff;
    if (mask === 0) return;
    const tci = matchWordValue(parts.match, WORD.vlan + i) & 0xffff;
    const suffix = i === 0 ? '' : String(i);
    const vid = mask & 0xfff;
    const pcp = mask & 0xe000;
    const tagged = (mask & tci & 0x1000) !== 0;
    if (tagged && (vid === 0 || vid === 0xfff) && (pcp === 0 || pcp === 0xe000) && (vid !== 0 || pcp !== 0)) {
      if (vid !== 0) parts.add(`dl_vlan${suffix}=${tci & 0xfff}`);
      if (pcp !== 0) parts.add(`dl_vlan_pcp${suffix}=${tci >>> 13}`);
    } else if (mask === 0xffff) {
      parts.add(`vlan_tci${suffix}=${hex4(tci)}`);
    } else {
      parts.add(`vlan_tci${suffix}=${hex4(tci)}/${hex4(mask)}`);
    }
  }
}

function addNsh(parts: Parts): void {
  const byte = (name: string, field: Field): void => parts.decimal(name, field, 2);
  byte('nsh_flags', FIELDS.nsh_flags);
  byte('nsh_ttl', FIELDS.nsh_ttl);
  byte('nsh_mdtype', FIELDS.nsh_mdtype);
  byte('nsh_np', FIELDS.nsh_np);
  const hex = (name: string, field: Field): void => {
    const mask = parts.mask(field);
    if (mask === 0n) return;
    const text = (value: bigint): string => `0x${value.toString(16)}`;
    const whole = mask === (1n << BigInt(field.width)) - 1n;
    parts.add(`${name}=${text(parts.value(field))}${whole ? '' : `/${text(mask)}`}`);
  };
  hex('nsh_spi', FIELDS.nsh_spi);
  byte('nsh_si', FIELDS.nsh_si);
  if (Number(parts.mask(FIELDS.nsh_mdtype)) === 0xff && parts.number(FIELDS.nsh_mdtype) === 1) {
    hex('nsh_c1', FIELDS.nsh_c1);
    hex('nsh_c2', FIELDS.nsh_c2);
    hex('nsh_c3', FIELDS.nsh_c3);
    hex('nsh_c4', FIELDS.nsh_c4);
  }
}

function addNetwork(parts: Parts, ethType: number, protoSaid: boolean): void {
  const arp = ethType === ETH_TYPE.arp || ethType === ETH_TYPE.rarp;
  if (ethType === ETH_TYPE.ipv6) {
    parts.ipv6('ipv6_src', FIELDS.ipv6_src);
    parts.ipv6('ipv6_dst', FIELDS.ipv6_dst);
    const mask = Number(parts.mask(FIELDS.ipv6_label));
    if (mask !== 0) {
      const hex5 = (value: number): string => `0x${value.toString(16).padStart(5, '0')}`;
      parts.add(
        `ipv6_label=${hex5(parts.number(FIELDS.ipv6_label))}${mask === 0xffffffff ? '' : `/${hex5(mask)}`}`,
      );
    }
  } else if (arp) {
    parts.ipv4('arp_spa', FIELDS.arp_spa);
    parts.ipv4('arp_tpa', FIELDS.arp_tpa);
  } else if (ethType === ETH_TYPE.nsh) {
    addNsh(parts);
  } else {
    parts.ipv4('nw_src', FIELDS.ip_src);
    parts.ipv4('nw_dst', FIELDS.ip_dst);
  }
  if (!protoSaid) parts.plain(arp ? 'arp_op' : 'nw_proto', FIELDS.nw_proto);
  if (arp) {
    parts.mac('arp_sha', FIELDS.arp_sha);
    parts.mac('arp_tha', FIELDS.arp_tha);
  }
  const tos = matchWordMask(parts.match, WORD.nwProto) >>> 16;
  const tosValue = (matchWordValue(parts.match, WORD.nwProto) >>> 16) & 0xff;
  if ((tos & 0xfc) !== 0) parts.add(`nw_tos=${tosValue & 0xfc}`);
  if ((tos & 3) !== 0) parts.add(`nw_ecn=${tosValue & 3}`);
  parts.plain('nw_ttl', FIELDS.nw_ttl);
}

function addMpls(parts: Parts): void {
  parts.plain('mpls_label', FIELDS.mpls_label);
  parts.plain('mpls_tc', FIELDS.mpls_tc);
  parts.plain('mpls_ttl', FIELDS.mpls_ttl);
  parts.plain('mpls_bos', FIELDS.mpls_bos);
  for (const i of [1, 2]) {
    const mask = matchWordMask(parts.match, WORD.mpls + i);
    if (mask === 0) continue;
    const value = matchWordValue(parts.match, WORD.mpls + i);
    const hex8 = (number: number): string => `0x${number.toString(16).padStart(8, '0')}`;
    parts.add(`mpls_lse${i}=${mask === 0xffffffff ? value : `${hex8(value)}/${hex8(mask)}`}`);
  }
}

function addFragment(parts: Parts): void {
  const value = parts.number(FIELDS.ip_frag);
  switch (Number(parts.mask(FIELDS.ip_frag))) {
    case 3:
      parts.add(`nw_frag=${['no', 'first', '<error>', 'later'][value]}`);
      break;
    case 1:
      parts.add(`nw_frag=${(value & 1) === 0 ? 'no' : 'yes'}`);
      break;
    case 2:
      parts.add(`nw_frag=${(value & 2) === 0 ? 'not_later' : 'later'}`);
      break;
  }
}

function addTransport(parts: Parts, ethType: number): void {
  const proto = parts.number(FIELDS.nw_proto);
  if (ethType === ETH_TYPE.ip && proto === IP_PROTO.icmp) {
    parts.decimal('icmp_type', FIELDS.icmp_type);
    parts.decimal('icmp_code', FIELDS.icmp_code);
  } else if (ethType === ETH_TYPE.ipv6 && proto === IP_PROTO.icmpv6) {
    parts.decimal('icmp_type', FIELDS.icmpv6_type);
    parts.decimal('icmp_code', FIELDS.icmpv6_code);
    parts.ipv6('nd_target', FIELDS.nd_target);
    parts.mac('nd_sll', FIELDS.nd_sll);
    parts.mac('nd_tll', FIELDS.nd_tll);
    parts.decimal('nd_reserved', FIELDS.nd_reserved, 8);
    parts.decimal('nd_options_type', FIELDS.nd_options_type);
  } else {
    parts.decimal('tp_src', FIELDS.tcp_src);
    parts.decimal('tp_dst', FIELDS.tcp_dst);
  }
  const flags = Number(parts.mask(FIELDS.nd_options_type)) & 0xfff;
  const ip = parts.number(FIELDS.eth_type);
  if (flags !== 0 && proto === IP_PROTO.tcp && (ip === ETH_TYPE.ip || ip === ETH_TYPE.ipv6))
    parts.add(`tcp_flags=${formatFlagsMasked(parts.number(FIELDS.tcp_flags), flags, TCP_FLAGS, 0xfff)}`);
}

/**
 * The text of `match`, empty when it matches everything. A match that looks at `recirc_id` is printed as a megaflow,
 * with `eth` for an Ethernet packet.
 */
export function formatMatch(match: Match, options: MatchTextOptions = {}): string {
  const parts = new Parts(match);
  const { names } = options;
  if (options.priority !== undefined && options.priority !== 0x8000)
    parts.add(`priority=${options.priority}`);
  parts.hex('pkt_mark', FIELDS.pkt_mark);
  const megaflow = parts.has(FIELDS.recirc_id);
  parts.hex('recirc_id', FIELDS.recirc_id);
  parts.hex('dp_hash', FIELDS.dp_hash);
  parts.plain('conj_id', FIELDS.conj_id);
  parts.plain('skb_priority', FIELDS.skb_priority, hexText);
  parts.plain('actset_output', FIELDS.actset_output, (port) => formatPort(port, names));
  addCt(parts);

  let ethType = parts.number(FIELDS.eth_type);
  const packetTypeMask = Number(parts.mask(FIELDS.packet_type));
  const packetType = parts.number(FIELDS.packet_type);
  if (packetTypeMask !== 0 && (megaflow || packetType !== 0 || packetTypeMask !== 0xffffffff)) {
    parts.add(formatPacketType(packetType, packetTypeMask));
    if (packetType >>> 16 === 1) ethType = packetType & 0xffff;
  }
  const typeSeen = parts.has(FIELDS.eth_type);
  const protoSeen = parts.has(FIELDS.nw_proto);
  const keyword = typeSeen
    ? keywordFor(ethType, protoSeen ? parts.number(FIELDS.nw_proto) : undefined)
    : undefined;
  if (keyword) parts.add(keyword.name);

  for (let i = 0; i < REGISTERS; i += 1) {
    const mask = matchWordMask(match, WORD.reg0 + i);
    if (mask !== 0)
      parts.add(
        `reg${i}=${formatHex(matchWordValue(match, WORD.reg0 + i))}${mask === 0xffffffff ? '' : `/${formatHex(mask)}`}`,
      );
  }
  addTunnel(parts, options.tlv ?? EMPTY_TLV_MAP);
  parts.hex('metadata', FIELDS.metadata);
  parts.plain('in_port', FIELDS.in_port, (port) => formatPort(port, names));
  addVlans(parts);
  parts.mac('dl_src', FIELDS.eth_src);
  parts.mac('dl_dst', FIELDS.eth_dst);
  if (typeSeen && !keyword) parts.add(`dl_type=0x${ethType.toString(16).padStart(4, '0')}`);
  addNetwork(parts, ethType, keyword?.hasProto ?? false);
  addMpls(parts);
  addFragment(parts);
  addTransport(parts, ethType);
  return parts.parts.join(',');
}
