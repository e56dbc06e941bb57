/** Multicast listener discovery, versions 1 and 2. */
import type { NameTable, Printer } from './printer.ts';

const RECORD_TYPES: NameTable = new Map([
  [1, 'is_in'],
  [2, 'is_ex'],
  [3, 'to_in'],
  [4, 'to_ex'],
  [5, 'allow'],
  [6, 'block'],
]);

/** A number with a mantissa of `bits` bits once its top bit is set (RFC 3810, 5.1.3). */
export function floatingCode(code: number, bits: number): number {
  if (code < 1 << (bits + 3)) return code;
  const mantissa = (code & ((1 << bits) - 1)) | (1 << bits);
  return mantissa << (((code >>> bits) & 7) + 3);
}

export function printMld(p: Printer, at: number): void {
  if (at + 24 > p.snapEnd) return;
  p.print(`max resp delay: ${p.u16(at + 4)} `);
  p.print(`addr: ${p.ipv6(at + 8)}`);
}

/** ` {a b}` with -vv, else their count. */
function printSources(p: Printer, at: number, count: number): void {
  if (p.verbose <= 1) {
    p.print(`, ${count} source(s)`);
    return;
  }
  p.print(' {');
  for (let i = 0; i < count; i += 1) p.print(` ${p.ipv6(at + 16 * i)}`);
  p.print(' }');
}

export function printMld2Report(p: Printer, at: number, length: number): void {
  if (length < 8) {
    p.print(` [invalid len ${length}]`);
    return;
  }
  const count = p.u16(at + 6);
  p.print(`, ${count} group record(s)`);
  if (p.verbose === 0) return;
  let offset = 8;
  for (let i = 0; i < count; i += 1) {
    if (length < offset + 20) {
      p.print(' [invalid number of groups]');
      return;
    }
    const record = at + offset;
    p.print(` [gaddr ${p.ipv6(record + 4)}`);
    p.print(` ${RECORD_TYPES.get(p.u8(record)) ?? ` [v2-report-#${p.u8(record)}]`}`);
    const sources = p.u16(record + 2);
    if (length < offset + 20 + 16 * sources) {
      p.print(` [invalid number of sources ${sources}]`);
      return;
    }
    printSources(p, record + 20, sources);
    offset += 20 + 16 * sources;
    p.print(']');
  }
}

export function printMld2Query(p: Printer, at: number, length: number): void {
  const isVerbose = p.verbose > 0;
  const delay = floatingCode(p.u16(at + 4), 12);
  if (isVerbose) p.print(` [max resp delay=${delay}]`);
  p.print(` [gaddr ${p.ipv6(at + 8)}`);
  if (isVerbose) {
    const flags = p.u8(at + 24);
    if ((flags & 0x08) !== 0) p.print(' sflag');
    if ((flags & 0x07) !== 0) p.print(` robustness=${flags & 7}`);
    p.print(` qqi=${floatingCode(p.u8(at + 25), 4)}`);
  }
  const sources = p.u16(at + 26);
  if (sources > 0) {
    if (length < 28 + 16 * sources) p.print(' [invalid number of sources]');
    else printSources(p, at + 28, sources);
  }
  p.print(']');
}
