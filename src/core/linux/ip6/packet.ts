/** IPv6 datagrams as the stack handles them (RFC 8200). */
import { readIpv6, readU16, readU32, writeIpv6, writeU16, writeU32 } from '../../wire/octets.ts';

export const HEADER6 = 40;
export const NEXT = {
  hopByHop: 0,
  tcp: 6,
  udp: 17,
  routing: 43,
  fragment: 44,
  icmpv6: 58,
  none: 59,
  destination: 60,
} as const;

export interface Ipv6Header {
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly totalSize: number;
  readonly hopLimit: number;
  readonly source: bigint;
  readonly destination: bigint;
  /** Protocol behind the extension headers, and where it begins. */
  readonly protocol: number;
  readonly payloadOffset: number;
  /** The first fragment header. */
  readonly fragment: {
    readonly offset: number;
    readonly more: boolean;
    readonly id: number;
    readonly at: number;
    /** Place of the octet that announces it, in the header before. */
    readonly announcedAt: number;
  } | null;
}

/** Reads the header and walks the extension headers; a text says what is wrong. */
export function readIpv6Header(datagram: Uint8Array): Ipv6Header | string {
  if (datagram.length < HEADER6) return 'IPv6 header cut';
  if ((datagram[0] as number) >> 4 !== 6) return 'not an IPv6 header';
  const totalSize = HEADER6 + readU16(datagram, 4);
  if (datagram.length < totalSize) return 'IPv6 datagram cut';
  let next = datagram[6] as number;
  let at = HEADER6;
  let announcedAt = 6;
  let fragment: Ipv6Header['fragment'] = null;
  while (
    next === NEXT.hopByHop ||
    next === NEXT.destination ||
    next === NEXT.routing ||
    next === NEXT.fragment
  ) {
    // A second one is read when the first is gone; of one that is cut, who puts fragments together tells the sender.
    if (next === NEXT.fragment && (fragment !== null || at + 8 > totalSize)) break;
    if (at + 8 > totalSize) return 'IPv6 extension header cut';
    if (next === NEXT.fragment) {
      const word = readU16(datagram, at + 2);
      fragment = {
        offset: word & 0xfff8,
        more: (word & 1) === 1,
        id: readU32(datagram, at + 4),
        at,
        announcedAt,
      };
      next = datagram[at] as number;
      announcedAt = at;
      at += 8;
      if (fragment.offset > 0) break;
      continue;
    }
    const size = ((datagram[at + 1] as number) + 1) * 8;
    next = datagram[at] as number;
    announcedAt = at;
    at += size;
    if (at > totalSize) return 'IPv6 extension header cut';
  }
  const first = readU32(datagram, 0);
  return {
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xfffff,
    totalSize,
    hopLimit: datagram[7] as number,
    source: readIpv6(datagram, 8),
    destination: readIpv6(datagram, 24),
    protocol: next,
    payloadOffset: at,
    fragment,
  };
}

export interface Ipv6Fields {
  readonly source: bigint;
  readonly destination: bigint;
  /** Protocol number of `payload`, which may begin with extension headers. */
  readonly next: number;
  readonly hopLimit: number;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
}

export function buildIpv6(fields: Ipv6Fields, payload: Uint8Array): Uint8Array {
  const datagram = new Uint8Array(HEADER6 + payload.length);
  writeU32(datagram, 0, ((6 << 28) | ((fields.trafficClass ?? 0) << 20) | (fields.flowLabel ?? 0)) >>> 0);
  writeU16(datagram, 4, payload.length);
  datagram[6] = fields.next;
  datagram[7] = fields.hopLimit;
  writeIpv6(datagram, 8, fields.source);
  writeIpv6(datagram, 24, fields.destination);
  datagram.set(payload, HEADER6);
  return datagram;
}

export function withHopLimitDecreased(datagram: Uint8Array): Uint8Array {
  const copy = datagram.slice();
  copy[7] = (copy[7] as number) - 1;
  return copy;
}

/** Fragments of at most `mtu` octets (RFC 8200, 4.5); only the sender makes them. */
export function fragmentIpv6(datagram: Uint8Array, mtu: number, id: number): Uint8Array[] {
  const next = datagram[6] as number;
  const payload = datagram.subarray(HEADER6);
  const room = Math.floor((mtu - HEADER6 - 8) / 8) * 8;
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += room) {
    const piece = payload.subarray(at, at + room);
    const fragment = new Uint8Array(HEADER6 + 8 + piece.length);
    fragment.set(datagram.subarray(0, HEADER6));
    writeU16(fragment, 4, 8 + piece.length);
    fragment[6] = NEXT.fragment;
    fragment[HEADER6] = next;
    writeU16(fragment, HEADER6 + 2, at | (at + room < payload.length ? 1 : 0));
    writeU32(fragment, HEADER6 + 4, id);
    fragment.set(piece, HEADER6 + 8);
    fragments.push(fragment);
  }
  return fragments;
}
