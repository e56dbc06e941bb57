/** What tells a connection's packets from others (`struct nf_conntrack_tuple`), read from and written into datagrams. */
import { updateChecksum, updateChecksum32 } from '../../wire/checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../../wire/octets.ts';
import { IPPROTO } from '../ip4/packet.ts';

export interface Tuple {
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  /** Port, or of ICMP the identifier; 0 for protocols without. */
  readonly sourcePort: number;
  /** Port, or of ICMP 0. */
  readonly destinationPort: number;
  /** Of ICMP; both 0 otherwise. */
  readonly icmpType: number;
  readonly icmpCode: number;
}

export const keyOf = (tuple: Tuple): string =>
  `${tuple.protocol} ${tuple.source} ${tuple.destination} ${tuple.sourcePort} ${tuple.destinationPort} ${tuple.icmpType}`;

/** Questions of ICMP and their answers; what is no question begins no connection. */
const ANSWERS: Readonly<Record<number, number>> = {
  8: 0,
  0: 8,
  13: 14,
  14: 13,
  15: 16,
  16: 15,
  17: 18,
  18: 17,
};
export const isIcmpQuestion = (type: number): boolean =>
  type === 8 || type === 13 || type === 15 || type === 17;

/** The tuple of the packets that come back. */
export const inverted = (tuple: Tuple): Tuple => ({
  protocol: tuple.protocol,
  source: tuple.destination,
  destination: tuple.source,
  sourcePort: tuple.protocol === IPPROTO.icmp ? tuple.sourcePort : tuple.destinationPort,
  destinationPort: tuple.protocol === IPPROTO.icmp ? 0 : tuple.sourcePort,
  icmpType: tuple.protocol === IPPROTO.icmp ? (ANSWERS[tuple.icmpType] ?? tuple.icmpType) : 0,
  icmpCode: tuple.icmpCode,
});

const hasPorts = (protocol: number): boolean => protocol === IPPROTO.tcp || protocol === IPPROTO.udp;

/** Reads the tuple of a datagram, whole or as an ICMP error cites it; undefined when it is cut before its ports. */
export function readTuple(datagram: Uint8Array): Tuple | undefined {
  if (datagram.length < 20) return undefined;
  const headerSize = ((datagram[0] as number) & 15) * 4;
  const protocol = datagram[9] as number;
  const common = { protocol, source: readU32(datagram, 12), destination: readU32(datagram, 16) };
  const none = { sourcePort: 0, destinationPort: 0, icmpType: 0, icmpCode: 0 };
  if (protocol !== IPPROTO.icmp && !hasPorts(protocol)) return { ...common, ...none };
  if (datagram.length < headerSize + 8 || (readU16(datagram, 6) & 0x1fff) !== 0) return undefined;
  if (protocol === IPPROTO.icmp)
    return {
      ...common,
      ...none,
      sourcePort: readU16(datagram, headerSize + 4),
      icmpType: datagram[headerSize] as number,
      icmpCode: datagram[headerSize + 1] as number,
    };
  return {
    ...common,
    ...none,
    sourcePort: readU16(datagram, headerSize),
    destinationPort: readU16(datagram, headerSize + 2),
  };
}

/** One end of a datagram as NAT sets it. */
export interface End {
  readonly side: 'source' | 'destination';
  readonly address: number;
  /** Port or identifier. */
  readonly port: number;
}

/** A copy with one end changed, checksums following. `cited`: the datagram stands in an ICMP error and may be cut. */
export function withEnd(datagram: Uint8Array, end: End, isCited = false): Uint8Array {
  const copy = datagram.slice();
  const at = end.side === 'source' ? 12 : 16;
  const before = readU32(copy, at);
  writeU32(copy, at, end.address);
  writeU16(copy, 10, updateChecksum32(readU16(copy, 10), before, end.address));
  const headerSize = ((copy[0] as number) & 15) * 4;
  const protocol = copy[9] as number;
  if ((readU16(copy, 6) & 0x1fff) !== 0) return copy;
  const isIcmp = protocol === IPPROTO.icmp;
  if (!isIcmp && !hasPorts(protocol)) return copy;
  const portAt = headerSize + (isIcmp ? 4 : end.side === 'source' ? 0 : 2);
  if (copy.length < portAt + 2) return copy;
  const port = readU16(copy, portAt);
  writeU16(copy, portAt, end.port);
  const sumAt = headerSize + (isIcmp ? 2 : protocol === IPPROTO.tcp ? 16 : 6);
  if (copy.length < sumAt + 2) return copy;
  const sum = readU16(copy, sumAt);
  if (protocol === IPPROTO.udp && sum === 0) return copy;
  if (isCited && protocol === IPPROTO.tcp && copy.length < sumAt + 2) return copy;
  const moved = isIcmp ? sum : updateChecksum32(sum, before, end.address);
  writeU16(copy, sumAt, updateChecksum(moved, port, end.port));
  return copy;
}

/** The datagram that an ICMP error cites; undefined when it is no such error. */
export function citedBy(datagram: Uint8Array): Uint8Array | undefined {
  const headerSize = ((datagram[0] as number) & 15) * 4;
  if (datagram[9] !== IPPROTO.icmp || (readU16(datagram, 6) & 0x1fff) !== 0) return undefined;
  const type = datagram[headerSize];
  const isError = type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
  return isError && datagram.length >= headerSize + 28 ? datagram.subarray(headerSize + 8) : undefined;
}
