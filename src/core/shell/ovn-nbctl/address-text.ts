/** Addresses in arguments and columns: CIDR networks, normal forms, and the addresses of a port. */
import {
  formatIpv4,
  formatIpv6,
  linkLocalOf,
  maskLength,
  parseIpv4,
  parseIpv6,
  parseMac,
  prefixMask,
} from '../../base/address.ts';

/** An address with the length of its network's prefix. */
export interface Network4 {
  readonly address: number;
  readonly length: number;
}
export interface Network6 {
  readonly address: bigint;
  readonly length: number;
}

const mask4 = (length: number): number => Number(prefixMask(length, 32));

/** Octets as `ovs_scan` reads them: any decimal numbers, of which eight bits count. */
const SCANNED4 = /^\s*([-+]?\d+)\.([-+]?\d+)\.([-+]?\d+)\.([-+]?\d+)/;

function scan4(text: string): { readonly address: number; readonly size: number } | undefined {
  const match = SCANNED4.exec(text);
  if (match === null) return undefined;
  const address = match.slice(1, 5).reduce((value, octet) => value * 256 + (Number(octet) & 255), 0);
  return { address, size: match[0].length };
}

/** A network at the beginning of `text`: `A`, `A/LENGTH` or `A/MASK`; and what it takes. */
function scanNetwork4(text: string): { readonly network: Network4; readonly size: number } | undefined {
  const found = scan4(text);
  if (found === undefined) return undefined;
  const { address, size } = found;
  if (text[size] !== '/') return { network: { address, length: 32 }, size };
  const rest = text.slice(size + 1);
  const mask = scan4(rest);
  if (mask !== undefined) {
    const length = maskLength(BigInt(mask.address), 32);
    return length === undefined ? undefined : { network: { address, length }, size: size + 1 + mask.size };
  }
  const prefix = /^\s*[-+]?\d+/.exec(rest);
  if (prefix === null) return { network: { address, length: 32 }, size };
  const length = Number(prefix[0]);
  return length < 0 || length > 32
    ? undefined
    : { network: { address, length }, size: size + 1 + prefix[0].length };
}

/** The same for IPv6; blanks before it are skipped. */
function scanNetwork6(text: string): { readonly network: Network6; readonly size: number } | undefined {
  const match = /^\s*([0-9a-fA-F:.]{1,46})/.exec(text);
  const address = parseIpv6(match?.[1] ?? '');
  if (match === null || address === undefined) return undefined;
  const size = match[0].length;
  const prefix = /^\/\s*([-+]?\d+)/.exec(text.slice(size));
  const mask = /^\/([0-9a-fA-F:.]{1,46})/.exec(text.slice(size));
  if (prefix !== null && !/^\/\s*[-+]?\d+[:a-fA-F]/.test(text.slice(size))) {
    const length = Number(prefix[1]);
    return length < 0 || length > 128
      ? undefined
      : { network: { address, length }, size: size + prefix[0].length };
  }
  if (mask === null) return { network: { address, length: 128 }, size };
  const bits = parseIpv6(mask[1] ?? '');
  const length = bits === undefined ? undefined : maskLength(bits, 128);
  return length === undefined ? undefined : { network: { address, length }, size: size + mask[0].length };
}

export function parseNetwork4(text: string): Network4 | undefined {
  const found = scanNetwork4(text);
  return found?.size === text.length ? found.network : undefined;
}

export function parseNetwork6(text: string): Network6 | undefined {
  const found = scanNetwork6(text);
  return found?.size === text.length ? found.network : undefined;
}

export const isNetwork = (text: string): boolean =>
  parseNetwork4(text) !== undefined || parseNetwork6(text) !== undefined;

/** A prefix with the bits beyond its length cleared; a whole address without the length. */
export function normalPrefix4(text: string): string | undefined {
  const network = parseNetwork4(text);
  if (network === undefined) return undefined;
  const base = formatIpv4((network.address & mask4(network.length)) >>> 0);
  return network.length === 32 ? base : `${base}/${network.length}`;
}

export function normalPrefix6(text: string): string | undefined {
  const network = parseNetwork6(text);
  if (network === undefined) return undefined;
  const base = formatIpv6(network.address & prefixMask(network.length, 128));
  return network.length === 128 ? base : `${base}/${network.length}`;
}

export const normalPrefix = (text: string): string | undefined => normalPrefix4(text) ?? normalPrefix6(text);

export function normalAddress4(text: string): string | undefined {
  const address = parseIpv4(text);
  return address === undefined ? undefined : formatIpv4(address);
}

export function normalAddress6(text: string): string | undefined {
  const address = parseIpv6(text);
  return address === undefined ? undefined : formatIpv6(address);
}

