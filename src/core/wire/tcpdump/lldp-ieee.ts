/** LLDP values of IEEE 802.1 (VLANs, data centre bridging) and 802.3 (link, power, frame size). */
import type { ValueOutcome } from './lldp-value.ts';
import { IEEE_8021_VALUES, IEEE_8023_VALUES, MAU_TYPES, PMD_CAPABILITIES } from './lldp.table.ts';
import { flagText, hexOf, type FlagTable, type Printer } from './printer.ts';

const SUPPORTED: FlagTable = [
  [0x01, 'supported'],
  [0x02, 'enabled'],
];

const PROTOCOL_VLAN: FlagTable = [
  [0x02, 'supported'],
  [0x04, 'enabled'],
];

const POWER: FlagTable = [
  [0x01, 'PSE'],
  [0x02, 'supported'],
  [0x04, 'enabled'],
  [0x08, 'can be controlled'],
];

const EVB_MODES = [
  'Not Supported',
  'EVB Bridge',
  'EVB Station',
  'Reserved for future Standardization',
] as const;

const columns = (values: readonly number[]): string => values.map((value) => `${value}`.padEnd(3)).join(' ');

/** One bit a priority, each two characters wide and a space. */
function bitColumns(octet: number): string {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => `${(octet >>> bit) & 1}`.padEnd(3)).join('');
}

const octets = (p: Printer, at: number): number[] => [0, 1, 2, 3, 4, 5, 6, 7].map((i) => p.u8(at + i));

/** The three tables of enhanced transmission selection. */
function printTransmissionSelection(p: Printer, at: number): void {
  const priorities = [0, 1, 2, 3].flatMap((i) => [p.u8(at + i) >>> 4, p.u8(at + i) & 15]);
  p.print('\n\t    Priority Assignment Table\n\t     Priority : 0   1   2   3   4   5   6   7');
  p.print(`\n\t     Value    : ${columns(priorities)}`);
  p.print('\n\t    TC Bandwidth Table\n\t     TC%   : 0   1   2   3   4   5   6   7');
  p.print(`\n\t     Value : ${columns(octets(p, at + 4))}`);
  p.print('\n\t    TSA Assignment Table\n\t     Traffic Class: 0   1   2   3   4   5   6   7');
  p.print(`\n\t     Value        : ${columns(octets(p, at + 12))}`);
}

function printPriorityBits(p: Printer, title: string, octet: number): void {
  p.print(
    `\n\t    ${title}\n\t     Priority : 0  1  2  3  4  5  6  7\n\t     Value    : ${bitColumns(octet)}`,
  );
}

function printApplications(p: Printer, at: number, size: number): void {
  p.print(`\n\t    RES: ${p.u8(at + 4)}`);
  const entries = size - 5;
  if (entries === 0 || entries % 3 !== 0) return;
  p.print('\n\t    Application Priority Table');
  for (let i = at + 5; i < at + size; i += 3) {
    const first = p.u8(i);
    p.print(
      `\n\t      Priority: ${first >>> 5}, RES: ${(first >>> 3) & 3}, Sel: ${first & 7}, Protocol ID: ${p.u16(i + 1)}`,
    );
  }
}

