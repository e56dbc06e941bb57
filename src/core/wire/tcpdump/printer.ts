/**
 * The state of one packet being printed: its octets, the end of what was captured, and the text so far.
 *
 * Reading past the captured end throws `Truncated`, which the session turns into tcpdump's `[|proto]`. It is the one
 * exception of this room: it unwinds a dissection of any depth, as tcpdump itself does, and never leaves the session.
 */
import { formatIpv4, formatIpv6, formatMac } from '../../base/address.ts';
import { toHex } from '../../base/bytes.ts';
import { unsupported, type Unsupported } from '../../base/result.ts';
import { checksumOf, pseudoSum, sumOctets, type Pseudo } from '../checksum.ts';
import { readIpv6, readMac, readU16, readU24, readU32, readU64 } from '../octets.ts';
import type { TcpFlows } from './tcp-flows.ts';
import type { TcpdumpOptions } from './options.ts';
import { OUI_NAMES } from './oui.table.ts';

/** Thrown when a dissector reads past the captured octets. */
export class Truncated extends Error {
  override readonly name = 'Truncated';
}

// One instance, because building a stack trace for each cut packet costs more than printing it.
const TRUNCATED = new Truncated();

/** A number and the text for it. */
export type NameTable = ReadonlyMap<number, string>;

/** Bits and their texts, in the order in which they are printed. */
export type FlagTable = readonly (readonly [bits: number, text: string])[];

/** The link addresses around a payload, for dissectors that print them when `-e` did not. Offsets of six octets. */
export interface LinkAddresses {
  readonly source: number;
  readonly destination: number;
}

/**
 * Dissectors that reach one another in circles (IP in ICMP in IP, Ethernet in Geneve in UDP), joined by a table.
 * `at` is where the packet begins, `length` what its outer header says of its size, `captured` what is there.
 */
export interface Dissectors {
  /** Returns the size of the link header. */
  readonly ethernet: (p: Printer, at: number, length: number, captured: number) => number;
  /** False when the ethertype has no dissector. */
  readonly ethertype: (
    p: Printer,
    type: number,
    at: number,
    length: number,
    captured: number,
    link: LinkAddresses | null,
  ) => boolean;
  readonly ipv4: (p: Printer, at: number, length: number) => void;
  readonly ipv6: (p: Printer, at: number, length: number) => void;
}

export class Printer {
  readonly octets: Uint8Array;
  readonly options: TcpdumpOptions;
  readonly flows: TcpFlows;
  /** Dissectors that call one another in circles. */
  readonly dissect: Dissectors;
  /** First octet that was not captured, or that lies beyond the packet being dissected. */
  snapEnd: number;
  /** What `[|...]` names. */
  protocol = '';
  text = '';
  readonly unsupported: Unsupported[] = [];
  private readonly snapEnds: number[] = [];

  constructor(octets: Uint8Array, options: TcpdumpOptions, flows: TcpFlows, dissect: Dissectors) {
    this.octets = octets;
    this.options = options;
    this.flows = flows;
    this.dissect = dissect;
    this.snapEnd = octets.length;
  }

  get verbose(): number {
    return this.options.verbose;
  }

  print(text: string): void {
    this.text += text;
  }

  /** ` [|proto]`. */
  truncated(): void {
    this.text += ` [|${this.protocol}]`;
  }

  /** ` (invalid)`. */
  invalid(): void {
    this.text += ' (invalid)';
  }

  /** Says that tcpdump would print more here than is modelled. */
  notModelled(feature: string): void {
    this.text += ` [${feature} is not modelled]`;
    this.unsupported.push(unsupported(feature, 'tcpdump'));
  }

  /** Unwinds to the session. */
  truncate(): never {
    throw TRUNCATED;
  }

  /** Whether `size` octets from `at` were captured. */
  has(at: number, size: number): boolean {
    return size >= 0 && at + size <= this.snapEnd;
  }

