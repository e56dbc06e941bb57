/** Addresses with a prefix length, as files write them. */
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6, prefixMask } from '../../base/address.ts';

export interface Prefix {
  readonly family: 4 | 6;
  readonly ip: bigint;
  readonly length: number;
}

const widthOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

/** An address of either family. */
export function parseAddress(text: string): { readonly family: 4 | 6; readonly ip: bigint } | undefined {
  const four = parseIpv4(text);
  if (four !== undefined) return { family: 4, ip: BigInt(four) };
  const six = parseIpv6(text);
  return six === undefined ? undefined : { family: 6, ip: six };
}

/** `address/length`; without a length a single address, as netaddr reads it. */
export function parsePrefix(text: string): Prefix | undefined {
  const [head = '', tail, ...more] = text.trim().split('/');
  const address = parseAddress(head);
  if (address === undefined || more.length > 0) return undefined;
  const width = widthOf(address.family);
  if (tail === undefined) return { ...address, length: width };
  if (!/^\d{1,3}$/.test(tail) || Number(tail) > width) return undefined;
  return { ...address, length: Number(tail) };
}

export const formatAddress = (family: 4 | 6, ip: bigint): string =>
  family === 4 ? formatIpv4(Number(ip)) : formatIpv6(ip);

/** The first address of the prefix's network. */
export const networkOf = ({ family, ip, length }: Prefix): bigint => ip & prefixMask(length, widthOf(family));

export const formatNetwork = (prefix: Prefix): string =>
  `${formatAddress(prefix.family, networkOf(prefix))}/${prefix.length}`;

export function holds(network: Prefix, family: 4 | 6, ip: bigint): boolean {
  return network.family === family && networkOf({ ...network, ip }) === networkOf(network);
}

/** Whether two networks share an address. */
export function overlap(a: Prefix, b: Prefix): boolean {
  const wider = a.length <= b.length ? a : b;
  return holds(wider, a === wider ? b.family : a.family, a === wider ? b.ip : a.ip);
}

/** How many addresses a network has. */
export const sizeOf = ({ family, length }: Prefix): bigint => 1n << BigInt(widthOf(family) - length);
