/** Pieces of text that many BGP printers share: AS numbers, families, prefixes, route distinguishers. */
import { formatIpv4 } from '../../base/address.ts';
import { ADDRESS_FAMILIES } from './address-family.table.ts';
import { SUB_FAMILIES } from './bgp.table.ts';
import { formatAddress6, type Printer } from './printer.ts';

/** Longest text of one route: what tcpdump has room for. */
export const ROUTE_ROOM = 163;

export function asText(p: Printer, as: number): string {
  return p.options.asDot && as > 0xffff ? `${as >>> 16}.${as & 0xffff}` : `${as}`;
}

/** `AFI IPv4 (1), SAFI Unicast (1)` of the numbers at two places. */
export function familyText(p: Printer, at: number, subAt: number): string {
  const family = p.u16(at);
  const sub = p.u8(subAt);
  return `AFI ${ADDRESS_FAMILIES.get(family) ?? 'Unknown'} (${family}), SAFI ${SUB_FAMILIES.get(sub) ?? 'Unknown'} (${sub})`;
}

/** The first `bits` bits of `bytes` octets as a number, the rest zero. Unwinds when they are not captured. */
export function maskedBits(p: Printer, at: number, bits: number, bytes: number): bigint {
  const used = (bits + 7) >>> 3;
  p.need(at, used);
  let value = 0n;
  for (let i = 0; i < bytes; i += 1) value = (value << 8n) | BigInt(i < used ? p.u8(at + i) : 0);
  const width = BigInt(bytes * 8);
  return bits === 0 ? 0n : (value >> (width - BigInt(bits))) << (width - BigInt(bits));
}

/** A prefix of `bits` bits whose octets begin at `at`. */
export function prefixText(p: Printer, at: number, bits: number, family: 4 | 6): string {
  if (family === 6) {
    const text = formatAddress6(maskedBits(p, at, bits, 16));
    return `${p.options.numeric ? text : (p.options.names.host6?.(text) ?? text)}/${bits}`;
  }
  const text = formatIpv4(Number(maskedBits(p, at, bits, 4)));
  return `${p.options.numeric ? text : (p.options.names.host4?.(text) ?? text)}/${bits}`;
}

/** The eight octets of a route distinguisher (RFC 4364). */
export function distinguisherText(p: Printer, at: number): string {
  const dotted = (from: number): string => [0, 1, 2, 3].map((i) => p.u8(from + i)).join('.');
  switch (p.u16(at)) {
    case 0:
      return `${p.u16(at + 2)}:${p.u32(at + 4)} (= ${dotted(at + 4)})`;
    case 1:
      return `${dotted(at + 2)}:${p.u16(at + 6)}`;
    case 2:
      return `${asText(p, p.u32(at + 2))}:${p.u16(at + 6)} (${dotted(at + 2)}:${p.u16(at + 6)})`;
    default:
      return 'unknown RD format';
  }
}

/** A label of three octets, and whether it ends its stack. */
export const labelText = (p: Printer, at: number): string =>
  `label:${p.u24(at) >>> 4} ${(p.u8(at + 2) & 1) === 0 ? '(BOGUS: Bottom of Stack NOT set!)' : '(bottom)'}`;

/** An NSAP address, dots as tcpdump sets them. */
export function nsapText(hex: string): string {
  if (hex.length < 2 || hex.length > 40) return 'isonsap_string: illegal length';
  let text = hex.slice(0, 2);
  for (let i = 2; i < hex.length; i += 2) text += `${i % 4 === 2 ? '.' : ''}${hex.slice(i, i + 2)}`;
  return text;
}
