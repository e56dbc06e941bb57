/** Communities of BGP: plain, extended, large. */
import {
  ENCAPSULATIONS,
  EXTENDED_COMMUNITIES,
  EXTENDED_COMMUNITY_FLAGS,
  L2VPN_ENCAPSULATIONS,
  OSPF_ROUTE_TYPES,
} from './bgp.table.ts';
import { asText } from './bgp-text.ts';
import { fixed, flagText, hexOf, type Printer } from './printer.ts';

const WELL_KNOWN: ReadonlyMap<number, string> = new Map([
  [0xffffff01, ' NO_EXPORT'],
  [0xffffff02, ' NO_ADVERTISE'],
  [0xffffff03, ' NO_EXPORT_SUBCONFED'],
]);

/** IEEE 754 bytes per second as megabits per second, in the single precision that tcpdump computes in. */
function bandwidthText(bits: number): string {
  const value = new DataView(new ArrayBuffer(4));
  value.setUint32(0, bits);
  const megabits = Math.fround(Math.fround(value.getFloat32(0) * 8) / 1_000_000);
  if (Number.isNaN(megabits)) return bits >>> 31 === 1 ? '-nan' : 'nan';
  if (!Number.isFinite(megabits)) return megabits < 0 ? '-inf' : 'inf';
  if (Math.abs(megabits) >= 1e21) return `${BigInt(megabits)}.000`;
  return Object.is(megabits, -0) ? '-0.000' : fixed(megabits, 3);
}

/** Communities of four octets; the caller has checked that they are whole. */
export function printCommunities(p: Printer, at: number, size: number): boolean {
  for (let i = 0; i < size; i += 4) {
    if (!p.has(at + i, 4)) return false;
    const community = p.u32(at + i);
    const text =
      WELL_KNOWN.get(community) ?? `${community >>> 16}:${community & 0xffff}${size - i > 4 ? ', ' : ''}`;
    p.print(text);
  }
  return true;
}

function extendedText(p: Printer, at: number, type: number): string {
  switch (type) {
    case 0x0002:
    case 0x0003:
    case 0x000a:
      return `${p.u16(at + 2)}:${p.u32(at + 4)} (= ${p.ipv4(at + 4)})`;
    case 0x0102:
    case 0x0103:
    case 0xf10a:
    case 0x010b:
      return `${p.ipv4(at + 2)}:${p.u16(at + 6)}`;
    case 0x0202:
    case 0x0203:
      return `${asText(p, p.u32(at + 2))}:${p.u16(at + 6)}`;
    case 0x4004:
      return `bandwidth: ${bandwidthText(p.u32(at + 4))} Mbps`;
    case 0x0005:
    case 0x0105:
    case 0x0205:
    case 0x8005:
    case 0x0107:
    case 0x8001:
      return p.ipv4(at + 2);
    case 0x0306:
    case 0x8000: {
      const route = p.u8(at + 6);
      const metric = `${(p.u8(at + 7) & 1) === 0 ? '' : 'E2'}${route === 5 || route === 7 ? 'E1' : ''}`;
      return `area:${p.ipv4(at + 2)}, router-type:${OSPF_ROUTE_TYPES.get(route) ?? `unknown (0x${hexOf(route, 2)})`}, metric-type:${metric}`;
    }
    case 0x800a:
      return `${L2VPN_ENCAPSULATIONS.get(p.u8(at + 2)) ?? 'unknown encaps'} Control Flags [0x${hexOf(p.u8(at + 3), 2)}]:MTU ${p.u16(at + 4)}`;
    case 0x0009:
      return `AS ${p.u16(at + 2)}`;
    case 0x030c:
      return `Tunnel type: ${ENCAPSULATIONS.get(p.u16(at + 6)) ?? 'unknown encaps'}`;
    default:
      return p.hex(at + 2, 6);
  }
}

export function printExtendedCommunities(p: Printer, from: number, size: number): boolean {
  for (let at = from; at < from + size; at += 8) {
    if (!p.has(at, 2)) return false;
    const type = p.u16(at);
    p.print(
      `\n\t    ${EXTENDED_COMMUNITIES.get(type) ?? 'unknown extd community typecode'} (0x${hexOf(type, 4)})`,
    );
    p.print(`, Flags [${flagText(EXTENDED_COMMUNITY_FLAGS, type, 'none')}]`);
    if (!p.has(at, 8)) return false;
    p.print(`: ${extendedText(p, at, type)}`);
  }
  return true;
}

export function printLargeCommunities(p: Printer, from: number, size: number): void {
  p.print('\n\t    ');
  for (let at = from; at < from + size; at += 12) {
    p.print(`${p.u32(at)}:${p.u32(at + 4)}:${p.u32(at + 8)}${from + size - at > 12 ? ', ' : ''}`);
  }
}
