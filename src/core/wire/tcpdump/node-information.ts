/** ICMPv6 node information queries and replies (RFC 4620). */
import type { Printer } from './printer.ts';

const QUERY = 139;
const HEADER = 16;
const SUBJECT = { ipv6: 0, name: 1, ipv4: 2 } as const;
const QUESTION = { none: 0, types: 1, name: 2, addresses: 3 } as const;

/** Address flags of a question, most significant first. */
function addressFlags(flags: number, withTruncated: boolean): string {
  const letters: (readonly [number, string])[] = [
    [0x40, 'a'],
    [0x20, 'G'],
    [0x10, 'S'],
    [0x08, 'L'],
    [0x04, 'C'],
    [0x02, 'A'],
  ];
  if (withTruncated) letters.push([0x01, 'T']);
  return ` [${letters.map(([bit, letter]) => ((flags & bit) === 0 ? '' : letter)).join('')}]`;
}

/** A DNS name without compression in quotes, `end` the end of the message. */
function printQuotedName(p: Printer, from: number, end: number): void {
  p.print(', "');
  let at = from;
  while (at < end) {
    const size = p.u8(at);
    at += 1;
    if (size === 0) {
      if (at === end) p.print('.');
      else if (!(at + 1 === end && p.u8(at) === 0)) p.print('???');
      break;
    }
    if (size > end - at) {
      p.print('???');
      break;
    }
    p.chars(at, size);
    at += size;
    if (at + 1 < end && p.u8(at) !== 0) p.print('.');
  }
  p.print('"');
}

/** A name of the old draft (one length and all characters) or of the standard. */
function printName(p: Printer, at: number, end: number): void {
  if (p.u8(at) !== end - at - 1) {
    printQuotedName(p, at, end);
    return;
  }
  if (p.verbose > 0) p.print(', 03 draft');
  p.print(', "');
  p.chars(at + 1, end - at - 1);
  p.print('"');
}

function printSupported(p: Printer, at: number): void {
  p.print('supported qtypes');
  const flags = p.u16(at + 6);
  if (flags !== 0) p.print(` [${(flags & 1) === 0 ? '' : 'C'}]`);
}

function printSubject(p: Printer, at: number, end: number): void {
  const size = end - at;
  const code = p.u8(at + 1);
  if (code === SUBJECT.name) {
    p.print(', subject=DNS name');
    printName(p, at + HEADER, end);
  } else if (code === SUBJECT.ipv6 || code === SUBJECT.ipv4) {
    const addressSize = code === SUBJECT.ipv6 ? 16 : 4;
    if (size < HEADER + addressSize) return;
    if (size !== HEADER + addressSize) {
      if (p.verbose > 0) p.print(', invalid subject len');
      return;
    }
    p.print(`, subject=${code === SUBJECT.ipv6 ? p.ipv6(at + HEADER) : p.ipv4(at + HEADER)}`);
  } else {
    p.print(', unknown subject');
  }
}

function printQuery(p: Printer, at: number, end: number): void {
  const size = end - at;
  if (size === 12) {
    p.print(' who-are-you request');
    return;
  }
  p.print(' node information query');
  if (size < HEADER) {
    p.truncated();
    return;
  }
  p.print(' (');
  const question = p.u16(at + 4);
  if (question === QUESTION.none) p.print('noop');
  else if (question === QUESTION.types) printSupported(p, at);
  else if (question === QUESTION.name) p.print('DNS name');
  else if (question === QUESTION.addresses) {
    const flags = p.u16(at + 6);
    p.print(`node addresses${flags === 0 ? '' : addressFlags(flags, false)}`);
  } else p.print('unknown');
  if (question <= QUESTION.types) {
    if (size !== HEADER && p.verbose > 0) p.print(', invalid len');
  } else if (size === HEADER) {
    p.print(', 03 draft');
  } else {
    printSubject(p, at, end);
  }
  p.print(')');
}

function printAnswer(p: Printer, at: number, end: number): void {
  const size = end - at;
  const flags = p.u16(at + 6);
  switch (p.u16(at + 4)) {
    case QUESTION.none:
      p.print('noop');
      if (size !== HEADER && p.verbose > 0) p.print(', invalid length');
      break;
    case QUESTION.types:
      printSupported(p, at);
      break;
    case QUESTION.name:
      p.print('DNS name');
      printName(p, at + HEADER + 4, end);
      if ((flags & 1) !== 0) p.print(` [TTL=${p.u32(at + HEADER)}]`);
      break;
    case QUESTION.addresses:
      p.print('node addresses');
      for (let offset = HEADER; offset + 20 <= size; offset += 20)
        p.print(` ${p.ipv6(at + offset + 4)}(${p.u32(at + offset)})`);
      if (flags !== 0) p.print(addressFlags(flags, true));
      break;
    default:
      p.print('unknown');
  }
}

function printReply(p: Printer, at: number, length: number, end: number): void {
  const size = end - at;
  if (length > size || size < HEADER) {
    p.truncated();
    return;
  }
  p.print(' node information reply (');
  const code = p.u8(at + 1);
  if (code === 0) {
    if (p.verbose > 0) p.print('success, ');
    printAnswer(p, at, end);
  } else if (code <= 2) {
    p.print(code === 1 ? 'refused' : 'unknown');
    if (size !== HEADER && p.verbose > 0) p.print(', invalid length');
  }
  p.print(')');
}

export function printNodeInformation(p: Printer, at: number, length: number): void {
  const end = p.snapEnd;
  if (p.u8(at) === QUERY) printQuery(p, at, end);
  else printReply(p, at, length, end);
}
