/** Route distinguishers (RFC 4364 section 4.2): numbers of eight octets and their text. */
import { formatIpv4, parseIpv4 } from '../base/address.ts';

/** Layouts: an AS number of two octets, an IPv4 address, or an AS number of four octets in front. */
const BY_AS = 0n;
const BY_ADDRESS = 1n;
const BY_LARGE_AS = 2n;

/** `65000:1`, `192.0.2.1:1` or `4200000000:1`. */
export function formatDistinguisher(distinguisher: bigint): string {
  const value = distinguisher & 0xffff_ffff_ffffn;
  switch (distinguisher >> 48n) {
    case BY_AS:
      return `${value >> 32n}:${value & 0xffffffffn}`;
    case BY_ADDRESS:
      return `${formatIpv4(Number(value >> 16n))}:${value & 0xffffn}`;
    case BY_LARGE_AS:
      return `${value >> 16n}:${value & 0xffffn}`;
    default:
      return `Unknown Type: ${distinguisher >> 48n}`;
  }
}

/** `ASN:NN` or `A.B.C.D:NN`; undefined when a number is too large. */
export function parseDistinguisher(text: string): bigint | undefined {
  const match = /^(\d{1,10}|\d+\.\d+\.\d+\.\d+):(\d{1,10})$/.exec(text);
  if (!match) return undefined;
  const [, front = '', back = ''] = match;
  const number = BigInt(back);
  if (front.includes('.')) {
    const address = parseIpv4(front);
    if (address === undefined || number > 0xffffn) return undefined;
    return (BY_ADDRESS << 48n) | (BigInt(address) << 16n) | number;
  }
  const asn = BigInt(front);
  if (asn > 0xffffffffn || number > 0xffffffffn) return undefined;
  if (asn <= 0xffffn) return (asn << 32n) | number;
  return number > 0xffffn ? undefined : (BY_LARGE_AS << 48n) | (asn << 16n) | number;
}

/** The distinguisher that bgpd makes of a router id and a number. */
export const automaticDistinguisher = (routerId: number, number: number): bigint =>
  (BY_ADDRESS << 48n) | (BigInt(routerId) << 16n) | BigInt(number);

/** Whether an extended community is a route target (RFC 4360 section 4). */
export const isRouteTarget = (community: bigint): boolean => ((community >> 48n) & 0xffn) === 2n;
