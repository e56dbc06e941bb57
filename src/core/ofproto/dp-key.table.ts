/** The header groups that a datapath can rewrite at once: their fields, in order, and how each is written. */
import { formatIpv4, formatIpv6, formatMac } from '../base/address.ts';
import type { Field } from '../flow/field.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { formatHex } from '../flow/field-text.ts';
import type { SetKey } from './dp-action.ts';

export type KeyFormat = 'decimal' | 'hexadecimal' | 'mac' | 'ipv4' | 'ipv6';

export interface KeyPart {
  readonly name: string;
  readonly field: Field;
  readonly format: KeyFormat;
  /** Shown and compared, but never written. */
  readonly readOnly?: boolean;
}

const part = (name: string, field: Field, format: KeyFormat): KeyPart => ({ name, field, format });

const ports: readonly KeyPart[] = [
  part('src', FIELDS.tcp_src, 'decimal'),
  part('dst', FIELDS.tcp_dst, 'decimal'),
];
const icmp: readonly KeyPart[] = [
  part('type', FIELDS.icmp_type, 'decimal'),
  part('code', FIELDS.icmp_code, 'decimal'),
];

/** TOS as one field of eight bits. */
export const TOS: Field = { ...FIELDS.nw_tos, name: 'tos', bits: 8 };
/** The protocol byte of ARP. */
const ARP_OP: Field = { ...FIELDS.arp_op, bits: 8, size: 1 };

export const KEY_PARTS: Readonly<Record<Exclude<SetKey, 'nsh' | 'mpls'>, readonly KeyPart[]>> = {
  skb_priority: [part('', FIELDS.skb_priority, 'hexadecimal')],
  skb_mark: [part('', FIELDS.pkt_mark, 'hexadecimal')],
  eth: [part('src', FIELDS.eth_src, 'mac'), part('dst', FIELDS.eth_dst, 'mac')],
  ipv4: [
    part('src', FIELDS.ip_src, 'ipv4'),
    part('dst', FIELDS.ip_dst, 'ipv4'),
    { ...part('proto', FIELDS.nw_proto, 'decimal'), readOnly: true },
    part('tos', TOS, 'hexadecimal'),
    part('ttl', FIELDS.nw_ttl, 'decimal'),
  ],
  ipv6: [
    part('src', FIELDS.ipv6_src, 'ipv6'),
    part('dst', FIELDS.ipv6_dst, 'ipv6'),
    part('label', FIELDS.ipv6_label, 'hexadecimal'),
    { ...part('proto', FIELDS.nw_proto, 'decimal'), readOnly: true },
    part('tclass', TOS, 'hexadecimal'),
    part('hlimit', FIELDS.nw_ttl, 'decimal'),
  ],
  tcp: ports,
  udp: ports,
  sctp: ports,
  icmp,
  icmpv6: icmp,
  arp: [
    part('sip', FIELDS.arp_spa, 'ipv4'),
    part('tip', FIELDS.arp_tpa, 'ipv4'),
    part('op', ARP_OP, 'decimal'),
    part('sha', FIELDS.arp_sha, 'mac'),
    part('tha', FIELDS.arp_tha, 'mac'),
  ],
  nd: [
    part('target', FIELDS.nd_target, 'ipv6'),
    part('sll', FIELDS.nd_sll, 'mac'),
    part('tll', FIELDS.nd_tll, 'mac'),
  ],
  nd_ext: [
    part('nd_reserved', FIELDS.nd_reserved, 'hexadecimal'),
    part('nd_options_type', FIELDS.nd_options_type, 'decimal'),
  ],
};

/** The parts of the Network Service Header that may be set. */
export const NSH_PARTS: readonly KeyPart[] = [
  part('flags', FIELDS.nsh_flags, 'decimal'),
  part('ttl', FIELDS.nsh_ttl, 'decimal'),
  part('spi', FIELDS.nsh_spi, 'hexadecimal'),
  part('si', FIELDS.nsh_si, 'decimal'),
  part('c1', FIELDS.nsh_c1, 'hexadecimal'),
  part('c2', FIELDS.nsh_c2, 'hexadecimal'),
  part('c3', FIELDS.nsh_c3, 'hexadecimal'),
  part('c4', FIELDS.nsh_c4, 'hexadecimal'),
];

/** A value in the datapath's own spelling (IPv4 masks dotted, never as a prefix length). */
export function formatKeyValue(format: KeyFormat, value: bigint): string {
  switch (format) {
    case 'decimal':
      return String(value);
    case 'hexadecimal':
      return formatHex(value);
    case 'mac':
      return formatMac(value);
    case 'ipv4':
      return formatIpv4(Number(value));
    case 'ipv6':
      return formatIpv6(value);
  }
}

/** Masks of numbers are hex; those of addresses look like addresses. */
export const formatKeyMask = (format: KeyFormat, mask: bigint): string =>
  formatKeyValue(format === 'decimal' ? 'hexadecimal' : format, mask);
