/** Path attributes of BGP. */
import { printCommunities, printExtendedCommunities, printLargeCommunities } from './bgp-community.ts';
import { printReachable, printUnreachable } from './bgp-multiprotocol.ts';
import { AS_PATH_CLOSE, AS_PATH_OPEN, ATTRIBUTES, ORIGINS, PMSI_FLAGS, PMSI_TUNNELS } from './bgp.table.ts';
import { asText } from './bgp-text.ts';
import { printUnknown } from './dump.ts';
import { flagText, hexOf, type Printer } from './printer.ts';

const ATTRIBUTE = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  discriminator: 4,
  localPreference: 5,
  atomicAggregate: 6,
  aggregator: 7,
  communities: 8,
  originator: 9,
  clusters: 10,
  reachable: 14,
  unreachable: 15,
  extendedCommunities: 16,
  as4Path: 17,
  as4Aggregator: 18,
  pmsiTunnel: 22,
  aigp: 26,
  largeCommunities: 32,
  set: 128,
} as const;

const DEEPEST_SET = 10;

/** ` (4), length: 5, Flags [TE]` of an attribute header. */
export function attributeTitle(type: number, length: number, flags: number): string {
  const title = `${ATTRIBUTES.get(type) ?? 'Unknown Attribute'} (${type}), length: ${length}`;
  if (flags === 0) return title;
  const letters = ['O', 'T', 'P', 'E'].filter((_, bit) => (flags & (0x80 >>> bit)) !== 0).join('');
  const rest = flags & 15;
  return `${title}, Flags [${letters}${rest === 0 ? '' : `+${hexOf(rest)}`}]`;
}

/** Size of the AS numbers in a path: two octets when that fills the attribute exactly, else four. */
function asSize(p: Printer, type: number, at: number, size: number): 2 | 4 {
  if (type === ATTRIBUTE.as4Path) return 4;
  let segment = at;
  while (segment < at + size) {
    const kind = p.u8(segment);
    if (kind < 1 || kind > 4) return 4;
    segment += 2 + p.u8(segment + 1) * 2;
  }
  return segment === at + size ? 2 : 4;
}

function printAsPath(p: Printer, type: number, at: number, size: number): boolean {
  if (size % 2 !== 0 || size === 0) {
    p.print(size === 0 ? 'empty' : 'invalid len');
    return true;
  }
  const step = asSize(p, type, at, size);
  for (let segment = at; segment < at + size;) {
    const kind = p.u8(segment);
    p.print(AS_PATH_OPEN.get(kind) ?? '?');
    const count = p.u8(segment + 1);
    for (let i = 0; i < count; i += 1) {
      const as = segment + 2 + i * step;
      if (!p.has(as, step)) return false;
      p.print(`${asText(p, step === 2 ? p.u16(as) : p.u32(as))} `);
    }
    p.print(AS_PATH_CLOSE.get(kind) ?? '?');
    segment += 2 + count * step;
  }
  return true;
}

function printAggregator(p: Printer, type: number, at: number, size: number): boolean {
  const isShort = type === ATTRIBUTE.aggregator && size === 6;
  if (size !== 8 && !isShort) {
    p.print('invalid len');
    return true;
  }
  if (type === ATTRIBUTE.aggregator && !p.has(at, size)) return false;
  p.print(` AS #${asText(p, isShort ? p.u16(at) : p.u32(at))}, origin ${p.ipv4(at + size - 4)}`);
  return true;
}

function printClusters(p: Printer, at: number, size: number): void {
  for (let i = 0; i < size; i += 4) p.print(`${p.ipv4(at + i)}${size - i > 4 ? ', ' : ''}`);
}

function printPmsiTunnel(p: Printer, at: number, size: number): boolean {
  if (!p.has(at, 5) || size < 5) return false;
  const type = p.u8(at + 1);
  p.print(
    `\n\t    Tunnel-type ${PMSI_TUNNELS.get(type) ?? 'Unknown'} (${type}), Flags [${flagText(PMSI_FLAGS, p.u8(at), 'none')}]`,
  );
  p.print(`, MPLS Label ${p.u24(at + 2) >>> 4}`);
  const value = at + 5;
  switch (type) {
    case 4:
    case 5:
      p.print(`\n\t      Sender ${p.ipv4(value)}, P-Group ${p.ipv4(value + 4)}`);
      break;
    case 3:
      p.print(`\n\t      Root-Node ${p.ipv4(value)}, P-Group ${p.ipv4(value + 4)}`);
      break;
    case 6:
      p.print(`\n\t      Tunnel-Endpoint ${p.ipv4(value)}`);
      break;
    case 2:
    case 7:
      p.print(`\n\t      Root-Node ${p.ipv4(value)}, LSP-ID 0x${hexOf(p.u32(value + 4), 8)}`);
      break;
    case 1:
      p.print(`\n\t      Extended-Tunnel-ID ${p.ipv4(value)}, P2MP-ID 0x${hexOf(p.u32(value + 4), 8)}`);
      break;
    default:
      if (p.verbose <= 1) printUnknown(p, value, '\n\t      ', size - 5);
  }
  return true;
}

