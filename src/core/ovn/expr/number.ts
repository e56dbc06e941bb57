/** Unsigned integers of up to 1024 bits as the logical language holds them, and the five ways it writes one. */
import { formatIpv4, formatIpv6, formatMac, maskLength } from '../../base/address.ts';

/** How a constant was written. It decides only how it is written back. */
export type NumberFormat = 'decimal' | 'hexadecimal' | 'ipv4' | 'ipv6' | 'ethernet';

/** A constant; `mask` is undefined for an exact one. A set bit of `value` is always set in `mask`. */
export interface NumberLiteral {
  readonly value: bigint;
  readonly mask: bigint | undefined;
  readonly format: NumberFormat;
}

const FORMAT_BITS: Record<NumberFormat, bigint> = {
  decimal: 64n,
  hexadecimal: 1024n,
  ipv4: 32n,
  ipv6: 128n,
  ethernet: 48n,
};

/** `0x...`, but a plain `0` for zero. */
export function formatHex(value: bigint): string {
  return value === 0n ? '0' : `0x${value.toString(16)}`;
}

function formatValue(value: bigint, format: NumberFormat): string {
  switch (format) {
    case 'decimal':
      return value.toString();
    case 'hexadecimal':
      return formatHex(value);
    case 'ipv4':
      return formatIpv4(Number(value));
    case 'ipv6':
      return formatIpv6(value);
    case 'ethernet':
      return formatMac(value);
  }
}

/** Text that the lexer reads back to the same literal. A value too wide for its format is written in hex. */
export function formatNumber(literal: NumberLiteral): string {
  const { value, mask } = literal;
  const width = FORMAT_BITS[literal.format];
  const fits = value >> width === 0n && (mask === undefined || mask >> width === 0n);
  const format = fits ? literal.format : 'hexadecimal';
  const text = formatValue(value, format);
  if (mask === undefined) return text;
  const length =
    format === 'ipv4' ? maskLength(mask, 32) : literal.format === 'ipv6' ? maskLength(mask, 128) : undefined;
  return `${text}/${length === undefined ? formatValue(mask, format) : length}`;
}

/** Position of the highest set bit plus one; 0 for zero. */
export function bitLength(value: bigint): number {
  if (value <= 0xffff_ffffn) return 32 - Math.clz32(Number(value));
  const hex = value.toString(16);
  return 4 * (hex.length - 1) + 32 - Math.clz32(Number.parseInt(hex.charAt(0), 16));
}

/** Number of set bits. */
export function bitCount(value: bigint): number {
  let count = 0;
  for (let rest = value; rest > 0n; rest >>= 32n) {
    let word = Number(rest & 0xffff_ffffn) >>> 0;
    word -= (word >>> 1) & 0x5555_5555;
    word = (word & 0x3333_3333) + ((word >>> 2) & 0x3333_3333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return count;
}

/** `width` ones. */
export function ones(width: number): bigint {
  return (1n << BigInt(width)) - 1n;
}

/** A run of ones inside a mask: its lowest bit and its length. */
export interface BitRange {
  readonly start: number;
  readonly length: number;
}

/** The one run of ones that `mask` is made of; undefined when it has none or several. */
export function singleRange(mask: bigint): BitRange | undefined {
  if (mask === 0n) return undefined;
  const lowest = mask & -mask;
  const shifted = mask / lowest;
  if ((shifted & (shifted + 1n)) !== 0n) return undefined;
  return { start: bitLength(lowest) - 1, length: bitLength(shifted) };
}
