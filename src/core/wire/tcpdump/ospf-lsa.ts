/** Link state advertisements of OSPF version 2. */
import { printUnknown } from './dump.ts';
import { flagText, hexOf, type FlagTable, type NameTable, type Printer } from './printer.ts';

export const LSA_HEADER = 20;

export const OPTIONS: FlagTable = [
  [0x01, 'MultiTopology'],
  [0x02, 'External'],
  [0x04, 'Multicast'],
  [0x08, 'NSSA'],
  [0x10, 'LLS'],
  [0x20, 'Demand Circuit'],
  [0x40, 'Opaque'],
  [0x80, 'Up/Down'],
];

export const LSA_TYPES: NameTable = new Map([
  [1, 'Router'],
  [2, 'Network'],
  [3, 'Summary'],
  [4, 'ASBR Summary'],
  [5, 'External'],
  [6, 'Multicast Group'],
  [7, 'NSSA'],
  [9, 'Link Local Opaque'],
  [10, 'Area Local Opaque'],
  [11, 'Domain Wide Opaque'],
]);

export const OPAQUE_TYPES: NameTable = new Map([
  [1, 'Traffic Engineering'],
  [3, 'Graceful restart'],
  [4, 'Router Information'],
]);

const ROUTER_FLAGS: FlagTable = [
  [0x01, 'ABR'],
  [0x02, 'ASBR'],
  [0x04, 'Virtual'],
  [0x08, 'Wildcard'],
  [0x10, 'Nt'],
  [0x80, 'Host'],
];

const CAPABILITIES: FlagTable = [
  [1, 'Reserved'],
  [2, 'Reserved'],
  [4, 'Reserved'],
  [8, 'Reserved'],
  [16, 'graceful restart capable'],
  [32, 'graceful restart helper'],
  [64, 'Stub router support'],
  [128, 'Traffic engineering'],
  [256, 'p2p over LAN'],
  [512, 'path computation server'],
];

const TOPOLOGIES = ['default', 'multicast', 'management'] as const;
const RESTART_VALUES: NameTable = new Map([
  [1, 'Grace Period'],
  [2, 'Graceful restart Reason'],
  [3, 'IPv4 interface address'],
]);
const RESTART_REASONS = [
  'Unknown',
  'Software Restart',
  'Software Reload/Upgrade',
  'Control Processor Switch',
] as const;

/** Text of a router link by type, with the identifier and the data of the link. */
const LINKS: ReadonlyMap<number, readonly [id: string, data: string]> = new Map([
  [1, ['Neighbor Router-ID: ', ', Interface Address: ']],
  [2, ['Neighbor Network-ID: ', ', Interface Address: ']],
  [3, ['Stub Network: ', ', Mask: ']],
  [4, ['Virtual Link: Neighbor Router-ID: ', ', Interface Address: ']],
]);

const topologyText = (number: number): string => `topology ${TOPOLOGIES[number] ?? 'Unknown'} (${number})`;

/** Prints the header; returns the length it claims, or -1 when that is too short. */
export function printLsaHeader(p: Printer, at: number): number {
  const length = p.u16(at + 18);
  if (length < LSA_HEADER) {
    p.print(`\n\t    Bogus length ${length} < header (${LSA_HEADER})`);
    return -1;
  }
  p.print(
    `\n\t  Advertising Router ${p.ipv4(at + 8)}, seq 0x${hexOf(p.u32(at + 12), 8)}, age ${p.u16(at)}s, length ${length - LSA_HEADER}`,
  );
  const type = p.u8(at + 3);
  const name = `\n\t    ${LSA_TYPES.get(type) ?? 'unknown'} LSA (${type})`;
  if (type >= 9 && type <= 11) {
    const opaque = p.u8(at + 4);
    p.print(
      `${name}, Opaque-Type ${OPAQUE_TYPES.get(opaque) ?? 'unknown'} LSA (${opaque}), Opaque-ID ${p.u24(at + 5)}`,
    );
  } else {
    p.print(`${name}, LSA-ID: ${p.ipv4(at + 4)}`);
  }
  p.print(`\n\t    Options: [${flagText(OPTIONS, p.u8(at + 2), 'none')}]`);
  return length;
}

