/** ICMP for IPv4: messages, the packets that errors quote, and the extensions behind them. */
import type { IpContext } from './ip-context.ts';
import { printUnknown } from './dump.ts';
import { hexOf, padded, shouldBe, type NameTable, type Printer } from './printer.ts';

const TYPE = {
  echoReply: 0,
  unreachable: 3,
  redirect: 5,
  echo: 8,
  routerAdvertisement: 9,
  timeExceeded: 11,
  parameterProblem: 12,
  timestamp: 13,
  timestampReply: 14,
  maskReply: 18,
} as const;

const ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);
const EXTENDED_ERRORS: ReadonlySet<number> = new Set([3, 11, 12]);

/** A quoted packet fills this much when extensions follow (RFC 4884). */
const EXTENSIONS_AT = 136;

const OTHER_TYPES: NameTable = new Map([
  [4, 'source quench'],
  [10, 'router solicitation'],
  [15, 'information request'],
  [16, 'information reply'],
  [17, 'address mask request'],
]);

/** Text of an unreachable code around the address, `%` standing for it. */
const UNREACHABLE: NameTable = new Map([
  [0, 'net % unreachable'],
  [1, 'host % unreachable'],
  [5, '% unreachable - source route failed'],
  [6, 'net % unreachable - unknown'],
  [7, 'host % unreachable - unknown'],
  [8, '% unreachable - source host isolated'],
  [9, 'net % unreachable - admin prohibited'],
  [10, 'host % unreachable - admin prohibited'],
  [11, 'net % unreachable - tos prohibited'],
  [12, 'host % unreachable - tos prohibited'],
  [13, 'host % unreachable - admin prohibited filter'],
  [14, 'host % unreachable - host precedence violation'],
  [15, 'host % unreachable - precedence cutoff'],
]);

const REDIRECTS: NameTable = new Map([
  [0, 'redirect % to net '],
  [1, 'redirect % to host '],
  [2, 'redirect-tos % to net '],
  [3, 'redirect-tos % to host '],
]);

const EXTENSION_OBJECTS: NameTable = new Map([
  [1, 'MPLS Stack Entry'],
  [2, 'Interface Identification'],
]);

/** Milliseconds since midnight. */
function timeOfDay(stamp: number): string {
  const seconds = Math.floor(stamp / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${padded(Math.floor(minutes / 60), 2)}:${padded(minutes % 60, 2)}:${padded(seconds % 60, 2)}.${padded(stamp % 1000, 3)}`;
}

/** The quoted header begins 8 octets into the message; its destination is 16 further. */
const quotedDestination = (p: Printer, at: number): string => p.ipv4(at + 24);

function unreachableText(p: Printer, at: number, code: number): string | null {
  if (code === 2) return `${quotedDestination(p, at)} protocol ${p.u8(at + 17)} unreachable`;
  if (code === 3) {
    if (!p.has(at + 17, 1)) return null;
    const port = p.u16(at + 8 + (p.u8(at + 8) & 15) * 4 + 2);
    const protocol = p.u8(at + 17);
    const destination = quotedDestination(p, at);
    if (protocol === 6) return `${destination} tcp port ${p.port('tcp', port)} unreachable`;
    if (protocol === 17) return `${destination} udp port ${p.port('udp', port)} unreachable`;
    return `${destination} protocol ${protocol} port ${port} unreachable`;
  }
  if (code === 4) {
    const mtu = p.u16(at + 6);
    return `${quotedDestination(p, at)} unreachable - need to frag${mtu === 0 ? '' : ` (mtu ${mtu})`}`;
  }
  return (UNREACHABLE.get(code) ?? `% unreachable - #${code}`).replace('%', quotedDestination(p, at));
}

function lifetimeText(seconds: number): string {
  if (seconds < 60) return `${seconds}`;
  const tail = padded(seconds % 60, 2);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${tail}`;
  return `${Math.floor(seconds / 3600)}:${padded(Math.floor((seconds % 3600) / 60), 2)}:${tail}`;
}

/** Longest text of a router advertisement: what tcpdump has room for. */
const ADVERTISEMENT_ROOM = 64 + 100 - 1;

function advertisementText(p: Printer, at: number): string | null {
  if (!p.has(at + 4, 4)) return null;
  const count = p.u8(at + 4);
  const size = p.u8(at + 5);
  let text = `router advertisement lifetime ${lifetimeText(p.u16(at + 6))} ${count}:`;
  if (size !== 2) return `${text} [size ${size}]`;
  for (let i = 0; i < count; i += 1) {
    const entry = at + 8 + 8 * i;
    if (!p.has(entry, 8)) return null;
    text = `${text} {${p.ipv4(entry)} ${p.u32(entry + 4)}}`.slice(0, ADVERTISEMENT_ROOM);
  }
  return text;
}

/** The message in words; null when a part that must be there is cut. */
function messageText(p: Printer, at: number, type: number, code: number): string | null {
  const idSequence = (): string => `id ${p.u16(at + 4)}`;
  switch (type) {
    case TYPE.echo:
    case TYPE.echoReply:
      return `echo ${type === TYPE.echo ? 'request' : 'reply'}, ${idSequence()}, seq ${p.u16(at + 6)}`;
    case TYPE.unreachable:
      return unreachableText(p, at, code);
    case TYPE.redirect: {
      const text = REDIRECTS.get(code) ?? `redirect-#${code} % to `;
      return text.replace('%', quotedDestination(p, at)) + p.ipv4(at + 4);
    }
    case TYPE.routerAdvertisement:
      return advertisementText(p, at);
    case TYPE.timeExceeded:
      if (!p.has(at + 24, 4)) return null;
      return ['time exceeded in-transit', 'ip reassembly time exceeded'][code] ?? `time exceeded-#${code}`;
    case TYPE.parameterProblem:
      return code === 0 ? `parameter problem - octet ${p.u8(at + 4)}` : `parameter problem - code ${code}`;
    case TYPE.maskReply:
      return `address mask is 0x${hexOf(p.u32(at + 8), 8)}`;
    case TYPE.timestamp:
      return `time stamp query ${idSequence()} seq ${p.u16(at + 6)}`;
    case TYPE.timestampReply:
      if (!p.has(at + 16, 4)) return null;
      return (
        `time stamp reply ${idSequence()} seq ${p.u16(at + 6)}: org ${timeOfDay(p.u32(at + 8))}` +
        `, recv ${timeOfDay(p.u32(at + 12))}, xmit ${timeOfDay(p.u32(at + 16))}`
      );
    default:
      return OTHER_TYPES.get(type) ?? `type-#${type}`;
  }
}

