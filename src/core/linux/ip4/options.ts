/** The options that hosts write into on a datagram's way: Record Route and the Internet Timestamp (RFC 791, 3.1). */
import { readU32, writeU32 } from '../../wire/octets.ts';
import type { Namespace } from '../namespace.ts';
import { sealHeader } from './packet.ts';
import { ownerOf } from './source-address.ts';

const END = 0;
const NO_OPERATION = 1;
const RECORD_ROUTE = 7;
const TIMESTAMP = 68;

/** Offset of the Record Route option; undefined when there is none. */
export const findRecordRoute = (datagram: Uint8Array): number | undefined =>
  findOption(datagram, RECORD_ROUTE);

/** Offset of the Timestamp option; undefined when there is none. */
export const findTimestamps = (datagram: Uint8Array): number | undefined => findOption(datagram, TIMESTAMP);

function findOption(datagram: Uint8Array, wanted: number): number | undefined {
  const headerSize = ((datagram[0] as number) & 15) * 4;
  for (let at = 20; at < headerSize;) {
    const kind = datagram[at] as number;
    if (kind === END) return undefined;
    if (kind === NO_OPERATION) {
      at += 1;
      continue;
    }
    const size = datagram[at + 1] ?? 0;
    if (size < 2 || at + size > headerSize) return undefined;
    if (kind === wanted) return at;
    at += size;
  }
  return undefined;
}

/** A copy with `address` recorded in the next free place; the same datagram when there is none. */
export function recordRoute(datagram: Uint8Array, address: number): Uint8Array {
  const at = findRecordRoute(datagram);
  if (at === undefined) return datagram;
  const size = datagram[at + 1] as number;
  const pointer = datagram[at + 2] as number;
  if (pointer < 4 || pointer + 3 > size) return datagram;
  const copy = datagram.slice();
  writeU32(copy, at + pointer - 1, address);
  copy[at + 2] = pointer + 4;
  sealHeader(copy);
  return copy;
}

/** What a Timestamp option asks for. */
export const STAMP_KIND = { tsonly: 0, tsandaddr: 1, tsprespec: 3 } as const;
export type StampKind = keyof typeof STAMP_KIND;

/** An empty Timestamp option as ping sends it, for the hosts named if there are some. */
export function timestampOption(kind: StampKind, hosts: readonly number[]): Uint8Array {
  const size = kind === 'tsprespec' ? 4 + 8 * hosts.length : kind === 'tsonly' ? 40 : 36;
  const option = new Uint8Array(Math.ceil(size / 4) * 4);
  option.set([TIMESTAMP, size, 5, STAMP_KIND[kind]]);
  if (kind === 'tsprespec') hosts.forEach((host, index) => writeU32(option, 4 + 8 * index, host));
  return option;
}

const MOST_OVERFLOWS = 15;

/**
 * A copy with the time (milliseconds since midnight) in the next free place, behind `address` where that is asked for.
 * `isOwn` says whether a place that is kept for a host is ours. Without a free place the count of missed hosts goes up.
 */
export function stampTime(
  datagram: Uint8Array,
  address: number,
  milliseconds: number,
  isOwn: (address: number) => boolean,
): Uint8Array {
  const at = findTimestamps(datagram);
  if (at === undefined) return datagram;
  const size = datagram[at + 1] as number;
  const pointer = datagram[at + 2] as number;
  const kind = (datagram[at + 3] as number) & 15;
  const step = kind === STAMP_KIND.tsonly ? 4 : 8;
  const copy = datagram.slice();
  if (pointer + step - 1 > size) {
    const missed = (datagram[at + 3] as number) >> 4;
    if (kind === STAMP_KIND.tsprespec || missed === MOST_OVERFLOWS) return datagram;
    copy[at + 3] = ((missed + 1) << 4) | kind;
  } else {
    const place = at + pointer - 1;
    if (kind === STAMP_KIND.tsprespec && !isOwn(readU32(datagram, place))) return datagram;
    if (kind === STAMP_KIND.tsandaddr) writeU32(copy, place, address);
    writeU32(copy, place + step - 4, milliseconds);
    copy[at + 2] = pointer + step;
  }
  sealHeader(copy);
  return copy;
}

/** The time as the option counts it, milliseconds since midnight, and what addresses are this host's. */
export const stampOf = (
  net: Namespace,
): readonly [milliseconds: number, isOwn: (address: number) => boolean] => [
  Math.floor(net.machine.context.clock.wallMs()) % 86_400_000,
  (address) => ownerOf(net, address) !== undefined,
];

/** The options of a datagram, to be sent back with an echo reply. */
export function optionsOf(datagram: Uint8Array): Uint8Array {
  return datagram.slice(20, ((datagram[0] as number) & 15) * 4);
}
