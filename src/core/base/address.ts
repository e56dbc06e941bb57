/**
 * Ethernet, IPv4 and IPv6 addresses as numbers, with the text forms that OVS, OVN and iproute2 print.
 * MAC and IPv6 are bigint (48 and 128 bits), IPv4 an unsigned 32-bit number.
 */

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const MAC = /^[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}$/;

/** Six groups of one or two hex digits, as `ETH_ADDR_SCAN_FMT` takes them. */
export function parseMac(text: string): bigint | undefined {
  if (!MAC.test(text)) return undefined;
  return BigInt(
    `0x${text
      .split(':')
      .map((part) => part.padStart(2, '0'))
      .join('')}`,
  );
}

export function formatMac(mac: bigint): string {
  const hex = mac.toString(16).padStart(12, '0');
  return `${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}:${hex.slice(8, 10)}:${hex.slice(10)}`;
}

/** Dotted quad without leading zeros, as inet_pton(3). */
export function parseIpv4(text: string): number | undefined {
  if (!IPV4.test(text)) return undefined;
  let value = 0;
  for (const part of text.split('.')) value = value * 256 + Number(part);
  return value;
}

export function formatIpv4(ip: number): string {
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
}

/** All forms of inet_pton(3), the embedded IPv4 form included. No zone. */
export function parseIpv6(text: string): bigint | undefined {
  let source = text;
  const dot = source.lastIndexOf(':');
  if (source.includes('.')) {
    const tail = parseIpv4(source.slice(dot + 1));
    if (dot < 0 || tail === undefined) return undefined;
    source = `${source.slice(0, dot + 1)}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] =>
    half === undefined || half === '' ? [] : half.split(':');
  const head = groups(halves[0]);
  const tail = groups(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  let value = 0n;
  for (const group of all) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    value = (value << 16n) | BigInt(Number.parseInt(group, 16));
  }
  return value;
}

/** RFC 5952 as glibc's inet_ntop(3) prints it: `::ffff:1.2.3.4` and `::1.2.3.4` keep the IPv4 form. */
export function formatIpv6(ip: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number((ip >> BigInt(16 * (7 - i))) & 0xffffn));
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i += 1) {
    let end = i;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - i > bestLength) {
      best = i;
      bestLength = end - i;
    }
    i = Math.max(i, end - 1);
  }
  const embedded = best === 0 && (bestLength === 6 || (bestLength === 5 && groups[5] === 0xffff));
  if (embedded) {
    const middle = bestLength === 5 ? 'ffff:' : '';
    return `::${middle}${formatIpv4(Number(ip & 0xffffffffn))}`;
  }
  if (best < 0) return groups.map((group) => group.toString(16)).join(':');
  const head = groups.slice(0, best).map((group) => group.toString(16));
  const tail = groups.slice(best + bestLength).map((group) => group.toString(16));
  return `${head.join(':')}::${tail.join(':')}`;
}

/** The modified EUI-64 link-local address of a MAC (RFC 4291, appendix A). */
export function linkLocalOf(mac: bigint): bigint {
  const flipped = mac ^ (1n << 41n);
  return (0xfe80n << 112n) | ((flipped >> 24n) << 40n) | (0xfffen << 24n) | (flipped & 0xffffffn);
}

/** Mask of `length` leading ones in `width` bits. */
export function prefixMask(length: number, width: number): bigint {
  return ((1n << BigInt(length)) - 1n) << BigInt(width - length);
}

/** Length of a mask made of leading ones only, else undefined. */
export function maskLength(mask: bigint, width: number): number | undefined {
  for (let length = 0; length <= width; length += 1) if (prefixMask(length, width) === mask) return length;
  return undefined;
}
