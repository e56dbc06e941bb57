/** Capabilities in the OPEN message of BGP (RFC 5492). */
import { ADD_PATH_MODES, CAPABILITIES } from './bgp.table.ts';
import { asText, familyText } from './bgp-text.ts';
import { printUnknown } from './dump.ts';
import { hexOf, type Printer } from './printer.ts';

const CAPABILITY = {
  multiprotocol: 1,
  routeRefresh: 2,
  labels: 8,
  restart: 64,
  as4: 65,
  addPath: 69,
  longLived: 71,
  cisco: 128,
} as const;

/** Entries of four octets: a family and one more octet. */
function printFamilies(
  p: Printer,
  from: number,
  size: number,
  indent: string,
  text: (octet: number) => string,
): void {
  for (let at = from; from + size - at >= 4; at += 4)
    p.print(`${indent}${familyText(p, at, at + 2)}, ${text(p.u8(at + 3))}`);
}

/** False when the capability is too short for any to be read after it. */
function printCapability(p: Printer, type: number, at: number, size: number): boolean {
  const isShort = (wanted: number): boolean => {
    if (size >= wanted) return false;
    p.print(` (too short, < ${wanted})`);
    return true;
  };
  switch (type) {
    case CAPABILITY.multiprotocol:
      if (isShort(4)) return false;
      p.print(`\n\t\t${familyText(p, at, at + 3)}`);
      return true;
    case CAPABILITY.labels:
      printFamilies(p, at, size, '\n\t\t', (count) => `Count: ${count}`);
      return true;
    case CAPABILITY.restart: {
      if (isShort(2)) return false;
      const word = p.u16(at);
      p.print(
        `\n\t\tRestart Flags: [${(word & 0x8000) === 0 ? 'none' : 'R'}], Restart Time ${word & 0xfff}s`,
      );
      printFamilies(
        p,
        at + 2,
        size - 2,
        '\n\t\t  ',
        (flags) => `Forwarding state preserved: ${(flags & 0x80) === 0 ? 'no' : 'yes'}`,
      );
      return true;
    }
    case CAPABILITY.routeRefresh:
    case CAPABILITY.longLived:
    case CAPABILITY.cisco:
      return true;
    case CAPABILITY.as4:
      if (isShort(4)) return false;
      p.print(`\n\t\t 4 Byte AS ${asText(p, p.u32(at))}`);
      return true;
    case CAPABILITY.addPath:
      if (size === 0) p.print(' (bogus)');
      printFamilies(
        p,
        at,
        size,
        '\n\t\t',
        (mode) => `Send/Receive: ${ADD_PATH_MODES.get(mode) ?? `Bogus (0x${hexOf(mode, 2)})`}`,
      );
      if (size % 4 !== 0) p.invalid();
      return true;
    default:
      p.print(`\n\t\tno decoder for Capability ${type}`);
      if (p.verbose <= 1) printUnknown(p, at, '\n\t\t', size);
      return true;
  }
}

export function printCapabilities(p: Printer, from: number, size: number): void {
  for (let at = from; at < from + size;) {
    if (!p.has(at, 2)) return p.truncated();
    const type = p.u8(at);
    const length = p.u8(at + 1);
    p.print(`\n\t      ${CAPABILITIES.get(type) ?? 'Unknown'} (${type}), length: ${length}`);
    at += 2;
    if (!p.has(at, length)) return p.truncated();
    if (!printCapability(p, type, at, length)) return undefined;
    if (p.verbose > 1 && length !== 0) printUnknown(p, at, '\n\t\t', length);
    at += length;
  }
  return undefined;
}
