/** Addresses of a port: one MAC with its IPv4 and IPv6 networks, read from the texts that users write and kept with every text form that flows need. */
import {
  formatIpv4,
  formatIpv6,
  formatMac,
  linkLocalOf,
  maskLength,
  parseIpv4,
  parseIpv6,
  parseMac,
  prefixMask,
} from '../../../base/address.ts';

interface Ipv4Network {
  readonly text: string;
  readonly network: string;
  readonly broadcast: string;
  readonly prefix: number;
  readonly address: number;
  readonly mask: number;
}

interface Ipv6Network {
  readonly text: string;
  readonly network: string;
  /** The solicited-node multicast address of `text`. */
  readonly solicited: string;
  readonly prefix: number;
  readonly address: bigint;
  readonly mask: bigint;
}

/** `mac` is empty when the text had none. */
export interface Addresses {
  readonly mac: string;
  readonly v4: readonly Ipv4Network[];
  readonly v6: readonly Ipv6Network[];
}

export const NO_ADDRESSES: Addresses = { mac: '', v4: [], v6: [] };

const ipv4Mask = (prefix: number): number => (prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);
const ipv6Mask = (prefix: number): bigint => prefixMask(prefix, 128);

function ipv4Network(address: number, prefix: number): Ipv4Network {
  const mask = ipv4Mask(prefix);
  return {
    text: formatIpv4(address),
    network: formatIpv4((address & mask) >>> 0),
    broadcast: formatIpv4((address | ~mask) >>> 0),
    prefix,
    address,
    mask,
  };
}

export const solicitedNode = (address: bigint): bigint =>
  (0xff02n << 112n) | 0x1_ff00_0000n | (address & 0xffffffn);

function ipv6Network(address: bigint, prefix: number): Ipv6Network {
  const mask = ipv6Mask(prefix);
  return {
    text: formatIpv6(address),
    network: formatIpv6(address & mask),
    solicited: formatIpv6(solicitedNode(address)),
    prefix,
    address,
    mask,
  };
}

/** An address with a mask, which may have holes; `prefix` is its length when it has none. */
export type Masked =
  | {
      readonly family: 4;
      readonly address: number;
      readonly mask: number;
      readonly prefix: number | undefined;
    }
  | {
      readonly family: 6;
      readonly address: bigint;
      readonly mask: bigint;
      readonly prefix: number | undefined;
    };

/** Parses `ADDRESS`, `ADDRESS/LENGTH` or `ADDRESS/MASK`: `ip_parse_masked` and `ipv6_parse_masked`. */
export function parseMasked(text: string): Masked | undefined {
  const slash = text.indexOf('/');
  const host = (slash < 0 ? text : text.slice(0, slash)).trimStart();
  const tail = slash < 0 ? undefined : text.slice(slash + 1);
  const v4 = parseLooseIpv4(host);
  if (v4 !== undefined) {
    const prefix = tail === undefined ? 32 : parseLength(tail, 32);
    if (prefix !== undefined) return { family: 4, address: v4, mask: ipv4Mask(prefix), prefix };
    const mask = parseLooseIpv4(tail ?? '');
    return mask === undefined
      ? undefined
      : { family: 4, address: v4, mask, prefix: maskLength(BigInt(mask), 32) };
  }
  const v6 = parseIpv6(host);
  if (v6 === undefined) return undefined;
  const prefix = tail === undefined ? 128 : parseLength(tail, 128);
  if (prefix !== undefined) return { family: 6, address: v6, mask: ipv6Mask(prefix), prefix };
  const mask = parseIpv6(tail ?? '');
  return mask === undefined ? undefined : { family: 6, address: v6, mask, prefix: maskLength(mask, 128) };
}

/** An address with a prefix length; the host part is kept: `ip46_parse_cidr`. */
export type Cidr = Masked & { readonly prefix: number };

export function parseCidr(text: string): Cidr | undefined {
  const masked = parseMasked(text);
  return masked?.prefix === undefined ? undefined : { ...masked, prefix: masked.prefix };
}

