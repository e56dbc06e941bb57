/** Cisco Discovery Protocol: a header and typed values. */
import { printUnknown } from './dump.ts';
import { fixed, flagText, hexOf, plural, type FlagTable, type Printer } from './printer.ts';

const HEADER = 4;
const DEVICE_ID = 0x01;

const CAPABILITIES: FlagTable = [
  [0x01, 'Router'],
  [0x02, 'Transparent Bridge'],
  [0x04, 'Source Route Bridge'],
  [0x08, 'L2 Switch'],
  [0x10, 'L3 capable'],
  [0x20, 'IGMP snooping'],
  [0x40, 'L1 capable'],
];

/** `printer` null = known, but not taken apart. */
interface ValueKind {
  readonly name: string;
  readonly printer: ((p: Printer, at: number, size: number) => void) | null;
  readonly minimum?: number;
  readonly maximum?: number;
}

function printString(p: Printer, at: number, size: number): void {
  p.print("'");
  p.chars(at, size);
  p.print("'");
}

function printVersion(p: Printer, at: number, size: number): void {
  p.print('\n\t  ');
  for (let i = 0; i < size; i += 1) {
    const c = p.u8(at + i);
    if (c === 0x0a) p.print('\n\t  ');
    else p.char(c);
  }
}

function printVoip(p: Printer, at: number, size: number): void {
  if (size === 2) p.print(`unknown 0x${hexOf(p.u16(at), 4)}`);
  else p.print(`app ${p.u8(at)}, vlan ${p.u16(at + 1)}`);
}

function printPower(p: Printer, at: number, size: number): void {
  const milliwatts = size === 1 ? p.u8(at) : size === 2 ? p.u16(at) : p.u24(at);
  p.print(`${fixed(milliwatts / 1000, 2)}W`);
}

function printLocation(p: Printer, at: number, size: number): void {
  p.print(`0x${hexOf(p.u8(at), 2)}`);
  if (size > 1) {
    p.print('/');
    p.chars(at + 1, size - 1);
  }
}

function printPrefixes(p: Printer, at: number, size: number): void {
  if (size % 5 !== 0) {
    p.print(` [length ${size} is not a multiple of 5]`);
    p.need(at, size);
    return;
  }
  p.print(` IPv4 Prefixes (${size / 5}):`);
  for (let i = at; i < at + size; i += 5)
    p.print(` ${p.u8(i)}.${p.u8(i + 1)}.${p.u8(i + 2)}.${p.u8(i + 3)}/${p.u8(i + 4)}`);
}

const IPV6_PROTOCOL = 'aaaa0300000086dd';

function printAddresses(p: Printer, from: number, size: number): void {
  let at = from;
  const end = from + size;
  const stop = (message: string): void => {
    p.print(` (not enough space for ${message})`);
    p.need(at, end - at);
  };
  if (size < 4) return stop('num');
  let left = p.u32(at);
  at += 4;
  for (; left > 0; left -= 1) {
    if (end - at < 2) return stop('PT+PL');
    const protocolType = p.u8(at);
    const protocolSize = p.u8(at + 1);
    at += 2;
    if (end - at < protocolSize + 2) return stop('P+AL');
    const addressSize = p.u16(at + protocolSize);
    const isIpv4 = protocolType === 1 && protocolSize === 1 && p.u8(at) === 0xcc && addressSize === 4;
    const isIpv6 =
      protocolType === 2 && protocolSize === 8 && p.hex(at, 8) === IPV6_PROTOCOL && addressSize === 16;
    if (!isIpv4 && !isIpv6) {
      p.print(`pt=0x${hexOf(protocolType, 2)}, pl=${protocolSize}, pb=`);
      for (let i = 0; i < protocolSize; i += 1) p.print(` ${hexOf(p.u8(at + i), 2)}`);
      p.print(`, al=${addressSize}, a=`);
    }
    at += protocolSize + 2;
    if (end - at < addressSize) return stop('A');
    if (isIpv4) p.print(`IPv4 (${left}) ${p.ipv4(at)}`);
    else if (isIpv6) p.print(`IPv6 (${left}) ${p.ipv6(at)}`);
    else for (let i = 0; i < addressSize; i += 1) p.print(` ${hexOf(p.u8(at + i), 2)}`);
    at += addressSize;
    if (left > 1) p.print(' ');
  }
  if (at < end) p.print(` (${end - at} bytes of stray data)`);
}

