/** Address families as one pair of rules, so that routes and neighbours are written once for both. */
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6, prefixMask } from '../base/address.ts';

export type Family = 4 | 6;

/** An address of either family; IPv4 takes the low 32 bits. */
export interface IpAddress {
  readonly family: Family;
  readonly address: bigint;
}

export const widthOf = (family: Family): number => (family === 4 ? 32 : 128);

export const formatIp = (family: Family, address: bigint): string =>
  family === 4 ? formatIpv4(Number(address)) : formatIpv6(address);

/** Any address text; undefined when it is neither family's. */
export function parseIp(text: string): IpAddress | undefined {
  if (text.includes(':')) {
    const address = parseIpv6(text);
    return address === undefined ? undefined : { family: 6, address };
  }
  const address = parseIpv4(text);
  return address === undefined ? undefined : { family: 4, address: BigInt(address) };
}

/** The network part of an address. */
export const networkOf = (family: Family, address: bigint, length: number): bigint =>
  address & prefixMask(length, widthOf(family));

export const inPrefix = (family: Family, address: bigint, prefix: bigint, length: number): boolean => {
  const shift = BigInt(widthOf(family) - length);
  return address >> shift === prefix >> shift;
};

export const isMulticastIp = (family: Family, address: bigint): boolean =>
  family === 4 ? address >> 28n === 0xen : address >> 120n === 0xffn;

export const isLinkLocalIp6 = (address: bigint): boolean => address >> 118n === 0x3fan;

/** The Ethernet multicast address of a multicast IP (RFC 1112, RFC 2464). */
export const multicastMac = (family: Family, address: bigint): bigint =>
  family === 4 ? 0x01005e000000n | (address & 0x7fffffn) : 0x333300000000n | (address & 0xffffffffn);

/** The solicited-node multicast address (RFC 4291, 2.7.1). */
export const solicitedNode = (address: bigint): bigint =>
  (0xff02n << 112n) | 0x1ff000000n | (address & 0xffffffn);
