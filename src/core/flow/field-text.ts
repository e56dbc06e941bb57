/** The value of one field as text, both ways, as `ovs-ofctl` writes and reads it. */
import { formatIpv4, formatIpv6, formatMac, maskLength, parseIpv6, prefixMask } from '../base/address.ts';
import { err, ok, type Result } from '../base/result.ts';
import { scanSized } from './c-integer.ts';
import type { Field } from './field.ts';
import {
  CT_STATE_FLAGS,
  TCP_FLAGS,
  TUNNEL_FLAGS,
  formatFlagsMasked,
  parseFlags,
  type FlagNames,
} from './flag-text.ts';
import { portFromOxm, portToOxm } from './flow.ts';
import { formatPort, parsePort, type PortNames, type Warn } from './ofport-text.ts';

/** A value and the bits of it that count; both over `8 * field.size` bits. */
export interface MaskedValue {
  readonly value: bigint;
  readonly mask: bigint;
}

/** All ones over the bytes of a field: the mask of an exact value. */
export const exactMask = (field: Field): bigint => (1n << BigInt(8 * field.size)) - 1n;

/** Hex without leading zeros; plain `0` for zero. */
export const formatHex = (value: bigint | number): string =>
  BigInt(value) === 0n ? '0' : `0x${value.toString(16)}`;

/** `10.0.0.0/8`, `10.0.0.0/255.0.0.1`, or the plain address. */
export function formatIpv4Masked(ip: number, mask: number): string {
  if (mask === 0xffffffff) return formatIpv4(ip);
  const length = maskLength(BigInt(mask), 32);
  return `${formatIpv4(ip)}/${length ?? formatIpv4(mask)}`;
}

export const IPV6_EXACT = (1n << 128n) - 1n;

export function formatIpv6Masked(ip: bigint, mask: bigint): string {
  if (mask === IPV6_EXACT) return formatIpv6(ip);
  return `${formatIpv6(ip)}/${maskLength(mask, 128) ?? formatIpv6(mask)}`;
}

const ETH_EXACT = (1n << 48n) - 1n;

export const formatMacMasked = (mac: bigint, mask: bigint): string =>
  mask === ETH_EXACT ? formatMac(mac) : `${formatMac(mac)}/${formatMac(mask)}`;

function formatHalf(value: number, mask: number): string {
  if (mask === 0) return '*';
  const text = value > 9 ? `0x${value.toString(16)}` : String(value);
  return mask === 0xffff ? text : `${text}/0x${mask.toString(16)}`;
}

/** `eth` or `packet_type=(ns,type)`. */
export function formatPacketType(value: number, mask: number): string {
  if (value === 0 && mask === 0xffffffff) return 'eth';
  return `packet_type=(${formatHalf(value >>> 16, mask >>> 16)},${formatHalf(value & 0xffff, mask & 0xffff)})`;
}

/** Names, mask and value of a fragment match. The first row that fits is used. */
const FRAGMENTS: readonly { readonly name: string; readonly mask: number; readonly value: number }[] = [
  { name: 'no', mask: 3, value: 0 },
  { name: 'first', mask: 3, value: 1 },
  { name: 'later', mask: 3, value: 3 },
  { name: 'no', mask: 1, value: 0 },
  { name: 'yes', mask: 1, value: 1 },
  { name: 'not_later', mask: 2, value: 0 },
  { name: 'later', mask: 2, value: 2 },
];

const integerText = (field: Field, value: bigint): string =>
  field.format === 'hexadecimal' ? formatHex(value) : String(BigInt.asIntN(64, value));

/** The text of `value` in the bits of `mask` (exact when left out), as in actions and error texts. */
export function formatField(field: Field, value: bigint, mask?: bigint, names?: PortNames): string {
  const exact = exactMask(field);
  const bits = mask ?? exact;
  if (bits === 0n) return 'ANY';
  const whole = bits === exact;
  switch (field.format) {
    case 'ofport-oxm':
      if (whole) return formatPort(portFromOxm(Number(value)) ?? 0, names);
      break;
    case 'ofport':
      if (whole) return formatPort(Number(value), names);
      break;
    case 'ct_state':
      return formatFlagsMasked(Number(value), Number(bits), CT_STATE_FLAGS, 0xffff);
    case 'tcp_flags':
      return formatFlagsMasked(Number(value), Number(bits & 0xfffn), TCP_FLAGS, 0xfff);
    case 'tunnel-flags':
      return formatFlagsMasked(Number(value), Number(bits & 1n), TUNNEL_FLAGS, 1);
    case 'ethernet':
      return formatMacMasked(value, bits);
    case 'ipv4':
      return formatIpv4Masked(Number(value), Number(bits));
    case 'ipv6':
      return formatIpv6Masked(value, bits);
    case 'frag': {
      const found = FRAGMENTS.find(
        (row) => row.mask === (Number(bits) & 3) && row.value === (Number(value & bits) & 3),
      );
      return found?.name ?? '<error>';
    }
    case 'packet_type':
      return formatPacketType(Number(value), Number(bits));
    case 'decimal':
    case 'hexadecimal':
      break;
  }
  const text = integerText(field, value);
  return whole ? text : `${text}/${formatHex(bits)}`;
}

