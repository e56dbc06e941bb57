/** Options of neighbour discovery messages. */
import { printDomainName } from './domain-name.ts';
import { printUnknown } from './dump.ts';
import { flagText, formatAddress6, type FlagTable, type NameTable, type Printer } from './printer.ts';

const OPTION = {
  sourceLink: 1,
  targetLink: 2,
  prefix: 3,
  redirectedHeader: 4,
  mtu: 5,
  advertisementInterval: 7,
  homeAgent: 8,
  route: 24,
  rdnss: 25,
  dnssl: 31,
} as const;

const OPTION_NAMES: NameTable = new Map([
  [1, 'source link-address'],
  [2, 'destination link-address'],
  [3, 'prefix info'],
  [4, 'redirected header'],
  [5, 'mtu'],
  [25, 'rdnss'],
  [31, 'dnssl'],
  [7, 'advertisement interval'],
  [8, 'homeagent information'],
  [24, 'route info'],
]);

const PREFIX_FLAGS: FlagTable = [
  [0x80, 'onlink'],
  [0x40, 'auto'],
  [0x20, 'router'],
];

/** Router preference in bits 3 and 4 (RFC 4191). */
export const preferenceText = (flags: number): string =>
  ['medium', 'high', 'rsv', 'low'][(flags & 0x18) >>> 3] ?? '';

const lifetimeText = (seconds: number): string => (seconds === 0xffffffff ? 'infinity' : `${seconds}s`);

/** False when the option is cut or has an impossible size. */
function printRoute(p: Printer, at: number, units: number): boolean {
  if (!p.has(at + 4, 4) || units > 3) return false;
  const known = 8 * (units - 1);
  p.need(at + 8, known);
  let prefix = 0n;
  for (let i = 0; i < 16; i += 1) prefix = (prefix << 8n) | BigInt(i < known ? p.u8(at + 8 + i) : 0);
  p.print(
    ` ${formatAddress6(prefix)}/${p.u8(at + 2)}, pref=${preferenceText(p.u8(at + 3))}, lifetime=${lifetimeText(p.u32(at + 4))}`,
  );
  return true;
}

function printSearchList(p: Printer, at: number, end: number, base: number): boolean {
  p.print(` lifetime ${p.u32(at + 4)}s, domain(s):`);
  let name: number | null = at + 8;
  while (name < end && p.u8(name) !== 0) {
    p.print(' ');
    name = printDomainName(p, name, base);
    if (name === null) return false;
  }
  return true;
}

/** Prints one option of `units` times 8 octets. False when it is damaged. */
function printOption(p: Printer, at: number, type: number, units: number, first: number): boolean {
  const size = 8 * units;
  switch (type) {
    case OPTION.sourceLink:
    case OPTION.targetLink:
      p.print(p.hex(at + 2, size - 2, ':'));
      return true;
    case OPTION.prefix:
      p.print(
        `${p.ipv6(at + 16)}/${p.u8(at + 2)}${units === 4 ? '' : 'badlen'}, Flags [${flagText(PREFIX_FLAGS, p.u8(at + 3), 'none')}]` +
          `, valid time ${lifetimeText(p.u32(at + 4))}`,
      );
      p.print(`, pref. time ${lifetimeText(p.u32(at + 8))}`);
      return true;
    case OPTION.redirectedHeader:
      printUnknown(p, first, '\n\t    ', size);
      return true;
    case OPTION.mtu:
      p.print(` ${p.u32(at + 4)}${units === 1 ? '' : 'bad option length'}`);
      return true;
    case OPTION.rdnss:
      p.print(` lifetime ${p.u32(at + 4)}s,`);
      for (let i = 0; i < Math.floor((units - 1) / 2); i += 1) p.print(` addr: ${p.ipv6(at + 8 + 16 * i)}`);
      return true;
    case OPTION.dnssl:
      return printSearchList(p, at, at + size, first);
    case OPTION.advertisementInterval:
      p.print(` ${p.u32(at + 4)}ms`);
      return true;
    case OPTION.homeAgent:
      p.print(` preference ${p.u16(at + 4)}, lifetime ${p.u16(at + 6)}`);
      return true;
    case OPTION.route:
      return printRoute(p, at, units);
    default:
      return true;
  }
}

/** Options from `first` for `size` octets. False when they are cut. */
export function printNdOptions(p: Printer, first: number, size: number): boolean {
  const end = p.snapEnd;
  let left = size;
  for (let at = first; at < end;) {
    if (!p.has(at + 1, 1)) return false;
    if (left <= 0) return true;
    const type = p.u8(at);
    const units = p.u8(at + 1);
    if (units === 0 || at + 8 * units > end) return false;
    const name = OPTION_NAMES.get(type);
    p.print(`\n\t  ${name ?? 'unknown'} option (${type}), length ${8 * units} (${units}): `);
    if (!printOption(p, at, type, units, first)) return false;
    if (name === undefined && p.verbose <= 1) {
      printUnknown(p, at + 2, '\n\t  ', 8 * units - 2);
      return true;
    }
    if (p.verbose > 1) printUnknown(p, at + 2, '\n\t    ', 8 * units - 2);
    at += 8 * units;
    left -= 8 * units;
  }
  return true;
}
