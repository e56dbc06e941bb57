/** The attributes that carry routes of any family (RFC 4760): reachable with a next hop, and unreachable. */
import { ADDRESS_FAMILIES } from './address-family.table.ts';
import { printRoutes, routeKind, type RouteKind } from './bgp-nlri.ts';
import { SUB_FAMILIES } from './bgp.table.ts';
import { distinguisherText, nsapText } from './bgp-text.ts';
import { printUnknown } from './dump.ts';
import type { Printer } from './printer.ts';

const MULTICAST_VPN = 5;

interface Family {
  readonly family: number;
  readonly sub: number;
  readonly kind: RouteKind | undefined;
}

/** Prints the family; null (with the octets) when tcpdump cannot read its routes. */
function printFamily(p: Printer, at: number, size: number): Family | null | 'cut' {
  const family = p.u16(at);
  const sub = p.u8(at + 2);
  p.print(
    `\n\t    AFI: ${ADDRESS_FAMILIES.get(family) ?? 'Unknown AFI'} (${family}), ${sub > 128 ? 'vendor specific ' : ''}`,
  );
  p.print(`SAFI: ${SUB_FAMILIES.get(sub) ?? 'Unknown SAFI'} (${sub})`);
  const kind = routeKind(family, sub);
  if (kind !== undefined) return { family, sub, kind };
  if (!p.has(at, size)) return 'cut';
  p.print(`\n\t    no AFI ${family} / SAFI ${sub} decoder`);
  if (p.verbose <= 1) printUnknown(p, at, '\n\t    ', size);
  return null;
}

/** Prints one next hop of at most `size` octets. Returns the octets it took. */
function printNextHop(p: Printer, { family, sub, kind }: Family, at: number, size: number): number {
  const isIpv6 = family === 2 && sub !== MULTICAST_VPN;
  if (kind === 'nsap') {
    p.print(nsapText(p.hex(at, size)));
    return size;
  }
  if (kind === 'nsap-vpn') return printNsapNextHop(p, at, size);
  const skipped = kind === 'vpn' ? 8 : 0;
  const wanted = skipped + (isIpv6 ? 16 : 4);
  if (size < wanted) {
    p.print('invalid len');
    return size;
  }
  const distinguisher = kind === 'vpn' ? `RD: ${distinguisherText(p, at)}, ` : '';
  p.print(`${distinguisher}${isIpv6 ? p.ipv6(at + skipped) : p.ipv4(at + skipped)}`);
  return wanted;
}

function printNsapNextHop(p: Printer, at: number, size: number): number {
  if (size < 9) {
    p.print('invalid len');
    return size;
  }
  p.print(`RD: ${distinguisherText(p, at)}, ${nsapText(p.hex(at + 8, size - 8))}`);
  if (p.u32(at + 8) === 0x47000601) p.print(` = ${p.ipv4(at + 12)}`);
  else if (p.u24(at + 8) === 0x350000) p.print(` = ${p.ipv6(at + 11)}`);
  return size;
}

/** Subnetwork points of attachment, which nobody uses. Returns where they end, or null when they are cut. */
function printAttachmentPoints(p: Printer, from: number, end: number): number | null {
  if (end - from < 1) return null;
  const count = p.u8(from);
  let at = from + 1;
  p.print(count === 0 ? ', no SNPA' : `\n\t    ${count} SNPA`);
  for (let i = 0; i < count; i += 1) {
    if (end - at < 1) return null;
    const size = p.u8(at);
    p.print(`\n\t      ${size} bytes`);
    at += 1;
    if (end - at < size || !p.has(at, size)) return null;
    at += size;
  }
  return at;
}

/** False when the attribute is cut. */
export function printReachable(p: Printer, from: number, length: number): boolean {
  if (!p.has(from, 3) || length < 3) return false;
  const family = printFamily(p, from, length);
  if (family === 'cut') return false;
  if (family === null) return true;
  const end = from + length;
  let at = from + 3;
  if (!p.has(at, 1) || end - at < 1) return false;
  const size = p.u8(at);
  at += 1;
  if (size > 0) {
    if (end - at < size) return false;
    p.print('\n\t    nexthop: ');
    for (const hopEnd = at + size; at < hopEnd;) {
      at += printNextHop(p, family, at, hopEnd - at);
      if (at < hopEnd) p.print(', ');
    }
  }
  p.print(`, nh-length: ${size}`);
  const routes = printAttachmentPoints(p, at, end);
  return routes !== null && printRoutes(p, family.family, family.sub, routes, end, length);
}

/** False when the attribute is cut. */
export function printUnreachable(p: Printer, from: number, length: number): boolean {
  if (!p.has(from, 3)) return false;
  const family = printFamily(p, from, length);
  if (family === 'cut') return false;
  if (family === null) return true;
  if (length === 3) p.print('\n\t      End-of-Rib Marker (empty NLRI)');
  return printRoutes(p, family.family, family.sub, from + 3, from + length, length);
}
