/** Linux cooked captures: what `tcpdump -i any` records instead of an Ethernet header. */
import { printUnlessSuppressed } from './dump.ts';
import { tagText } from './ethernet.ts';
import { ETHERTYPE_NAMES } from './ethertype.table.ts';
import { printLlc } from './llc.ts';
import { hexOf, type Printer } from './printer.ts';

const DIRECTIONS = ['In', 'B', 'M', 'P', 'Out'];
const MAXIMUM_LENGTH = 1500;
const VLAN = 0x8100;
const RADIO = 803;
/** Numbers in the protocol field that are no ethertypes. */
const RAW_802_3 = 1;
const LLC = 4;

/** Where the fields of a version stand. */
interface Form {
  readonly name: 'sll' | 'sll2';
  readonly size: number;
  readonly protocol: number;
  readonly hardware: number;
  readonly address: number;
}

const FORMS: Record<1 | 2, Form> = {
  1: { name: 'sll', size: 16, protocol: 14, hardware: 2, address: 6 },
  2: { name: 'sll2', size: 20, protocol: 0, hardware: 8, address: 12 },
};

const nameOf = (type: number): string => ETHERTYPE_NAMES.get(type) ?? 'Unknown';

function protocolText(protocol: number): string {
  if (protocol === RAW_802_3) return '802.3';
  if (protocol === LLC) return '802.2';
  const name = protocol <= MAXIMUM_LENGTH ? 'Unknown' : nameOf(protocol);
  return `ethertype ${name} (0x${hexOf(protocol, 4)})`;
}

function printHeader(p: Printer, version: 1 | 2, form: Form, at: number, length: number): void {
  p.protocol = form.name;
  if (version === 1) p.print(`${DIRECTIONS[p.u16(at)] ?? '?'} `.padStart(4));
  else p.print(`ifindex ${p.u32(at + 4)} `);
  const addressSize = version === 1 ? p.u16(at + 4) : p.u8(at + 11);
  if (addressSize === 6) p.print(`${p.mac(at + form.address)} `);
  if (p.options.quick === 0) p.print(`${protocolText(p.u16(at + form.protocol))}, length ${length}: `);
}

/** Returns the size of the header, tags included. */
export function printCooked(
  p: Printer,
  version: 1 | 2,
  start: number,
  whole: number,
  wholeCaptured: number,
): number {
  const form = FORMS[version];
  p.protocol = form.name;
  p.need(start, form.size);
  if (version === 2) {
    const index = p.u32(start + 4);
    p.print(`${(p.options.names.interface?.(index) ?? '?').padEnd(5)} `);
    p.print(`${(DIRECTIONS[p.u8(start + 10)] ?? '?').padEnd(3)} `);
  }
  const { linkHeader, quick } = p.options;
  if (linkHeader) printHeader(p, version, form, start, whole);
  if (p.u16(start + form.hardware) === RADIO) {
    p.notModelled('802.11 radio header');
    return form.size;
  }
  let type = p.u16(start + form.protocol);
  let headerSize = form.size;
  while (type === VLAN) {
    const at = start + headerSize;
    const left = wholeCaptured - headerSize;
    if (left < 4) {
      p.protocol = 'vlan';
      p.truncated();
      return headerSize + left;
    }
    if (linkHeader) p.print(`${tagText(p.u16(at))}, `);
    type = p.u16(at + 2);
    if (type <= MAXIMUM_LENGTH) type = LLC;
    if (quick === 0) p.print(`ethertype ${nameOf(type)}, `);
    headerSize += 4;
  }
  const at = start + headerSize;
  const length = whole - headerSize;
  const captured = wholeCaptured - headerSize;
  if (type === RAW_802_3) p.notModelled('IPX');
  else if (type === LLC) {
    const size = printLlc(p, at, length, captured, null);
    if (size >= 0) return headerSize + size;
    printUnlessSuppressed(p, at, captured);
  } else if (type <= MAXIMUM_LENGTH) printUnlessSuppressed(p, at, captured);
  else if (!p.dissect.ethertype(p, type, at, length, captured, null)) {
    if (!linkHeader) printHeader(p, version, form, start, length + form.size);
    printUnlessSuppressed(p, at, captured);
  }
  return headerSize;
}

/** A packet without any link header. */
export function printRaw(p: Printer, at: number, length: number): number {
  p.protocol = 'raw';
  if (p.options.linkHeader) p.print('ip: ');
  p.protocol = 'ipn';
  if (length < 1) {
    p.print(`truncated-ip ${length}`);
    return 0;
  }
  const version = p.u8(at) >>> 4;
  if (version === 4) p.dissect.ipv4(p, at, length);
  else if (version === 6) p.dissect.ipv6(p, at, length);
  else p.print(`unknown ip ${version}`);
  return 0;
}