/** False when a link is cut, or of an unknown type and hides where the next begins. */
function printRouter(p: Printer, body: number): boolean | null {
  p.print(`\n\t    Router LSA Options: [${flagText(ROUTER_FLAGS, p.u8(body), 'none')}]`);
  const count = p.u16(body + 2);
  let link = body + 4;
  if (!p.has(link, 12)) return null;
  for (let i = 0; i < count; i += 1) {
    if (!p.has(link, 12)) return null;
    const type = p.u8(link + 8);
    const texts = LINKS.get(type);
    if (texts === undefined) {
      p.print(`\n\t      Unknown Router Link Type (${type})`);
      return false;
    }
    p.print(`\n\t      ${texts[0]}${p.ipv4(link)}${texts[1]}${p.ipv4(link + 4)}`);
    const metrics = p.u8(link + 9) + 1;
    for (let metric = 0; metric < metrics; metric += 1) {
      const at = link + 8 + 4 * metric;
      const topology = p.u8(at);
      p.print(`\n\t\t${topologyText(metric === 0 ? 0 : topology)}, metric ${p.u16(at + 2)}`);
    }
    link += 8 + 4 * metrics;
  }
  return true;
}

function printSummary(p: Printer, from: number, end: number): void {
  for (let at = from; at < end; at += 4) {
    const word = p.u32(at);
    p.print(`\n\t\t${topologyText((word >>> 24) & 0x7f)} metric ${word & 0xffffff}`);
  }
}

function printExternal(p: Printer, from: number, end: number): void {
  for (let at = from; at < end; at += 12) {
    const word = p.u32(at);
    const metric = word & 0xffffff;
    p.print(`\n\t\t${topologyText((word >>> 24) & 0x7f)}, type ${word >>> 31 === 1 ? 2 : 1}, metric`);
    p.print(metric === 0xffffff ? ' infinite' : ` ${metric}`);
    if (p.u32(at + 4) !== 0) p.print(`, forward ${p.ipv4(at + 4)}`);
    if (p.u32(at + 8) !== 0) p.print(`, tag ${p.ipv4(at + 8)}`);
  }
}

function printGroup(p: Printer, from: number, end: number): void {
  for (let at = from; at < end; at += 8) {
    const type = p.u32(at);
    if (type === 1) p.print(`\n\t    Router Router-ID ${p.ipv4(at + 4)}`);
    else if (type === 2) p.print(`\n\t    Network Designated Router ${p.ipv4(at + 4)}`);
    else p.print(`\n\t    unknown VertexType (${type})`);
  }
}

/** False when the rest of the advertisement is left out; null when it is cut. */
function printInformation(p: Printer, from: number, end: number): boolean | null {
  for (let at = from; at < end;) {
    if (!p.has(at, 4)) return null;
    if (end - at < 4) {
      p.print(`\n\t    Remaining LS length ${end - at} < 4`);
      return false;
    }
    const type = p.u16(at);
    const size = p.u16(at + 2);
    at += 4;
    p.print(
      `\n\t    ${type === 1 ? 'Router Capabilities' : 'unknown'} TLV (${type}), length: ${size}, value: `,
    );
    if (size > end - at) {
      p.print(`\n\t    Bogus length ${size} > remaining LS length ${end - at}`);
      return false;
    }
    if (!p.has(at, size)) return null;
    if (type === 1) {
      if (size !== 4) {
        p.print(`\n\t    Bogus length ${size} != 4`);
        return false;
      }
      p.print(`Capabilities: ${flagText(CAPABILITIES, p.u32(at), 'Unknown')}`);
    } else if (p.verbose <= 1) {
      printUnknown(p, at, '\n\t      ', size);
    }
    at += size;
  }
  return true;
}

