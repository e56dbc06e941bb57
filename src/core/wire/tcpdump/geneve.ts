/** Geneve: header, options, and what is inside. */
import { ETHERTYPE_NAMES } from './ethertype.table.ts';
import { flagText, hexOf, type FlagTable, type NameTable, type Printer } from './printer.ts';

const HEADER = 8;
const ETHERNET = 0x6558;

const FLAGS: FlagTable = [
  [0x80, 'O'],
  [0x40, 'C'],
  [0x20, 'R1'],
  [0x10, 'R2'],
  [0x08, 'R3'],
  [0x04, 'R4'],
  [0x02, 'R5'],
  [0x01, 'R6'],
];

const CLASSES: NameTable = new Map([
  [0x0100, 'Linux'],
  [0x0101, 'Open vSwitch'],
  [0x0102, 'Open Virtual Networking (OVN)'],
  [0x0103, 'In-band Network Telemetry (INT)'],
  [0x0104, 'VMware'],
]);

function className(number: number): string {
  if (number <= 0x00ff) return 'Standard';
  if (number >= 0xfff0) return 'Experimental';
  return CLASSES.get(number) ?? 'Unknown';
}

function printOptions(p: Printer, from: number, size: number): void {
  const end = from + size;
  for (let at = from; at < end;) {
    if (at > from) p.print(', ');
    const number = p.u16(at);
    const type = p.u8(at + 2);
    const optionSize = 4 + 4 * (p.u8(at + 3) & 0x1f);
    p.print(
      `class ${className(number)} (0x${hexOf(number)}) type 0x${hexOf(type)}${(type & 0x80) === 0 ? '' : '(C)'} len ${optionSize}`,
    );
    if (optionSize > end - at) {
      p.print(' [bad length]');
      return;
    }
    if (p.verbose > 1 && optionSize > 4) {
      p.print(' data');
      for (let word = at + 4; word < at + optionSize; word += 4) p.print(` ${hexOf(p.u32(word), 8)}`);
    }
    at += optionSize;
  }
}

export function printGeneve(p: Printer, at: number, length: number): void {
  p.protocol = 'geneve';
  p.print('Geneve');
  if (length < HEADER) {
    p.print(` [length ${length} < ${HEADER}]`);
    p.invalid();
    return;
  }
  if (!p.has(at, HEADER)) {
    p.truncated();
    return;
  }
  const first = p.u8(at);
  if (first >>> 6 !== 0) {
    p.print(` ERROR: unknown-version ${first >>> 6}`);
    return;
  }
  p.print(`, Flags [${flagText(FLAGS, p.u8(at + 1), 'none', '')}]`);
  p.print(`, vni 0x${hexOf(p.u24(at + 4))}`);
  const reserved = p.u8(at + 7);
  if (reserved !== 0) p.print(`, rsvd 0x${hexOf(reserved)}`);
  const protocol = p.u16(at + 2);
  if (p.options.linkHeader)
    p.print(`, proto ${ETHERTYPE_NAMES.get(protocol) ?? 'unknown'} (0x${hexOf(protocol, 4)})`);
  const optionsSize = (first & 0x3f) * 4;
  const left = length - HEADER;
  if (left < optionsSize) {
    p.print(` truncated-geneve - ${optionsSize - left} bytes missing`);
    return;
  }
  if (!p.has(at + HEADER, optionsSize)) {
    p.truncated();
    return;
  }
  if (optionsSize > 0) {
    p.print(', options [');
    if (p.verbose > 0) printOptions(p, at + HEADER, optionsSize);
    else p.print(`${optionsSize} bytes`);
    p.print(']');
  }
  p.print(p.verbose > 0 ? '\n\t' : ': ');
  const body = at + HEADER + optionsSize;
  const bodyLength = left - optionsSize;
  const captured = p.available(body);
  if (p.dissect.ethertype(p, protocol, body, bodyLength, captured, null)) return;
  if (protocol === ETHERNET) p.dissect.ethernet(p, body, bodyLength, captured);
  else p.print(`geneve-proto-0x${hexOf(protocol)}`);
}
