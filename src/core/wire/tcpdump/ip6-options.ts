/** Hop-by-hop and destination options of IPv6. */
import { hexOf, type Printer } from './printer.ts';

/** The payload length, which a jumbo payload option may set. */
export interface Jumbo {
  found: boolean;
  payloadLength: number;
}

const OPTION = { pad1: 0, padN: 1, routerAlert: 5, jumbo: 0xc2, homeAddress: 0xc9 } as const;
const HOME_ADDRESS_SIZE = 18;

/** Size of an option with its type and length, or -1 when it runs over `end`. */
function optionSize(p: Printer, at: number, end: number): number {
  if (p.u8(at) === OPTION.pad1) return 1;
  if (at + 1 >= end) return -1;
  const size = p.u8(at + 1) + 2;
  return at + size > end ? -1 : size;
}

function printSubOptions(p: Printer, from: number, end: number): boolean {
  for (let at = from; at < end;) {
    const size = optionSize(p, at, end);
    if (size < 0) return false;
    const type = p.u8(at);
    if (type === OPTION.pad1) p.print(', pad1');
    else if (type === OPTION.padN) p.print(', padn');
    else p.print(`, sopt_type 0x${hexOf(type, 2)}: len=${p.u8(at + 1)}`);
    at += size;
  }
  return true;
}

/** A fixed-size option that is too short or says a wrong size. */
function isMalformed(p: Printer, name: string, at: number, end: number, size: number): boolean {
  if (end - at < size) {
    p.print(`(${name}: trunc)`);
    return true;
  }
  if (p.u8(at + 1) !== size - 2) {
    p.print(`(${name}: invalid len ${p.u8(at + 1)})`);
    return true;
  }
  return false;
}

function printJumbo(p: Printer, size: number, isFirst: boolean, jumbo: Jumbo | null): void {
  let remark = '';
  if (!isFirst) remark = ' - already seen';
  else if (jumbo === null) remark = ' - not a hop-by-hop option';
  else if (jumbo.payloadLength !== 0) remark = ' - payload len != 0';
  else if (size < 65_536) remark = ' - < 65536';
  else {
    jumbo.found = true;
    jumbo.payloadLength = size;
  }
  if (p.verbose > 0) p.print(`(jumbo: ${size}${remark}) `);
}

/** False when an option is cut or malformed. */
function printOptions(p: Printer, from: number, end: number, jumbo: Jumbo | null): boolean {
  const isVerbose = p.verbose > 0;
  let sawJumbo = false;
  for (let at = from; at < end;) {
    const size = optionSize(p, at, end);
    if (size < 0) return false;
    const type = p.u8(at);
    switch (type) {
      case OPTION.pad1:
        if (isVerbose) p.print('(pad1)');
        break;
      case OPTION.padN:
        if (isVerbose) p.print('(padn)');
        break;
      case OPTION.routerAlert:
        if (isMalformed(p, 'rtalert', at, end, 4)) return false;
        if (isVerbose) p.print(`(rtalert: 0x${hexOf(p.u16(at + 2), 4)}) `);
        break;
      case OPTION.jumbo:
        if (isMalformed(p, 'jumbo', at, end, 6)) return false;
        printJumbo(p, p.u32(at + 2), !sawJumbo, jumbo);
        sawJumbo = true;
        break;
      case OPTION.homeAddress:
        if (end - at < HOME_ADDRESS_SIZE) {
          p.print('(homeaddr: trunc)');
          return false;
        }
        if (p.u8(at + 1) < HOME_ADDRESS_SIZE - 2) {
          p.print(`(homeaddr: invalid len ${p.u8(at + 1)})`);
          return false;
        }
        if (isVerbose) {
          p.print(`(homeaddr: ${p.ipv6(at + 2)}`);
          if (!printSubOptions(p, at + HOME_ADDRESS_SIZE, at + size)) return false;
          p.print(')');
        }
        break;
      default:
        if (isVerbose) p.print(`(opt_type 0x${hexOf(type, 2)}: len=${p.u8(at + 1)})`);
    }
    at += size;
  }
  if (isVerbose) p.print(' ');
  return true;
}

/** Size of the header, or -1 when its options are damaged. */
export function printHopByHop(p: Printer, at: number, jumbo: Jumbo): number {
  p.protocol = 'hbhopt';
  const size = 8 * (p.u8(at + 1) + 1);
  if (p.has(at, size)) {
    p.print('HBH ');
    if (printOptions(p, at + 2, at + size, jumbo)) return size;
  }
  p.truncated();
  return -1;
}

/** As `printHopByHop`. */
export function printDestinationOptions(p: Printer, at: number): number {
  p.protocol = 'dstopt';
  const size = 8 * (p.u8(at + 1) + 1);
  if (p.has(at, size)) {
    p.print('DSTOPT ');
    if (p.verbose === 0 || printOptions(p, at + 2, at + size, null)) return size;
  }
  p.truncated();
  return -1;
}
