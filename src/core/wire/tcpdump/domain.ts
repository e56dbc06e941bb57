/** DNS and multicast DNS messages. */
import { CLASSES, OPCODES, RECORD_TYPES, RESPONSE_CODES } from './domain.table.ts';
import { printDomainName, skipDomainName } from './domain-name.ts';
import { printEdnsOption } from './edns.ts';
import { formatIpv4 } from '../../base/address.ts';
import { readIpv6 } from '../octets.ts';
import { formatAddress6, hexOf, spanText, type Printer } from './printer.ts';

const HEADER = 12;
const TYPE = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  mx: 15,
  txt: 16,
  aaaa: 28,
  srv: 33,
  a6: 38,
  dname: 39,
  opt: 41,
  unspecA: 104,
  tsig: 250,
  uri: 256,
} as const;
const INVERSE_QUERY = 1;
/** In multicast DNS: the question wants a unicast answer; the answer replaces what is cached. */
const MDNS_BIT = 0x8000;

/** A message being printed: where it begins, for name pointers. */
interface Message {
  readonly base: number;
  readonly isMdns: boolean;
}

function classText(number: number): string {
  return number === 1 ? '' : ` ${CLASSES.get(number) ?? `(Class ${number})`}`;
}

/** Returns where the question ends, or null when it is cut. */
function printQuestion(p: Printer, at: number, { base, isMdns }: Message): number | null {
  const fixed = skipDomainName(p, at);
  if (fixed === null || !p.has(fixed, 4)) return null;
  const type = p.u16(fixed);
  const number = p.u16(fixed + 2);
  p.print(` ${RECORD_TYPES.get(type) ?? `Type${type}`}`);
  p.print(classText(isMdns ? number & ~MDNS_BIT : number));
  if (isMdns) p.print((number & MDNS_BIT) === 0 ? ' (QM)' : ' (QU)');
  p.print('? ');
  const end = printDomainName(p, at, base);
  return end === null ? null : end + 4;
}

function printSoa(p: Printer, from: number, base: number): boolean {
  if (p.verbose === 0) return true;
  p.print(' ');
  const mailbox = printDomainName(p, from, base);
  if (mailbox === null) return false;
  p.print(' ');
  const numbers = printDomainName(p, mailbox, base);
  if (numbers === null || !p.has(numbers, 20)) return false;
  for (let i = 0; i < 5; i += 1) p.print(` ${p.u32(numbers + 4 * i)}`);
  return true;
}

function printTexts(p: Printer, from: number, end: number): boolean {
  for (let at = from; at < end;) {
    p.print(' "');
    if (!p.has(at, 1)) return false;
    const size = p.u8(at);
    if (!p.charsWithin(at + 1, size)) return false;
    at += 1 + size;
    p.print('"');
  }
  return true;
}

function printA6(p: Printer, at: number, base: number): boolean {
  if (!p.has(at, 1)) return false;
  const prefix = p.u8(at);
  const skipped = prefix >>> 3;
  if (prefix > 128) {
    p.print(` ${prefix}(bad plen)`);
    return true;
  }
  if (prefix < 128) {
    p.need(at + 1, 16 - skipped);
    let address = 0n;
    for (let i = skipped; i < 16; i += 1) address = (address << 8n) | BigInt(p.u8(at + 1 + i - skipped));
    p.print(` ${prefix} ${formatAddress6(address)}`);
  }
  if (prefix === 0) return true;
  p.print(' ');
  return printDomainName(p, at + 17 - skipped, base) !== null;
}

function printSignature(p: Printer, from: number, base: number): boolean {
  if (p.verbose === 0) return true;
  p.print(' ');
  const fixed = printDomainName(p, from, base);
  if (fixed === null) return false;
  let at = fixed + 6;
  for (const name of ['fudge', 'maclen', 'origid', 'error', 'otherlen']) {
    if (!p.has(at, 2)) return false;
    const value = p.u16(at);
    p.print(` ${name}=${value}`);
    at += name === 'maclen' ? 2 + value : 2;
  }
  return true;
}

function printEdns(p: Printer, from: number, end: number, udpSize: number, flags: number): boolean {
  p.print(` UDPsize=${udpSize}`);
  if ((flags & 0x8000) !== 0) p.print(' DO');
  if (from >= end) return true;
  p.print(' [');
  for (let at: number | null = from; at < end;) {
    at = printEdnsOption(p, at);
    if (at === null) return false;
    if (at < end) p.print(',');
  }
  p.print(']');
  return true;
}

