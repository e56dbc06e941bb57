/** The Record Route option: each host writes the address by which the datagram leaves it. */
import { writeU32 } from '../../wire/octets.ts';
import { sealHeader } from './packet.ts';

const END = 0;
const NO_OPERATION = 1;
const RECORD_ROUTE = 7;

/** Offset of the Record Route option; undefined when there is none. */
export function findRecordRoute(datagram: Uint8Array): number | undefined {
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
    if (kind === RECORD_ROUTE) return at;
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

/** The options of a datagram, to be sent back with an echo reply. */
export function optionsOf(datagram: Uint8Array): Uint8Array {
  return datagram.slice(20, ((datagram[0] as number) & 15) * 4);
}