const MAX_OPTION_SIZE = 124;

function parseInteger(field: Field, text: string): Result<MaskedValue> {
  const fail = (kind: 'invalid' | 'range', what: 'value' | 'mask'): Result<MaskedValue> =>
    err(
      kind === 'range'
        ? `${text}: ${what} too large for ${field.size}-byte field ${field.name}`
        : `${text}: bad syntax for ${field.name} ${what}`,
    );
  const size = field.variable ? MAX_OPTION_SIZE : field.size;
  const value = scanSized(text, size);
  if (value.kind !== 'value') return fail(value.kind, 'value');
  if (value.rest === '') return ok({ value: value.value, mask: exactMask(field) });
  if (!value.rest.startsWith('/')) return fail('invalid', 'value');
  const mask = scanSized(value.rest.slice(1), size);
  if (mask.kind !== 'value') return fail(mask.kind, 'mask');
  if (mask.rest !== '') return fail('invalid', 'mask');
  return ok({ value: value.value, mask: mask.value });
}

const OCTETS = String.raw`(\d+)\.(\d+)\.(\d+)\.(\d+)`;
const IPV4 = new RegExp(`^${OCTETS}`);
const IPV4_MASK = new RegExp(`^${OCTETS}/${OCTETS}`);
const IPV4_PREFIX = new RegExp(`^${OCTETS}/([+-]?\\d+)`);

const quad = (parts: readonly string[]): number =>
  parts.reduce((sum, part) => sum * 256 + (Number(part) & 255), 0);

/** `a.b.c.d`, with `/n` or `/mask`. */
function parseIpv4Masked(text: string): Result<MaskedValue> {
  const masked = IPV4_MASK.exec(text);
  const bad: Result<MaskedValue> = err(`${text}: invalid IP address`);
  const whole = (found: RegExpExecArray, value: MaskedValue): Result<MaskedValue> =>
    found[0] === text ? ok(value) : bad;
  if (masked)
    return whole(masked, { value: BigInt(quad(masked.slice(1, 5))), mask: BigInt(quad(masked.slice(5, 9))) });
  const prefix = IPV4_PREFIX.exec(text);
  if (prefix) {
    const length = Number(prefix[5]);
    if (length < 0 || length > 32)
      return err(`${text}: IPv4 network prefix bits not between 0 and 32, inclusive`);
    return whole(prefix, { value: BigInt(quad(prefix.slice(1, 5))), mask: prefixMask(length, 32) });
  }
  const plain = IPV4.exec(text);
  return plain ? whole(plain, { value: BigInt(quad(plain.slice(1, 5))), mask: 0xffffffffn }) : bad;
}

const IPV6_RUN = /^[0-9a-f:.]{1,46}/i;

/** An IPv6 address, with `/n` or `/mask`: each taken as far as its characters go, and nothing may be left then. */
function parseIpv6Masked(text: string): Result<MaskedValue> {
  const bad: Result<MaskedValue> = err(`${text}: invalid IPv6 address`);
  const start = text.trimStart();
  const address = IPV6_RUN.exec(start)?.[0] ?? '';
  const value = parseIpv6(address);
  if (value === undefined) return bad;
  const rest = start.slice(address.length);
  const length = /^\/\s*([+-]?\d+)/.exec(rest);
  if (length) {
    const bits = Number(length[1]);
    if (bits < 0 || bits > 128)
      return err(`${text}: IPv6 network prefix bits not between 0 and 128, inclusive`);
    return length[0] === rest ? ok({ value, mask: prefixMask(bits, 128) }) : bad;
  }
  const suffix = rest.startsWith('/') ? (IPV6_RUN.exec(rest.slice(1))?.[0] ?? '') : '';
  if (suffix === '') return rest === '' ? ok({ value, mask: IPV6_EXACT }) : bad;
  const mask = parseIpv6(suffix);
  if (mask === undefined) return err(`${text}: Invalid IPv6 mask`);
  return rest.length === suffix.length + 1 ? ok({ value, mask }) : bad;
}

/** Six numbers as scanf(3) takes them: signs and any number of digits, of which the last two count. */
function scanMac(text: string): bigint | undefined {
  if (!/^([+-]?(0x)?[0-9a-f]+)(:[+-]?(0x)?[0-9a-f]+){5}$/i.test(text)) return undefined;
  const octets = text.split(':').map((part) => {
    const digits = part.replace(/^[+-]/, '').replace(/^0x/i, '').slice(-2);
    const octet = Number.parseInt(digits, 16);
    return part.startsWith('-') ? (256 - octet) & 0xff : octet;
  });
  return octets.reduce((mac, octet) => (mac << 8n) | BigInt(octet), 0n);
}

function parseEthernet(text: string): Result<MaskedValue> {
  const [address = '', mask, ...more] = text.split('/');
  const value = scanMac(address);
  const bits = mask === undefined ? ETH_EXACT : scanMac(mask);
  return value === undefined || bits === undefined || more.length > 0
    ? err(`${text}: invalid Ethernet address`)
    : ok({ value, mask: bits });
}

