/** RIP, versions 1 and 2. */
import { printUnknown } from './dump.ts';
import { hexOf, type NameTable, type Printer } from './printer.ts';

const HEADER = 4;
const ROUTE = 20;

const COMMANDS: NameTable = new Map([
  [1, 'Request'],
  [2, 'Response'],
  [3, 'Trace on'],
  [4, 'Trace off'],
  [5, 'Poll'],
  [6, 'Poll Entry'],
]);

const FAMILIES: NameTable = new Map([
  [2, 'IPv4'],
  [6, 'NS'],
  [7, 'ISO'],
  [16, 'Appletalk'],
  [23, 'IPX'],
  [24, 'IPv6'],
  [28, 'IPv6'],
  [30, 'IPv6'],
]);
const IPV4 = 2;
const AUTHENTICATION = 0xffff;

/** Prefix length of a mask, or -1 for one with holes. */
function maskLength(mask: number): number {
  const length = Math.clz32(~mask);
  const prefix = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  return prefix === mask ? length : -1;
}

/** Octets used, or 0 when the entry is cut. */
function printEntry1(p: Printer, at: number, left: number): number {
  if (left < ROUTE || !p.has(at, ROUTE)) return 0;
  const family = p.u16(at);
  if (family !== IPV4 && family !== 0) {
    p.print(`\n\t AFI ${FAMILIES.get(family) ?? `Unknown (${family})`}, `);
    printUnknown(p, at + 4, '\n\t  ', ROUTE - 4);
  } else if (p.u16(at + 2) !== 0 || p.u32(at + 8) !== 0 || p.u32(at + 12) !== 0) {
    printUnknown(p, at, '\n\t  ', ROUTE);
  } else {
    p.print(`\n\t  ${family === 0 ? 'AFI 0, ' : ''}${p.ipv4(at + 4)}, metric: ${p.u32(at + 16)}`);
  }
  return ROUTE;
}

function printAuthentication(p: Printer, at: number, left: number): number {
  const type = p.u16(at + 2);
  const body = at + 4;
  switch (type) {
    case 2:
      p.print('\n\t  Simple Text Authentication data: ');
      p.charsToZero(body, 16);
      return ROUTE;
    case 3:
      if (!p.has(body, 16) || left - 4 < 16) return 0;
      p.print(
        `\n\t  Auth header: Packet Len ${p.u16(body)}, Key-ID ${p.u8(body + 2)}, Auth Data Len ${p.u8(body + 3)}`,
      );
      p.print(`, SeqNo ${p.u32(body + 4)}, MBZ ${p.u32(body + 8)}, MBZ ${p.u32(body + 12)}`);
      return ROUTE;
    default:
      p.print(type === 1 ? '\n\t  Auth trailer:' : `\n\t  Unknown (${type}) Authentication data:`);
      printUnknown(p, body, '\n\t  ', left - 4);
      return left;
  }
}

function printEntry2(p: Printer, at: number, left: number): number {
  if (left < 4 || !p.has(at, 4)) return 0;
  const family = p.u16(at);
  if (family === AUTHENTICATION) return printAuthentication(p, at, left);
  if (family !== IPV4 && family !== 0) {
    p.print(`\n\t  AFI ${FAMILIES.get(family) ?? `Unknown (${family})`}`);
    printUnknown(p, at + 4, '\n\t  ', ROUTE - 4);
    return ROUTE;
  }
  if (!p.has(at, ROUTE) || left < ROUTE) return 0;
  const prefix = `${p.ipv4(at + 4).padStart(15)}/${`${maskLength(p.u32(at + 8))}`.padEnd(2)}`;
  p.print(
    `\n\t  AFI ${FAMILIES.get(family) ?? family}, ${prefix}, tag 0x${hexOf(p.u16(at + 2), 4)}, metric: ${p.u32(at + 16)}, next-hop: `,
  );
  p.print(p.u32(at + 12) === 0 ? 'self' : p.ipv4(at + 12));
  return ROUTE;
}

function printEntries(p: Printer, version: number, from: number, size: number): void {
  let left = size;
  for (let at = from; left > 0;) {
    const used = version === 1 ? printEntry1(p, at, left) : printEntry2(p, at, left);
    if (used === 0) {
      p.truncated();
      return;
    }
    if (left < used) {
      p.print(` [remaining entries length ${left} < ${used}]`);
      p.invalid();
      return;
    }
    at += used;
    left -= used;
  }
}

export function printRip(p: Printer, at: number, length: number): void {
  p.protocol = 'rip';
  const there = Math.min(p.snapEnd - at, length);
  if (there < HEADER) {
    p.truncated();
    return;
  }
  const version = p.u8(at + 1);
  p.print(`${p.verbose > 0 ? '\n\t' : ''}RIPv${version}`);
  if (version === 0) {
    printUnknown(p, at, '\n\t', length);
    return;
  }
  const command = p.u8(at);
  p.print(`, ${COMMANDS.get(command) ?? `unknown command (${command})`}, length: ${length}`);
  if (p.verbose === 0) return;
  if (command === 1 || command === 2) {
    if (version > 2) {
      p.print(', unknown version');
    } else {
      p.print(`, routes: ${Math.floor(length / ROUTE)}${version === 2 ? ' or less' : ''}`);
      printEntries(p, version, at + HEADER, there - HEADER);
    }
  } else if ((command === 3 || command > 6 || command === 0) && p.verbose <= 1) {
    printUnknown(p, at, '\n\t', length);
  }
  if (p.verbose > 1) printUnknown(p, at, '\n\t', length);
}
