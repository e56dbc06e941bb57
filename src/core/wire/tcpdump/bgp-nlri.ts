/** Routes in BGP, by address family and subsequent address family. */
import { toHex, fromBigInt } from '../../base/bytes.ts';
import { MULTICAST_VPN_ROUTES } from './bgp.table.ts';
import {
  asText,
  distinguisherText,
  labelText,
  maskedBits,
  nsapText,
  prefixText,
  ROUTE_ROOM,
} from './bgp-text.ts';
import { hexOf, type Printer } from './printer.ts';

/**
 * A route read: its text and the octets used; or why not. `illegal` = impossible prefix length; `cut` = the message
 * ends inside it; `stop` = nothing after it can be read, without a remark.
 */
export type Route = { readonly text: string; readonly size: number } | 'illegal' | 'cut' | 'stop';

const FAMILY = { ipv4: 1, ipv6: 2, nsap: 3, vpls: 25, l2vpn: 196 } as const;
const SUB = { labelled: 4, multicastVpn: 5, vpls: 65, mdt: 66, routeTarget: 132 } as const;

const isPlain = (sub: number): boolean => sub >= 1 && sub <= 3;
const isVpn = (sub: number): boolean => sub >= 128 && sub <= 130;

/** How the routes of a family are written; undefined where tcpdump has no reader. */
export type RouteKind =
  | 'prefix'
  | 'labelled'
  | 'vpn'
  | 'route-target'
  | 'multicast-vpn'
  | 'mdt'
  | 'l2vpn'
  | 'nsap'
  | 'nsap-vpn';

export function routeKind(family: number, sub: number): RouteKind | undefined {
  if (family === FAMILY.ipv4 || family === FAMILY.ipv6) {
    if (isPlain(sub)) return 'prefix';
    if (isVpn(sub)) return 'vpn';
    if (sub === SUB.labelled) return 'labelled';
    if (family === FAMILY.ipv6) return undefined;
    return sub === SUB.routeTarget
      ? 'route-target'
      : sub === SUB.multicastVpn
        ? 'multicast-vpn'
        : sub === SUB.mdt
          ? 'mdt'
          : undefined;
  }
  if (family === FAMILY.nsap) return isPlain(sub) ? 'nsap' : isVpn(sub) ? 'nsap-vpn' : undefined;
  if (family === FAMILY.l2vpn) return isVpn(sub) ? 'l2vpn' : undefined;
  return family === FAMILY.vpls && sub === SUB.vpls ? 'l2vpn' : undefined;
}

/** A prefix as in the body of an UPDATE. `left` octets belong to the list of routes. */
export function readPrefix(p: Printer, at: number, left: number, version: 4 | 6): Route {
  if (left < 1) return 'cut';
  const bits = p.u8(at);
  if (bits > (version === 4 ? 32 : 128)) return 'illegal';
  const size = (bits + 7) >>> 3;
  if (left - 1 < size) return 'cut';
  return { text: prefixText(p, at + 1, bits, version), size: 1 + size };
}

function readLabelled(p: Printer, at: number, left: number, version: 4 | 6): Route {
  if (!p.has(at, 4)) return 'cut';
  if (left < 4) return 'stop';
  const bits = p.u8(at) - 24;
  if (bits < 0 || bits > (version === 4 ? 32 : 128)) return 'illegal';
  const size = (bits + 7) >>> 3;
  if (version === 4 && left - 4 < size) return 'stop';
  return { text: `${prefixText(p, at + 4, bits, version)}, ${labelText(p, at + 1)}`, size: 4 + size };
}

/** Bits of label and route distinguisher before the prefix of a VPN route. */
const VPN_BITS = 24 + 64;

function readVpn(p: Printer, at: number, version: 4 | 6): Route {
  const bits = p.u8(at) - VPN_BITS;
  if (bits < 0 || bits > (version === 4 ? 32 : 128)) return 'illegal';
  const prefix = prefixText(p, at + 12, bits, version);
  return {
    text: `RD: ${distinguisherText(p, at + 4)}, ${prefix}, ${labelText(p, at + 1)}`,
    size: 12 + ((bits + 7) >>> 3),
  };
}

function readNsap(p: Printer, at: number, isVpnRoute: boolean): Route {
  const bits = p.u8(at) - (isVpnRoute ? VPN_BITS : 0);
  if (bits < 0 || bits > 152) return 'illegal';
  const size = (bits + 7) >>> 3;
  const hex = toHex(fromBigInt(maskedBits(p, at + (isVpnRoute ? 12 : 4), bits, 19), 19)).slice(0, 2 * size);
  const address = `${nsapText(hex)}/${bits}`;
  if (!isVpnRoute) return { text: address, size: 1 + size };
  return {
    text: `RD: ${distinguisherText(p, at + 4)}, ${address}, ${labelText(p, at + 1)}`,
    size: 12 + size,
  };
}

