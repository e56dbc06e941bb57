/** RPL, routing for low-power networks (RFC 6550), inside ICMPv6. */
import { printHex } from './dump.ts';
import { hexOf, type NameTable, type Printer } from './printer.ts';

const NAMES: NameTable = new Map([
  [0, 'DODAG Information Solicitation'],
  [1, 'DODAG Information Object'],
  [2, 'Destination Advertisement Object'],
  [3, 'Destination Advertisement Object Ack'],
]);

const MODES: NameTable = new Map([
  [0, 'nonstoring'],
  [1, 'storing'],
  [2, 'nonstoring-multicast'],
  [3, 'storing-multicast'],
]);

const OPTIONS: NameTable = new Map([
  [0, 'pad1'],
  [1, 'padN'],
  [2, 'metrics'],
  [3, 'routinginfo'],
  [4, 'config'],
  [5, 'rpltarget'],
  [6, 'transitinfo'],
  [8, 'destprefix'],
  [9, 'rpltargetdesc'],
]);

function printOptions(p: Printer, from: number, length: number): void {
  const end = from + length;
  for (let at = from; at < end;) {
    const type = p.u8(at);
    if (type === 0) {
      p.print(' opt:pad1');
      at += 1;
      continue;
    }
    if (end - at < 2) {
      p.truncated();
      return;
    }
    const size = p.u8(at + 1) + 2;
    p.print(` opt:${OPTIONS.get(type) ?? `subopt:${type}`} len:${size} `);
    if (!p.has(at, size) || end - at < size) {
      p.truncated();
      return;
    }
    if (p.verbose > 2) printHex(p, ' ', at + 2, size - 2);
    at += size;
  }
}

function printInformation(p: Printer, at: number, length: number): void {
  if (length < 24) {
    p.print(` [length ${length} < 24]`);
    p.invalid();
    return;
  }
  const mode = p.u8(at + 4);
  p.print(
    ` [dagid:${p.ipv6(at + 8)},seq:${p.u8(at + 5)},instance:${p.u8(at)},rank:${p.u16(at + 2)},${(mode & 0x80) === 0 ? '' : 'grounded,'}` +
      `mop:${MODES.get((mode >>> 3) & 7) ?? `mop${(mode >>> 3) & 7}`},prf:${mode & 7}]`,
  );
  if (p.verbose > 1) printOptions(p, at + 24, length - 24);
}

/** A destination advertisement or its acknowledgement: both may name their DODAG. */
function printDestination(p: Printer, at: number, length: number, isAck: boolean): void {
  const tooShort = isAck ? ' [|dao-length too short]' : ' [|length too short]';
  if (!p.has(at, isAck ? 4 : 20)) {
    p.truncated();
    return;
  }
  if (length < 4) {
    p.print(tooShort);
    return;
  }
  const flags = p.u8(at + 1);
  const isNamed = (flags & (isAck ? 0x80 : 0x40)) !== 0;
  if (isNamed && !p.has(at + 4, 16)) {
    p.truncated();
    return;
  }
  if (isNamed && length < 20) {
    p.print(tooShort);
    return;
  }
  const dag = isNamed ? p.ipv6(at + 4) : '<elided>';
  p.print(
    isAck
      ? ` [dagid:${dag},seq:${p.u8(at + 2)},instance:${p.u8(at)},status:${p.u8(at + 3)}]`
      : ` [dagid:${dag},seq:${p.u8(at + 3)},instance:${p.u8(at)}${(flags & 0x80) === 0 ? '' : ',acK'}${isNamed ? ',Dagid' : ''},${hexOf(flags, 2)}]`,
  );
  const headerSize = isNamed ? 20 : 4;
  if (p.verbose > 1) printOptions(p, at + headerSize, length - headerSize);
}

export function printRpl(p: Printer, code: number, at: number, length: number): void {
  if ((code & 0x80) !== 0) {
    p.print(', (SEC) [worktodo]');
    return;
  }
  p.print(`, (CLR)${NAMES.get(code) ?? `RPL message, unknown code ${code}`}`);
  if (p.verbose === 0) return;
  if (code === 1) printInformation(p, at, length);
  else if (code === 2 || code === 3) printDestination(p, at, length, code === 3);
}