function printRestartValue(p: Printer, type: number, at: number, size: number): boolean {
  const wanted = type === 2 ? 1 : type === 1 || type === 3 ? 4 : size;
  if (size !== wanted) {
    p.print(`\n\t    Bogus length ${size} != ${wanted}`);
    return false;
  }
  if (type === 1) p.print(`${p.u32(at)}s`);
  else if (type === 2) p.print(`${RESTART_REASONS[p.u8(at)] ?? 'Unknown'} (${p.u8(at)})`);
  else if (type === 3) p.print(p.ipv4(at));
  else if (p.verbose <= 1) printUnknown(p, at, '\n\t      ', size);
  return true;
}

function printRestart(p: Printer, from: number, size: number): boolean {
  let left = size;
  for (let at = from; left > 0;) {
    if (!p.has(at, 4)) return false;
    if (left < 4) {
      p.print(`\n\t    Remaining LS length ${left} < 4`);
      return false;
    }
    const type = p.u16(at);
    const valueSize = p.u16(at + 2);
    at += 4;
    left -= 4;
    p.print(`\n\t    ${RESTART_VALUES.get(type) ?? 'unknown'} TLV (${type}), length ${valueSize}, value: `);
    if (valueSize > left) {
      p.print(`\n\t    Bogus length ${valueSize} > ${left}`);
      return false;
    }
    if (type === 0 || valueSize === 0 || !p.has(at, valueSize) || !printRestartValue(p, type, at, valueSize))
      return false;
    const step = (valueSize + 3) & ~3;
    at += step;
    // An unpadded last value wraps the unsigned length and runs into the captured end.
    left = (left - step) >>> 0;
  }
  return true;
}

function printBody(p: Printer, at: number, type: number, body: number, end: number): boolean | null {
  switch (type) {
    case 1:
      return printRouter(p, body);
    case 2:
      p.print(`\n\t    Mask ${p.ipv4(body)}\n\t    Connected Routers:`);
      for (let router = body + 4; router < end; router += 4) p.print(`\n\t      ${p.ipv4(router)}`);
      return true;
    case 3:
    case 4:
      if (type === 3) {
        if (!p.has(body, 4)) return null;
        p.print(`\n\t    Mask ${p.ipv4(body)}`);
      }
      if (!p.has(body + 4, 4)) return null;
      printSummary(p, body + 4, end);
      return true;
    case 5:
    case 7:
      if (!p.has(body, 4)) return null;
      p.print(`\n\t    Mask ${p.ipv4(body)}`);
      if (!p.has(body + 4, 4)) return null;
      printExternal(p, body + 4, end);
      return true;
    case 6:
      printGroup(p, body, end);
      return true;
    case 9:
    case 10:
    case 11:
      return printOpaque(p, p.u8(at + 4), body, end);
    default:
      return true;
  }
}

function printOpaque(p: Printer, opaque: number, body: number, end: number): boolean | null {
  switch (opaque) {
    case 1:
      p.notModelled('OSPF traffic engineering');
      return false;
    case 3:
      return printRestart(p, body, end - body);
    case 4:
      return printInformation(p, body, end);
    default:
      return p.verbose > 1 || printUnknown(p, body, '\n\t    ', end - body);
  }
}

/** Returns where the advertisement ends, or null when it is cut. */
function printLsa(p: Printer, at: number): number | null {
  const length = printLsaHeader(p, at);
  if (length < 0) return null;
  const end = at + length;
  const body = at + LSA_HEADER;
  const isWhole = printBody(p, at, p.u8(at + 3), body, end);
  if (isWhole === null) return null;
  if (isWhole && p.verbose > 1) printUnknown(p, body, '\n\t    ', end - body);
  return end;
}

/** Prints `count` advertisements. Unwinds when one is cut. */
export function printLinkStateUpdate(p: Printer, from: number, count: number): void {
  let at: number | null = from;
  for (let i = 1; i <= count; i += 1) {
    p.print(`\n\t  LSA #${i}`);
    at = printLsa(p, at);
    if (at === null) p.truncate();
  }
}