/** A route target as the printed routes show it, from its masked eight octets. */
function routeTargetText(p: Printer, target: bigint, bits: number): string {
  if (bits === 0) return 'route-target: 0:0/0';
  const octets = fromBigInt(target, 8);
  const hex = toHex(octets.subarray(0, (bits + 7) >>> 3)).replace(/(.{4})(?=.)/g, '$1 ');
  if (bits < 16) return `route-target: partial-type: (${hex}/${bits})`;
  const u16 = (i: number): number => Number((target >> BigInt(48 - 8 * i)) & 0xffffn);
  const low = Number(target & 0xffffffffn);
  const high = Number((target >> 16n) & 0xffffffffn);
  switch (u16(0)) {
    case 0x0002:
      return `route-target: ${u16(2)}:${low}/${bits} (${hex})`;
    case 0x0102:
      return `route-target: ${octets.subarray(2, 6).join('.')}:${u16(6)}/${bits} (${hex})`;
    case 0x0202:
      return `route-target: ${asText(p, high)}:${u16(6)}/${bits} (${hex})`;
    default:
      return `route target: unknown-type(${hexOf(u16(0), 4)}) (${hex}/${bits})`;
  }
}

/** Prints itself, as its remarks stand where its text would. Octets used, or -1. */
function printRouteTarget(p: Printer, at: number): number {
  const bits = p.u8(at);
  if (bits === 0) {
    p.print('\n\t      default route target');
    return 1;
  }
  if (bits >= 32) {
    const as = asText(p, p.u32(at + 1));
    const rest = bits - 32;
    if (rest <= 64) {
      p.print(
        `\n\t      origin AS: ${as}, ${routeTargetText(p, maskedBits(p, at + 5, rest, 8), rest).slice(0, 60)}`,
      );
      return 5 + ((rest + 7) >>> 3);
    }
  }
  p.print('\n\t      (illegal prefix length)');
  return -1;
}

function vpnAddress(p: Printer, at: number, bits: number): string {
  if (bits === 32) return p.ipv4(at);
  return bits === 128 ? p.ipv6(at) : `bogus address length ${bits >>> 0}`;
}

/** Source and group with their lengths in bits; `size` counts what was there. */
function readSourceGroup(p: Printer, from: number): { readonly text: string; readonly size: number } {
  let at = from;
  let text = '';
  for (const name of ['Source', 'Group']) {
    const bits = p.u8(at);
    if (!p.has(at + 1, bits >>> 3)) break;
    if (bits !== 0) text += `, ${name} ${vpnAddress(p, at + 1, bits)}`;
    at += 1 + (bits >>> 3);
  }
  return { text, size: at - from };
}

function readMulticastVpn(p: Printer, from: number): Route {
  const type = p.u8(from);
  const length = p.u8(from + 1);
  const at = from + 2;
  let text = `Route-Type: ${MULTICAST_VPN_ROUTES.get(type) ?? 'Unknown'} (${type}), length: ${length}`;
  const hasSource = type === 2 || type === 6 || type === 7;
  if (type >= 1 && type <= 7 && type !== 4) {
    if (!p.has(at, hasSource ? 12 : 8)) return 'cut';
    text += `, RD: ${distinguisherText(p, at)}`;
  }
  if (hasSource) text += `, Source-AS ${asText(p, p.u32(at + 8))}`;
  if (type === 1) {
    text += `, Originator ${vpnAddress(p, at + 8, (length - 8) << 3)}`;
  } else if (type === 3) {
    const group = readSourceGroup(p, at + 8);
    const size = (length - group.size) >>> 0;
    // The originator is read where source and group begin, as tcpdump does.
    if (!p.has(at + 8, size)) return 'cut';
    text += `${group.text}, Originator ${vpnAddress(p, at + 8, size << 3)}`;
  } else if (type >= 5 && type <= 7) {
    text += readSourceGroup(p, at + (hasSource ? 12 : 8)).text;
  }
  return { text, size: length + 2 };
}

function readMdt(p: Printer, at: number): Route {
  if (p.u8(at) !== 128) return 'illegal';
  if (!p.has(at + 1, 8)) return 'cut';
  const rd = distinguisherText(p, at + 1);
  return {
    text: `RD: ${rd}, VPN IP Address: ${p.ipv4(at + 9)}, MC Group Address: ${p.ipv4(at + 13)}`,
    size: 17,
  };
}

