/** The five values that name one direction of a connection, read from and written into a frame. */
import { IP_PROTOCOL, updateChecksum } from '../../wire/index.ts';
import { readU16 as word, writeU16 as putWord } from '../../wire/octets.ts';

export interface Tuple {
  readonly family: 4 | 6;
  readonly protocol: number;
  readonly source: bigint;
  readonly destination: bigint;
  /** Ports; for ICMP the identifier stands in both and `icmpType` tells request from reply. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly icmpType: number;
  readonly icmpCode: number;
}

/** A tuple with the places of its parts in the frame. */
export interface TuplePlace {
  readonly tuple: Tuple;
  /** Offset of the IP header. */
  readonly network: number;
  /** Offset of the transport header; -1 in a later fragment. */
  readonly transport: number;
  /** Offset of the quoted IP header of an ICMP error; -1 otherwise. */
  readonly quoted: number;
}

function wide(octets: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = 0; i < size; i += 1) value = (value << 8n) | BigInt(octets[at + i] as number);
  return value;
}

function putWide(octets: Uint8Array, at: number, size: number, value: bigint): void {
  let rest = value;
  for (let i = size - 1; i >= 0; i -= 1) {
    octets[at + i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** Offset of the IP header after Ethernet and VLAN tags; -1 when the frame is not IP. */
export function networkOffset(octets: Uint8Array): number {
  let at = 12;
  while (at + 2 <= octets.length && (word(octets, at) === 0x8100 || word(octets, at) === 0x88a8)) at += 4;
  if (at + 2 > octets.length) return -1;
  const type = word(octets, at);
  return type === 0x0800 || type === 0x86dd ? at + 2 : -1;
}

const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const FRAGMENT = 44;

interface Transport {
  readonly protocol: number;
  /** -1 in a later fragment. */
  readonly offset: number;
}

function transportOf(octets: Uint8Array, network: number, family: 4 | 6): Transport | undefined {
  if (family === 4) {
    if (network + 20 > octets.length) return undefined;
    const later = (word(octets, network + 6) & 0x1fff) !== 0;
    const offset = network + ((octets[network] as number) & 15) * 4;
    return { protocol: octets[network + 9] as number, offset: later ? -1 : offset };
  }
  if (network + 40 > octets.length) return undefined;
  let protocol = octets[network + 6] as number;
  let offset = network + 40;
  while ((EXTENSIONS.has(protocol) || protocol === FRAGMENT) && offset + 8 <= octets.length) {
    if (protocol === FRAGMENT && (word(octets, offset + 2) & 0xfff8) !== 0)
      return { protocol: octets[offset] as number, offset: -1 };
    const size = protocol === FRAGMENT ? 8 : ((octets[offset + 1] as number) + 1) * 8;
    protocol = octets[offset] as number;
    offset += size;
  }
  return { protocol, offset };
}

export const isIcmp = (protocol: number): boolean =>
  protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6;
const hasPorts = (protocol: number): boolean =>
  protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp || protocol === 132;

/** ICMP types that carry an identifier, with the type that answers. */
const ICMP_PAIR: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
]);
const ICMPV6_PAIR: ReadonlyMap<number, number> = new Map([
  [128, 129],
  [129, 128],
  [139, 140],
  [140, 139],
]);
const pairOf = (tuple: Pick<Tuple, 'protocol' | 'icmpType'>): number | undefined =>
  (tuple.protocol === IP_PROTOCOL.icmp ? ICMP_PAIR : ICMPV6_PAIR).get(tuple.icmpType);

const isError = (protocol: number, type: number): boolean =>
  protocol === IP_PROTOCOL.icmp
    ? [3, 4, 5, 11, 12].includes(type)
    : protocol === IP_PROTOCOL.icmpv6 && type >= 1 && type <= 4;

function tupleAt(octets: Uint8Array, network: number): TuplePlace | undefined {
  const family = (octets[network] as number) >>> 4 === 6 ? 6 : 4;
  const transport = transportOf(octets, network, family);
  if (!transport) return undefined;
  const { protocol, offset } = transport;
  const size = family === 4 ? 4 : 16;
  const from = network + (family === 4 ? 12 : 8);
  const there = offset >= 0 && offset + 4 <= octets.length;
  const icmp = isIcmp(protocol) && there;
  const type = icmp ? (octets[offset] as number) : 0;
  const identifier =
    icmp && offset + 6 <= octets.length && pairOf({ protocol, icmpType: type }) !== undefined
      ? word(octets, offset + 4)
      : 0;
  const ports = hasPorts(protocol) && there;
  return {
    tuple: {
      family,
      protocol,
      source: wide(octets, from, size),
      destination: wide(octets, from + size, size),
      sourcePort: ports ? word(octets, offset) : identifier,
      destinationPort: ports ? word(octets, offset + 2) : identifier,
      icmpType: type,
      icmpCode: icmp ? (octets[offset + 1] as number) : 0,
    },
    network,
    transport: offset,
    quoted: icmp && isError(protocol, type) ? offset + 8 : -1,
  };
}

/** The frame's own tuple; undefined when it is not IP or cut short. */
export function readTuple(octets: Uint8Array): TuplePlace | undefined {
  const network = networkOffset(octets);
  return network < 0 || network >= octets.length ? undefined : tupleAt(octets, network);
}

/** The tuple of the packet that an ICMP error quotes. */
export const readQuotedTuple = (octets: Uint8Array, place: TuplePlace): TuplePlace | undefined =>
  place.quoted < 0 || place.quoted + 20 > octets.length ? undefined : tupleAt(octets, place.quoted);

/** The other direction; undefined for an ICMP type that nothing answers. */
export function reverseTuple(tuple: Tuple): Tuple | undefined {
  const icmpType = isIcmp(tuple.protocol) ? pairOf(tuple) : 0;
  if (icmpType === undefined) return undefined;
  return {
    ...tuple,
    source: tuple.destination,
    destination: tuple.source,
    sourcePort: tuple.destinationPort,
    destinationPort: tuple.sourcePort,
    icmpType,
  };
}

export const tupleKey = (zone: number, tuple: Tuple): string =>
  `${zone}/${tuple.protocol}/${tuple.source}/${tuple.destination}/${tuple.sourcePort}/${tuple.destinationPort}/${tuple.icmpType}/${tuple.icmpCode}`;

/** Where the transport checksum stands; -1 for none, or one of zero that UDP over IPv4 leaves out. */
function checksumAt(octets: Uint8Array, { tuple, transport }: TuplePlace): number {
  const at =
    tuple.protocol === IP_PROTOCOL.tcp
      ? 16
      : tuple.protocol === IP_PROTOCOL.udp
        ? 6
        : isIcmp(tuple.protocol)
          ? 2
          : -1;
  if (transport < 0 || at < 0 || transport + at + 2 > octets.length) return -1;
  if (tuple.protocol === IP_PROTOCOL.udp && word(octets, transport + at) === 0) return -1;
  return transport + at;
}

/** A copy of the frame with the addresses and ports of `wanted` at `place`, checksums kept right. */
export function writeTuple(octets: Uint8Array, place: TuplePlace, wanted: Tuple): Uint8Array {
  const copy = octets.slice();
  const { tuple, network, transport } = place;
  const size = tuple.family === 4 ? 4 : 16;
  const from = network + (tuple.family === 4 ? 12 : 8);
  const checksum = checksumAt(octets, place);
  // ICMP's own checksum covers no address; ICMPv6's does through the pseudo header.
  const pseudo = tuple.protocol !== IP_PROTOCOL.icmp;
  const change = (at: number, before: number, after: number, inPseudo: boolean): void => {
    if (before === after) return;
    putWord(copy, at, after);
    if (inPseudo && tuple.family === 4)
      putWord(copy, network + 10, updateChecksum(word(copy, network + 10), before, after));
    if (checksum >= 0 && (!inPseudo || pseudo))
      putWord(copy, checksum, updateChecksum(word(copy, checksum), before, after));
  };
  const address = new Uint8Array(2 * size);
  putWide(address, 0, size, wanted.source);
  putWide(address, size, size, wanted.destination);
  for (let i = 0; i < address.length; i += 2) change(from + i, word(copy, from + i), word(address, i), true);
  if (transport >= 0 && hasPorts(tuple.protocol)) {
    change(transport, tuple.sourcePort, wanted.sourcePort, false);
    change(transport + 2, tuple.destinationPort, wanted.destinationPort, false);
  } else if (transport >= 0 && isIcmp(tuple.protocol) && pairOf(tuple) !== undefined)
    change(transport + 4, tuple.sourcePort, wanted.sourcePort, false);
  return copy;
}
