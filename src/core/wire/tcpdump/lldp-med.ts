/** LLDP values of TIA for media endpoints (LLDP-MED). */
import { printUnknown } from './dump.ts';
import type { ValueOutcome } from './lldp-value.ts';
import {
  MED_APPLICATIONS,
  MED_CAPABILITIES,
  MED_CIVIC_SUBJECTS,
  MED_CIVIC_TYPES,
  MED_DATUMS,
  MED_DEVICES,
  MED_INVENTORY,
  MED_LOCATIONS,
  MED_POLICY_FLAGS,
  MED_POWER_PRIORITIES,
  MED_POWER_SOURCES,
  MED_VALUES,
} from './lldp.table.ts';
import { fixed, flagText, hexOf, type Printer } from './printer.ts';

const TYPE = { capabilities: 1, policy: 2, location: 3, power: 4 } as const;
const LOCATION = { coordinates: 1, civic: 2, elin: 3 } as const;
const HIGHEST_POWER = 1024;

/** 34 bits of a coordinate behind six bits of resolution. */
const coordinate = (p: Printer, at: number): bigint => (BigInt(p.u8(at) & 3) << 32n) | BigInt(p.u32(at + 1));

function printCoordinates(p: Printer, at: number): void {
  p.print(`\n\t    Latitude resolution ${p.u8(at + 5) >>> 2}, latitude value ${coordinate(p, at + 5)}`);
  p.print(`\n\t    Longitude resolution ${p.u8(at + 10) >>> 2}, longitude value ${coordinate(p, at + 10)}`);
  const kind = p.u8(at + 15) >>> 4;
  p.print(`\n\t    Altitude type ${['unknown', 'meters', 'floors'][kind] ?? 'unknown'} (${kind})`);
  p.print(
    `\n\t    Altitude resolution ${(p.u16(at + 15) >>> 6) & 0x3f}, altitude value 0x${hexOf(p.u32(at + 16) & 0x3fffffff)}`,
  );
  const datum = p.u8(at + 20);
  p.print(`\n\t    Datum ${MED_DATUMS.get(datum) ?? 'unknown'} (0x${hexOf(datum, 2)})`);
}

function printCivic(p: Printer, at: number, size: number): void {
  const length = size < 6 ? 0 : p.u8(at + 5);
  if (length < 3 || size < 7 + length) return;
  const subject = p.u8(at + 6);
  p.print(
    `\n\t    LCI length ${length}, LCI what ${MED_CIVIC_SUBJECTS.get(subject) ?? 'unknown'} (0x${hexOf(subject, 2)}), Country-code `,
  );
  p.charsToZero(at + 7, 2);
  const end = at + 6 + length;
  for (let entry = at + 9; end - entry >= 2;) {
    const type = p.u8(entry);
    const entrySize = p.u8(entry + 1);
    entry += 2;
    p.print(`\n\t      CA type '${MED_CIVIC_TYPES.get(type) ?? 'unknown'}' (${type}), length ${entrySize}: `);
    if (type === 0 || entrySize === 0 || end - entry < entrySize) return;
    p.charsToZero(entry, entrySize);
    entry += entrySize;
  }
}

function printLocation(p: Printer, at: number, size: number): void {
  const format = p.u8(at + 4);
  p.print(`\n\t    Location data format ${MED_LOCATIONS.get(format) ?? 'unknown'} (0x${hexOf(format, 2)})`);
  if (format === LOCATION.coordinates) {
    if (size >= 21) printCoordinates(p, at);
  } else if (format === LOCATION.civic) {
    printCivic(p, at, size);
  } else if (format === LOCATION.elin) {
    p.print('\n\t    ECS ELIN id ');
    p.charsToZero(at + 5, size - 5);
  } else {
    p.print('\n\t    Location ID ');
    printUnknown(p, at + 5, '\n\t      ', size - 5);
  }
}

function printPolicy(p: Printer, at: number): void {
  const application = p.u8(at + 4);
  p.print(
    `\n\t    Application type [${MED_APPLICATIONS.get(application) ?? 'none'}] (0x${hexOf(application, 2)})`,
  );
  p.print(`, Flags [${flagText(MED_POLICY_FLAGS, p.u8(at + 5), 'none')}]`);
  const low = p.u16(at + 6);
  p.print(
    `\n\t    Vlan id ${(p.u16(at + 5) & 0x1ffe) >>> 1}, L2 priority ${(low & 0x1ff) >>> 6}, DSCP value ${low & 0x3f}`,
  );
}

function printPower(p: Printer, at: number): void {
  const first = p.u8(at + 4);
  p.print(`\n\t    Power type [${(first & 3) === 0 ? 'PSE device' : 'PD device'}]`);
  p.print(`, Power source [${MED_POWER_SOURCES.get((first & 0x30) >>> 4) ?? 'none'}]`);
  p.print(
    `\n\t    Power priority [${MED_POWER_PRIORITIES.get(first & 15) ?? 'none'}] (0x${hexOf(first & 15, 2)})`,
  );
  const power = p.u16(at + 5);
  p.print(
    power < HIGHEST_POWER
      ? `, Power ${fixed(Math.fround(power / 10), 1)} Watts`
      : `, Power ${power} (Reserved)`,
  );
}

export function printMed(p: Printer, at: number, size: number): ValueOutcome {
  if (size < 4) return 'printed';
  const type = p.u8(at + 3);
  const name = MED_VALUES.get(type);
  p.print(`\n\t  ${name ?? 'unknown'} Subtype (${type})`);
  if (name === undefined) return 'dump';
  const minimum = [0, 7, 8, 5, 7][type] ?? 0;
  if (size < minimum) return 'printed';
  if (type === TYPE.capabilities) {
    const able = p.u16(at + 4);
    const device = p.u8(at + 6);
    p.print(`\n\t    Media capabilities [${flagText(MED_CAPABILITIES, able, 'none')}] (0x${hexOf(able, 4)})`);
    p.print(`\n\t    Device type [${MED_DEVICES.get(device) ?? 'unknown'}] (0x${hexOf(device, 2)})`);
  } else if (type === TYPE.policy) {
    printPolicy(p, at);
  } else if (type === TYPE.location) {
    printLocation(p, at, size);
  } else if (type === TYPE.power) {
    printPower(p, at);
  } else {
    p.print(`\n\t  ${MED_INVENTORY.get(type) ?? 'unknown'} `);
    p.charsToZero(at + 4, size - 4);
  }
  return 'printed';
}