/** Prints the data of a record. False when it is cut. */
function printData(p: Printer, type: number, at: number, size: number, base: number): boolean {
  const name = (from: number): boolean => printDomainName(p, from, base) !== null;
  switch (type) {
    case TYPE.a:
      if (!p.has(at, 4)) return false;
      p.print(` ${formatIpv4(p.u32(at))}`);
      return true;
    case TYPE.ns:
    case TYPE.cname:
    case TYPE.ptr:
    case TYPE.dname:
      p.print(' ');
      return name(at);
    case TYPE.soa:
      return printSoa(p, at, base);
    case TYPE.mx:
      p.print(' ');
      if (!p.has(at, 2) || !name(at + 2)) return false;
      p.print(` ${p.u16(at)}`);
      return true;
    case TYPE.txt:
      return printTexts(p, at, at + size);
    case TYPE.srv:
      p.print(' ');
      if (!p.has(at, 6) || !name(at + 6)) return false;
      p.print(`:${p.u16(at + 4)} ${p.u16(at)} ${p.u16(at + 2)}`);
      return true;
    case TYPE.aaaa:
      if (!p.has(at, 16)) return false;
      p.print(` ${formatAddress6(readIpv6(p.octets, at))}`);
      return true;
    case TYPE.a6:
      return printA6(p, at, base);
    case TYPE.uri:
      p.print(` ${p.u16(at)} ${p.u16(at + 2)} `);
      return p.charsWithin(at + 4, (size - 4) >>> 0);
    case TYPE.unspecA:
      return p.charsWithin(at, size);
    case TYPE.tsig:
      return printSignature(p, at, base);
    default:
      return true;
  }
}

/** Returns where the record ends, or null when it is cut. */
function printRecord(p: Printer, from: number, { base, isMdns }: Message): number | null {
  let at: number | null;
  if (p.verbose > 0) {
    p.print(' ');
    at = printDomainName(p, from, base);
    if (at === null) return null;
  } else {
    at = skipDomainName(p, from);
  }
  if (at === null || !p.has(at, 10)) return p.snapEnd;
  const type = p.u16(at);
  const number = p.u16(at + 2);
  const recordClass = isMdns ? number & ~MDNS_BIT : number;
  if (type !== TYPE.opt) p.print(classText(recordClass));
  if (isMdns && (number & MDNS_BIT) !== 0) p.print(' (Cache flush)');
  if (type !== TYPE.opt && p.verbose > 2) p.print(` [${spanText(p.u32(at + 4))}]`);
  const size = p.u16(at + 8);
  const data = at + 10;
  const end = data + size;
  p.print(` ${RECORD_TYPES.get(type) ?? `Type${type}`}`);
  if (end > p.snapEnd) return null;
  const isWhole =
    type === TYPE.opt
      ? printEdns(p, data, end, recordClass, p.u16(at + 6))
      : printData(p, type, data, size, base);
  return isWhole ? end : null;
}

/** Prints `count` records after `label`. Null when not all are there; a labelled section that begins at the end is left out. */
function printSection(
  p: Printer,
  from: number,
  count: number,
  label: string,
  message: Message,
): number | null {
  let at: number | null = from;
  let left = count;
  if (left > 0 && (label === '' || at < p.snapEnd)) {
    p.print(label);
    do {
      at = printRecord(p, at, message);
      if (at === null) return null;
      left -= 1;
      if (left > 0 && at < p.snapEnd) p.print(',');
    } while (left > 0 && at < p.snapEnd);
  }
  return left > 0 ? null : at;
}

/** The response code with the upper bits that an OPT record carries. Gives up quietly where the message is cut. */
function extendedCode(p: Printer, from: number, flags: number, counts: readonly number[]): number {
  const [questions = 0, answers = 0, authorities = 0, additional = 0] = counts;
  const code = flags & 15;
  let at: number | null = from;
  for (let i = 0; i < questions; i += 1) {
    at = skipDomainName(p, at);
    if (at === null) return code;
    at += 4;
    if (at >= p.snapEnd) return code;
  }
  for (let i = 0; i < answers + authorities + additional; i += 1) {
    at = skipDomainName(p, at);
    if (at === null) return code;
    if (i >= answers + authorities) {
      if (at + 2 > p.snapEnd || at + 5 > p.snapEnd) return code;
      if (p.u16(at) === TYPE.opt) return code | (p.u8(at + 4) << 4);
    }
    if (at + 10 > p.snapEnd) return code;
    at += 10 + p.u16(at + 8);
    if (at >= p.snapEnd) return code;
  }
  return code;
}

