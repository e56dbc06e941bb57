/** IPv4 datagrams as the stack handles them: reading, building, forwarding edits (RFC 791). */
import { internetChecksum, updateChecksum } from '../../wire/checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../../wire/octets.ts';

export const IPPROTO = { icmp: 1, igmp: 2, tcp: 6, udp: 17, icmpv6: 58 } as const;

export interface Ipv4Header {
  readonly headerSize: number;
  readonly totalSize: number;
  readonly tos: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** In octets. */
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
}

/** Reads and checks a header; a text says what is wrong with it. `datagram` may be longer (Ethernet padding). */
export function readIpv4(datagram: Uint8Array): Ipv4Header | string {
  if (datagram.length < 20) return 'IPv4 header cut';
  const headerSize = ((datagram[0] as number) & 15) * 4;
  if ((datagram[0] as number) >> 4 !== 4 || headerSize < 20) return 'not an IPv4 header';
  const totalSize = readU16(datagram, 2);
  if (datagram.length < headerSize || totalSize < headerSize || datagram.length < totalSize)
    return 'IPv4 datagram cut';
  if (internetChecksum(datagram, 0, headerSize) !== 0) return 'IPv4 header checksum';
  const fragment = readU16(datagram, 6);
  return {
    headerSize,
    totalSize,
    tos: datagram[1] as number,
    id: readU16(datagram, 4),
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: (fragment & 0x1fff) * 8,
    ttl: datagram[8] as number,
    protocol: datagram[9] as number,
    source: readU32(datagram, 12),
    destination: readU32(datagram, 16),
  };
}

export interface Ipv4Fields {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly tos?: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly ttl: number;
  /** A multiple of four octets. */
  readonly options?: Uint8Array;
}

export function buildIpv4(fields: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const options = fields.options ?? new Uint8Array(0);
  const headerSize = 20 + options.length;
  const datagram = new Uint8Array(headerSize + payload.length);
  datagram[0] = 0x40 | (headerSize / 4);
  datagram[1] = fields.tos ?? 0;
  writeU16(datagram, 2, datagram.length);
  writeU16(datagram, 4, fields.id);
  writeU16(datagram, 6, fields.dontFragment ? 0x4000 : 0);
  datagram[8] = fields.ttl;
  datagram[9] = fields.protocol;
  writeU32(datagram, 12, fields.source);
  writeU32(datagram, 16, fields.destination);
  datagram.set(options, 20);
  sealHeader(datagram);
  datagram.set(payload, headerSize);
  return datagram;
}

/** Writes the header checksum. */
export function sealHeader(datagram: Uint8Array): void {
  writeU16(datagram, 10, 0);
  writeU16(datagram, 10, internetChecksum(datagram, 0, ((datagram[0] as number) & 15) * 4));
}

/** A copy with the time to live less one. */
export function withTtlDecreased(datagram: Uint8Array): Uint8Array {
  const copy = datagram.slice();
  const before = readU16(copy, 8);
  copy[8] = (copy[8] as number) - 1;
  writeU16(copy, 10, updateChecksum(readU16(copy, 10), before, readU16(copy, 8)));
  return copy;
}

/** Cuts a datagram into fragments of at most `mtu` octets, in order. Options that are not copied stay in the first. */
export function fragmentIpv4(datagram: Uint8Array, mtu: number): Uint8Array[] {
  const header = readIpv4(datagram);
  if (typeof header === 'string') return [datagram];
  const room = Math.floor((mtu - header.headerSize) / 8) * 8;
  const payload = datagram.subarray(header.headerSize, header.totalSize);
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += room) {
    const piece = payload.subarray(at, at + room);
    const more = at + room < payload.length || header.moreFragments;
    const fragment = new Uint8Array(header.headerSize + piece.length);
    fragment.set(datagram.subarray(0, header.headerSize));
    if (at > 0) blankUncopiedOptions(fragment, header.headerSize);
    writeU16(fragment, 2, fragment.length);
    writeU16(fragment, 6, (more ? 0x2000 : 0) | ((header.fragmentOffset + at) >> 3));
    sealHeader(fragment);
    fragment.set(piece, header.headerSize);
    fragments.push(fragment);
  }
  return fragments;
}

function blankUncopiedOptions(fragment: Uint8Array, headerSize: number): void {
  for (let at = 20; at < headerSize;) {
    const kind = fragment[at] as number;
    if (kind === 0) return;
    const size = kind === 1 ? 1 : (fragment[at + 1] ?? 0);
    if (size === 0) return;
    if ((kind & 0x80) === 0) fragment.fill(1, at, Math.min(at + size, headerSize));
    at += size;
  }
}
