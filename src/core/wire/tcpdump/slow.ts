/** Slow protocols of IEEE 802.3: LACP, marker, and the way to OAM. */
import { printUnknown } from './dump.ts';
import { flagText, hexOf, type FlagTable, type NameTable, type Printer } from './printer.ts';
import { printSlowOam } from './slow-oam.ts';

const LACP = 1;
const MARKER = 2;
const OAM = 3;
const VERSION = 1;

const NAMES: NameTable = new Map([
  [LACP, 'LACP'],
  [MARKER, 'MARKER'],
  [OAM, 'OAM'],
]);

/** Sizes are those of the value, without type and length. */
const VALUES = {
  actor: { key: 0x0101, size: 18 },
  partner: { key: 0x0102, size: 18 },
  collector: { key: 0x0103, size: 14 },
  marker: { key: 0x0201, size: 14 },
} as const;

const VALUE_NAMES: NameTable = new Map([
  [0x0100, 'Terminator'],
  [0x0101, 'Actor Information'],
  [0x0102, 'Partner Information'],
  [0x0103, 'Collector Information'],
  [0x0200, 'Terminator'],
  [0x0201, 'Marker Information'],
]);

const STATES: FlagTable = [
  [0x01, 'Activity'],
  [0x02, 'Timeout'],
  [0x04, 'Aggregation'],
  [0x08, 'Synchronization'],
  [0x10, 'Collecting'],
  [0x20, 'Distributing'],
  [0x40, 'Default'],
  [0x80, 'Expired'],
];

/** Prints a value of a known kind; its key says protocol and type. */
function printValue(p: Printer, key: number, at: number, size: number): void {
  const kind = Object.values(VALUES).find((value) => value.key === key);
  if (kind === undefined) {
    if (p.verbose <= 1) printUnknown(p, at, '\n\t  ', size);
    return;
  }
  if (size !== kind.size) {
    p.print(`\n\t    ERROR: illegal length - should be ${kind.size + 2}`);
    return;
  }
  switch (key) {
    case VALUES.collector.key:
      p.print(`\n\t  Max Delay ${p.u16(at)}`);
      break;
    case VALUES.marker.key:
      p.print(
        `\n\t  Request System ${p.mac(at + 2)}, Request Port ${p.u16(at)}, Request Transaction ID 0x${hexOf(p.u32(at + 8), 8)}`,
      );
      break;
    default:
      p.print(
        `\n\t  System ${p.mac(at + 2)}, System Priority ${p.u16(at)}, Key ${p.u16(at + 8)}` +
          `, Port ${p.u16(at + 12)}, Port Priority ${p.u16(at + 10)}\n\t  State Flags [${flagText(STATES, p.u8(at + 14), 'none')}]`,
      );
  }
}

function printValues(p: Printer, protocol: number, from: number, end: number): void {
  for (let at = from; at < end;) {
    if (end - at < 2) {
      p.print('\n\t\t packet is too short');
      return;
    }
    const type = p.u8(at);
    const size = p.u8(at + 1);
    const key = (protocol << 8) | type;
    p.print(`\n\t${VALUE_NAMES.get(key) ?? 'Unknown'} TLV (0x${hexOf(type, 2)}), length ${size}`);
    if (type === 0) return;
    if (size < 2) {
      p.print('\n\t    ERROR: illegal length - should be >= 2');
      return;
    }
    if (end - at < size) {
      p.print('\n\t\t packet is too short');
      return;
    }
    p.need(at, size);
    printValue(p, key, at + 2, size - 2);
    if (p.verbose > 1) printUnknown(p, at + 2, '\n\t  ', size - 2);
    at += size;
  }
}

export function printSlow(p: Printer, at: number, length: number): void {
  p.protocol = 'slow';
  const protocol = length < 1 ? -1 : p.u8(at);
  const hasVersion = protocol === LACP || protocol === MARKER;
  if (length < (hasVersion ? 2 : 1)) {
    p.print(p.verbose === 0 ? ' (packet is too short)' : '\n\t\t packet is too short');
    return;
  }
  const name = NAMES.get(protocol);
  const version = hasVersion ? p.u8(at + 1) : 0;
  if (hasVersion && version !== VERSION) {
    p.print(`${name} version ${version} packet not supported`);
    return;
  }
  p.print(`${name ?? `unknown (${protocol})`}${hasVersion ? `v${version}` : ''}, length ${length}`);
  if (name === undefined) printUnknown(p, at, '\n\t', length);
  else if (p.verbose > 0 && hasVersion) printValues(p, protocol, at + 2, at + length);
  else if (p.verbose > 0) printSlowOam(p, at + 1, length - 1);
}
