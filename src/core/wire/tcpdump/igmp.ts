/** IGMP, versions 1 to 3. */
import { floatingCode } from './mld.ts';
import { fixed, hexOf, spanText, type NameTable, type Printer } from './printer.ts';

const RECORD_TYPES: NameTable = new Map([
  [1, 'is_in'],
  [2, 'is_ex'],
  [3, 'to_in'],
  [4, 'to_ex'],
  [5, 'allow'],
  [6, 'block'],
]);

/** Response time in tenths of a second that is not worth printing. */
const USUAL_RESPONSE_TIME = 100;

function printSources(p: Printer, at: number, count: number): void {
  p.print(' {');
  for (let i = 0; i < count; i += 1) p.print(` ${p.ipv4(at + 4 * i)}`);
  p.print(' }');
}

function printTrace(p: Printer, name: string, at: number, length: number): void {
  if (length < 8 + 16) {
    p.print(` [invalid len ${length}]`);
    return;
  }
  const query = at + 8;
  p.print(
    `${name} ${p.u24(query + 13)}: ${p.ipv4(query)} to ${p.ipv4(query + 4)} reply-to ${p.ipv4(query + 8)}`,
  );
  if (p.u8(query + 8) >>> 4 === 14) p.print(` with-ttl ${p.u8(query + 12)}`);
}

function printReport3(p: Printer, at: number, length: number): void {
  if (length < 16 || (length & 3) !== 0) {
    p.print(` [invalid len ${length}]`);
    return;
  }
  const count = p.u16(at + 6);
  p.print(`, ${count} group record(s)`);
  if (p.verbose === 0) return;
  let offset = 8;
  for (let i = 0; i < count; i += 1) {
    if (length < offset + 8) {
      p.print(' [invalid number of groups]');
      return;
    }
    const record = at + offset;
    p.print(` [gaddr ${p.ipv4(record + 4)}`);
    p.print(` ${RECORD_TYPES.get(p.u8(record)) ?? ` [v3-report-#${p.u8(record)}]`}`);
    const sources = p.u16(record + 2);
    if (length < offset + 8 + 4 * sources) {
      p.print(` [invalid number of sources ${sources}]`);
      return;
    }
    if (p.verbose === 1) p.print(`, ${sources} source(s)`);
    else printSources(p, record + 8, sources);
    offset += 8 + 4 * sources;
    p.print(']');
  }
}

function printQuery3(p: Printer, at: number, length: number): void {
  p.print(' v3');
  if ((length & 3) !== 0) {
    p.print(` [invalid len ${length}]`);
    return;
  }
  const code = p.u8(at + 1);
  if (code !== USUAL_RESPONSE_TIME) {
    const tenths = floatingCode(code, 4);
    p.print(
      ` [max resp time ${tenths < 600 ? `${fixed(tenths * 0.1, 1)}s` : spanText(Math.floor(tenths / 10))}]`,
    );
  }
  if (p.u32(at + 4) === 0) return;
  p.print(` [gaddr ${p.ipv4(at + 4)}`);
  const sources = p.u16(at + 10);
  if (sources > 0) {
    if (length < 12 + 4 * sources) p.print(' [invalid number of sources]');
    else if (p.verbose > 1) printSources(p, at + 12, sources);
    else p.print(`, ${sources} source(s)`);
  }
  p.print(']');
}

function printQuery(p: Printer, at: number, length: number): void {
  p.print('igmp query');
  if (length >= 12) {
    printQuery3(p, at, length);
    return;
  }
  const time = p.u8(at + 1);
  p.print(time === 0 ? ' v1' : ' v2');
  if (time !== 0 && time !== USUAL_RESPONSE_TIME) p.print(` [max resp time ${time}]`);
  if (p.u32(at + 4) !== 0) p.print(` [gaddr ${p.ipv4(at + 4)}]`);
  if (length !== 8) p.print(` [len ${length}]`);
}

export function printIgmp(p: Printer, at: number, length: number): void {
  p.protocol = 'igmp';
  if (p.options.quick > 0) {
    p.print('igmp');
    return;
  }
  const type = p.u8(at);
  switch (type) {
    case 0x11:
      printQuery(p, at, length);
      break;
    case 0x12:
      p.print(`igmp v1 report ${p.ipv4(at + 4)}`);
      if (length !== 8) p.print(` [len ${length}]`);
      break;
    case 0x16:
      p.print(`igmp v2 report ${p.ipv4(at + 4)}`);
      break;
    case 0x22:
      p.print('igmp v3 report');
      printReport3(p, at, length);
      break;
    case 0x17:
      p.print(`igmp leave ${p.ipv4(at + 4)}`);
      break;
    case 0x13:
      p.print('igmp dvmrp');
      if (length < 8) p.print(` [len ${length}]`);
      else p.notModelled('DVMRP');
      break;
    case 0x14:
      p.print('igmp pimv1');
      p.notModelled('PIM version 1');
      break;
    case 0x1e:
      printTrace(p, 'mresp', at, length);
      break;
    case 0x1f:
      printTrace(p, 'mtrace', at, length);
      break;
    default:
      p.print(`igmp-${type}`);
  }
  if (p.verbose > 0 && length >= 4 && p.has(at, length) && p.checksum(at, length) !== 0)
    p.print(` bad igmp cksum ${hexOf(p.u16(at + 2))}!`);
}