export function printIcmp(p: Printer, at: number, length: number, ip: IpContext): void {
  p.protocol = 'icmp';
  const type = p.u8(at);
  const code = p.u8(at + 1);
  const text = messageText(p, at, type, code);
  if (text === null) {
    p.truncated();
    return;
  }
  p.print(`ICMP ${text}, length ${length}`);
  if (p.verbose === 0) return;
  if (!ip.fragmented && p.has(at, length)) {
    const sum = p.checksum(at, length);
    const found = sum === 0 ? 0 : p.u16(at + 2);
    if (sum !== 0) p.print(` (wrong icmp cksum ${hexOf(found)} (->${hexOf(shouldBe(found, sum))})!)`);
  }
  if (ERRORS.has(type)) printQuoted(p, at + 8);
  p.protocol = 'icmp';
  if (length > EXTENSIONS_AT && EXTENDED_ERRORS.has(type)) printExtensions(p, at, length);
}

function printQuoted(p: Printer, at: number): void {
  p.print('\n\t');
  const outerEnd = p.snapEnd;
  const total = p.u16(at + 2);
  p.snapEnd = Math.min(at + total, outerEnd);
  // The length is read once more, now within the smaller bound.
  p.dissect.ipv4(p, at, p.u16(at + 2));
  p.snapEnd = outerEnd;
}

function printExtensions(p: Printer, at: number, length: number): void {
  const from = at + EXTENSIONS_AT;
  if (!p.has(at, EXTENSIONS_AT + 5)) {
    p.truncated();
    return;
  }
  let left = length - EXTENSIONS_AT;
  const isCaptured = p.has(from, left);
  // Without the length field of RFC 4884 only a right checksum tells extensions from quoted octets.
  if (p.u8(at + 5) === 0 && isCaptured && p.checksum(from, left) !== 0) return;
  const version = p.u8(from) >>> 4;
  p.print(`\n\tICMP Multi-Part extension v${version}`);
  if (version !== 2) {
    p.print(' packet not supported');
    return;
  }
  if (isCaptured) {
    const verdict = p.checksum(from, left) === 0 ? '' : 'in';
    p.print(`, checksum 0x${hexOf(p.u16(from + 2), 4)} (${verdict}correct), length ${left}`);
  }
  left -= 4;
  let object = from + 4;
  while (left > 4) {
    if (!p.has(object, 4)) {
      p.truncated();
      return;
    }
    const total = p.u16(object);
    const objectClass = p.u8(object + 2);
    const type = p.u8(object + 3);
    p.print(
      `\n\t  ${EXTENSION_OBJECTS.get(objectClass) ?? 'unknown'} Object (${objectClass}), Class-Type: ${type}, length ${total}`,
    );
    left -= 4;
    object += 4;
    if (objectClass === 0 || total < 4) return;
    const size = total - 4;
    if (objectClass === 1 && type === 1) {
      const label = p.u32(object);
      const bottom = (label & 0x100) === 0 ? '' : ', [S]';
      p.print(`\n\t    label ${label >>> 12}, tc ${(label >>> 9) & 7}${bottom}, ttl ${label & 0xff}`);
    } else {
      printUnknown(p, object, '\n\t    ', size);
    }
    if (left < size) return;
    left -= size;
    object += size;
  }
}
