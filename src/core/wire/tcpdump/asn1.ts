/** Elements of ASN.1 in the basic encoding, as far as SNMP uses them. */
import { printObjectIdentifier } from './object-identifier.ts';
import { hexOf, type Printer } from './printer.ts';

interface ElementBase {
  readonly at: number;
  readonly size: number;
  readonly id: number;
  /** Octets with tag and length. */
  readonly total: number;
}

/** An element whose value is its octets. `any` = a context tag that SNMP does not know. */
interface PlainElement extends ElementBase {
  readonly kind: 'octets' | 'null' | 'oid' | 'string' | 'sequence' | 'address' | 'pdu' | 'exception' | 'any';
}

interface IntegerElement extends ElementBase {
  readonly kind: 'integer';
  readonly integer: number;
}

interface UnsignedElement extends ElementBase {
  readonly kind: 'unsigned';
  readonly unsigned: bigint;
}

export type Element = PlainElement | IntegerElement | UnsignedElement;

const UNIVERSAL = [
  'U-0',
  'Boolean',
  'Integer',
  'Bitstring',
  'String',
  'Null',
  'ObjID',
  'ObjectDes',
  'U-8',
  'U-9',
  'U-10',
  'U-11',
  'U-12',
  'U-13',
  'U-14',
  'U-15',
  'Sequence',
  'Set',
] as const;
const APPLICATION = ['IpAddress', 'Counter', 'Gauge', 'TimeTicks', 'Opaque', 'C-5', 'Counter64'] as const;
const PDU_NAMES = [
  'GetRequest',
  'GetNextRequest',
  'GetResponse',
  'SetRequest',
  'Trap',
  'GetBulk',
  'Inform',
  'V2Trap',
  'Report',
] as const;
const EXCEPTIONS = ['noSuchObject', 'noSuchInstance', 'endOfMibView'] as const;
const CLASSES: readonly (readonly string[])[] = [UNIVERSAL, APPLICATION, PDU_NAMES, ['P-0']];

/** Where a tag and length end, and what they say. */
interface Head {
  readonly id: number;
  readonly classNumber: number;
  readonly isConstructed: boolean;
  readonly at: number;
  readonly size: number;
}

/** Prints what is wrong. */
function fail(p: Printer, message: string): null {
  p.print(message);
  return null;
}

function readHead(p: Printer, from: number, end: number): Head | null {
  if (end - from < 1) return fail(p, '[nothing to parse]');
  const first = p.u8(from);
  let id = first & 0x1f;
  let at = from + 1;
  if (id === 0x1f) {
    id = 0;
    while ((p.u8(at) & 0x80) !== 0) {
      if (end - at < 1) return fail(p, '[Xtagfield?]');
      id = ((id << 7) | (p.u8(at) & 0x7f)) & 0xff;
      at += 1;
    }
    if (end - at < 1) return fail(p, '[Xtagfield?]');
    id = ((id << 7) | p.u8(at)) & 0xff;
    at += 1;
  }
  if (end - at < 1) return fail(p, '[no asnlen]');
  let size = p.u8(at);
  at += 1;
  if ((size & 0x80) !== 0) {
    const octets = size & 0x7f;
    if (end - at < octets) return fail(p, `[asnlen? ${end - at}<${octets}]`);
    if (!p.has(at, octets)) return truncated(p);
    size = 0;
    for (let i = 0; i < octets; i += 1) size = ((size << 8) | p.u8(at + i)) >>> 0;
    at += octets;
  }
  if (end - at < size) return fail(p, `[len${end - at}<asnlen${size}]`);
  return { id, classNumber: first >>> 6, isConstructed: (first & 0x20) !== 0, at, size };
}

function truncated(p: Printer): null {
  p.truncated();
  return null;
}

function readInteger(p: Printer, base: ElementBase): Element | null {
  if (base.size === 0) return fail(p, '[asnlen=0]');
  let integer = (p.u8(base.at) & 0x80) === 0 ? 0 : -1;
  for (let i = 0; i < base.size; i += 1) integer = (integer << 8) | p.u8(base.at + i);
  return { ...base, kind: 'integer', integer };
}

