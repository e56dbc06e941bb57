/** The multipath option of TCP (RFC 8684). */
import { hexOf, type NameTable, type Printer } from './printer.ts';

const SYN = 2;
const ACK = 16;

const ADDRESS_KINDS: NameTable = new Map([
  [0x6, 'v0-ip6'],
  [0x4, 'v0-ip4'],
  [0x1, 'v1-echo'],
  [0x0, 'v1'],
]);

/** Prints an option of `size` octets at `at` on a segment with `flags`. False when its size cannot be. */
type SubtypePrinter = (p: Printer, at: number, size: number, flags: number) => boolean;

function printCapable(p: Printer, at: number, size: number, flags: number): boolean {
  const isSyn = (flags & SYN) !== 0 && (size === 12 || size === 4);
  const isAck = (flags & (SYN | ACK)) === ACK && (size === 20 || size === 22);
  if (!isSyn && !isAck) return false;
  const version = p.u8(at + 2) & 15;
  if (version > 1) {
    p.print(` Unknown Version (${version})`);
    return true;
  }
  p.print(` v${version}`);
  if ((p.u8(at + 3) & 0x80) !== 0) p.print(' csum');
  if (size === 4) return true;
  p.print(` {0x${hexOf(p.u64(at + 4))}`);
  if (size >= 20) p.print(`,0x${hexOf(p.u64(at + 12))}`);
  p.print('}');
  return true;
}

function printJoin(p: Printer, at: number, size: number, flags: number): boolean {
  const isSyn = size === 12 && (flags & SYN) !== 0;
  const isSynAck = size === 16 && (flags & (SYN | ACK)) === (SYN | ACK);
  const isAck = size === 24 && (flags & ACK) !== 0;
  if (!isSyn && !isSynAck && !isAck) return false;
  if (size === 24) {
    p.print(` hmac 0x${p.hex(at + 4, 20)}`);
    return true;
  }
  if ((p.u8(at + 2) & 1) !== 0) p.print(' backup');
  p.print(` id ${p.u8(at + 3)}`);
  p.print(
    size === 12
      ? ` token 0x${hexOf(p.u32(at + 4))} nonce 0x${hexOf(p.u32(at + 8))}`
      : ` hmac 0x${hexOf(p.u64(at + 4))} nonce 0x${hexOf(p.u32(at + 12))}`,
  );
  return true;
}

function printSignal(p: Printer, from: number, size: number, tcpFlags: number): boolean {
  if (size < 4 || (tcpFlags & SYN) !== 0) return false;
  const flags = p.u8(from + 3);
  if ((flags & 0x10) !== 0) p.print(' fin');
  const end = from + size;
  let at = from + 4;
  /** A number of four octets, or eight with `wide`. */
  const number = (label: string, wide: number): boolean => {
    p.print(label);
    const width = (flags & wide) === 0 ? 4 : 8;
    if (end - at < width) return false;
    p.print(`${width === 4 ? p.u32(at) : p.u64(at)}`);
    at += width;
    return true;
  };
  if ((flags & 0x01) !== 0 && !number(' ack ', 0x02)) return false;
  if ((flags & 0x04) !== 0) {
    if (!number(' seq ', 0x08) || end - at < 4) return false;
    p.print(` subseq ${p.u32(at)}`);
    at += 4;
    if (end - at < 2) return false;
    p.print(` len ${p.u16(at)}`);
    at += 2;
    if (end - at >= 2) {
      p.print(` csum 0x${hexOf(p.u16(at))}`);
      at += 2;
    }
  }
  return at === end;
}

const ADDRESS_SIZES: ReadonlySet<number> = new Set([8, 10, 16, 18, 20, 22, 28, 30]);

function printAddAddress(p: Printer, at: number, size: number): boolean {
  if (!ADDRESS_SIZES.has(size)) return false;
  p.print(` ${ADDRESS_KINDS.get(p.u8(at + 2) & 15) ?? '[bad version/echo]'} id ${p.u8(at + 3)}`);
  const isIpv4 = size <= 18;
  const addressEnd = at + (isIpv4 ? 8 : 20);
  const hasPort = size % 4 === 2;
  p.print(` ${isIpv4 ? p.ipv4(at + 4) : p.ipv6(at + 4)}`);
  if (hasPort) p.print(`:${p.u16(addressEnd)}`);
  const mac = addressEnd + (hasPort ? 2 : 0);
  if (at + size > mac) p.print(` hmac 0x${hexOf(p.u64(mac))}`);
  return true;
}

function printRemoveAddress(p: Printer, at: number, size: number): boolean {
  if (size < 4) return false;
  p.print(' id');
  for (let i = 3; i < size; i += 1) p.print(` ${p.u8(at + i)}`);
  return true;
}

function printPriority(p: Printer, at: number, size: number): boolean {
  if (size !== 3 && size !== 4) return false;
  p.print((p.u8(at + 2) & 1) === 0 ? ' non-backup' : ' backup');
  if (size === 4) p.print(` id ${p.u8(at + 3)}`);
  return true;
}

function printFail(p: Printer, at: number, size: number): boolean {
  if (size !== 12) return false;
  p.print(` seq ${p.u64(at + 4)}`);
  return true;
}

function printFastClose(p: Printer, at: number, size: number): boolean {
  if (size !== 12) return false;
  p.print(` key 0x${hexOf(p.u64(at + 4))}`);
  return true;
}

const SUBTYPES: readonly (readonly [name: string, print: SubtypePrinter])[] = [
  ['capable', printCapable],
  ['join', printJoin],
  ['dss', printSignal],
  ['add-addr', printAddAddress],
  ['rem-addr', printRemoveAddress],
  ['prio', printPriority],
  ['fail', printFail],
  ['fast-close', printFastClose],
];

/** Prints the option that begins at `at` (kind octet included). False when it is malformed. */
export function printMultipath(p: Printer, at: number, size: number, flags: number): boolean {
  p.protocol = 'mptcp';
  if (size < 3) return false;
  const subtype = SUBTYPES[p.u8(at + 2) >>> 4];
  p.print(` ${size} ${subtype?.[0] ?? 'unknown'}`);
  return subtype === undefined || subtype[1](p, at, size, flags);
}
