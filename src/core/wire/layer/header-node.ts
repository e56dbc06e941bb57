/** The header tree that the page shows: one node a header, a field, or a part of a field. */
import type { Checksum } from './layer-base.ts';

/** `offset` and `size` in octets of the frame; `bits` where a field is smaller than its octets, first = most significant of `offset`. */
export interface HeaderNode {
  readonly name: string;
  readonly text: string;
  readonly offset: number;
  readonly size: number;
  readonly bits?: { readonly first: number; readonly length: number };
  readonly children: readonly HeaderNode[];
  readonly problem?: string;
}

/** A field of whole octets. */
export function field(
  name: string,
  text: string,
  offset: number,
  size: number,
  children: readonly HeaderNode[] = [],
): HeaderNode {
  return { name, text, offset, size, children };
}

/** A field of `length` bits, `first` counted from the most significant bit of the octet at `offset`. */
export function bitField(
  name: string,
  text: string,
  offset: number,
  first: number,
  length: number,
): HeaderNode {
  return {
    name,
    text,
    offset: offset + (first >> 3),
    size: ((first & 7) + length + 7) >> 3,
    bits: { first: first & 7, length },
    children: [],
  };
}

/** The same node with a problem. */
export const withProblem = (node: HeaderNode, problem: string | undefined): HeaderNode =>
  problem === undefined ? node : { ...node, problem };

/** `0x` and at least `digits` hex digits. */
export const hex = (value: number | bigint, digits: number): string =>
  `0x${value.toString(16).padStart(digits, '0')}`;

/** A 16-bit checksum and its verdict: `0xa2a8 correct`. */
export function checksumField(name: string, checksum: Checksum, offset: number): HeaderNode {
  const { value, expected, verdict } = checksum;
  const text =
    verdict === 'wrong'
      ? `${hex(value, 4)} wrong, should be ${hex(expected, 4)}`
      : verdict === 'absent'
        ? `${hex(value, 4)} not used`
        : `${hex(value, 4)} ${verdict}`;
  return withProblem(field(name, text, offset, 2), verdict === 'wrong' ? 'wrong checksum' : undefined);
}

/** Names of the bits that are set, most significant first as listed. */
export function flagNames(value: number, names: readonly (readonly [mask: number, name: string])[]): string {
  const set = names.filter(([mask]) => (value & mask) !== 0).map(([, name]) => name);
  return set.length === 0 ? 'none' : set.join(', ');
}