const KINDS: ReadonlyMap<number, ValueKind> = new Map<number, ValueKind>([
  [DEVICE_ID, { name: 'Device-ID', printer: printString }],
  [0x02, { name: 'Address', printer: printAddresses }],
  [0x03, { name: 'Port-ID', printer: printString }],
  [
    0x04,
    {
      name: 'Capability',
      printer: (p, at) => p.print(`(0x${hexOf(p.u32(at), 8)}): ${flagText(CAPABILITIES, p.u32(at), 'none')}`),
      minimum: 4,
      maximum: 4,
    },
  ],
  [0x05, { name: 'Version String', printer: printVersion }],
  [0x06, { name: 'Platform', printer: printString }],
  [0x07, { name: 'Prefixes', printer: printPrefixes }],
  [0x08, { name: 'Protocol-Hello option', printer: null }],
  [0x09, { name: 'VTP Management Domain', printer: printString }],
  [0x0a, { name: 'Native VLAN ID', printer: (p, at) => p.print(`${p.u16(at)}`), minimum: 2, maximum: 2 }],
  [
    0x0b,
    { name: 'Duplex', printer: (p, at) => p.print(p.u8(at) === 0 ? 'half' : 'full'), minimum: 1, maximum: 1 },
  ],
  [0x0e, { name: 'ATA-186 VoIP VLAN assignment', printer: printVoip, minimum: 3, maximum: 3 }],
  [0x0f, { name: 'ATA-186 VoIP VLAN request', printer: printVoip, minimum: 2, maximum: 3 }],
  [0x10, { name: 'power consumption', printer: printPower, minimum: 1, maximum: 3 }],
  [0x11, { name: 'MTU', printer: (p, at) => p.print(`${p.u32(at)} bytes`), minimum: 4, maximum: 4 }],
  [
    0x12,
    {
      name: 'AVVID trust bitmap',
      printer: (p, at) => p.print(`0x${hexOf(p.u8(at), 2)}`),
      minimum: 1,
      maximum: 1,
    },
  ],
  [
    0x13,
    {
      name: 'AVVID untrusted ports CoS',
      printer: (p, at) => p.print(`0x${hexOf(p.u8(at), 2)}`),
      minimum: 1,
      maximum: 1,
    },
  ],
  [0x14, { name: 'System Name', printer: printString }],
  [0x15, { name: 'System Object ID (not decoded)', printer: null }],
  [0x16, { name: 'Management Addresses', printer: printAddresses, minimum: 4 }],
  [0x17, { name: 'Physical Location', printer: printLocation, minimum: 1 }],
]);
/** Types up to this one count as known even where they have no name. */
const LAST_TYPE = 0x17;

export function printCdp(p: Printer, from: number, length: number): void {
  p.protocol = 'cdp';
  const end = from + length;
  let at = from;
  const stop = (): void => {
    p.invalid();
    p.need(at, end - at);
  };
  if (length < HEADER) {
    p.print(` (packet length ${length} < ${HEADER})`);
    return stop();
  }
  const isVerbose = p.verbose > 0;
  p.print(`CDPv${p.u8(at)}, ttl: ${p.u8(at + 1)}s`);
  const checksum = p.u16(at + 2);
  if (isVerbose) p.print(`, checksum: 0x${hexOf(checksum, 4)} (unverified), length ${length}`);
  at += HEADER;
  while (at < end) {
    if (end - at < HEADER) {
      p.print(` (remaining packet length ${end - at} < ${HEADER})`);
      return stop();
    }
    const type = p.u16(at);
    const total = p.u16(at + 2);
    const kind = KINDS.get(type);
    const name = kind?.name ?? 'unknown field type';
    if (total < HEADER) {
      p.print(
        isVerbose
          ? `\n\t${name} (0x${hexOf(type, 2)}), TLV length: ${total} byte${plural(total)} (too short)`
          : `, ${name} TLV length ${total} too short`,
      );
      return stop();
    }
    if (total > end - at) {
      p.print(` (TLV length ${total} > ${end - at})`);
      return stop();
    }
    at += HEADER;
    const size = total - HEADER;
    if (isVerbose) p.print(`\n\t${name} (0x${hexOf(type, 2)}), value length: ${size} byte${plural(size)}: `);
    else if (type === DEVICE_ID) p.print(', Device-ID ');
    printValue(p, type, kind, at, size);
    at += size;
  }
  if (!isVerbose) p.print(`, length ${length}`);
}

function printValue(p: Printer, type: number, kind: ValueKind | undefined, at: number, size: number): void {
  if (type <= LAST_TYPE) {
    const { minimum = 0, maximum = size } = kind ?? {};
    if (size < minimum || size > maximum) {
      p.print(' (malformed TLV)');
    } else if (p.verbose > 0 || type === DEVICE_ID) {
      if (kind?.printer) kind.printer(p, at, size);
      else p.need(at, size);
      return;
    }
  }
  p.need(at, size);
  printUnknown(p, at, '\n\t  ', size);
}
