/** Comparing a field's values with what was typed: the form depends on the field's type, and what is not of that form is refused. */
import { parseIpv6 } from '../../../core/base/address.ts';
import { err, ok, type Result } from '../../../core/base/result.ts';
import type { FieldType, FieldValue } from './field.ts';
import { regularExpression } from './regular-expression.ts';

export interface Literal {
  readonly text: string;
  readonly quoted: boolean;
}

/** Holds of a single value. */
export type Holds = (value: FieldValue) => boolean;

const ORDER = {
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
} as const;

export type Relation = keyof typeof ORDER | '==' | 'contains' | 'matches';

/** What does not hold of one value: of several, any will do. An error says what is wrong with `literal`. */
export function comparison(type: FieldType, relation: Relation, literal: Literal): Result<Holds> {
  switch (relation) {
    case 'matches':
      return matching(type, literal);
    case 'contains':
      return containing(type, literal);
    case '==':
      return equal(type, literal);
    default: {
      const to = ordered(type, literal);
      const holds = ORDER[relation];
      return to.ok ? ok((value) => holds(to.value(value))) : to;
    }
  }
}

/** What holds of two values, those of fields that may be compared; null where they may not. */
export function fieldComparison(
  left: FieldType,
  relation: Exclude<Relation, 'matches'>,
  right: FieldType,
): ((a: FieldValue, b: FieldValue) => boolean) | null {
  const isNumber = (type: FieldType): boolean => type === 'number' || type === 'flag';
  if (isNumber(left) !== isNumber(right) || (left === 'text') !== (right === 'text')) return null;
  if (relation === 'contains') {
    if (isNumber(left)) return null;
    if (left === 'text') return (a, b) => String(a).includes(String(b));
    return (a, b) => indexOf(octetsOf(left, a), octetsOf(right, b)) >= 0;
  }
  const order = (a: FieldValue, b: FieldValue): number => {
    if (isNumber(left)) return Number(a) - Number(b);
    if (left === 'text') return a === b ? 0 : String(a) < String(b) ? -1 : 1;
    return octetOrder(octetsOf(left, a), octetsOf(right, b));
  };
  return relation === '==' ? (a, b) => order(a, b) === 0 : (a, b) => ORDER[relation](order(a, b));
}

/** Both ends are within. */
export function between(type: FieldType, from: Literal, to: Literal): Result<Holds> {
  const low = ordered(type, from);
  const high = ordered(type, to);
  if (!low.ok) return low;
  if (!high.ok) return high;
  return ok((value) => low.value(value) >= 0 && high.value(value) <= 0);
}

const NUMBER = /^(0x[0-9a-f]+|0b[01]+|\d+)$/i;

function equal(type: FieldType, literal: Literal): Result<Holds> {
  const { text } = literal;
  if (type === 'flag' && /^(true|false)$/i.test(text)) {
    const wanted = text.toLowerCase() === 'true';
    return ok((value) => (value !== 0) === wanted);
  }
  if (type === 'ipv4' || type === 'ipv6') {
    const [address = '', bits] = text.split('/');
    if (bits !== undefined) {
      const octets = addressOctets(type, address);
      const size = Number(bits);
      if (!octets || !/^\d+$/.test(bits) || size > octets.length * 8)
        return err(`${text} is not an ${NAME[type]} network`);
      return ok((value) => sameStart(octetsOf(type, value), octets, size));
    }
  }
  const to = ordered(type, literal);
  return to.ok ? ok((value) => to.value(value) === 0) : to;
}

const NAME = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

/** Less than, equal to or greater than 0 as a value is less, the same or more. */
function ordered(type: FieldType, literal: Literal): Result<(value: FieldValue) => number> {
  const { text } = literal;
  switch (type) {
    case 'number':
    case 'flag': {
      if (!NUMBER.test(text)) return err(`${text} is not a number`);
      const number = Number(text);
      return ok((value) => Number(value) - number);
    }
    case 'text':
      return ok((value) => (String(value) === text ? 0 : String(value) < text ? -1 : 1));
    case 'ipv4':
    case 'ipv6': {
      const octets = addressOctets(type, text);
      if (!octets) return err(`${text} is not an ${NAME[type]} address`);
      return ok((value) => octetOrder(octetsOf(type, value), octets));
    }
    case 'mac':
    case 'octets': {
      const octets = literalOctets(literal);
      if (!octets || (type === 'mac' && octets.length !== 6))
        return err(
          type === 'mac' ? `${text} is not a MAC address` : `${text} is neither octets (aa:bb:cc) nor "text"`,
        );
      return ok((value) => octetOrder(octetsOf(type, value), octets));
    }
  }
}

function containing(type: FieldType, literal: Literal): Result<Holds> {
  if (type === 'number' || type === 'flag') return err('a number contains nothing');
  if (type === 'text') return ok((value) => String(value).includes(literal.text));
  const octets = literalOctets(literal) ?? new TextEncoder().encode(literal.text);
  return ok((value) => indexOf(octetsOf(type, value), octets) >= 0);
}

/** One character an octet. */
const latinOf = (octets: Uint8Array): string =>
  Array.from(octets, (octet) => String.fromCharCode(octet)).join('');

/** As a regular expression that knows no upper and lower case; octets are read as Latin-1. */
function matching(type: FieldType, { text }: Literal): Result<Holds> {
  if (type !== 'text' && type !== 'octets') return err('only text and octets match an expression');
  const expression = regularExpression(text);
  if (!expression.ok) return err(`${text} is not a regular expression: ${expression.error}`);
  return ok((value) => expression.value(value instanceof Uint8Array ? latinOf(value) : String(value)));
}

/** `aa:bb`, `aa-bb`, `aa.bb`, `aabb.ccdd` or a single `aa` in hexadecimal, or text in quotes; null for anything else. */
function literalOctets({ text, quoted }: Literal): Uint8Array | null {
  if (quoted) return new TextEncoder().encode(text);
  const bare = text.replace(/^0x/i, '');
  const isHex =
    /^[0-9a-f]{2}(?:([:.-])[0-9a-f]{2}(?:\1[0-9a-f]{2})*)?$/i.test(bare) ||
    /^[0-9a-f]{4}(\.[0-9a-f]{4})+$/i.test(bare) ||
    (bare !== text && /^([0-9a-f]{2})+$/i.test(bare));
  if (!isHex) return null;
  const digits = bare.replace(/[:.-]/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}

/** The octets that a value stands for. */
export function octetsOf(type: FieldType, value: FieldValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const text = String(value);
  switch (type) {
    case 'mac':
      return Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16));
    case 'ipv4':
    case 'ipv6':
      return addressOctets(type, text) ?? new Uint8Array();
    default:
      return new TextEncoder().encode(text);
  }
}

function addressOctets(type: 'ipv4' | 'ipv6', text: string): Uint8Array | null {
  if (type === 'ipv4') {
    const parts = text.split('.');
    const fits = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
    return fits ? Uint8Array.from(parts, Number) : null;
  }
  const number = parseIpv6(text);
  return number === undefined
    ? null
    : Uint8Array.from({ length: 16 }, (_, at) => Number((number >> BigInt(8 * (15 - at))) & 0xffn));
}

function octetOrder(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function sameStart(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  if (a.length !== b.length) return false;
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    if (((a[bit / 8] ?? 0) & mask) !== ((b[bit / 8] ?? 0) & mask)) return false;
  }
  return true;
}

function indexOf(octets: Uint8Array, part: Uint8Array): number {
  for (let from = 0; from + part.length <= octets.length; from += 1)
    if (part.every((octet, at) => octets[from + at] === octet)) return from;
  return -1;
}
