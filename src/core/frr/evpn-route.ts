/** Routes of the EVPN address family (RFC 7432, RFC 9136): their five types, their text, and the order of bgpd's table. */
import { formatIpv4, formatIpv6, formatMac } from '../base/address.ts';

/** An address of either family; IPv4 takes the low 32 bits. */
interface Address {
  readonly family: 4 | 6;
  readonly address: bigint;
}

const formatAddress = ({ family, address }: Address): string =>
  family === 4 ? formatIpv4(Number(address)) : formatIpv6(address);

/** What tells one route of an RD from another. Labels, and the segment of types 2 and 5, go with a path instead. */
export type EvpnRoute =
  | { readonly type: 1; readonly segment: bigint; readonly ethernetTag: number }
  | { readonly type: 2; readonly ethernetTag: number; readonly mac: bigint; readonly ip: Address | null }
  | { readonly type: 3; readonly ethernetTag: number; readonly originator: Address }
  | { readonly type: 4; readonly segment: bigint; readonly originator: Address }
  | { readonly type: 5; readonly ethernetTag: number; readonly length: number; readonly ip: Address };

const SEGMENT_SIZE = 10;
const SEGMENT_DIGITS = 2 * SEGMENT_SIZE;

/** An Ethernet segment identifier: ten octets, as `00:11:...`. */
const formatSegment = (segment: bigint): string =>
  (segment.toString(16).padStart(SEGMENT_DIGITS, '0').match(/../g) ?? []).join(':');

const widthOf = ({ family }: Address): number => (family === 4 ? 32 : 128);

/** As bgpd's tables print it: `[2]:[0]:[48]:[00:00:5e:00:53:01]:[32]:[192.0.2.1]`. */
export function formatEvpnRoute(route: EvpnRoute): string {
  switch (route.type) {
    case 1:
      return `[1]:[${route.ethernetTag}]:[${formatSegment(route.segment)}]:[32]:[0.0.0.0]:[0]`;
    case 2: {
      const mac = `[2]:[${route.ethernetTag}]:[48]:[${formatMac(route.mac)}]`;
      return route.ip === null ? mac : `${mac}:[${widthOf(route.ip)}]:[${formatAddress(route.ip)}]`;
    }
    case 3:
      return `[3]:[${route.ethernetTag}]:[${widthOf(route.originator)}]:[${formatAddress(route.originator)}]`;
    case 4:
      return `[4]:[${formatSegment(route.segment)}]:[${widthOf(route.originator)}]:[${formatAddress(route.originator)}]`;
    case 5:
      return `[5]:[${route.ethernetTag}]:[${route.length}]:[${formatAddress(route.ip)}]`;
  }
}

/** Offsets and sizes of the structure by whose octets bgpd's tree sorts (`struct evpn_addr` on a little-endian machine). */
const KEY_SIZE = 44;
const UNION = 4;
/** `enum ipaddr_type_t`. */
const NO_IP = 0;
const IP4 = 2;
const IP6 = 10;

function putAddress(key: Uint8Array, at: number, ip: Address | null): void {
  key[at] = ip === null ? NO_IP : ip.family === 4 ? IP4 : IP6;
  if (ip !== null) putBig(key, at + 4, ip.address, ip.family === 4 ? 4 : 16);
}

function putBig(key: Uint8Array, at: number, value: bigint, size: number): void {
  for (let index = 0; index < size; index += 1)
    key[at + index] = Number((value >> BigInt(8 * (size - 1 - index))) & 0xffn);
}

function putTag(key: Uint8Array, at: number, tag: number): void {
  for (let index = 0; index < 4; index += 1) key[at + index] = (tag >>> (8 * index)) & 0xff;
}

/** The octets by which the tree of one RD is sorted. */
function evpnKey(route: EvpnRoute): Uint8Array {
  const key = new Uint8Array(KEY_SIZE);
  key[0] = route.type;
  switch (route.type) {
    case 1:
      putBig(key, UNION, route.segment, SEGMENT_SIZE);
      putTag(key, UNION + 12, route.ethernetTag);
      break;
    case 2:
      putTag(key, UNION, route.ethernetTag);
      putBig(key, UNION + 5, route.mac, 6);
      putAddress(key, UNION + 12, route.ip);
      break;
    case 3:
      putTag(key, UNION, route.ethernetTag);
      putAddress(key, UNION + 8, route.originator);
      break;
    case 4:
      putBig(key, UNION, route.segment, SEGMENT_SIZE);
      putAddress(key, UNION + 12, route.originator);
      break;
    case 5:
      putTag(key, UNION, route.ethernetTag);
      key[UNION + 4] = route.length;
      putAddress(key, UNION + 8, route.ip);
      break;
  }
  return key;
}

