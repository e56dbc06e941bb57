/** Where the next hop stands in an UPDATE of this router's own making: NEXT_HOP, or the first address of MP_REACH_NLRI. */
import { InvariantError } from '../../../base/assert.ts';
import { ATTRIBUTE, FLAG } from './attribute.table.ts';
import { HEADER_SIZE } from './header.ts';
import { OctetReader } from './octet-reader.ts';

/** AFI, SAFI and the length of the next hop (RFC 4760 section 3). */
const MP_REACH_HEAD = 4;

/** Octets from the beginning of the message. It has announced prefixes of a family without distinguishers. */
export function nextHopPlace(message: Uint8Array): number {
  const reader = new OctetReader(message, HEADER_SIZE);
  reader.part(reader.u16());
  const attributes = reader.part(reader.u16());
  while (attributes.left > 0) {
    const flags = attributes.u8();
    const type = attributes.u8();
    const size = (flags & FLAG.extendedLength) === 0 ? attributes.u8() : attributes.u16();
    if (type === ATTRIBUTE.nextHop) return attributes.at;
    if (type === ATTRIBUTE.mpReach) return attributes.at + MP_REACH_HEAD;
    attributes.part(size);
  }
  throw new InvariantError('an UPDATE that announces has no next hop');
}
