/** Ethernet: addresses, ethertype, VLAN tags, 802.3 frames. */
import { printUnlessSuppressed } from './dump.ts';
import { ETHERTYPE_NAMES } from './ethertype.table.ts';
import { printLlc } from './llc.ts';
import { hexOf, type LinkAddresses, type Printer } from './printer.ts';

const ADDRESSES = 12;
const MAXIMUM_LENGTH = 1500;
const JUMBO = 0x8870;
const VLAN_TYPES: ReadonlySet<number> = new Set([0x8100, 0x9100, 0x9200, 0x88a8]);
/** Link protocols that rewrite what follows the ethertype. */
const SHIM_TYPES: ReadonlyMap<number, string> = new Map([
  [0x88e5, 'MACsec'],
  [0xd28b, 'Arista ethertype'],
]);

function typeText(p: Printer, type: number): string {
  const name = ETHERTYPE_NAMES.get(type);
  if (p.options.quick > 0) return name ?? `Unknown Ethertype (0x${hexOf(type, 4)})`;
  return `ethertype ${name ?? 'Unknown'} (0x${hexOf(type, 4)})`;
}

/** A VLAN tag: `vlan 20, p 5, DEI`. */
export const tagText = (tag: number): string =>
  `vlan ${tag & 0xfff}, p ${tag >>> 13}${(tag & 0x1000) !== 0 ? ', DEI' : ''}`;

/** Prints LLC, and the octets themselves when it could not take them apart. Returns the header size. */
function printLlcOrDump(
  p: Printer,
  at: number,
  length: number,
  captured: number,
  link: LinkAddresses,
): number {
  const size = printLlc(p, at, length, captured, link);
  if (size < 0) printUnlessSuppressed(p, at, captured);
  return Math.abs(size);
}

export function printEthernet(p: Printer, frame: number, frameLength: number, frameCaptured: number): number {
  p.protocol = 'ether';
  if (frameLength < frameCaptured) {
    p.print(`[length ${frameLength} < caplen ${frameCaptured}]`);
    p.invalid();
    return frameLength;
  }
  if (frameCaptured < ADDRESSES + 2) {
    p.truncated();
    return frameCaptured;
  }
  const { linkHeader } = p.options;
  const link: LinkAddresses = { destination: frame, source: frame + 6 };
  const addresses = (): string => `${p.mac(link.source)} > ${p.mac(link.destination)}, `;
  if (linkHeader) p.print(addresses());

  let type = p.u16(frame + ADDRESSES);
  let headerSize = ADDRESSES + 2;
  let separator = `, length ${frameLength}: `;
  while (VLAN_TYPES.has(type)) {
    const left = Math.min(frameLength, frameCaptured) - headerSize;
    if (left < 4) {
      p.protocol = 'vlan';
      p.truncated();
      return headerSize + left;
    }
    const at = frame + headerSize;
    if (linkHeader) {
      p.print(`${typeText(p, type)}${separator}${tagText(p.u16(at))}, `);
      separator = ', ';
    }
    type = p.u16(at + 2);
    headerSize += 4;
  }

  const at = frame + headerSize;
  let length = frameLength - headerSize;
  let captured = frameCaptured - headerSize;
  if (type <= MAXIMUM_LENGTH) {
    length = Math.min(length, type);
    captured = Math.min(captured, length);
    p.pushEnd(at, length);
    if (linkHeader) p.print(separator === ', ' ? '802.3' : `802.3, length ${length}: `);
    headerSize += printLlcOrDump(p, at, length, captured, link);
    p.popEnd();
    return headerSize;
  }
  if (type === JUMBO) return headerSize + printLlcOrDump(p, at, length, captured, link);
  if (linkHeader) p.print(`${typeText(p, type)}${separator}`);
  const shim = SHIM_TYPES.get(type);
  if (shim !== undefined) {
    p.notModelled(shim);
    return headerSize;
  }
  if (!p.dissect.ethertype(p, type, at, length, captured, link)) {
    if (!linkHeader) p.print(`${addresses()}${typeText(p, type)}, length ${frameLength}: `);
    printUnlessSuppressed(p, at, captured);
  }
  return headerSize;
}
