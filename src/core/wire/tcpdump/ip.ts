/** IPv4: header, options, and the way to what it carries. */
import { checksumOf, sumOctets } from '../checksum.ts';
import { printIpPayload } from './ip-payload.ts';
import { IP_PROTOCOL_NAMES } from './ip-protocol.table.ts';
import { NETDB_PROTOCOLS } from './netdb-protocol.table.ts';
import { flagText, hexOf, shouldBe, type FlagTable, type NameTable, type Printer } from './printer.ts';

const HEADER = 20;
const MORE_FRAGMENTS = 0x2000;

const FRAGMENT_FLAGS: FlagTable = [
  [0x2000, '+'],
  [0x4000, 'DF'],
  [0x8000, 'rsvd'],
];

const ECN = ['', ',ECT(1)', ',ECT(0)', ',CE'] as const;

const OPTION = {
  end: 0,
  nop: 1,
  recordRoute: 7,
  timestamp: 68,
  looseRoute: 131,
  strictRoute: 137,
  routerAlert: 148,
} as const;

const OPTION_NAMES: NameTable = new Map([
  [0, 'EOL'],
  [1, 'NOP'],
  [68, 'timestamp'],
  [130, 'security'],
  [7, 'RR'],
  [137, 'SSRR'],
  [131, 'LSRR'],
  [148, 'RA'],
  [82, 'traceroute'],
]);

/** Transports print addresses together with their ports. */
const PRINTS_ADDRESSES: ReadonlySet<number> = new Set([6, 17, 33, 132]);

const TIMESTAMP_KINDS = ['TSONLY', 'TS+ADDR', undefined, 'PRESPEC'] as const;

/** False when addresses of the route were not captured. */
function printRoute(p: Printer, at: number, size: number): boolean {
  if (size < 3) {
    p.print(` [bad length ${size}]`);
    return true;
  }
  if (((size + 1) & 3) !== 0) p.print(` [bad length ${size}]`);
  const pointer = (p.u8(at + 2) - 1) >>> 0;
  if (pointer < 3 || ((pointer + 1) & 3) !== 0 || pointer > size + 1) p.print(` [bad ptr ${p.u8(at + 2)}]`);
  for (let i = 3; i < size; i += 4) {
    if (!p.has(at + i, 4)) return false;
    p.print(` ${p.ipv4(at + i)}${pointer > i ? ',' : ''}`);
  }
  return true;
}

function printTimestamps(p: Printer, at: number, size: number): boolean {
  if (size < 4) {
    p.print(`[bad length ${size}]`);
    return true;
  }
  p.print(' TS{');
  const kind = p.u8(at + 3) & 15;
  const step = kind === 0 ? 4 : 8;
  if (((size - 4) & (step - 1)) !== 0) p.print(`[bad length ${size}]`);
  const pointer = (p.u8(at + 2) - 1) >>> 0;
  if (pointer < 4 || ((pointer - 4) & (step - 1)) !== 0 || pointer > size + 1)
    p.print(`[bad ptr ${p.u8(at + 2)}]`);
  const name = TIMESTAMP_KINDS[kind];
  let i = 0;
  if (name === undefined) {
    p.print(`[bad ts type ${kind}]`);
  } else {
    p.print(name);
    for (i = 4; i < size; i += step) {
      if (!p.has(at + i, step)) return false;
      const address = step === 8 ? p.ipv4(at + i) : '';
      p.print(`${pointer === i ? ' ^ ' : ' '}${p.u32(at + i + step - 4)}@${address}`);
    }
  }
  if (pointer === i) p.print(' ^ ');
  const missed = p.u8(at + 3) >>> 4;
  p.print(missed > 0 ? ` [${missed} hops not recorded]} ` : '}');
  return true;
}

