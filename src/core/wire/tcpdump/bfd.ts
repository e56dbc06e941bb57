/** BFD control packets and echoes. */
import { BFD_DIAGNOSTICS } from '../bfd-diagnostics.ts';
import { BFD_STATES } from '../layer/bfd.ts';
import { printUnknown } from './dump.ts';
import { flagText, hexOf, type FlagTable, type NameTable, type Printer } from './printer.ts';

const SIZE = 24;
const ECHO_PORT = 3785;
const AUTHENTICATED = 0x04;

const PORTS: NameTable = new Map([
  [3784, 'Control'],
  [4784, 'Multihop'],
  [6784, 'Lag'],
]);

/** Destination ports of BFD. */
export const BFD_PORTS: ReadonlySet<number> = new Set([...PORTS.keys(), ECHO_PORT]);

const FLAGS_0: FlagTable = [
  [0x80, 'I Hear You'],
  [0x40, 'Demand'],
  [0x20, 'Poll'],
  [0x10, 'Final'],
  [0x08, 'Control Plane Independent'],
  [0x04, 'Authentication Present'],
  [0x02, 'Reserved'],
  [0x01, 'Reserved'],
];

const FLAGS_1: FlagTable = [
  [0x20, 'Poll'],
  [0x10, 'Final'],
  [0x08, 'Control Plane Independent'],
  [0x04, 'Authentication Present'],
  [0x02, 'Demand'],
  [0x01, 'Multipoint'],
];

const AUTHENTICATIONS: NameTable = new Map([
  [1, 'Simple Password'],
  [2, 'Keyed MD5'],
  [3, 'Meticulous Keyed MD5'],
  [4, 'Keyed SHA1'],
  [5, 'Meticulous Keyed SHA1'],
]);

function printPassword(p: Printer, at: number, size: number): void {
  if (size < 4 || size > 19) {
    p.print(`[invalid length ${size}]`);
    return;
  }
  p.print(', Password: ');
  p.chars(at + 3, size - 3);
}

function printDigest(p: Printer, at: number, size: number, wanted: number, label: string): void {
  if (size !== wanted) {
    p.print(`[invalid length ${size}]`);
    return;
  }
  p.print(`, Sequence Number: 0x${hexOf(p.u32(at + 4), 8)}`);
  p.need(at + 8, wanted - 8);
  p.print(`\n\t  ${label}: ${p.hex(at + 8, wanted - 8)}`);
}

function printAuthentication(p: Printer, at: number): void {
  p.need(at, 4);
  const type = p.u8(at);
  const size = p.u8(at + 1);
  p.print(`\n\tAuthentication: ${AUTHENTICATIONS.get(type) ?? 'Unknown'} (${type}), length: ${size}`);
  p.print(`\n\t  Auth Key ID: ${p.u8(at + 2)}`);
  if (type === 1) printPassword(p, at, size);
  else if (type === 2 || type === 3) printDigest(p, at, size, 24, 'Digest');
  else if (type === 4 || type === 5) printDigest(p, at, size, 28, 'Hash');
}

/** Microseconds in milliseconds, at least four characters wide. */
const milliseconds = (p: Printer, at: number): string => `${Math.floor(p.u32(at) / 1000)}`.padStart(4);

function printControl(p: Printer, at: number, length: number, title: string): void {
  const first = p.u8(at);
  const flags = p.u8(at + 1);
  const version = first >>> 5;
  if (p.verbose === 0) {
    p.print(`BFDv${version}, ${title}, length: ${length}`);
    return;
  }
  const diagnostic = first & 0x1f;
  p.print(
    `BFDv${version}, length: ${length}\n\t${title}, Diagnostic: ${BFD_DIAGNOSTICS[diagnostic] ?? 'unknown'} (0x${hexOf(diagnostic, 2)})`,
  );
  const multiplier = p.u8(at + 2);
  // tcpdump multiplies in 32 bits before it divides.
  const detection = Math.floor((Math.imul(multiplier, p.u32(at + 12)) >>> 0) / 1000);
  p.print(
    `\n\tDetection Timer Multiplier: ${multiplier} (${detection} ms Detection time), BFD Length: ${p.u8(at + 3)}`,
  );
  p.print(
    `\n\tMy Discriminator: 0x${hexOf(p.u32(at + 4), 8)}, Your Discriminator: 0x${hexOf(p.u32(at + 8), 8)}`,
  );
  p.print(`\n\t  Desired min Tx Interval:    ${milliseconds(p, at + 12)} ms`);
  p.print(`\n\t  Required min Rx Interval:   ${milliseconds(p, at + 16)} ms`);
  p.print(`\n\t  Required min Echo Interval: ${milliseconds(p, at + 20)} ms`);
  if ((flags & AUTHENTICATED) !== 0) printAuthentication(p, at + SIZE);
}

export function printBfd(p: Printer, at: number, length: number, port: number): void {
  p.protocol = 'bfd';
  if (port === ECHO_PORT) {
    p.print(`BFD, Echo, length: ${length}`);
    if (p.verbose > 0) printUnknown(p, at, '\n\t', length);
    return;
  }
  p.need(at, SIZE);
  const version = p.u8(at) >>> 5;
  const flags = p.u8(at + 1);
  if (version === 0) {
    const text = `Control, Flags: [${flagText(FLAGS_0, flags, 'none')}]`;
    printControl(p, at, length, text);
  } else if (version === 1) {
    const text = `${PORTS.get(port) ?? ''}, State ${BFD_STATES[flags >>> 6] ?? ''}, Flags: [${flagText(FLAGS_1, flags & 0x3f, 'none')}]`;
    printControl(p, at, length, text);
  } else {
    p.print(`BFDv${version}, Control, length: ${length}`);
    if (p.verbose > 0) printUnknown(p, at, '\n\t', length);
  }
}