function parsePacketType(text: string): Result<MaskedValue> {
  const fail = (what: string, rest: string): Result<MaskedValue> =>
    err(`${rest}: bad syntax for packet type ${what}`);
  if (!text.startsWith('(')) return fail("missing '('", text);
  const ns = scanSized(text.slice(1), 2);
  if (ns.kind !== 'value') return fail('ns', text.slice(1));
  if (!ns.rest.startsWith(',')) return fail("missing ','", text.slice(1));
  const rest = ns.rest.slice(1);
  const type = scanSized(rest, 2);
  if (type.kind !== 'value') return fail('ns_type', rest);
  if (!type.rest.startsWith(')')) return fail("missing ')'", rest);
  return ok({ value: (ns.value << 16n) | type.value, mask: 0xffffffffn });
}

function parseBits(field: Field, text: string, flags: FlagNames): Result<MaskedValue> {
  const parsed = parseFlags(text, flags);
  if (!parsed.ok) return parsed;
  const exact = exactMask(field);
  return ok({ value: BigInt(parsed.value.value), mask: BigInt(parsed.value.mask) & exact });
}

function parseByFormat(field: Field, text: string, names?: PortNames, warn?: Warn): Result<MaskedValue> {
  switch (field.format) {
    case 'decimal':
    case 'hexadecimal':
      return parseInteger(field, text);
    case 'ct_state':
      return parseBits(field, text, CT_STATE_FLAGS);
    case 'tcp_flags':
      return parseBits(field, text, TCP_FLAGS);
    case 'tunnel-flags':
      return parseBits(field, text, TUNNEL_FLAGS);
    case 'ethernet':
      return parseEthernet(text);
    case 'ipv4':
      return parseIpv4Masked(text);
    case 'ipv6':
      return parseIpv6Masked(text);
    case 'ofport': {
      const port = parsePort(text, names, warn);
      return port === undefined
        ? err(`${text}: invalid or unknown port for ${field.name}`)
        : ok({ value: BigInt(port), mask: 0xffffn });
    }
    case 'ofport-oxm': {
      const port = parsePort(text, names, warn);
      return port === undefined
        ? err(`${text}: port value out of range for ${field.name}`)
        : ok({ value: BigInt(portToOxm(port)), mask: 0xffffffffn });
    }
    case 'frag': {
      const found = FRAGMENTS.find((row) => row.name === text.toLowerCase());
      return found
        ? ok({ value: BigInt(found.value), mask: BigInt(found.mask | 0xfc) })
        : err(`${text}: unknown fragment type (valid types are "no", "yes", "first", "later", "not_later"`);
    }
    case 'packet_type':
      return parsePacketType(text);
  }
}

/**
 * Reads `text` as a value of `field`, with a mask where the field allows one. `*` is any value. `anyMask` takes masks
 * that only a switch writes, in what it prints.
 */
export function parseField(
  field: Field,
  text: string,
  names?: PortNames,
  anyMask = false,
  warn?: Warn,
): Result<MaskedValue> {
  if (text === '*') return ok({ value: 0n, mask: 0n });
  const parsed = parseByFormat(field, text, names, warn);
  if (!parsed.ok || anyMask) return parsed;
  const { mask } = parsed.value;
  if (!field.maskable && mask !== 0n && mask !== exactMask(field))
    return err(`${text}: invalid mask for field ${field.name}`);
  return parsed;
}

/** Reads a value without mask. */
export function parseFieldValue(field: Field, text: string, names?: PortNames): Result<bigint> {
  const parsed = parseField(field, text, names);
  if (!parsed.ok) return parsed;
  return parsed.value.mask === exactMask(field)
    ? ok(parsed.value.value)
    : err(`${text}: wildcards not allowed here`);
}

/** Whether the bits of `value` mean something in this field, e.g. a VLAN id below 8192. */
export function isFieldValueValid(field: Field, value: bigint): boolean {
  switch (field.name) {
    case 'in_port_oxm':
    case 'actset_output':
      return portFromOxm(Number(value)) !== undefined;
    case 'nw_tos':
      return (value & ~0xfcn) === 0n;
    case 'tun_flags':
      return (value & ~1n) === 0n;
    case 'ct_state':
    case 'arp_op':
      return (value & ~0xffn) === 0n;
    case 'vlan_vid':
      return (value & ~0x1fffn) === 0n;
    case 'nsh_ttl':
      return value <= 63n;
    case 'nsh_mdtype':
      return value === 1n || value === 2n;
    case 'ip_dscp':
    case 'nw_ecn':
    case 'ip_frag':
    case 'tcp_flags':
    case 'dl_vlan':
    case 'dl_vlan_pcp':
    case 'vlan_pcp':
    case 'ipv6_label':
    case 'mpls_label':
    case 'mpls_tc':
    case 'mpls_bos':
    case 'nsh_spi':
      return value >> BigInt(field.bits) === 0n;
    default:
      return true;
  }
}
