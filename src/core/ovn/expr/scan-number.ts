/** The number tokens: decimal, hex, MAC, IPv4 and IPv6, each with an optional mask after `/`. */
import { parseIpv4, parseIpv6, prefixMask } from '../../base/address.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { NumberFormat, NumberLiteral } from './number.ts';

const MAC_GROUP = /^(?:0[xX])?[0-9a-fA-F]+$/;
const HEX_BITS = 1024;

/** A number read from a text, or why it is none, and where reading stopped. */
export interface ScannedNumber {
  readonly result: Result<NumberLiteral>;
  readonly end: number;
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** A colon after a dot ends the number (`10.0.0.1:80`), as do two dots in a row (`1..5`). */
function extent(source: string, start: number): number {
  let end = start;
  let sawDot = false;
  for (;;) {
    const code = source.charCodeAt(end);
    if (code === 46) {
      if (source.charCodeAt(end + 1) === 46) return end;
      sawDot = true;
    } else if (!isAlphanumeric(code) && !(code === 58 && !sawDot)) return end;
    end += 1;
  }
}

function exact(value: bigint, format: NumberFormat): Result<NumberLiteral> {
  return ok({ value, mask: undefined, format });
}

function macValue(text: string): bigint | undefined {
  const groups = text.split(':');
  if (groups.length !== 6) return undefined;
  let value = 0n;
  for (const group of groups) {
    if (!MAC_GROUP.test(group)) return undefined;
    value = (value << 8n) | BigInt(Number.parseInt(group, 16) & 0xff);
  }
  return value;
}

function decimal(text: string): Result<NumberLiteral> {
  if (text.length > 1 && text.startsWith('0')) return err('Decimal constants must not have leading zeros.');
  if (text.length <= 15) return exact(BigInt(Number(text)), 'decimal');
  const value = BigInt(text);
  if (value >> 64n !== 0n) return err('Decimal constants must be less than 2**64.');
  return exact(value, 'decimal');
}

function hexadecimal(text: string): Result<NumberLiteral> {
  const digits = text.slice(2);
  if (digits === '') return err(`Hex digits expected following ${text}.`);
  // Digits count from the right, so the problem that stands furthest right is the one reported.
  for (let i = digits.length - 1; i >= 0; i -= 1) {
    const digit = Number.parseInt(digits.charAt(i), 16);
    if (Number.isNaN(digit)) return err('Invalid syntax in hexadecimal constant.');
    if (digit !== 0 && digits.length - 1 - i >= HEX_BITS / 4)
      return err(`Hexadecimal constant requires more than ${HEX_BITS} bits.`);
  }
  return exact(BigInt(`0x${digits}`), 'hexadecimal');
}

function address(text: string): Result<NumberLiteral> {
  if (text.length < 46) {
    const ipv4 = parseIpv4(text);
    if (ipv4 !== undefined) return exact(BigInt(ipv4), 'ipv4');
    const ipv6 = parseIpv6(text);
    if (ipv6 !== undefined) return exact(ipv6, 'ipv6');
  }
  return err('Invalid numeric constant.');
}

function literal(text: string): Result<NumberLiteral> {
  if (text === '') return err('Integer constant expected.');
  if (/^\d+$/.test(text)) return decimal(text);
  const mac = text.length === 17 ? macValue(text) : undefined;
  if (mac !== undefined) return exact(mac, 'ethernet');
  if (text.startsWith('0x') || text.startsWith('0X')) return hexadecimal(text);
  return address(text);
}

function masked(value: NumberLiteral, mask: NumberLiteral): Result<NumberLiteral> {
  const build = (bits: bigint, format: NumberFormat): Result<NumberLiteral> =>
    ok({ value: value.value & bits, mask: bits, format });
  if (value.format === mask.format) return build(mask.value, value.format);
  const prefix = Number(BigInt.asUintN(32, mask.value));
  if (mask.format === 'decimal' && value.format === 'ipv4' && prefix <= 32)
    return build(prefixMask(prefix, 32), 'ipv4');
  if (mask.format === 'decimal' && value.format === 'ipv6' && prefix <= 128)
    return build(prefixMask(prefix, 128), 'ipv6');
  if (mask.format === 'hexadecimal' && value.format === 'decimal' && value.value === 0n)
    return build(mask.value, 'hexadecimal');
  return err('Value and mask have incompatible formats.');
}

/** Reads the number that begins at `start`, with its mask when a `/` follows at once. */
export function scanNumber(source: string, start: number): ScannedNumber {
  const end = extent(source, start);
  const value = literal(source.slice(start, end));
  if (!value.ok || source.charCodeAt(end) !== 47) return { result: value, end };
  const maskEnd = extent(source, end + 1);
  const mask = literal(source.slice(end + 1, maskEnd));
  return { result: mask.ok ? masked(value.value, mask.value) : mask, end: maskEnd };
}