  /** Unwinds unless `size` octets from `at` were captured. */
  need(at: number, size: number): void {
    if (size < 0 || at + size > this.snapEnd) throw TRUNCATED;
  }

  /** Captured octets from `at` on; wraps below zero as an unsigned number does. */
  available(at: number): number {
    return (this.snapEnd - at) >>> 0;
  }

  /** Limits the captured end to `size` octets from `at`, until the matching `popEnd`. */
  pushEnd(at: number, size: number): void {
    this.snapEnds.push(this.snapEnd);
    if (size <= this.available(at)) this.snapEnd = at + size;
  }

  /** Replaces the limit of the innermost `pushEnd`. */
  changeEnd(at: number, size: number): void {
    const outer = this.snapEnds.at(-2) ?? this.snapEnd;
    if (size <= (outer - at) >>> 0) this.snapEnd = at + size;
  }

  popEnd(): void {
    this.snapEnd = this.snapEnds.pop() ?? this.octets.length;
  }

  u8(at: number): number {
    this.need(at, 1);
    return this.octets[at] as number;
  }

  u16(at: number): number {
    this.need(at, 2);
    return readU16(this.octets, at);
  }

  u24(at: number): number {
    this.need(at, 3);
    return readU24(this.octets, at);
  }

  u32(at: number): number {
    this.need(at, 4);
    return readU32(this.octets, at);
  }

  u48(at: number): number {
    this.need(at, 6);
    return readU16(this.octets, at) * 0x1_0000_0000 + readU32(this.octets, at + 2);
  }

  u64(at: number): bigint {
    this.need(at, 8);
    return readU64(this.octets, at);
  }

  /** Two octets, least significant first. */
  le16(at: number): number {
    this.need(at, 2);
    return (this.octets[at] as number) | ((this.octets[at + 1] as number) << 8);
  }

  le32(at: number): number {
    return (this.le16(at) | (this.le16(at + 2) << 16)) >>> 0;
  }

  s8(at: number): number {
    return (this.u8(at) << 24) >> 24;
  }

  s16(at: number): number {
    return (this.u16(at) << 16) >> 16;
  }

  s32(at: number): number {
    return this.u32(at) | 0;
  }

  /** Captured octets as lower-case hex. */
  hex(at: number, size: number, separator = ''): string {
    this.need(at, size);
    return toHex(this.octets.subarray(at, at + size), separator);
  }

  ipv4(at: number): string {
    const text = formatIpv4(this.u32(at));
    return this.options.numeric ? text : (this.options.names.host4?.(text) ?? text);
  }

  ipv6(at: number): string {
    this.need(at, 16);
    const text = formatAddress6(readIpv6(this.octets, at));
    return this.options.numeric ? text : (this.options.names.host6?.(text) ?? text);
  }

  mac(at: number): string {
    this.need(at, 6);
    const text = formatMac(readMac(this.octets, at));
    if (!this.options.numeric && text === 'ff:ff:ff:ff:ff:ff') return 'Broadcast';
    return this.options.numeric
      ? text
      : `${text} (oui ${OUI_NAMES.get(readU24(this.octets, at)) ?? 'Unknown'})`;
  }

  /** A link-layer address of any size. */
  linkAddress(at: number, size: number): string {
    this.need(at, size);
    if (size === 0) return '<empty>';
    return size === 6 ? this.mac(at) : this.hex(at, size, ':');
  }

  port(protocol: 'tcp' | 'udp', port: number): string {
    return this.options.numeric ? `${port}` : (this.options.names.port?.(protocol, port) ?? `${port}`);
  }

  /** One character as tcpdump escapes it: `^A`, `M-a`. */
  char(code: number): void {
    let c = code;
    if (c > 0x7f) {
      c &= 0x7f;
      this.text += 'M-';
    }
    if (c < 0x20 || c > 0x7e) {
      c ^= 0x40;
      this.text += '^';
    }
    this.text += String.fromCharCode(c);
  }

