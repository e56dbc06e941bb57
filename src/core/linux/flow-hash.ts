/** The UDP source port of a tunnel: the same for both directions of an inner flow (`udp_flow_src_port`). */
import { hashText } from '../base/random.ts';
import { readU16, readU32 } from '../wire/octets.ts';
import { destinationOf, ETHERTYPE, ethertypeOf, HEADER_SIZE, sourceOf, tagOf, withoutTag } from './ether.ts';

const pair = (a: bigint | number | string, b: bigint | number | string): string =>
  String(a) < String(b) ? `${a}/${b}` : `${b}/${a}`;

function hashOf(frame: Uint8Array, seed: number): number {
  const bare = tagOf(frame) === undefined ? frame : withoutTag(frame);
  const body = bare.subarray(HEADER_SIZE);
  const type = ethertypeOf(bare);
  if (type === ETHERTYPE.ipv4 && body.length >= 20) {
    const size = ((body[0] as number) & 15) * 4;
    const protocol = body[9] as number;
    const whole = (readU16(body, 6) & 0x3fff) === 0;
    const ports =
      whole && (protocol === 6 || protocol === 17 || protocol === 132) && body.length >= size + 4
        ? pair(readU16(body, size), readU16(body, size + 2))
        : '';
    return hashText(`${pair(readU32(body, 12), readU32(body, 16))} ${protocol} ${ports}`, seed);
  }
  if (type === ETHERTYPE.ipv6 && body.length >= 44) {
    const protocol = body[6] as number;
    const ports = protocol === 6 || protocol === 17 ? pair(readU16(body, 40), readU16(body, 42)) : '';
    return hashText(
      `${pair(body.subarray(8, 24).join('.'), body.subarray(24, 40).join('.'))} ${protocol} ${ports}`,
      seed,
    );
  }
  return hashText(`${pair(sourceOf(bare), destinationOf(bare))} ${type}`, seed);
}

/** A port in [first, last), by default the local port range of Linux. `frame` is the inner Ethernet frame. */
export function tunnelSourcePort(frame: Uint8Array, first = 32768, last = 60999, seed = 0x811c9dc5): number {
  return first + Math.floor((hashOf(frame, seed) / 2 ** 32) * (last - first));
}
