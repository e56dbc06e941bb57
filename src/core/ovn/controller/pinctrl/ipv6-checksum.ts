/** Sets the payload length of an IPv6 packet in place and its transport checksum. */
import { readIpv6, writeU16 } from '../../../wire/octets.ts';
import { writeTransportChecksum } from '../../../wire/checksum.ts';

/**
 * `network` and `transport` are the places of the headers, `checksum` that of the checksum in the transport header.
 * UDP's zero becomes 0xffff, ICMPv6's stays.
 */
export function finishIpv6(
  frame: Uint8Array,
  network: number,
  transport: number,
  checksum: number,
  protocol: number,
): void {
  const segment = frame.subarray(transport);
  writeU16(frame, network + 4, segment.length);
  const pseudo = {
    family: 6,
    source: readIpv6(frame, network + 8),
    destination: readIpv6(frame, network + 24),
  } as const;
  writeTransportChecksum(segment, checksum, pseudo, protocol, protocol === UDP ? 0xffff : 0);
}

const UDP = 17;
