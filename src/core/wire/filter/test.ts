/**
 * What a filter expression means: a small tree of tests on octets.
 *
 * A load outside the captured octets rejects the packet at once, whatever stands around it, also under `not`
 * (the BPF machine does so). Arithmetic is unsigned, 32 bits wide, and wraps.
 */
import { assertNever } from '../../base/assert.ts';

/** Where a header starts: a fixed offset, plus what an earlier test left in a slot (inside Geneve). */
export interface HeaderStart {
  readonly constant: number;
  readonly slot: number | null;
}

/** The address of a load: a start, plus the length of the IPv4 header there if `afterIpv4`, plus an index. */
export interface Address {
  readonly start: HeaderStart;
  /** Where the IPv4 header stands whose length is to be added, relative to the slot; null if none is. */
  readonly ipv4: number | null;
  readonly index: Value | null;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

/** A 32-bit number computed from the packet. */
export type Value =
  /** `folded`: computed from other constants, which libpcap's optimizer does too late to profit from. */
  | { readonly kind: 'number'; readonly number: number; readonly folded?: true }
  | { readonly kind: 'length' }
  | { readonly kind: 'slot'; readonly slot: number }
  /** What the last comparison looked at. */
  | { readonly kind: 'accumulator' }
  | { readonly kind: 'packet'; readonly property: 'outgoing' | 'interface' }
  | { readonly kind: 'load'; readonly size: 1 | 2 | 4; readonly address: Address }
  | { readonly kind: 'negative'; readonly value: Value }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Value;
      readonly right: Value;
    };

/** `&` is true when the two have a bit in common. */
export type Comparison = '=' | '>' | '>=' | '&';

/** The slots that `geneve` fills: where its inner headers start. */
interface InnerSlots {
  readonly linkType: number;
  readonly linkHeader: number;
  readonly linkPayload: number;
}

export type Test =
  | { readonly kind: 'always'; readonly result: boolean }
  | { readonly kind: 'and' | 'or'; readonly left: Test; readonly right: Test }
  | { readonly kind: 'not'; readonly test: Test }
  | {
      readonly kind: 'compare';
      readonly left: Value;
      readonly comparison: Comparison;
      readonly right: Value;
    }
  /** Always true: keeps a value for later tests. */
  | { readonly kind: 'keep'; readonly slot: number; readonly value: Value }
  /** Always true: reads the Geneve header that starts at `slot` + `constant` and fills `inner`. */
  | {
      readonly kind: 'geneve';
      readonly slot: number;
      readonly constant: number;
      readonly inner: InnerSlots;
    }
  /** Follows the chain of next headers from an IPv4 or IPv6 header at `header`. */
  | {
      readonly kind: 'chain';
      readonly version: 4 | 6;
      readonly header: number;
      readonly protocol: number;
    };

export const and = (left: Test, right: Test): Test => ({ kind: 'and', left, right });
export const or = (left: Test, right: Test): Test => ({ kind: 'or', left, right });
export const not = (test: Test): Test => (test.kind === 'not' ? test.test : { kind: 'not', test });
export const always = (result: boolean): Test => ({ kind: 'always', result });
export const number = (value: number): Value => ({ kind: 'number', number: value >>> 0 });
export const folded = (value: number): Value => ({
  kind: 'number',
  number: value >>> 0,
  folded: true,
});

export const compare = (left: Value, comparison: Comparison, right: Value): Test => ({
  kind: 'compare',
  left,
  comparison,
  right,
});

/** The tests joined by `and`, in this order. */
export const allOf = (first: Test, ...others: readonly Test[]): Test => others.reduce(and, first);
/** The tests joined by `or`, in this order. */
export const anyOf = (first: Test, ...others: readonly Test[]): Test => others.reduce(or, first);

/** One operation on unsigned 32-bit numbers. The divisor is not zero. */
export function arithmetic(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return (left + right) >>> 0;
    case '-':
      return (left - right) >>> 0;
    case '*':
      return Math.imul(left, right) >>> 0;
    case '/':
      return Math.floor(left / right);
    case '%':
      return left % right;
    case '&':
      return (left & right) >>> 0;
    case '|':
      return (left | right) >>> 0;
    case '^':
      return (left ^ right) >>> 0;
    case '<<':
      return right > 31 ? 0 : (left << right) >>> 0;
    case '>>':
      return right > 31 ? 0 : left >>> right;
    default:
      return assertNever(operator);
  }
}
