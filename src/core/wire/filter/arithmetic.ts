/** Arithmetic expressions over packet data: `tcp[tcpflags] & (tcp-syn|tcp-fin) != 0`. */
import { FilterError } from './filter-error.ts';
import { protocolWord } from './ip-protocol.ts';
import type { From, Offsets } from './offsets.ts';
import { firstFragment } from './port.ts';
import type { ProtocolWord } from './qualifier.ts';
import {
  allOf,
  and,
  arithmetic,
  compare,
  folded,
  not,
  number,
  type ArithmeticOperator,
  type Test,
  type Value,
} from './test.ts';

/** A number under construction. */
export interface Operand {
  readonly value: Value;
  /** What must hold for the value to exist (the protocol is there). */
  readonly guard: Test | null;
  /** The constant that is loaded first, if any; libpcap checks divisors and shifts by it alone. */
  readonly first: number | null;
}

/** A number in the text. */
export function constant(offsets: Offsets, value: number): Operand {
  offsets.takeRegister();
  return { value: number(value), guard: null, first: value };
}

/** `len`. */
export function packetLength(offsets: Offsets): Operand {
  offsets.takeRegister();
  return { value: { kind: 'length' }, guard: null, first: null };
}

export function negative(operand: Operand): Operand {
  const { value } = operand;
  const negated: Value = value.kind === 'number' ? folded(-value.number) : { kind: 'negative', value };
  return { ...operand, value: negated };
}

/** Throws FilterError for a division by the constant zero and a shift by a constant above 31. */
export function combine(
  offsets: Offsets,
  operator: ArithmeticOperator,
  left: Operand,
  right: Operand,
): Operand {
  if (operator === '/' && right.first === 0) throw new FilterError('division by zero');
  if (operator === '%' && right.first === 0) throw new FilterError('modulus by zero');
  if ((operator === '<<' || operator === '>>') && right.first !== null && right.first > 31)
    throw new FilterError('shift by more than 31 bits');
  offsets.freeRegister();
  return {
    value: computed(operator, left.value, right.value),
    // libpcap keeps the guard of the left operand alone.
    guard: left.guard,
    first: left.first,
  };
}

function computed(operator: ArithmeticOperator, left: Value, right: Value): Value {
  const divides = operator === '/' || operator === '%';
  if (left.kind === 'number' && right.kind === 'number' && !(divides && right.number === 0))
    return folded(arithmetic(operator, left.number, right.number));
  return { kind: 'arithmetic', operator, left, right };
}

const NETWORK: ReadonlySet<ProtocolWord> = new Set([
  'ip',
  'arp',
  'rarp',
  'atalk',
  'decnet',
  'sca',
  'lat',
  'moprc',
  'mopdl',
  'ip6',
]);
const TRANSPORT: ReadonlySet<ProtocolWord> = new Set([
  'sctp',
  'tcp',
  'udp',
  'icmp',
  'igmp',
  'igrp',
  'pim',
  'vrrp',
  'carp',
]);

/** `protocol[index:size]`. Throws FilterError for a size other than 1, 2 and 4 and a protocol without such an index. */
export function indexed(offsets: Offsets, protocol: ProtocolWord, index: Operand, size: number): Operand {
  offsets.takeRegister();
  offsets.freeRegister();
  if (size !== 1 && size !== 2 && size !== 4) throw new FilterError('data size must be 1, 2, or 4');
  const operand = (from: From, guard: Test | null): Operand => ({
    value: { kind: 'load', size, address: offsets.address(from, 0, index.value) },
    guard,
    first: index.first,
  });
  const guarded = (test: Test): Test => (index.guard === null ? test : and(index.guard, test));
  if (protocol === 'link') return operand('link-header', index.guard);
  if (NETWORK.has(protocol)) return operand('network', guarded(protocolWord(offsets, protocol)));
  if (TRANSPORT.has(protocol)) {
    const present = and(protocolWord(offsets, protocol), firstFragment(offsets));
    return operand('ipv4-transport', and(protocolWord(offsets, 'ip'), guarded(present)));
  }
  if (protocol === 'icmp6') {
    const isIcmp6 = offsets.field('network', 6, 1, '=', 58);
    return operand('ipv6-transport', allOf(guarded(protocolWord(offsets, 'ip6')), isIcmp6));
  }
  throw new FilterError(
    protocol === 'radio' ? 'radio information not present in capture' : 'unsupported index operation',
  );
}

export type Relation = '=' | '!=' | '>' | '>=' | '<' | '<=';

/** `left relation right`. */
export function relate(offsets: Offsets, relation: Relation, left: Operand, right: Operand): Test {
  offsets.freeRegister();
  offsets.freeRegister();
  const test = (comparison: '=' | '>' | '>='): Test => compare(left.value, comparison, right.value);
  const relations: Record<Relation, () => Test> = {
    '=': () => test('='),
    '>': () => test('>'),
    '>=': () => test('>='),
    '!=': () => not(test('=')),
    '<=': () => not(test('>')),
    '<': () => not(test('>=')),
  };
  const guards = [left.guard, right.guard].filter((guard) => guard !== null);
  return [...guards, relations[relation]()].reduce(and);
}
