/** LLDP: typed values, and the way to the extensions of organisations. */
import { ADDRESS_FAMILIES } from './address-family.table.ts';
import { printUnknown } from './dump.ts';
import { printDcbx } from './lldp-dcbx.ts';
import { printIeee8021, printIeee8023 } from './lldp-ieee.ts';
import { printMed } from './lldp-med.ts';
import type { ValueOutcome } from './lldp-value.ts';
import { CAPABILITIES, CHASSIS_KINDS, LLDP_VALUES, PORT_KINDS } from './lldp.table.ts';
import { OUI_NAMES } from './oui.table.ts';
import { flagText, hexOf, type NameTable, type Printer } from './printer.ts';

const VALUE = {
  chassis: 1,
  port: 2,
  timeToLive: 3,
  portDescription: 4,
  systemName: 5,
  systemDescription: 6,
  capabilities: 7,
  managementAddress: 8,
  organisation: 127,
} as const;

const OUI = {
  ieee8021: 0x0080c2,
  ieee8023: 0x00120f,
  iana: 0x00005e,
  tia: 0x0012bb,
  dcbx: 0x001b21,
} as const;

/** Printers of the organisations' values; all begin at the organisation's number. */
const ORGANISATIONS: ReadonlyMap<number, (p: Printer, at: number, size: number) => ValueOutcome> = new Map([
  [OUI.ieee8021, printIeee8021],
  [OUI.ieee8023, printIeee8023],
  [OUI.iana, printIana],
  [OUI.tia, printMed],
  [OUI.dcbx, printDcbx],
]);

const FAMILY_PRINTERS: ReadonlyMap<
  number,
  readonly [size: number, text: (p: Printer, at: number) => string]
> = new Map([
  [1, [4, (p: Printer, at: number) => p.ipv4(at)]],
  [2, [16, (p: Printer, at: number) => p.ipv6(at)]],
  [6, [6, (p: Printer, at: number) => p.mac(at)]],
]);

/** Text of a family and an address of it; null when it is too short. */
function addressText(p: Printer, at: number, size: number): string | null {
  if (size < 1) return null;
  const family = p.u8(at);
  const name = `AFI ${ADDRESS_FAMILIES.get(family) ?? 'Unknown'} (${family})`;
  const printer = FAMILY_PRINTERS.get(family);
  if (printer === undefined) return `${name}, no AF printer !`;
  return size - 1 < printer[0] ? null : `${name}: ${printer[1](p, at + 1)}`;
}

/** A chassis or port identifier; `mac` and `network` are the kinds that hold addresses. */
function printIdentifier(
  p: Printer,
  at: number,
  size: number,
  kinds: NameTable,
  mac: number,
  network: number,
): ValueOutcome {
  if (size < 2) return 'cut';
  const kind = p.u8(at);
  const name = kinds.get(kind);
  p.print(`\n\t  Subtype ${name ?? 'Unknown'} (${kind}): `);
  if (name === undefined) return 'dump';
  if (kind === mac) {
    if (size < 7) return 'cut';
    p.print(p.mac(at + 1));
  } else if (kind === network) {
    const text = addressText(p, at + 1, size - 1);
    if (text === null) return 'cut';
    p.print(text);
  } else {
    p.charsToZero(at + 1, size - 1);
  }
  return 'printed';
}

function printManagement(p: Printer, from: number, size: number): ValueOutcome {
  const end = from + size;
  const addressSize = p.u8(from);
  let at = from + 1;
  if (end - at < addressSize) return 'cut';
  const text = addressText(p, at, addressSize);
  if (text === null) return 'cut';
  p.print(`\n\t  Management Address length ${addressSize}, ${text}`);
  at += addressSize;
  if (end - at < 5) return 'cut';
  const numbering = p.u8(at);
  const name = numbering === 2 ? 'Interface Index' : numbering === 3 ? 'System Port Number' : 'Unknown';
  p.print(`\n\t  ${name} Interface Numbering (${numbering}): ${p.u32(at + 1)}`);
  at += 5;
  if (at >= end) return 'printed';
  const objectSize = p.u8(at);
  if (end - at < 1 + objectSize) return 'cut';
  if (objectSize > 0) {
    p.print(`\n\t  OID length ${objectSize}`);
    p.charsToZero(at + 1, objectSize);
  }
  return 'printed';
}

function printIana(p: Printer, at: number, size: number): ValueOutcome {
  if (size < 8) return 'printed';
  const kind = p.u8(at + 3);
  p.print(`\n\t  ${kind === 1 ? 'MUD-URL' : 'unknown'} Subtype (${kind})`);
  if (kind !== 1) return 'dump';
  p.print('\n\t  MUD-URL=');
  p.chars(at + 4, size - 4);
  return 'printed';
}

function printOrganisation(p: Printer, at: number, size: number): ValueOutcome {
  if (size < 3) return 'cut';
  const oui = p.u24(at);
  p.print(`: OUI ${OUI_NAMES.get(oui) ?? 'Unknown'} (0x${hexOf(oui, 6)})`);
  return ORGANISATIONS.get(oui)?.(p, at, size) ?? 'dump';
}

/** The values that print with -v only. */
function printValue(p: Printer, type: number, at: number, size: number): ValueOutcome {
  switch (type) {
    case VALUE.chassis:
      return printIdentifier(p, at, size, CHASSIS_KINDS, 4, 5);
    case VALUE.port:
      return printIdentifier(p, at, size, PORT_KINDS, 3, 4);
    case VALUE.timeToLive:
      if (size < 2) return 'cut';
      p.print(`: TTL ${p.u16(at)}s`);
      return 'printed';
    case VALUE.portDescription:
    case VALUE.systemDescription:
      p.print(type === VALUE.portDescription ? ': ' : '\n\t  ');
      p.charsToZero(at, size);
      return 'printed';
    case VALUE.capabilities: {
      if (size < 4) return 'cut';
      const [able, enabled] = [p.u16(at), p.u16(at + 2)];
      p.print(`\n\t  System  Capabilities [${flagText(CAPABILITIES, able, 'none')}] (0x${hexOf(able, 4)})`);
      p.print(
        `\n\t  Enabled Capabilities [${flagText(CAPABILITIES, enabled, 'none')}] (0x${hexOf(enabled, 4)})`,
      );
      return 'printed';
    }
    case VALUE.managementAddress:
      return printManagement(p, at, size);
    case VALUE.organisation:
      return printOrganisation(p, at, size);
    default:
      return 'dump';
  }
}

export function printLldp(p: Printer, from: number, length: number): void {
  p.protocol = 'lldp';
  const end = from + length;
  const isVerbose = p.verbose > 0;
  p.print(`LLDP, length ${length}`);
  for (let at = from; end - at >= 2;) {
    if (!p.has(at, 2)) return p.truncated();
    const word = p.u16(at);
    const type = word >>> 9;
    const size = word & 0x1ff;
    at += 2;
    if (isVerbose) p.print(`\n\t${LLDP_VALUES.get(type) ?? 'Unknown'} TLV (${type}), length ${size}`);
    if (type === 0 || size === 0) return undefined;
    if (!p.has(at, size) || end - at < size) return p.truncated();
    let outcome: ValueOutcome = 'printed';
    if (type === VALUE.systemName) {
      p.print(': ');
      p.charsToZero(at, size);
    } else if (isVerbose) {
      outcome = printValue(p, type, at, size);
      if (outcome === 'cut') return p.truncated();
    }
    if (p.verbose > 1 || outcome === 'dump') printUnknown(p, at, '\n\t  ', size);
    at += size;
  }
  return undefined;
}
