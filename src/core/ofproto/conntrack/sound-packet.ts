/** Whether a packet is one that the kernel tracks at all: lengths, flags and checksums as its protocols' own checks want them. */
import { foldSum, sumOctets } from '../../wire/checksum.ts';
import { IP_PROTOCOL, TCP_FLAG } from '../../wire/index.ts';
import { readU16 } from '../../wire/octets.ts';
import type { TuplePlace } from './tuple.ts';

const TCP_HEADER = 20;
const UDP_HEADER = 8;
const ICMP_HEADER = 8;
/** ICMP types that exist. */
const LAST_ICMP_TYPE = 18;

const { syn, ack, fin, rst, urg } = TCP_FLAG;
/** Flags that go together; PSH, ECE and CWR may come with all of them. */
const TCP_FLAGS: ReadonlySet<number> = new Set([
  syn,
  syn | urg,
  syn | ack,
  rst,
  rst | ack,
  fin | ack,
  fin | ack | urg,
  ack,
  ack | urg,
]);

/** End of the IP packet in the frame: what follows is padding. */
export function packetEnd(octets: Uint8Array, { network, tuple }: TuplePlace): number {
  const size = tuple.family === 4 ? readU16(octets, network + 2) : 40 + readU16(octets, network + 4);
  return Math.min(octets.length, network + size);
}

/** The transport's checksum over `from` to `end`, with the pseudo header of addresses, length and protocol. */
function isSummed(octets: Uint8Array, place: TuplePlace, end: number, hasPseudo: boolean): boolean {
  const { tuple, network, transport } = place;
  const size = end - transport;
  let sum = 0;
  if (hasPseudo) {
    const [from, both] = tuple.family === 4 ? [network + 12, 8] : [network + 8, 32];
    sum = sumOctets(octets, from, both) + size + tuple.protocol;
  }
  return foldSum(sumOctets(octets, transport, size, sum)) === 0xffff;
}

/** False for a packet that is `inv`, whatever connections there are. Later fragments have nothing to check. */
export function isSound(octets: Uint8Array, place: TuplePlace): boolean {
  const { tuple, transport } = place;
  if (transport < 0) return true;
  const end = packetEnd(octets, place);
  const size = end - transport;
  switch (tuple.protocol) {
    case IP_PROTOCOL.tcp: {
      if (size < TCP_HEADER) return false;
      const header = ((octets[transport + 12] as number) >>> 4) * 4;
      if (header < TCP_HEADER || header > size) return false;
      const flags = octets[transport + 13] as number;
      return TCP_FLAGS.has(flags & (syn | ack | fin | rst | urg)) && isSummed(octets, place, end, true);
    }
    case IP_PROTOCOL.udp: {
      if (size < UDP_HEADER) return false;
      const length = readU16(octets, transport + 4);
      if (length > size || length < UDP_HEADER) return false;
      return readU16(octets, transport + 6) === 0 || isSummed(octets, place, end, true);
    }
    case IP_PROTOCOL.icmp:
      return size >= ICMP_HEADER && tuple.icmpType <= LAST_ICMP_TYPE && isSummed(octets, place, end, false);
    case IP_PROTOCOL.icmpv6:
      return size >= ICMP_HEADER && isSummed(octets, place, end, true);
    default:
      return true;
  }
}
