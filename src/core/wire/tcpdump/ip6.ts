/** IPv6: the fixed header, and the extension headers up to what it carries. */
import { printIpPayload } from './ip-payload.ts';
import { IP_PROTOCOL_NAMES } from './ip-protocol.table.ts';
import { printDestinationOptions, printHopByHop, type Jumbo } from './ip6-options.ts';
import { hexOf, type Printer } from './printer.ts';

const HEADER = 40;
const NEXT = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  destinationOptions: 60,
  mobilityOld: 62,
  mobility: 135,
} as const;
const PRINTS_ADDRESSES: ReadonlySet<number> = new Set([6, 17, 33, 132]);

/** Size of the routing header, or -1 when nothing after it can be read. */
function printRouting(p: Printer, at: number): number {
  p.protocol = 'rt6';
  p.print('RT6');
  const size = p.u8(at + 1);
  p.print(` (len=${size}`);
  const type = p.u8(at + 2);
  p.print(`, type=${type}`);
  if (type === 0) p.print(' [Deprecated]');
  p.print(`, segleft=${p.u8(at + 3)}`);
  if (type === 0 || type === 2) {
    const reserved = p.u32(at + 4);
    if (reserved !== 0 || p.verbose > 0) p.print(`, rsv=0x${hexOf(reserved)}`);
  } else if (type === 4) {
    p.print(`, last-entry=${p.u8(at + 4)}`);
    const flags = p.u8(at + 5);
    if (flags !== 0 || p.verbose > 0) p.print(`, flags=0x${hexOf(flags)}`);
    p.print(`, tag=${hexOf(p.u16(at + 6))}`);
  } else {
    p.print(' (unknown type)');
    p.invalid();
    return -1;
  }
  if (size % 2 === 1) {
    p.print(` (invalid length ${size})`);
    p.invalid();
    return -1;
  }
  for (let i = 0; i < size / 2; i += 1) p.print(`, [${i}]${p.ipv6(at + 8 + 16 * i)}`);
  p.print(') ');
  return 8 * (size + 1);
}

/** Size of the fragment header, or -1 when this is not the first fragment. */
function printFragment(p: Printer, at: number, ip: number): number {
  p.protocol = 'frag6';
  const fragment = p.u16(at + 2) & 0xfff8;
  const left = BigInt.asUintN(64, BigInt(HEADER + p.u16(ip + 4) - (at - ip) - 8));
  const id = p.verbose > 0 ? `0x${hexOf(p.u32(at + 4), 8)}:` : '';
  p.print(`frag (${id}${fragment}|${left})`);
  if (fragment !== 0) return -1;
  p.print(' ');
  return 8;
}

export function printIpv6(p: Printer, at: number, length: number): void {
  p.protocol = 'ip6';
  if (!p.has(at, HEADER)) {
    p.truncated();
    return;
  }
  if (length < HEADER) {
    p.print(`truncated-ip6 ${length}`);
    return;
  }
  if (!p.options.linkHeader) p.print('IP6 ');
  const version = p.u8(at) >>> 4;
  if (version !== 6) {
    p.print(`version error: ${version} != 6`);
    return;
  }
  const payloadLength = p.u16(at + 4);
  const total = (payloadLength === 0 ? length : payloadLength) + HEADER;
  if (payloadLength !== 0 && length < total) p.print(`truncated-ip6 - ${total - length} bytes missing!`);
  if (p.verbose > 0) {
    const flow = p.u32(at);
    const next = p.u8(at + 6);
    p.print('(');
    if ((flow & 0x0ff00000) !== 0) p.print(`class 0x${hexOf((flow >>> 20) & 0xff, 2)}, `);
    if ((flow & 0x000fffff) !== 0) p.print(`flowlabel 0x${hexOf(flow & 0xfffff, 5)}, `);
    p.print(
      `hlim ${p.u8(at + 7)}, next-header ${IP_PROTOCOL_NAMES.get(next) ?? 'unknown'} (${next}) payload length: ${payloadLength}) `,
    );
  }
  p.pushEnd(at, total);
  printHeaders(p, at, length, total, payloadLength);
}

/** Walks the extension headers. Every way out but the malformed ones pops the captured end, as tcpdump does. */
function printHeaders(p: Printer, ip: number, length: number, total: number, payloadLength: number): void {
  const jumbo: Jumbo = { found: false, payloadLength };
  let at = ip;
  let left = total;
  let advance = HEADER;
  let next = p.u8(ip + 6);
  let previous = -1;
  let fragmented = false;
  let hasExtension = false;
  let hasHopByHop = false;
  while (at < p.snapEnd) {
    if (left < advance) {
      p.truncated();
      return;
    }
    at += advance;
    left -= advance;
    if (at === ip + HEADER && !PRINTS_ADDRESSES.has(next))
      p.print(`${p.ipv6(ip + 8)} > ${p.ipv6(ip + 24)}: `);
    const header = next;
    switch (header) {
      case NEXT.hopByHop:
        if (hasHopByHop || previous !== -1) {
          p.print(
            hasHopByHop
              ? '[The Hop-by-Hop Options header was already found]'
              : "[The Hop-by-Hop Options header don't follow the IPv6 header]",
          );
          p.invalid();
          return;
        }
        advance = printHopByHop(p, at, jumbo);
        if (jumbo.payloadLength === 0 && !jumbo.found) {
          p.print('[No valid Jumbo Payload Hop-by-Hop option found]');
          p.invalid();
          return;
        }
        hasHopByHop = true;
        break;
      case NEXT.destinationOptions:
        advance = printDestinationOptions(p, at);
        break;
      case NEXT.fragment:
        advance = printFragment(p, at, ip);
        if (advance >= 0 && p.snapEnd <= at + advance) advance = -1;
        fragmented = true;
        break;
      case NEXT.routing:
        if (!p.has(at, 1)) {
          p.truncated();
          return;
        }
        advance = printRouting(p, at);
        break;
      case NEXT.mobilityOld:
      case NEXT.mobility:
        p.notModelled('Mobile IPv6');
        advance = -1;
        break;
      default: {
        const size = payloadSize(p, ip, length, at - ip, left, jumbo, hasExtension);
        if (size === null) {
          p.truncated();
          return;
        }
        printIpPayload(p, at, size, next, { version: 6, at: ip, fragmented, ttl: p.u8(ip + 7) });
        p.popEnd();
        return;
      }
    }
    if (advance < 0) {
      p.popEnd();
      return;
    }
    hasExtension = true;
    next = p.u8(at);
    previous = next;
    p.protocol = 'ip6';
  }
  p.popEnd();
}

/** Octets of the payload after `advanced` octets of headers; null when the lengths cannot be right. */
function payloadSize(
  p: Printer,
  ip: number,
  length: number,
  advanced: number,
  left: number,
  jumbo: Jumbo,
  hasExtension: boolean,
): number | null {
  if (jumbo.found) {
    const total = jumbo.payloadLength + HEADER;
    if (total < advanced) return null;
    if (length < total) p.print(`truncated-ip6 - ${total - length} bytes missing!`);
    p.changeEnd(ip, total);
    return total - advanced;
  }
  if (jumbo.payloadLength !== 0) return left;
  if (hasExtension) return null;
  p.changeEnd(ip, HEADER);
  return HEADER - advanced;
}
