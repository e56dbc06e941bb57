/** PPPoE: discovery and its tags; sessions up to PPP. */
import { hexOf, type NameTable, type Printer } from './printer.ts';

const HEADER = 6;
const INITIATION = 0x09;
const LONGEST_INITIATION = 1484 - HEADER;
/** Tag values print cut to this many characters. */
const LONGEST_TEXT = 79;

const CODES: NameTable = new Map([
  [0x09, 'PADI'],
  [0x07, 'PADO'],
  [0x19, 'PADR'],
  [0x65, 'PADS'],
  [0xa7, 'PADT'],
  [0x00, ''],
]);

const TAGS: NameTable = new Map([
  [0x0000, 'EOL'],
  [0x0101, 'Service-Name'],
  [0x0102, 'AC-Name'],
  [0x0103, 'Host-Uniq'],
  [0x0104, 'AC-Cookie'],
  [0x0105, 'Vendor-Specific'],
  [0x0110, 'Relay-Session-ID'],
  [0x0120, 'PPP-Max-Payload'],
  [0x0201, 'Service-Name-Error'],
  [0x0202, 'AC-System-Error'],
  [0x0203, 'Generic-Error'],
]);

/** The value as text when most of it is, else as hex. */
function valueText(p: Printer, at: number, size: number): string {
  let text = '';
  let printable = 0;
  for (let i = 0; i < Math.min(size, LONGEST_TEXT); i += 1) {
    const c = p.u8(at + i);
    const isPrintable = c >= 0x20 && c <= 0x7e;
    if (isPrintable) printable += 1;
    text += isPrintable ? String.fromCharCode(c) : '.';
  }
  return printable > text.length - printable ? `"${text}"` : `0x${p.hex(at, size).toUpperCase()}`;
}

function printTags(p: Printer, from: number, end: number): void {
  let tag = -1;
  for (let at = from; tag !== 0 && at < end;) {
    tag = p.u16(at);
    const size = p.u16(at + 2);
    at += 4;
    const name = TAGS.get(tag) ?? `TAG-0x${hexOf(tag)}`;
    if (size === 0) {
      p.print(` [${name}]`);
      continue;
    }
    p.need(at, size);
    p.print(` [${name} ${valueText(p, at, size)}]`);
    at += size;
  }
}

export function printPppoe(p: Printer, at: number, total: number): void {
  p.protocol = 'pppoe';
  if (total < HEADER) {
    p.print(` (length ${total} < ${HEADER})`);
    p.invalid();
    return;
  }
  p.need(at, HEADER);
  const version = p.u8(at) >>> 4;
  const type = p.u8(at) & 15;
  const code = p.u8(at + 1);
  const session = p.u16(at + 2);
  const length = p.u16(at + 4);
  const left = total - HEADER;
  if (version !== 1) p.print(` [ver ${version}]`);
  if (type !== 1) p.print(` [type ${type}]`);
  p.print(`PPPoE ${CODES.get(code) ?? `PAD-${hexOf(code)}`}`);
  if (code === INITIATION && length > LONGEST_INITIATION) p.print(` [len ${length}!]`);
  if (length > left) p.print(` [len ${length} > ${left}!]`);
  if (session !== 0) p.print(` [ses 0x${hexOf(session)}]`);
  if (code !== 0) {
    printTags(p, at + HEADER, at + HEADER + Math.min(length, left));
  } else {
    p.print(' ');
    p.notModelled('PPP');
  }
}
