/** VXLAN, its generic protocol extension, and the like-formed OTV. */
import { flagText, hexOf, type FlagTable, type Printer } from './printer.ts';

const HEADER = 8;

const FLAGS: FlagTable = [[0x08, 'I']];

const GPE_FLAGS: FlagTable = [
  [0x08, 'I'],
  [0x04, 'P'],
  [0x02, 'B'],
  [0x01, 'O'],
];

export function printVxlan(p: Printer, at: number, length: number): void {
  p.protocol = 'vxlan';
  p.print('VXLAN');
  if (length < HEADER) {
    p.invalid();
    return;
  }
  const flags = p.u8(at);
  p.print(`, flags [${flagText(FLAGS, flags, 'invalid', '')}] (0x${hexOf(flags, 2)}), `);
  p.print(`vni ${p.u24(at + 4)}\n`);
  p.need(at + 7, 1);
  p.dissect.ethernet(p, at + HEADER, length - HEADER, p.available(at + HEADER));
}

export function printVxlanGpe(p: Printer, at: number, length: number): void {
  p.protocol = 'vxlan_gpe';
  p.print('VXLAN-GPE, ');
  if (length < HEADER) {
    p.print(` (len ${length} < ${HEADER})`);
    p.invalid();
    return;
  }
  p.print(`flags [${flagText(GPE_FLAGS, p.u8(at), 'none', '')}], `);
  const next = p.u8(at + 3);
  const vni = p.u24(at + 4);
  p.need(at + 7, 1);
  p.print(`vni ${vni}${p.verbose > 0 ? '\n    ' : ': '}`);
  const body = at + HEADER;
  const bodyLength = length - HEADER;
  if (next === 1) p.dissect.ipv4(p, body, bodyLength);
  else if (next === 2) p.dissect.ipv6(p, body, bodyLength);
  else if (next === 3) p.dissect.ethernet(p, body, bodyLength, p.available(body));
  else if (next === 4) p.notModelled('NSH');
  else {
    p.print('ERROR: unknown-next-protocol');
    p.invalid();
  }
}

export function printOtv(p: Printer, at: number, length: number): void {
  p.protocol = 'otv';
  p.print('OTV, ');
  if (length < HEADER) {
    p.print(`[length ${length} < ${HEADER}]`);
    p.invalid();
    p.need(at, length);
    return;
  }
  const flags = p.u8(at);
  p.print(`flags [${(flags & 0x08) === 0 ? '.' : 'I'}] (0x${hexOf(flags, 2)}), `);
  p.print(`overlay ${p.u24(at + 1)}, `);
  p.print(`instance ${p.u24(at + 4)}\n`);
  p.need(at + 7, 1);
  p.dissect.ethernet(p, at + HEADER, length - HEADER, p.available(at + HEADER));
}
