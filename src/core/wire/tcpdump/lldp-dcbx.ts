/** LLDP values of the pre-standard data center bridging exchange. */
import { printUnknown } from './dump.ts';
import type { ValueOutcome } from './lldp-value.ts';
import { DCBX_VALUES } from './lldp.table.ts';
import { hexOf, type Printer } from './printer.ts';

const TITLES = [
  '',
  'Control - Protocol Control',
  'Feature - Priority Group',
  'Feature - Priority Flow Control',
  'Feature - Application',
] as const;
const MINIMUM = [0, 10, 17, 6, 4] as const;

const upperHex = (value: number): string => `0x${hexOf(value, 2).toUpperCase()}`;
const PRIORITIES = [0, 1, 2, 3, 4, 5, 6, 7] as const;

function printFeature(p: Printer, at: number): void {
  const info = p.u8(at + 2);
  const bit = (mask: number): number => ((info & mask) === 0 ? 0 : 1);
  p.print(`\n\t      Info block(${upperHex(info)}): `);
  p.print(`Enable bit: ${bit(0x80)}, Willing bit: ${bit(0x40)}, Error Bit: ${bit(0x20)}`);
  p.print(`\n\t      SubType: ${p.u8(at + 3)}`);
}

function printGroups(p: Printer, at: number): void {
  p.print('\n\t      Priority Allocation');
  const groups = p.u32(at + 4);
  for (const i of PRIORITIES) p.print(`\n\t          PgId_${i}: ${(groups >>> (28 - 4 * i)) & 15}`);
  p.print('\n\t      Priority Group Allocation');
  for (const i of PRIORITIES) p.print(`\n\t          Pg percentage[${i}]: ${p.u8(at + 8 + i)}`);
  p.print(`\n\t      NumTCsSupported: ${p.u8(at + 16)}`);
}

function printFlowControl(p: Printer, at: number): void {
  const enabled = p.u8(at + 4);
  p.print(`\n\t      PFC Config (${upperHex(enabled)})`);
  for (const i of PRIORITIES)
    p.print(`\n\t          Priority Bit ${i}: ${(enabled & (1 << i)) === 0 ? 'Disabled' : 'Enabled'}`);
  p.print(`\n\t      NumTCPFCSupported: ${p.u8(at + 5)}`);
}

function printApplications(p: Printer, at: number, size: number): void {
  for (let entry = at + 4; at + size - entry >= 6; entry += 6) {
    const word = p.u24(entry + 2);
    p.print('\n\t      Application Value');
    p.print(`\n\t          Application Protocol ID: 0x${hexOf(p.u16(entry), 4)}`);
    p.print(
      `\n\t          SF (0x${hexOf(word >>> 22)}) Application Protocol ID is ${word >>> 22 === 0 ? 'L2 EtherType' : 'Socket Number'}`,
    );
    p.print(`\n\t          OUI: 0x${hexOf(word & 0x3fffff, 6)}`);
    p.print(`\n\t          User Priority Map: 0x${hexOf(p.u8(entry + 5), 2)}`);
  }
}

function printValue(p: Printer, type: number, at: number, size: number): void {
  p.print(`\n\t    ${TITLES[type] ?? ''} (type 0x${hexOf(type)}, length ${size})`);
  p.print(`\n\t      Oper_Version: ${p.u8(at)}\n\t      Max_Version: ${p.u8(at + 1)}`);
  if (type === 1) {
    p.print(`\n\t      Sequence Number: ${p.u32(at + 2)}\n\t      Acknowledgement Number: ${p.u32(at + 6)}`);
    return;
  }
  printFeature(p, at);
  if (type === 2) printGroups(p, at);
  else if (type === 3) printFlowControl(p, at);
  else printApplications(p, at, size);
}

export function printDcbx(p: Printer, from: number, length: number): ValueOutcome {
  if (length < 4) return 'printed';
  const kind = p.u8(from + 3);
  p.print(`\n\t  ${DCBX_VALUES.get(kind) ?? 'unknown'} Subtype (${kind})`);
  if (kind === 1) return 'dump';
  const end = from + length;
  let outcome: ValueOutcome = 'printed';
  for (let at = from + 4; end - at >= 2;) {
    const word = p.u16(at);
    const type = word >>> 9;
    const size = word & 0x1ff;
    at += 2;
    outcome = 'printed';
    if (type === 0 || size === 0 || end - at < size) break;
    const minimum = MINIMUM[type];
    if (minimum === undefined) outcome = 'dump';
    else if (size < minimum) break;
    else printValue(p, type, at, size);
    if (p.verbose > 1 || outcome === 'dump') printUnknown(p, at, '\n\t    ', size);
    at += size;
  }
  return outcome;
}