/** False when an option was not captured whole. */
function printOptions(p: Printer, from: number, size: number): boolean {
  let separator = '';
  for (let at = from; at < from + size;) {
    p.print(separator);
    separator = ',';
    const type = p.u8(at);
    p.print(OPTION_NAMES.get(type) ?? `unknown ${type}`);
    const optionSize = type <= OPTION.nop ? 1 : p.u8(at + 1);
    if ((type > OPTION.nop && optionSize < 2) || optionSize > from + size - at) {
      p.print(` [bad length ${optionSize}]`);
      return true;
    }
    if (!p.has(at, optionSize)) return false;
    switch (type) {
      case OPTION.end:
        return true;
      case OPTION.timestamp:
        if (!printTimestamps(p, at, optionSize)) return false;
        break;
      case OPTION.recordRoute:
      case OPTION.strictRoute:
      case OPTION.looseRoute:
        if (!printRoute(p, at, optionSize)) return false;
        break;
      case OPTION.routerAlert:
        if (optionSize < 4) p.print(` [bad length ${optionSize}]`);
        else if (p.u16(at + 2) !== 0) p.print(` value ${p.u16(at + 2)}`);
        break;
      default:
    }
    at += optionSize;
  }
  return true;
}

/** The parenthesised header line of -v. False when its options were cut. */
function printHeader(p: Printer, at: number, headerSize: number): boolean {
  const tos = p.u8(at + 1);
  p.print(`(tos 0x${hexOf(tos)}${ECN[tos & 3] ?? ''}`);
  const ttl = p.u8(at + 8);
  if (ttl >= 1) p.print(`, ttl ${ttl}`);
  const fragment = p.u16(at + 6);
  const protocol = p.u8(at + 9);
  p.print(
    `, id ${p.u16(at + 4)}, offset ${(fragment & 0x1fff) * 8}, flags [${flagText(FRAGMENT_FLAGS, fragment & 0xe000, 'none')}]`,
  );
  p.print(`, proto ${IP_PROTOCOL_NAMES.get(protocol) ?? 'unknown'} (${protocol}), length ${p.u16(at + 2)}`);
  let isWhole = true;
  if (headerSize > HEADER) {
    p.print(', options (');
    isWhole = printOptions(p, at + HEADER, headerSize - HEADER);
    p.print(isWhole ? ')' : ' [truncated-option])');
  }
  if (!p.options.skipChecksums && at + headerSize <= p.snapEnd) {
    const sum = checksumOf(sumOctets(p.octets, at, headerSize));
    const found = p.u16(at + 10);
    if (sum !== 0) p.print(`, bad cksum ${hexOf(found)} (->${hexOf(shouldBe(found, sum))})!`);
  }
  p.print(')\n    ');
  return isWhole;
}

export function printIpv4(p: Printer, at: number, length: number): void {
  p.protocol = 'ip';
  const version = p.u8(at) >>> 4;
  if (version !== 4) {
    p.print(version === 6 ? 'IP6, wrong link-layer encapsulation' : `IP${version}`);
    p.invalid();
    return;
  }
  if (!p.options.linkHeader) p.print('IP ');
  if (!p.has(at, HEADER)) {
    p.truncated();
    return;
  }
  if (length < HEADER) {
    p.print(`truncated-ip ${length}`);
    return;
  }
  const headerSize = (p.u8(at) & 15) * 4;
  if (headerSize < HEADER) {
    p.print(`bad-hlen ${headerSize}`);
    return;
  }
  const total = p.u16(at + 2);
  if (length < total) p.print(`truncated-ip - ${total - length} bytes missing! `);
  if (total < headerSize) {
    p.print(`bad-len ${total}`);
    return;
  }
  p.pushEnd(at, total);
  const isWhole = p.verbose === 0 || printHeader(p, at, headerSize);
  const addresses = (): string => `${p.ipv4(at + 12)} > ${p.ipv4(at + 16)}`;
  if (!isWhole) {
    p.print(`${addresses()}: `);
    p.truncated();
    p.popEnd();
    return;
  }
  const fragment = p.u16(at + 6);
  const protocol = p.u8(at + 9);
  if ((fragment & 0x1fff) === 0) {
    if (!PRINTS_ADDRESSES.has(protocol)) p.print(`${addresses()}: `);
    if (!p.has(at, headerSize)) {
      p.print(` [remaining caplen(${p.available(at)}) < header length(${headerSize})]`);
      p.truncate();
    }
    const fragmented = (fragment & MORE_FRAGMENTS) !== 0;
    printIpPayload(p, at + headerSize, total - headerSize, protocol, {
      version: 4,
      at,
      fragmented,
      ttl: p.u8(at + 8),
    });
  } else if (p.options.quick <= 1) {
    const name = p.options.numeric ? undefined : NETDB_PROTOCOLS[protocol];
    p.print(`${addresses()}: ${name ?? `ip-proto-${protocol}`}`);
  }
  p.popEnd();
}