function printAccumulatedMetric(p: Printer, from: number, size: number): boolean {
  const end = from + size;
  for (let at = from; end - at >= 3;) {
    const type = p.u8(at);
    const length = p.u16(at + 1);
    at += 3;
    p.print(`\n\t    ${type === 1 ? 'AIGP' : 'Unknown'} TLV (${type}), length ${length}`);
    const valueSize = length - 3;
    if (valueSize < 0 || end - at < valueSize || (type === 1 && valueSize < 8)) return false;
    if (type === 1) p.print(`, metric ${p.u64(at)}`);
    else if (p.verbose <= 1) printUnknown(p, at, '\n\t      ', valueSize);
    at += valueSize;
  }
  return true;
}

/** An attribute set (RFC 6368). Returns the octets that could not be read as attributes, or null when it is cut. */
function printSet(p: Printer, from: number, size: number, level: number): number | null {
  if (!p.has(from, 4) || size < 4) return null;
  p.print(`\n\t    Origin AS: ${asText(p, p.u32(from))}`);
  const end = from + size;
  for (let at = from + 4; at < end;) {
    if (!p.has(at, 2)) return null;
    const tooShort = ' [path attr too short]';
    if (end - at < 2) {
      p.print(tooShort);
      return end - at;
    }
    const flags = p.u8(at);
    const type = p.u8(at + 1);
    at += 2;
    const lengthSize = (flags & 0x10) === 0 ? 1 : 2;
    if (!p.has(at, lengthSize)) return null;
    if (end - at < lengthSize) {
      p.print(tooShort);
      return end - at;
    }
    const length = lengthSize === 1 ? p.u8(at) : p.u16(at);
    at += lengthSize;
    p.print(`\n\t      ${attributeTitle(type, length, flags)}: `);
    if (end - at < length) {
      p.print(tooShort);
      return end - at;
    }
    if (level === DEEPEST_SET) p.print('(too many nested levels, not recursing)');
    else if (!printAttribute(p, type, at, length, level + 1)) return null;
    at += length;
  }
  return 0;
}

/** A value that must have `wanted` octets, printed by `text`. */
function printFixed(p: Printer, size: number, wanted: number, text: () => string): true {
  p.print(size === wanted ? text() : 'invalid len');
  return true;
}

/** Prints the value of one attribute. False when it is cut. */
function printValue(p: Printer, type: number, at: number, size: number): boolean {
  switch (type) {
    case ATTRIBUTE.origin:
      return printFixed(p, size, 1, () => ORIGINS.get(p.u8(at)) ?? 'Unknown Origin Typecode');
    case ATTRIBUTE.asPath:
    case ATTRIBUTE.as4Path:
      return printAsPath(p, type, at, size);
    case ATTRIBUTE.nextHop:
    case ATTRIBUTE.originator:
      return printFixed(p, size, 4, () => p.ipv4(at));
    case ATTRIBUTE.discriminator:
    case ATTRIBUTE.localPreference:
      return printFixed(p, size, 4, () => `${p.u32(at)}`);
    case ATTRIBUTE.atomicAggregate:
      return printFixed(p, size, 0, () => '');
    case ATTRIBUTE.aggregator:
    case ATTRIBUTE.as4Aggregator:
      return printAggregator(p, type, at, size);
    case ATTRIBUTE.communities:
    case ATTRIBUTE.clusters:
      if (size % 4 !== 0) return printFixed(p, size, -1, () => '');
      if (type === ATTRIBUTE.communities) return printCommunities(p, at, size);
      printClusters(p, at, size);
      return true;
    case ATTRIBUTE.reachable:
      return printReachable(p, at, size);
    case ATTRIBUTE.unreachable:
      return printUnreachable(p, at, size);
    case ATTRIBUTE.extendedCommunities:
      return size % 8 === 0 ? printExtendedCommunities(p, at, size) : printFixed(p, size, -1, () => '');
    case ATTRIBUTE.pmsiTunnel:
      return printPmsiTunnel(p, at, size);
    case ATTRIBUTE.aigp:
      return printAccumulatedMetric(p, at, size);
    default:
      if (!p.has(at, size)) return false;
      p.print(`\n\t    no Attribute ${type} decoder`);
      if (p.verbose <= 1) printUnknown(p, at, '\n\t    ', size);
      return true;
  }
}

/** Prints an attribute's value, and with -vv its octets. False when it is cut. */
export function printAttribute(p: Printer, type: number, at: number, size: number, level = 0): boolean {
  let shown = size;
  if (type === ATTRIBUTE.set) {
    const rest = printSet(p, at, size, level);
    if (rest === null) return false;
    shown = rest;
  } else if (type === ATTRIBUTE.largeCommunities && size > 0 && size % 12 === 0) {
    printLargeCommunities(p, at, size);
    shown = 0;
  } else if (type === ATTRIBUTE.largeCommunities) {
    p.print('invalid len');
  } else if (!printValue(p, type, at, size)) {
    return false;
  }
  if (p.verbose > 1 && shown > 0) {
    if (!p.has(at, shown)) return false;
    printUnknown(p, at, '\n\t    ', shown);
  }
  return true;
}