function printEdgeBridging(p: Printer, at: number): void {
  const [bridge, station, retry, mode, keepalive] = [4, 5, 6, 7, 8].map((i) => p.u8(at + i)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  p.print('\n\t    EVB Bridge Status');
  p.print(
    `\n\t      RES: ${bridge >>> 3}, BGID: ${(bridge >>> 2) & 1}, RRCAP: ${(bridge >>> 1) & 1}, RRCTR: ${bridge & 1}`,
  );
  p.print('\n\t    EVB Station Status');
  p.print(
    `\n\t      RES: ${station >>> 4}, SGID: ${(station >>> 3) & 1}, RRREQ: ${(station >>> 2) & 1},RRSTAT: ${station & 3}`,
  );
  p.print(
    `\n\t    R: ${retry >>> 5}, RTE: ${retry & 31}, EVB Mode: ${EVB_MODES[mode >>> 6] ?? ''} [${mode >>> 6}]`,
  );
  p.print(`\n\t    ROL: ${(mode >>> 5) & 1}, RWD: ${mode & 31}, `);
  p.print(`RES: ${keepalive >>> 6}, ROL: ${(keepalive >>> 5) & 1}, RKA: ${keepalive & 31}`);
}

function printChannels(p: Printer, at: number, size: number): void {
  const first = p.u8(at + 4);
  p.print(`\n\t    Role: ${first >>> 7}, RES: ${(first >>> 4) & 7}, Scomp: ${(first >>> 3) & 1} `);
  p.print(`ChnCap: ${p.u16(at + 6) & 0xfff}`);
  if ((size - 8) % 3 !== 0) return;
  for (let i = at + 8; i < at + size; i += 3)
    p.print(`\n\t    SCID: ${p.u24(i) >>> 12}, SVID: ${p.u24(i) & 0xfff}`);
}

/** Smallest size at which a value of a type says anything. */
const MINIMUM_8021: ReadonlyMap<number, number> = new Map([
  [1, 6],
  [2, 7],
  [3, 6],
  [4, 5],
  [7, 9],
  [8, 6],
  [9, 25],
  [10, 25],
  [11, 6],
  [12, 5],
  [13, 9],
  [14, 8],
]);

function print8021Value(p: Printer, type: number, at: number, size: number): void {
  const flags = p.u8(at + 4);
  switch (type) {
    case 1:
      p.print(`\n\t    port vlan id (PVID): ${p.u16(at + 4)}`);
      break;
    case 2:
      p.print(
        `\n\t    port and protocol vlan id (PPVID): ${p.u16(at + 5)}, flags [${flagText(PROTOCOL_VLAN, flags, 'none')}] (0x${hexOf(flags, 2)})`,
      );
      break;
    case 3: {
      p.print(`\n\t    vlan id (VID): ${p.u16(at + 4)}`);
      const nameSize = size < 7 ? size : p.u8(at + 6);
      if (size < 7 + nameSize) break;
      p.print('\n\t    vlan name: ');
      p.charsToZero(at + 7, nameSize);
      break;
    }
    case 4:
      if (size < 5 + flags) break;
      p.print('\n\t    protocol identity: ');
      p.charsToZero(at + 5, flags);
      break;
    case 7:
      printAggregation(p, at);
      break;
    case 8:
      printPriorityBits(p, 'Pre-Priority CNPV Indicator', flags);
      printPriorityBits(p, 'Pre-Priority Ready Indicator', p.u8(at + 5));
      break;
    case 9:
      p.print(
        `\n\t    Willing:${flags >>> 7}, CBS:${(flags >>> 6) & 2}, RES:${(flags >>> 3) & 7}, Max TCs:${flags & 7}`,
      );
      printTransmissionSelection(p, at + 5);
      break;
    case 10:
      p.print(`\n\t    RES: ${flags}`);
      printTransmissionSelection(p, at + 5);
      break;
    case 11:
      p.print(
        `\n\t    Willing: ${flags >>> 7}, MBC: ${(flags >>> 6) & 1}, RES: ${(flags >>> 4) & 3}, PFC cap:${flags & 15} `,
      );
      printPriorityBits(p, 'PFC Enable', p.u8(at + 5));
      break;
    case 12:
      printApplications(p, at, size);
      break;
    case 13:
      printEdgeBridging(p, at);
      break;
    case 14:
      printChannels(p, at, size);
      break;
    default:
  }
}

function printAggregation(p: Printer, at: number): void {
  p.print(
    `\n\t    aggregation status [${flagText(SUPPORTED, p.u8(at + 4), 'none')}], aggregation port ID ${p.u32(at + 5)}`,
  );
}

export function printIeee8021(p: Printer, at: number, size: number): ValueOutcome {
  if (size < 4) return 'printed';
  const type = p.u8(at + 3);
  p.print(`\n\t  ${IEEE_8021_VALUES.get(type) ?? 'unknown'} Subtype (${type})`);
  const minimum = MINIMUM_8021.get(type);
  if (minimum === undefined) return 'dump';
  if (size >= minimum) print8021Value(p, type, at, size);
  return 'printed';
}

function printLink(p: Printer, at: number): void {
  const negotiation = p.u8(at + 4);
  const [able, type] = [p.u16(at + 5), p.u16(at + 7)];
  p.print(
    `\n\t    autonegotiation [${flagText(SUPPORTED, negotiation, 'none')}] (0x${hexOf(negotiation, 2)})`,
  );
  p.print(
    `\n\t    PMD autoneg capability [${flagText(PMD_CAPABILITIES, able, 'unknown')}] (0x${hexOf(able, 4)})`,
  );
  p.print(`\n\t    MAU type ${MAU_TYPES.get(type) ?? 'unknown'} (0x${hexOf(type, 4)})`);
}

function printPower(p: Printer, at: number): void {
  const pairs = p.u8(at + 5);
  const powerClass = p.u8(at + 6);
  p.print(
    `\n\t    MDI power support [${flagText(POWER, p.u8(at + 4), 'none')}], power pair ${['unknown', 'signal', 'spare'][pairs] ?? 'unknown'}` +
      `, power class ${powerClass >= 1 && powerClass <= 5 ? `class${powerClass - 1}` : 'unknown'}`,
  );
}

export function printIeee8023(p: Printer, at: number, size: number): ValueOutcome {
  if (size < 4) return 'printed';
  const type = p.u8(at + 3);
  p.print(`\n\t  ${IEEE_8023_VALUES.get(type) ?? 'unknown'} Subtype (${type})`);
  const minimum = [undefined, 9, 7, 9, 6][type];
  if (minimum === undefined) return 'dump';
  if (size < minimum) return 'printed';
  if (type === 1) printLink(p, at);
  else if (type === 2) printPower(p, at);
  else if (type === 3) printAggregation(p, at);
  else p.print(`\n\t    MTU size ${p.u16(at + 4)}`);
  return 'printed';
}
