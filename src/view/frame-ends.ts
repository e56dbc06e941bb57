/** Source and destination of a frame for the packet's callout: a few fixed offsets, not a decoder. */

export interface FrameEnds {
  readonly source: string;
  readonly destination: string;
  /** UDP or TCP destination port, or null. */
  readonly port: number | null;
}

const ETHERNET = 14;

/** Null when the frame is no Ethernet frame or carries neither IPv4, IPv6 nor ARP. */
export function frameEnds(octets: Uint8Array): FrameEnds | null {
  let at = 12;
  let type = word(octets, at);
  while (type === 0x8100 || type === 0x88a8) {
    at += 4;
    type = word(octets, at);
  }
  const start = at + 2;
  switch (type) {
    case 0x0800: {
      if (octets.length < start + 20) return null;
      const size = ((octets[start] ?? 0) & 15) * 4;
      return {
        source: ipv4(octets, start + 12),
        destination: ipv4(octets, start + 16),
        port: portAfter(octets, octets[start + 9] ?? 0, start + size),
      };
    }
    case 0x86dd:
      if (octets.length < start + 40) return null;
      return {
        source: ipv6(octets, start + 8),
        destination: ipv6(octets, start + 24),
        port: portAfter(octets, octets[start + 6] ?? 0, start + 40),
      };
    case 0x0806:
      if (octets.length < start + 28) return null;
      return { source: ipv4(octets, start + 14), destination: ipv4(octets, start + 24), port: null };
    default:
      return null;
  }
}

/** Octets of Ethernet, VLAN tags and IP headers. */
export function headerSize(octets: Uint8Array): number {
  let at = 12;
  while (word(octets, at) === 0x8100 || word(octets, at) === 0x88a8) at += 4;
  const start = Math.max(ETHERNET, at + 2);
  switch (word(octets, at)) {
    case 0x86dd:
      return start + 40;
    case 0x0800:
      return start + ((octets[start] ?? 0x45) & 15) * 4;
    default:
      return start;
  }
}

/** Octets of the outer headers up to the tunnel header: as `headerSize`, and UDP. */
export const outerSize = (octets: Uint8Array): number => headerSize(octets) + 8;

const word = (octets: Uint8Array, at: number): number => ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);

const portAfter = (octets: Uint8Array, protocol: number, at: number): number | null =>
  (protocol === 6 || protocol === 17) && octets.length >= at + 4 ? word(octets, at + 2) : null;

const ipv4 = (octets: Uint8Array, at: number): string => [...octets.subarray(at, at + 4)].join('.');

/** RFC 5952: the longest run of two or more zero groups is dropped, the first of equals. */
function ipv6(octets: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => word(octets, at + 2 * index));
  let from = -1;
  let length = 1;
  for (let index = 0; index < 8; index += 1) {
    let run = 0;
    while (index + run < 8 && groups[index + run] === 0) run += 1;
    if (run > length) [from, length] = [index, run];
    if (run > 0) index += run - 1;
  }
  const text = (list: readonly number[]): string => list.map((group) => group.toString(16)).join(':');
  return from < 0 ? text(groups) : `${text(groups.slice(0, from))}::${text(groups.slice(from + length))}`;
}

/** `192.168.50.100`, `192.168.50.101` to `.100`, `.101`: the prefix is written once where both share it. */
export function shortPair(a: string, b: string): readonly [string, string] {
  const left = a.split('.');
  const right = b.split('.');
  if (left.length !== 4 || right.length !== 4) return [a, b];
  let shared = 0;
  while (shared < 3 && left[shared] === right[shared]) shared += 1;
  if (shared === 0) return [a, b];
  return [`.${left.slice(shared).join('.')}`, `.${right.slice(shared).join('.')}`];
}
