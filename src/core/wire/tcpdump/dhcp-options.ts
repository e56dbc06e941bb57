/** Options of DHCP (RFC 2132 and those after it). */
import { DHCP_OPTIONS, type OptionFormat } from './dhcp-option.table.ts';
import { printUnknown } from './dump.ts';
import { hexOf, type NameTable, type Printer } from './printer.ts';

const TAG = {
  pad: 0,
  netbiosNode: 46,
  overload: 52,
  message: 53,
  parameters: 55,
  clientId: 61,
  userClass: 77,
  fqdn: 81,
  agent: 82,
  classlessRoutes: 121,
  classlessRoutesMicrosoft: 249,
  end: 255,
} as const;

const MESSAGES: NameTable = new Map([
  [1, 'Discover'],
  [2, 'Offer'],
  [3, 'Request'],
  [4, 'Decline'],
  [5, 'ACK'],
  [6, 'NACK'],
  [7, 'Release'],
  [8, 'Inform'],
  [10, 'LeaseQuery'],
  [11, 'LeaseUnassigned'],
  [12, 'LeaseUnknown'],
  [13, 'LeaseActive'],
]);

const OVERLOADS: NameTable = new Map([
  [1, 'file'],
  [2, 'sname'],
  [3, 'file+sname'],
]);

const NETBIOS_NODES: NameTable = new Map([
  [1, 'b-node'],
  [2, 'p-node'],
  [4, 'm-node'],
  [8, 'h-node'],
]);

const HARDWARE: NameTable = new Map([
  [0x01, 'ether'],
  [0x06, 'ieee802'],
  [0x07, 'arcnet'],
  [0x0f, 'frelay'],
  [0x17, 'strip'],
  [0x18, 'ieee1394'],
]);

const AGENT_SUBOPTIONS: NameTable = new Map([
  [1, 'Circuit-ID'],
  [2, 'Remote-ID'],
  [6, 'Subscriber-ID'],
]);

/** Octets of the value that were printed, or null when the packet ends inside it. */
type Used = number | null;

/** Values of `step` octets, as many as fit, with `separator` between. */
function printEach(
  p: Printer,
  at: number,
  size: number,
  step: number,
  separator: string,
  text: (at: number) => string,
): Used {
  let used = 0;
  for (; used + step <= size; used += step) p.print(`${used === 0 ? '' : separator}${text(at + used)}`);
  return used;
}

function printQuoted(p: Printer, at: number, size: number): boolean {
  p.print('"');
  const isWhole = p.charsWithin(at, size);
  p.print('"');
  return isWhole;
}

function printFqdn(p: Printer, at: number, size: number): Used {
  if (size < 3) {
    p.print('[ERROR: length < 3 bytes]');
    return size;
  }
  const flags = p.u8(at);
  if ((flags & 0xf0) !== 0) p.print(`[ERROR: MBZ nibble 0x${hexOf(flags >>> 4)} != 0] `);
  if ((flags & 0x0f) !== 0) {
    const letters = ['S', 'O', 'E', 'N'].filter((_, bit) => (flags & (1 << bit)) !== 0);
    p.print(`[${letters.join('')}] `);
  }
  const codes = [p.u8(at + 1), p.u8(at + 2)];
  if (codes.some((code) => code !== 0)) p.print(`${codes.join('/')} `);
  return printQuoted(p, at + 3, size - 3) ? size : null;
}

function printClientId(p: Printer, at: number, size: number): Used {
  if (size < 1) {
    p.print('[ERROR: length < 1 bytes]');
    return 0;
  }
  const type = p.u8(at);
  if (type === 0) return printQuoted(p, at + 1, size - 1) ? size : null;
  p.print(`${HARDWARE.get(type) ?? `hardware-type ${type},`} ${p.hex(at + 1, size - 1, ':')}`);
  return size;
}

function printAgent(p: Printer, from: number, size: number): Used {
  const end = from + size;
  let at = from;
  while (end - at >= 2) {
    const type = p.u8(at);
    const subSize = p.u8(at + 1);
    at += 2;
    p.print(`\n\t      ${AGENT_SUBOPTIONS.get(type) ?? 'Unknown'} SubOption ${type}, length ${subSize}: `);
    if (subSize > end - at) {
      p.print('length goes past end of option');
      return size;
    }
    if (!AGENT_SUBOPTIONS.has(type)) printUnknown(p, at, '\n\t\t', subSize);
    else if (!p.charsWithin(at, subSize)) return null;
    at += subSize;
  }
  return at - from;
}

function printRoutes(p: Printer, from: number, size: number): Used {
  if (size < 5) {
    p.print('[ERROR: length < 5 bytes]');
    return size;
  }
  const end = from + size;
  for (let at = from; at < end;) {
    if (at > from) p.print(',');
    const width = p.u8(at);
    at += 1;
    if (width > 32) {
      p.print(`[ERROR: Mask width (${width}) > 32]`);
      break;
    }
    const octets = (width + 7) >>> 3;
    if (end - at < octets + 4) {
      p.print(`[ERROR: Remaining length (${end - at}) < ${octets + 4} bytes]`);
      break;
    }
    const network = [0, 1, 2, 3].map((i) => (i < octets ? p.u8(at + i) : 0)).join('.');
    p.print(`(${width === 0 ? 'default' : `${network}/${width}`}`);
    p.print(`:${p.ipv4(at + octets)})`);
    at += octets + 4;
  }
  return size;
}