function readL2Vpn(p: Printer, from: number): Route {
  const length = p.u16(from);
  const at = from + 2;
  if (length === 12) {
    if (!p.has(at, 12)) return 'cut';
    return { text: `RD: ${distinguisherText(p, at)}, BGPNH: ${p.ipv4(at + 8)}`, size: 14 };
  }
  if (length <= 17 || !p.has(at, 15)) return 'cut';
  let text = `RD: ${distinguisherText(p, at)}, CE-ID: ${p.u16(at + 8)}, Label-Block Offset: ${p.u16(at + 10)}, Label Base ${p.u24(at + 12) >>> 4}`;
  let value = at + 15;
  // The headers of the values are not counted off, as in tcpdump.
  for (let left = length - 15; left !== 0;) {
    if (left < 3) {
      text += '\n\t\tran past the end';
      break;
    }
    const type = p.u8(value);
    const bits = p.u16(value + 1);
    const size = (bits + 7) >>> 3;
    value += 3;
    text +=
      type === 1
        ? `\n\t\tcircuit status vector (${type}) length: ${bits}: 0x`
        : `\n\t\tunknown TLV #${type}, length: ${bits}`;
    const shown = Math.min(size, left);
    if (type === 1) {
      if (!p.has(value, shown)) return 'cut';
      text += p.hex(value, shown);
      value += shown;
    }
    if (left < size) {
      text += ' (ran past the end)';
      break;
    }
    left -= size;
  }
  return { text, size: length + 2 };
}

function readRoute(p: Printer, kind: RouteKind, family: number, at: number, left: number): Route {
  const version = family === FAMILY.ipv4 ? 4 : 6;
  switch (kind) {
    case 'labelled':
      return readLabelled(p, at, left, version);
    case 'vpn':
      return readVpn(p, at, version);
    case 'multicast-vpn':
      return readMulticastVpn(p, at);
    case 'mdt':
      return readMdt(p, at);
    case 'l2vpn':
      return readL2Vpn(p, at);
    case 'nsap':
      return readNsap(p, at, false);
    case 'nsap-vpn':
      return readNsap(p, at, true);
    default:
      return readPrefix(p, at, left, version);
  }
}

/** Prints one route of a multiprotocol attribute. Returns where it ends, or why there is no more. */
function printRoute(
  p: Printer,
  family: number,
  sub: number,
  at: number,
  left: number,
  hasPathId: boolean,
): number | 'cut' | 'stop' {
  const kind = routeKind(family, sub);
  if (kind === undefined) {
    p.print(`\n\t    ERROR: no AFI ${family} / SAFI ${sub} decoder`);
    return 'stop';
  }
  if (kind === 'route-target') {
    const size = printRouteTarget(p, at);
    return size < 0 ? 'stop' : at + size;
  }
  const hasId = hasPathId && kind === 'prefix';
  const id = hasId ? p.u32(at) : 0;
  const route = readRoute(p, kind, family, hasId ? at + 4 : at, left);
  if (route === 'cut' || route === 'stop') return route;
  if (route === 'illegal') p.print(`\n\t    (illegal ${kind === 'l2vpn' ? 'length' : 'prefix length'})`);
  else p.print(`\n\t      ${route.text.slice(0, ROUTE_ROOM)}`);
  if (hasId) p.print(`   Path Id: ${id}`);
  if (route === 'illegal') return hasId ? at + 3 : 'stop';
  return at + route.size + (hasId ? 4 : 0);
}

/** Whether routes look like pairs of a path identifier and a prefix (RFC 7911): nothing in the message says so. */
export function looksLikeAddPath(p: Printer, at: number, length: number, longest: number): boolean {
  if (length < 5) return false;
  let offset = 0;
  while (offset < length) {
    offset += 4;
    if (!p.has(at + offset, 1)) break;
    const bits = p.u8(at + offset);
    if (bits > longest) return false;
    offset += 1 + ((bits + 7) >>> 3);
  }
  if (offset > length) return false;
  offset = 0;
  while (offset < length) {
    if (!p.has(at + offset, 1)) break;
    const bits = p.u8(at + offset);
    if (bits < 1 || bits > longest) return true;
    offset += 1 + ((bits + 7) >>> 3);
  }
  return offset > length;
}

/** Prints the routes of an attribute of `length` octets that ends at `end`. False when they are cut. */
export function printRoutes(
  p: Printer,
  family: number,
  sub: number,
  from: number,
  end: number,
  length: number,
): boolean {
  const left = (end - from) >>> 0;
  const hasPathId = looksLikeAddPath(p, from, left, family === FAMILY.ipv4 ? 32 : 128);
  for (let at = from; at < end;) {
    const next = printRoute(p, family, sub, at, length, hasPathId);
    if (next === 'cut') return false;
    if (next === 'stop') return true;
    at = next;
  }
  return true;
}
