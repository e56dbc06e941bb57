/** The addresses that a transport checksum covers, final destinations of source routes included. */
import type { Pseudo } from '../checksum.ts';
import { readIpv6 } from '../octets.ts';
import type { IpContext } from './ip-context.ts';
import type { Printer } from './printer.ts';

/** Where the destination address of an IPv4 packet with options stands: the last hop of a source route, if it has one. */
function finalDestination4(p: Printer, ip: number): number {
  const destination = ip + 16;
  let at = ip + 20;
  const end = ip + (p.u8(ip) & 15) * 4;
  while (at < end) {
    const type = p.u8(at);
    if (type === 0) break;
    const size = type === 1 ? 1 : p.u8(at + 1);
    if (size < (type === 1 ? 1 : 2) || at + size > end || !p.has(at, size)) break;
    if ((type === 131 || type === 137) && size >= 7) return at + size - 4;
    at += size;
  }
  return destination;
}

const OPTION_HEADERS: ReadonlySet<number> = new Set([0, 60, 62, 135]);
const FRAGMENT = 44;
const ROUTING = 43;

/** As `finalDestination4`, for a routing header among the extension headers. */
function finalDestination6(p: Printer, ip: number): number {
  const destination = ip + 24;
  let next = p.u8(ip + 6);
  for (let at = ip + 40; ;) {
    if (OPTION_HEADERS.has(next)) {
      const size = 8 * (p.u8(at + 1) + 1);
      next = p.u8(at);
      at += size;
    } else if (next === FRAGMENT) {
      next = p.u8(at);
      at += 8;
    } else {
      return next === ROUTING ? (routedDestination(p, at) ?? destination) : destination;
    }
    if (at >= p.snapEnd && next !== ROUTING) return destination;
  }
}

function routedDestination(p: Printer, at: number): number | undefined {
  if (!p.has(at, 4)) return undefined;
  const size = p.u8(at + 1);
  if (size % 2 === 1) return undefined;
  switch (p.u8(at + 2)) {
    case 0:
    case 2: {
      let last: number | undefined;
      for (let i = 0; i < size / 2 && p.has(at + 8 + 16 * i, 16); i += 1) last = at + 8 + 16 * i;
      return last;
    }
    case 4:
      return p.has(at + 8, 16) ? at + 8 : undefined;
    default:
      return undefined;
  }
}

/** The pseudo header of a transport segment in the IP packet `ip`. */
export function pseudoOf(p: Printer, ip: IpContext): Pseudo {
  if (ip.version === 4) {
    const hasOptions = (p.u8(ip.at) & 15) !== 5;
    return {
      family: 4,
      source: p.u32(ip.at + 12),
      destination: p.u32(hasOptions ? finalDestination4(p, ip.at) : ip.at + 16),
    };
  }
  const destination = finalDestination6(p, ip.at);
  p.need(ip.at, 40);
  return { family: 6, source: readIpv6(p.octets, ip.at + 8), destination: readIpv6(p.octets, destination) };
}