function readUnsigned(p: Printer, base: ElementBase, bits: 32 | 64): Element {
  let value = 0n;
  for (let i = 0; i < base.size; i += 1)
    value = BigInt.asUintN(bits, (value << 8n) + BigInt(p.u8(base.at + i)));
  return { ...base, kind: 'unsigned', unsigned: value };
}

function readPrimitive(p: Printer, base: ElementBase, classNumber: number): Element | null {
  const { id } = base;
  if (classNumber === 0) {
    if (id === 4) return { ...base, kind: 'string' };
    if (id === 2) return readInteger(p, base);
    if (id === 6) return { ...base, kind: 'oid' };
    if (id === 5) return { ...base, kind: 'null' };
    p.print(`[P/U/${UNIVERSAL[id] ?? ''}]`);
    return { ...base, kind: 'octets' };
  }
  if (classNumber === 1) {
    if (id === 0) return { ...base, kind: 'address' };
    if (id >= 1 && id <= 3) return readUnsigned(p, base, 32);
    if (id === 6) return readUnsigned(p, base, 64);
    p.print(`[P/A/${APPLICATION[id] ?? ''}]`);
    return { ...base, kind: 'octets' };
  }
  if (classNumber === 2) return { ...base, kind: id <= 2 ? 'exception' : 'any' };
  // tcpdump prints the name of its macro argument here.
  p.print(`[P/x/${CLASSES[classNumber]?.[id] ?? ''}]`);
  return { ...base, kind: 'octets' };
}

function readConstructed(p: Printer, base: ElementBase, classNumber: number): Element {
  const { id } = base;
  if (classNumber === 0 && id === 16) return { ...base, kind: 'sequence' };
  if (classNumber === 2) return { ...base, kind: 'pdu' };
  p.print(`C/${classNumber === 0 ? 'U' : 'x'}/${CLASSES[classNumber]?.[id] ?? ''}`);
  return { ...base, kind: 'octets' };
}

/** Reads the element at `from`; prints a remark and gives null when there is none. */
export function readElement(p: Printer, from: number, end: number): Element | null {
  const head = readHead(p, from, end);
  if (head === null) return null;
  const { id, classNumber, isConstructed, at, size } = head;
  if (id >= (CLASSES[classNumber]?.length ?? 0)) return fail(p, `[id?${isConstructed ? 'C' : 'P'}/x/${id}]`);
  if (!p.has(at, size)) return truncated(p);
  const base: ElementBase = { at, size, id, total: at + size - from };
  return isConstructed ? readConstructed(p, base, classNumber) : readPrimitive(p, base, classNumber);
}

/** `_0a_1b`. */
export function printElementOctets(p: Printer, { at, size }: Element): void {
  for (let i = 0; i < size; i += 1) p.print(`_${hexOf(p.u8(at + i), 2)}`);
}

/** Quoted when all of it is printable, else in hex. */
export function printElementString(p: Printer, { at, size }: Element): void {
  let isPrintable = true;
  for (let i = 0; i < size; i += 1) isPrintable &&= p.u8(at + i) >= 0x20 && p.u8(at + i) <= 0x7e;
  if (!isPrintable) {
    p.print(p.hex(at, size, '_'));
    return;
  }
  p.print('"');
  p.chars(at, size);
  p.print('"');
}

export function printElement(p: Printer, element: Element): void {
  switch (element.kind) {
    case 'octets':
      printElementOctets(p, element);
      break;
    case 'null':
      break;
    case 'oid':
      printObjectIdentifier(p, element.at, element.size);
      break;
    case 'integer':
      p.print(`${element.integer}`);
      break;
    case 'unsigned':
      p.print(`${element.unsigned}`);
      break;
    case 'string':
      printElementString(p, element);
      break;
    case 'sequence':
      p.print(`Seq(${element.size})`);
      break;
    case 'address':
      if (element.size !== 4) p.print('[inetaddr len!=4]');
      p.print(Array.from({ length: element.size }, (_, i) => p.u8(element.at + i)).join('.'));
      break;
    case 'exception':
      p.print(`[${EXCEPTIONS[element.id] ?? ''}]`);
      break;
    case 'pdu':
      p.print(`${PDU_NAMES[element.id] ?? ''}(${element.size})`);
      break;
    case 'any':
      p.print('[BE_ANY!?]');
      break;
  }
}