function printUserClass(p: Printer, from: number, size: number): Used {
  if (size < 2) {
    p.print('[ERROR: length < 2 bytes]');
    return size;
  }
  const end = from + size;
  let number = 1;
  for (let at = from; at < end;) {
    const subSize = p.u8(at);
    at += 1;
    p.print(`\n\t      instance#${number}: `);
    if (subSize === 0 || end - at < subSize) {
      p.print(subSize === 0 ? '[ERROR: suboption length must be non-zero]' : '[ERROR: invalid option]');
      break;
    }
    if (!printQuoted(p, at, subSize)) return null;
    p.print(`, length ${subSize}`);
    number += 1;
    at += subSize;
  }
  return size;
}

function printOneName(p: Printer, at: number, size: number, names: NameTable): Used {
  if (size < 1) {
    p.print('[ERROR: length < 1 bytes]');
    return 0;
  }
  p.print(names.get(p.u8(at)) ?? `#${p.u8(at)}`);
  return 1;
}

function printSpecial(p: Printer, tag: number, at: number, size: number): Used {
  switch (tag) {
    case TAG.netbiosNode:
      return printOneName(p, at, size, NETBIOS_NODES);
    case TAG.overload:
      return printOneName(p, at, size, OVERLOADS);
    case TAG.fqdn:
      return printFqdn(p, at, size);
    case TAG.clientId:
      return printClientId(p, at, size);
    case TAG.agent:
      return printAgent(p, at, size);
    case TAG.classlessRoutes:
    case TAG.classlessRoutesMicrosoft:
      return printRoutes(p, at, size);
    case TAG.userClass:
      return printUserClass(p, at, size);
    default:
      p.print(`[unknown special tag ${tag}, size ${size}]`);
      return size;
  }
}

function printValue(p: Printer, tag: number, format: OptionFormat, at: number, size: number): Used {
  switch (format) {
    case 'text':
      return printQuoted(p, at, size) ? size : null;
    case 'address':
      return printEach(p, at, size, 4, ',', (i) => p.ipv4(i));
    case 'signed':
      return printEach(p, at, size, 4, ',', (i) => `${p.s32(i)}`);
    case 'unsigned':
      return printEach(p, at, size, 4, ',', (i) => `${p.u32(i)}`);
    case 'address-pair':
      return printEach(p, at, size, 8, ',', (i) => `(${p.ipv4(i)}:${p.ipv4(i + 4)})`);
    case 'short':
      return printEach(p, at, size, 2, ',', (i) => `${p.u16(i)}`);
    case 'boolean':
      return printEach(p, at, size, 1, ',', (i) => ['N', 'Y'][p.u8(i)] ?? `${p.u8(i)}?`);
    case 'octets':
      return printEach(p, at, size, 1, '.', (i) => `${p.u8(i)}`);
    case 'special':
      return printSpecial(p, tag, at, size);
  }
}

/** Unknown values print as numbers of the width that their size allows. */
const guessFormat = (size: number): OptionFormat =>
  (size & 1) !== 0 ? 'octets' : (size & 2) !== 0 ? 'short' : 'unsigned';

function printParameters(p: Printer, at: number, size: number): void {
  for (let i = 0; i < size; i += 1) {
    const tag = p.u8(at + i);
    p.print(`${i % 4 === 0 ? '\n\t      ' : ', '}${DHCP_OPTIONS.get(tag)?.name ?? 'Unknown'} (${tag})`);
  }
}

/** Prints the options that follow the magic cookie at `from`. */
export function printDhcpOptions(p: Printer, from: number): void {
  const isComplete = p.verbose > 2;
  p.print(`\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x${hexOf(p.u32(from), 8)}`);
  for (let at = from + 4; p.has(at, 1);) {
    const tag = p.u8(at);
    at += 1;
    if (tag === TAG.pad && !isComplete) continue;
    if (tag === TAG.end && !isComplete) return;
    const option = DHCP_OPTIONS.get(tag);
    const isEmpty = tag === TAG.pad || tag === TAG.end;
    const size = isEmpty ? 0 : p.u8(at);
    if (!isEmpty) at += 1;
    p.print(`\n\t    ${option?.name ?? 'Unknown'} (${tag}), length ${size}${size > 0 ? ': ' : ''}`);
    if (tag === TAG.pad) {
      const first = at;
      while (p.has(at, 1) && p.u8(at) === TAG.pad) at += 1;
      if (at > first) p.print(`, occurs ${at - first + 1}`);
    }
    if (!p.has(at, size)) {
      p.truncated();
      return;
    }
    if (tag === TAG.message && size === 1) {
      p.print(MESSAGES.get(p.u8(at)) ?? `Unknown (${p.u8(at)})`);
    } else if (tag === TAG.parameters) {
      printParameters(p, at, size);
    } else {
      const used = printValue(p, tag, option?.format ?? guessFormat(size), at, size);
      if (used === null) {
        p.truncated();
        return;
      }
      if (used < size) p.print(`\n\t  trailing data length ${size - used}`);
    }
    at += size;
  }
}