  /** `size` octets as escaped characters. */
  chars(at: number, size: number): void {
    for (let i = 0; i < size; i += 1) this.char(this.u8(at + i));
  }

  /** As `chars`, but stops at the captured end; false when it did. */
  charsWithin(at: number, size: number): boolean {
    const there = Math.min(size, Math.max(0, this.snapEnd - at));
    this.chars(at, there);
    return there === size;
  }

  /** Escaped characters up to a zero octet, `size` at most. */
  charsToZero(at: number, size: number): void {
    for (let i = 0; i < size; i += 1) {
      const c = this.u8(at + i);
      if (c === 0) return;
      this.char(c);
    }
  }

  /** Escaped characters up to a zero octet within `size`. Returns the octets used with the zero, or 0 when there is none. */
  zeroTerminated(at: number, size: number): number {
    const end = Math.min(at + size, this.snapEnd);
    for (let i = at; i < end; i += 1) {
      const c = this.u8(i);
      if (c === 0) return i - at + 1;
      this.char(c);
    }
    return 0;
  }

  /** The checksum over captured octets: zero when the field in them is right. */
  checksum(at: number, size: number, sum = 0): number {
    return checksumOf(sumOctets(this.octets, at, size, sum));
  }

  pseudoChecksum(pseudo: Pseudo, protocol: number, at: number, size: number): number {
    return this.checksum(at, size, pseudoSum(pseudo, protocol, size));
  }
}

/** The field that would have made a checksum right, from the field found and the checksum over everything. */
export function shouldBe(found: number, computed: number): number {
  const sum = found + computed;
  return ((sum & 0xffff) + (sum >>> 16)) & 0xffff;
}

/** `value` in hex with at least `digits` digits. */
export const hexOf = (value: number | bigint, digits = 1): string => value.toString(16).padStart(digits, '0');

/** `value` in decimal with at least `digits` digits. */
export const padded = (value: number | bigint, digits: number): string =>
  value.toString().padStart(digits, '0');

/** Texts of the bits set in `value`, or `none`. */
export function flagText(table: FlagTable, value: number, none: string, separator = ', '): string {
  let text = '';
  for (const [bits, name] of table) {
    if (bits !== 0 && (value & bits) >>> 0 === bits) text += text === '' ? name : `${separator}${name}`;
  }
  return text === '' ? none : text;
}

/** A time span: `1w2d3h4m5s`. */
export function spanText(seconds: number): string {
  if (seconds === 0) return '0s';
  let text = '';
  let rest = seconds;
  for (const [unit, size] of SPANS) {
    if (rest < size) continue;
    text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text;
}

const SPANS = [
  ['y', 31_536_000],
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** tcpdump's own IPv6 text: as inet_ntop, but `::a:b` with seven leading zero groups is never written as IPv4. */
export function formatAddress6(address: bigint): string {
  if (address >> 32n === 0n && address > 0xffffn) return `::${formatIpv4(Number(address))}`;
  if (address >> 32n === 0n) return address === 0n ? '::' : `::${address.toString(16)}`;
  return formatIpv6(address);
}

/** A number with `digits` decimals, ties to even as printf(3) rounds. */
export function fixed(value: number, digits: number): string {
  const exact = value.toFixed(20);
  const point = exact.indexOf('.');
  const isTie = /^50*$/.test(exact.slice(point + 1 + digits));
  if (!isTie) return value.toFixed(digits);
  const down = exact.slice(0, point + 1 + digits);
  const isEven = Number(digits === 0 ? down.at(-2) : down.at(-1)) % 2 === 0;
  return isEven ? (digits === 0 ? down.slice(0, -1) : down) : value.toFixed(digits);
}

/** `s` unless there is exactly one. */
export const plural = (count: number): string => (count === 1 ? '' : 's');
