/** Broadcom's local interface header: it claims UDP source port 49152, which BFD uses as well. */
import type { NameTable, Printer } from './printer.ts';

const HEADER = 4;
const TYPE = { undecided: 4, ipv4: 5, ipv6: 6, ethernet: 7 } as const;

const DIRECTIONS: NameTable = new Map([
  [1, 'unused'],
  [2, 'egress'],
  [3, 'ingress'],
]);

const TYPES: NameTable = new Map([
  [4, 'undecided'],
  [5, 'ipv4'],
  [6, 'ipv6'],
  [7, 'ethernet'],
]);

const SUBTYPES: NameTable = new Map([
  [1, 'single VLAN tag'],
  [2, 'double VLAN tag'],
  [3, 'untagged'],
]);

function printPayload(p: Printer, type: number, at: number, length: number): void {
  const version =
    type === TYPE.undecided ? p.u8(at) >>> 4 : type === TYPE.ipv4 ? 4 : type === TYPE.ipv6 ? 6 : 0;
  if (type === TYPE.ethernet) p.dissect.ethernet(p, at, length, p.available(at));
  else if (version === 4) p.dissect.ipv4(p, at, length);
  else if (version === 6) p.dissect.ipv6(p, at, length);
  else if (type === TYPE.undecided) p.print('unknown payload');
  else p.invalid();
}

export function printBroadcomLi(p: Printer, at: number, length: number): void {
  p.protocol = 'bcm_li';
  if (length < HEADER) {
    p.print(` (length ${length} < ${HEADER})`);
    p.invalid();
    return;
  }
  const word = p.u32(at);
  const type = (word >>> 25) & 15;
  const indent = p.verbose > 0 ? '\n    ' : '';
  p.print(
    `${indent}BCM-LI-SHIM: direction ${DIRECTIONS.get(word >>> 29) ?? 'unknown'}, pkt-type ${TYPES.get(type) ?? 'unknown'}`,
  );
  p.print(`, pkt-subtype ${SUBTYPES.get((word >>> 22) & 7) ?? 'unknown'}, li-id ${word & 0x3fffff}${indent}`);
  if (p.verbose === 0) p.need(at + HEADER, length - HEADER);
  else printPayload(p, type, at + HEADER, length - HEADER);
}