/** The dotted quad of `IP_SCAN_FMT`: leading zeros are fine, octets up to 255. */
function parseLooseIpv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (parts === null) return undefined;
  let value = 0;
  for (const part of parts.slice(1)) {
    if (Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

function parseLength(text: string, width: number): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const length = Number(text);
  return length <= width ? length : undefined;
}

/**
 * Reads addresses up to the first thing that is none, as `extract_addresses` does. `rest` tells where that is.
 * With `wantMac` the text must begin with a MAC.
 */
function scanAddresses(
  text: string,
  wantMac: boolean,
): { readonly addresses: Addresses; readonly rest: number } | undefined {
  let at = 0;
  let mac = '';
  if (wantMac) {
    const found = /^\s*([0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5})/.exec(text);
    const parsed = found === null ? undefined : parseMac(found[1] ?? '');
    if (found === null || parsed === undefined) return undefined;
    mac = formatMac(parsed);
    at = found[0].length;
  }
  const v4: Ipv4Network[] = [];
  const v6: Ipv6Network[] = [];
  const word = /\s*([0-9a-fA-F:.]+(?:\/[0-9a-fA-F:.]+)?)/y;
  while (at < text.length) {
    word.lastIndex = at;
    const found = word.exec(text);
    const cidr = found === null ? undefined : parseCidr(found[1] ?? '');
    if (cidr === undefined) break;
    if (cidr.family === 4) v4.push(ipv4Network(cidr.address, cidr.prefix));
    else v6.push(ipv6Network(cidr.address, cidr.prefix));
    at = word.lastIndex;
  }
  return { addresses: { mac, v4, v6 }, rest: at };
}

/** `extract_lsp_addresses`: a MAC and addresses; what follows them is ignored. */
export function parsePortAddresses(text: string): Addresses | undefined {
  return scanAddresses(text, true)?.addresses;
}

/** `extract_ip_addresses`: at least one address, no MAC. */
export function parseIpAddresses(text: string): Addresses | undefined {
  const found = scanAddresses(text, false)?.addresses;
  return found === undefined || (found.v4.length === 0 && found.v6.length === 0) ? undefined : found;
}

/** `extract_ip_address`: at most one whole address of each family. */
export function parseSingleAddresses(text: string): Addresses | undefined {
  const found = parseIpAddresses(text);
  if (found === undefined || found.v4.length > 1 || found.v6.length > 1) return undefined;
  if (found.v4.some((ip) => ip.prefix !== 32) || found.v6.some((ip) => ip.prefix !== 128)) return undefined;
  return found;
}

/** The networks of a router port with the link-local address of its MAC at the end; undefined when the MAC is bad. */
export function routerPortNetworks(mac: string, networks: readonly string[]): Addresses | undefined {
  const parsed = parseMac(mac);
  if (parsed === undefined) return undefined;
  const v4: Ipv4Network[] = [];
  const v6: Ipv6Network[] = [];
  for (const text of networks) {
    const cidr = parseCidr(text);
    if (cidr === undefined) continue;
    if (cidr.family === 6) v6.push(ipv6Network(cidr.address, cidr.prefix));
    else if (cidr.address !== 0) v4.push(ipv4Network(cidr.address, cidr.prefix));
  }
  v6.push(ipv6Network(linkLocalOf(parsed), 64));
  return { mac: formatMac(parsed), v4, v6 };
}

/** Whether an `addresses` element asks for an address from the switch's pool. */
export function isDynamicAddress(text: string): boolean {
  if (text.startsWith('dynamic')) return /^dynamic( \d+\.\d+\.\d+\.\d+)?( [0-9a-fA-F:.]+)?$/.test(text);
  const [mac, word, ...more] = text.split(/\s+/);
  return word === 'dynamic' && more.length === 0 && parseMac(mac ?? '') !== undefined;
}

/** The address of `networks` whose network holds `ip`, the port's own text for it: `lrp_find_member_ip`. */
export function memberAddress(networks: Addresses, ip: string): string | undefined {
  if (ip.includes('.')) {
    const address = parseIpv4(ip);
    if (address === undefined) return undefined;
    return networks.v4.find((net) => ((net.address ^ address) & net.mask) === 0)?.text;
  }
  const address = parseIpv6(ip);
  if (address === undefined) return undefined;
  return networks.v6.find((net) => ((net.address ^ address) & net.mask) === 0n)?.text;
}

/** In fe80::/64. */
export const isLinkLocal = (address: bigint): boolean => address >> 64n === 0xfe80_0000_0000_0000n;

/** Whether the family of an address text is IPv6. */
export const isIpv6 = (text: string): boolean => !text.includes('.');