export const normalAddress = (text: string): string | undefined =>
  normalAddress4(text) ?? normalAddress6(text);

/** A MAC address as `eth_addr_from_string` takes it. */
export const isMac = (text: string): boolean => parseMac(text) !== undefined;

const MAC_HEAD = /^\s*[0-9a-fA-F]+:[0-9a-fA-F]+:[0-9a-fA-F]+:[0-9a-fA-F]+:[0-9a-fA-F]+:[0-9a-fA-F]+/;

/** True when `text` begins with a MAC address. */
export const beginsWithMac = (text: string): boolean => MAC_HEAD.test(text);

export interface PortAddresses {
  readonly ipv4: readonly number[];
  readonly ipv6: readonly bigint[];
}

/** The networks of `text` up to the first thing that is none. */
function scanNetworks(text: string): {
  readonly ipv4: readonly Network4[];
  readonly ipv6: readonly Network6[];
} {
  const ipv4: Network4[] = [];
  const ipv6: Network6[] = [];
  for (let rest = text; rest !== '';) {
    const four = scanNetwork4(rest);
    const six = four === undefined ? scanNetwork6(rest) : undefined;
    if (four !== undefined) ipv4.push(four.network);
    else if (six !== undefined) ipv6.push(six.network);
    else break;
    rest = rest.slice(four?.size ?? six?.size);
  }
  return { ipv4, ipv6 };
}

/** The IP addresses of `text` up to the first thing that is none. */
function scanAddresses(text: string): PortAddresses {
  const { ipv4, ipv6 } = scanNetworks(text);
  return { ipv4: ipv4.map(({ address }) => address), ipv6: ipv6.map(({ address }) => address) };
}

/** One host of each family at most, and at least one; undefined for anything else. */
export function hostAddresses(text: string): PortAddresses | undefined {
  const { ipv4, ipv6 } = scanNetworks(text);
  const isFine =
    ipv4.length + ipv6.length > 0 &&
    ipv4.length <= 1 &&
    ipv6.length <= 1 &&
    ipv4.every(({ length }) => length === 32) &&
    ipv6.every(({ length }) => length === 128);
  return isFine ? scanAddresses(text) : undefined;
}

/** The addresses of an element of `addresses`: a MAC, then IP addresses. Undefined when it has no MAC. */
export function portAddresses(text: string): PortAddresses | undefined {
  const mac = MAC_HEAD.exec(text);
  return mac === null ? undefined : scanAddresses(text.slice(mac[0].length));
}

/** `dynamic`, `dynamic IP...` or `MAC dynamic`. */
export function isDynamicAddress(text: string): boolean {
  if (text.startsWith('dynamic')) {
    const rest = text.slice(7);
    if (rest === '') return true;
    const four = /^\s/.test(rest) ? scan4(rest) : undefined;
    const after = four === undefined ? rest : rest.slice(four.size);
    return after === '' || /^\s+[0-9a-fA-F:.]{1,46}$/.test(after);
  }
  const mac = MAC_HEAD.exec(text);
  return mac !== null && /^\s*dynamic$/.test(text.slice(mac[0].length));
}

/** An address both have, as messages name it. */
export function sharedAddress(
  a: PortAddresses,
  b: PortAddresses,
): { readonly family: 'IPv4' | 'IPv6'; readonly text: string } | undefined {
  const four = a.ipv4.find((address) => b.ipv4.includes(address));
  if (four !== undefined) return { family: 'IPv4', text: formatIpv4(four) };
  const six = a.ipv6.find((address) => b.ipv6.includes(address));
  return six === undefined ? undefined : { family: 'IPv6', text: formatIpv6(six) };
}

/** True when `ip` is in a network of a router port; its link-local network counts. */
export function isInNetworks(
  port: { readonly mac: string; readonly networks: readonly string[] },
  ip: string,
): boolean {
  const mac = parseMac(port.mac);
  if (mac === undefined) return false;
  if (ip.includes('.')) {
    const address = parseIpv4(ip);
    if (address === undefined) return false;
    return port.networks.some((text) => {
      const network = parseNetwork4(text);
      return (
        network !== undefined &&
        network.address !== 0 &&
        ((network.address ^ address) & mask4(network.length)) === 0
      );
    });
  }
  const address = parseIpv6(ip);
  if (address === undefined) return false;
  const networks = port.networks.flatMap((text) =>
    parseNetwork4(text) === undefined ? (parseNetwork6(text) ?? []) : [],
  );
  return [...networks, { address: linkLocalOf(mac), length: 64 }].some(
    (network) => ((network.address ^ address) & prefixMask(network.length, 128)) === 0n,
  );
}