/** Prints a response from after its header. False when it is cut. */
function printResponse(p: Printer, from: number, counts: readonly number[], message: Message): boolean {
  const [questions = 0, answers = 0, authorities = 0, additional = 0] = counts;
  const isLong = p.verbose > 1;
  if (questions !== 1) p.print(` [${questions}q]`);
  let at: number | null = from;
  for (let i = 0; i < questions; i += 1) {
    if (i > 0) p.print(',');
    if (isLong) p.print(' q:');
    at = isLong ? printQuestion(p, at, message) : skipDomainName(p, at);
    if (at === null) return false;
    if (!isLong) at += 4;
  }
  p.print(` ${answers}/${authorities}/${additional}`);
  at = printSection(p, at, answers, '', message);
  return at !== null && printRest(p, at, authorities, additional, message);
}

function printRest(
  p: Printer,
  from: number,
  authorities: number,
  additional: number,
  message: Message,
): boolean {
  if (p.verbose <= 1) return true;
  const at = printSection(p, from, authorities, ' ns:', message);
  return at !== null && printSection(p, at, additional, ' ar:', message) !== null;
}

function printQuery(
  p: Printer,
  from: number,
  opcode: number,
  counts: readonly number[],
  message: Message,
): boolean {
  const [questions = 0, answers = 0, authorities = 0, additional = 0] = counts;
  if (opcode === INVERSE_QUERY) {
    if (questions > 0) p.print(` [${questions}q]`);
    if (answers !== 1) p.print(` [${answers}a]`);
  } else {
    if (answers > 0) p.print(` [${answers}a]`);
    if (questions !== 1) p.print(` [${questions}q]`);
  }
  if (authorities > 0) p.print(` [${authorities}n]`);
  if (additional > 0) p.print(` [${additional}au]`);
  let at: number | null = from;
  let left = questions;
  while (left > 0 && (left === questions || at < p.snapEnd)) {
    at = printQuestion(p, at, message);
    if (at === null) return false;
    left -= 1;
  }
  if (left > 0) return false;
  if (p.verbose <= 1) return true;
  at = printSection(p, at, answers, '', message);
  return at !== null && printRest(p, at, authorities, additional, message);
}

function printMessage(p: Printer, base: number, length: number, isMdns: boolean): void {
  if (length < HEADER) {
    p.print(`domain [length ${length} < ${HEADER}]`);
    p.invalid();
    return;
  }
  if (!p.has(base, HEADER)) {
    p.truncated();
    return;
  }
  const flags = p.u16(base + 2);
  const counts = [4, 6, 8, 10].map((offset) => p.u16(base + offset));
  const opcode = (flags >>> 11) & 15;
  const message: Message = { base, isMdns };
  let isWhole: boolean;
  p.print(`${p.u16(base)}${OPCODES[opcode] ?? ''}`);
  if ((flags & 0x8000) !== 0) {
    const code = extendedCode(p, base + HEADER, flags, counts);
    p.print(RESPONSE_CODES[code] ?? ` Resp${code & 0xfff}`);
    p.print(`${(flags & 0x0400) === 0 ? '' : '*'}${(flags & 0x0080) === 0 ? '-' : ''}`);
    p.print(`${(flags & 0x0200) === 0 ? '' : '|'}${(flags & 0x0020) === 0 ? '' : '$'}`);
    isWhole = printResponse(p, base + HEADER, counts, message);
  } else {
    p.print(`${(flags & 0x0100) === 0 ? '' : '+'}${(flags & 0x0010) === 0 ? '' : '%'}`);
    if ((flags & 0x6cf) !== 0) p.print(` [b2&3=0x${hexOf(flags)}]`);
    isWhole = printQuery(p, base + HEADER, opcode, counts, message);
  }
  if (isWhole) p.print(` (${length})`);
  else p.truncated();
}

/** A message in a datagram. */
export function printDomain(p: Printer, at: number, length: number, isMdns: boolean): void {
  p.protocol = 'domain';
  printMessage(p, at, length, isMdns);
}

/** A message in a TCP segment, after its length. */
export function printDomainOverTcp(p: Printer, at: number, length: number): void {
  p.protocol = 'domain';
  if (length < 2) {
    p.print(` [DNS over TCP: length ${length} < 2]`);
    p.invalid();
    return;
  }
  const prefix = p.u16(at);
  if (prefix !== length - 2) {
    p.print(` [prefix length(${prefix}) != length(${length - 2})]`);
    p.invalid();
    return;
  }
  p.print(' ');
  printMessage(p, at + 2, length - 2, false);
}
