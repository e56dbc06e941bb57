/** `set(...)` on octets: each field under its mask, with the checksums that cover it. */
import { fromBigInt, toBigInt } from '../../base/bytes.ts';
import type { HeaderPlaces } from '../../flow/extract.ts';
import { createFlow, setField } from '../../flow/flow.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import { updateChecksum } from '../../wire/checksum.ts';
import { readU16, writeU16 } from '../../wire/octets.ts';
import type { SetKey, SetPart } from '../dp-action.ts';
import { Frame } from './frame.ts';

/** Where a field stands: whole octets, with the bits of them that are the field's. */
interface Place {
  readonly at: number;
  readonly size: number;
  readonly shift: number;
  readonly bits: number;
  /** Covered by the transport checksum through the pseudo header. */
  readonly pseudo?: boolean;
}

const octetsAt = (at: number, size: number): Place => ({ at, size, shift: 0, bits: 8 * size });
const address = (at: number, size: number): Place => ({ ...octetsAt(at, size), pseudo: true });

/** Place of the first option of a kind in a Neighbor Discovery message; undefined when there is none. */
function findOption(
  octets: Uint8Array,
  transport: number,
  end: number,
  type: number | null,
): number | undefined {
  let at = transport + 24;
  while (at + 8 <= end) {
    const size = (octets[at + 1] as number) * 8;
    if (size === 0 || at + size > end) return undefined;
    if (type === null || octets[at] === type) return at;
    at += size;
  }
  return undefined;
}

type Finder = (places: HeaderPlaces, octets: Uint8Array) => Place | undefined;

const network =
  (offset: number, make: (at: number) => Place): Finder =>
  (places) =>
    places.network < 0 ? undefined : make(places.network + offset);
const transport =
  (offset: number, size: number): Finder =>
  (places) =>
    places.transport < 0 ? undefined : octetsAt(places.transport + offset, size);
const option =
  (type: number | null, offset: number, size: number): Finder =>
  (places, octets) => {
    const at = places.transport < 0 ? undefined : findOption(octets, places.transport, places.end, type);
    return at === undefined ? undefined : octetsAt(at + offset, size);
  };

const PORTS: Readonly<Record<string, Finder>> = { src: transport(0, 2), dst: transport(2, 2) };
const ICMP: Readonly<Record<string, Finder>> = { type: transport(0, 1), code: transport(1, 1) };

const PLACES: Readonly<Partial<Record<SetKey, Readonly<Record<string, Finder>>>>> = {
  eth: {
    src: ({ ethType }) => (ethType < 0 ? undefined : octetsAt(6, 6)),
    dst: ({ ethType }) => (ethType < 0 ? undefined : octetsAt(0, 6)),
  },
  ipv4: {
    src: network(12, (at) => address(at, 4)),
    dst: network(16, (at) => address(at, 4)),
    tos: network(1, (at) => octetsAt(at, 1)),
    ttl: network(8, (at) => octetsAt(at, 1)),
  },
  ipv6: {
    src: network(8, (at) => address(at, 16)),
    dst: network(24, (at) => address(at, 16)),
    label: network(0, (at) => ({ at, size: 4, shift: 0, bits: 20 })),
    tclass: network(0, (at) => ({ at, size: 2, shift: 4, bits: 8 })),
    hlimit: network(7, (at) => octetsAt(at, 1)),
  },
  tcp: PORTS,
  udp: PORTS,
  sctp: PORTS,
  icmp: ICMP,
  icmpv6: ICMP,
  arp: {
    op: network(6, (at) => octetsAt(at, 2)),
    sha: network(8, (at) => octetsAt(at, 6)),
    sip: network(14, (at) => octetsAt(at, 4)),
    tha: network(18, (at) => octetsAt(at, 6)),
    tip: network(24, (at) => octetsAt(at, 4)),
  },
  nd: {
    target: transport(8, 16),
    sll: option(1, 2, 6),
    tll: option(2, 2, 6),
  },
  nd_ext: {
    nd_reserved: transport(4, 4),
    nd_options_type: option(null, 0, 1),
  },
};

const CHECKSUM_OFFSET: Readonly<Record<number, number>> = {
  [IP_PROTO.tcp]: 16,
  [IP_PROTO.udp]: 6,
  [IP_PROTO.icmp]: 2,
  [IP_PROTO.icmpv6]: 2,
};

/** Places of the checksums that cover a change. */
function coveringChecksums(frame: Frame, octets: Uint8Array, place: Place): readonly number[] {
  const { type, network: ip, transport: l4 } = frame.places;
  const sums: number[] = [];
  const inTransport = l4 >= 0 && place.at >= l4;
  if (type === ETH_TYPE.ip && ip >= 0 && place.at >= ip && !inTransport) sums.push(ip + 10);
  const offset = CHECKSUM_OFFSET[frame.proto];
  const ipType = type === ETH_TYPE.ip || type === ETH_TYPE.ipv6;
  if (offset === undefined || l4 < 0 || !ipType || l4 + offset + 2 > octets.length) return sums;
  const viaPseudo = place.pseudo === true && frame.proto !== IP_PROTO.icmp;
  const unused = frame.proto === IP_PROTO.udp && readU16(octets, l4 + offset) === 0;
  if ((inTransport || viaPseudo) && !unused) sums.push(l4 + offset);
  return sums;
}

function writePlace(frame: Frame, octets: Uint8Array, place: Place, { value, mask }: SetPart): void {
  const { at, size, shift, bits } = place;
  if (at + size > octets.length) return;
  const limit = (1n << BigInt(bits)) - 1n;
  const wantedMask = (mask & limit) << BigInt(shift);
  const old = toBigInt(octets.subarray(at, at + size));
  const next = (old & ~wantedMask) | ((value << BigInt(shift)) & wantedMask);
  if (next === old) return;
  const sums = coveringChecksums(frame, octets, place);
  // Checksums go by words counted from the start of their header, which may be at an odd place.
  const anchor = frame.places.network;
  const first = at - ((((at - anchor) % 2) + 2) % 2);
  const last = at + size;
  const before: number[] = [];
  for (let i = first; i < last; i += 2) before.push(readU16(octets, i));
  octets.set(fromBigInt(next, size), at);
  for (const sum of sums) {
    let checksum = readU16(octets, sum);
    before.forEach((word, index) => {
      checksum = updateChecksum(checksum, word, readU16(octets, first + 2 * index));
    });
    const isUdp = frame.proto === IP_PROTO.udp && sum !== frame.places.network + 10;
    writeU16(octets, sum, isUdp && checksum === 0 ? 0xffff : checksum);
  }
}

/** The frame after `set(key(parts))`. Metadata keys are not part of a frame. */
export function setFields(frame: Frame, key: SetKey, parts: readonly SetPart[]): Frame {
  if (key === 'mpls') return frame.setMpls(Number(parts[0]?.value ?? 0n));
  if (key === 'nsh') {
    const values = createFlow();
    const masks = createFlow();
    for (const { field, value, mask } of parts) {
      setField(values, field, value);
      setField(masks, field, mask);
    }
    return frame.setNsh(values, masks);
  }
  const finders = PLACES[key];
  if (!finders) return frame;
  const octets = frame.octets.slice();
  for (const part of parts) {
    const place = part.mask === 0n ? undefined : finders[part.name]?.(frame.places, octets);
    if (place) writePlace(frame, octets, place, part);
  }
  return new Frame(octets, frame.packetType);
}
