/** Addresses and prefixes of both families as FRR's programs compare and print them. IPv4 takes the low 32 bits. */
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6, prefixMask } from '../base/address.ts';
import { compareEvpnRoutes, formatEvpnRoute, type EvpnRoute } from './evpn-route.ts';
import { formatDistinguisher } from './distinguisher.ts';

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  readonly address: bigint;
}

/**
 * `address` may hold host bits: only `network` clears them. A route of a VPN has its distinguisher as well; one of EVPN has
 * its own parts, of which address and length are what policy looks at: the host, the originator or the prefix in it.
 */
export interface Prefix {
  readonly family: Family;
  readonly address: bigint;
  readonly length: number;
  /** Eight octets (RFC 4364 section 4.2). */
  readonly distinguisher?: bigint;
  readonly evpn?: EvpnRoute;
}

export const widthOf = (family: Family): 32 | 128 => (family === 4 ? 32 : 128);

export const formatAddress = ({ family, address }: Address): string =>
  family === 4 ? formatIpv4(Number(address)) : formatIpv6(address);

/** Any address text without a zone; undefined when it is neither family's. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) {
    const address = parseIpv6(text);
    return address === undefined ? undefined : { family: 6, address };
  }
  const address = parseIpv4(text);
  return address === undefined ? undefined : { family: 4, address: BigInt(address) };
}

export const formatPrefix = (prefix: Prefix): string => `${formatAddress(prefix)}/${prefix.length}`;

/** `A.B.C.D/M` or `X:X::X:X/M`; an address alone is a host prefix. Host bits are kept. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!address) return undefined;
  const width = widthOf(address.family);
  if (slash < 0) return { ...address, length: width };
  const digits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > width) return undefined;
  return { ...address, length: Number(digits) };
}

/** What a table knows a route by: the text of its prefix, with its distinguisher in front where it has one. */
export function routeKey(prefix: Prefix): string {
  const { distinguisher, evpn } = prefix;
  const text = evpn === undefined ? formatPrefix(prefix) : formatEvpnRoute(evpn);
  return distinguisher === undefined ? text : `${formatDistinguisher(distinguisher)}:${text}`;
}

/** The same prefix without host bits. */
export const network = (prefix: Prefix): Prefix => ({
  ...prefix,
  address: prefix.address & prefixMask(prefix.length, widthOf(prefix.family)),
});

/** Whether `outer` holds all of `inner`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  const shift = BigInt(widthOf(outer.family) - outer.length);
  return outer.address >> shift === inner.address >> shift;
}

/** Order of FRR's route tables: by distinguisher, IPv4 first, then by address, then the shorter prefix. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  if (a.distinguisher !== b.distinguisher)
    return (a.distinguisher ?? -1n) < (b.distinguisher ?? -1n) ? -1 : 1;
  if (a.evpn !== undefined && b.evpn !== undefined) return compareEvpnRoutes(a.evpn, b.evpn);
  if (a.family !== b.family) return a.family - b.family;
  if (a.address !== b.address) return a.address < b.address ? -1 : 1;
  return a.length - b.length;
}

export const isLinkLocal = ({ family, address }: Address): boolean =>
  family === 6 && address >> 118n === 0x3fan;