export function compareEvpnRoutes(a: EvpnRoute, b: EvpnRoute): number {
  const [left, right] = [evpnKey(a), evpnKey(b)];
  for (let at = 0; at < KEY_SIZE; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function readBig(key: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let index = 0; index < size; index += 1) value = (value << 8n) | BigInt(key[at + index] ?? 0);
  return value;
}

const readAddress = (key: Uint8Array, at: number): Address =>
  key[at] === IP4
    ? { family: 4, address: readBig(key, at + 4, 4) }
    : { family: 6, address: readBig(key, at + 4, 16) };

const readTag = (key: Uint8Array, at: number): number =>
  (key[at] ?? 0) | ((key[at + 1] ?? 0) << 8) | ((key[at + 2] ?? 0) << 16) | ((key[at + 3] ?? 0) << 24);

/** The text of the octets by which the tree is sorted, be they a route's or only what several begin with. */
function formatKey(key: Uint8Array): string {
  switch (key[0]) {
    case 1:
      return formatEvpnRoute({
        type: 1,
        segment: readBig(key, UNION, SEGMENT_SIZE),
        ethernetTag: readTag(key, UNION + 12),
      });
    case 2:
      return formatEvpnRoute({
        type: 2,
        ethernetTag: readTag(key, UNION),
        mac: readBig(key, UNION + 5, 6),
        ip: key[UNION + 12] === NO_IP ? null : readAddress(key, UNION + 12),
      });
    case 3:
      return formatEvpnRoute({
        type: 3,
        ethernetTag: readTag(key, UNION),
        originator: readAddress(key, UNION + 8),
      });
    case 4:
      return formatEvpnRoute({
        type: 4,
        segment: readBig(key, UNION, SEGMENT_SIZE),
        originator: readAddress(key, UNION + 12),
      });
    case 5:
      return formatEvpnRoute({
        type: 5,
        ethernetTag: readTag(key, UNION),
        length: key[UNION + 4] ?? 0,
        ip: readAddress(key, UNION + 8),
      });
    default:
      return 'Unsupported EVPN prefix';
  }
}

const bitOf = (key: Uint8Array, bit: number): number => ((key[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;

function commonBits(a: Uint8Array, b: Uint8Array): number {
  let bit = 0;
  while (bit < KEY_SIZE * 8 && bitOf(a, bit) === bitOf(b, bit)) bit += 1;
  return bit;
}

function truncated(key: Uint8Array, bits: number): Uint8Array {
  const cut = new Uint8Array(KEY_SIZE);
  for (let bit = 0; bit < bits; bit += 1)
    if (bitOf(key, bit) === 1) cut[bit >> 3] = (cut[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return cut;
}

/**
 * The nodes of a distinguisher's tree in their order, for routes in theirs: a node wherever routes part, which bgpd's detailed
 * lists show as a route without paths (`null`), and one for each route.
 */
export function treeNodes(
  routes: readonly EvpnRoute[],
): readonly { readonly text: string; readonly route: EvpnRoute | null }[] {
  const keys = routes.map(evpnKey);
  const nodes: { readonly text: string; readonly route: EvpnRoute | null }[] = [];
  const walk = (from: number, to: number, least: number): void => {
    const [first, last, route] = [keys[from], keys[to - 1], routes[from]];
    if (first === undefined || last === undefined || route === undefined) return;
    if (to - from === 1) {
      nodes.push({ text: formatEvpnRoute(route), route });
      return;
    }
    const bits = Math.max(least, commonBits(first, last));
    nodes.push({ text: formatKey(truncated(first, bits)), route: null });
    let middle = from;
    while (middle < to && bitOf(keys[middle] as Uint8Array, bits) === 0) middle += 1;
    walk(from, middle, bits + 1);
    walk(middle, to, bits + 1);
  };
  walk(0, keys.length, 0);
  return nodes;
}
