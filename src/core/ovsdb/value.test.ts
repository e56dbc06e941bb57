import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Uuid } from '../base/uuid.ts';
import type { AtomType, ColumnType } from './schema.ts';
import { applyDifference } from './file-transaction.ts';
import { decodeValue, encodeValue, type Json } from './value-json.ts';
import { parseValue } from './value-parse.ts';
import { formatAtom, formatBare, formatReal, formatValue } from './value-text.ts';
import { canonical, type Atom, type Value } from './value.ts';

const U = '550e8400-e29b-41d4-a716-446655440000' as Uuid;
const one = (type: AtomType): ColumnType => ({ key: { type }, min: 1, max: 1 });
const optional = (type: AtomType): ColumnType => ({ key: { type }, min: 0, max: 1 });
const set = (type: AtomType, max = Infinity): ColumnType => ({ key: { type }, min: 0, max });
const map = (key: AtomType, value: AtomType): ColumnType => ({
  key: { type: key },
  value: { type: value },
  min: 0,
  max: Infinity,
});

describe('values typed by a user', () => {
  function check(text: string, type: ColumnType, expected: Value | string): void {
    const value = parseValue(text, type);
    expect(value.ok ? value.value : `error: ${value.error}`).toEqual(expected);
  }

  it.each<[string, ColumnType, Value | string]>([
    ['web', one('string'), 'web'],
    ['"two words"', one('string'), 'two words'],
    ['two words', one('string'), 'error: two words: 2 value(s) specified but the maximum number is 1'],
    ['"a\\"b\\u0041\\n"', one('string'), 'a"bA\n'],
    ['a\\ b', one('string'), 'a b'],
    ['-5', one('integer'), -5],
    ['5x', one('integer'), 'error: "5x" is not a valid integer or range'],
    ['1.5e3', one('real'), 1500],
    ['x', one('real'), 'error: "x" is not a valid real number'],
    ['yes', one('boolean'), true],
    ['off', one('boolean'), false],
    ['maybe', one('boolean'), 'error: "maybe" is not a valid boolean (use "true" or "false")'],
    [U.toUpperCase(), one('uuid'), U],
    ['550e', one('uuid'), 'error: "550e" is not a valid UUID'],
    ['[]', optional('integer'), null],
    ['', optional('integer'), 'error: use "[]" to specify the empty set'],
    ['7', optional('integer'), 7],
    ['[b, a]', set('string'), ['a', 'b']],
    ['b a', set('string'), ['a', 'b']],
    ['1,3-5', set('integer'), [1, 3, 4, 5]],
    ['5-3', set('integer'), 'error: "5-3" is not a valid range. Range end cannot be before start.'],
    [
      '0-5000',
      set('integer'),
      'error: constraint violation: Range "0-5000" is too big. Maximum allowed size is 4096.',
    ],
    ['a,a', set('string'), 'error: a,a: set contains duplicate value'],
    ['[a', set('string'), 'error: [a: missing "]" at end of data'],
    ['[a] b', set('string'), 'error: [a] b: trailing garbage after "]"'],
    ['a:b', set('string'), 'error: a:b: unexpected ":" parsing set of strings'],
    ['a,b,c', set('string', 2), 'error: a,b,c: 3 value(s) specified but the maximum number is 2'],
    [
      '{b=2, a=1}',
      map('string', 'string'),
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    ],
    [
      'a="x y" b=z',
      map('string', 'string'),
      new Map([
        ['a', 'x y'],
        ['b', 'z'],
      ]),
    ],
    ['{}', map('string', 'string'), new Map()],
    ['', map('string', 'string'), 'error: use "{}" to specify the empty map'],
    ['a', map('string', 'string'), 'error: a: syntax error at "'],
    ['a:b', map('string', 'string'), 'error: a:b: syntax error at ":" expecting "="'],
    ['a=1,a=2', map('string', 'string'), 'error: a=1,a=2: map contains duplicate key'],
    ['"x', one('string'), 'error: "x: quoted string extends past end of argument'],
    ['x\\', one('string'), 'error: x\\: backslash at end of argument'],
    ['"\\q"', one('string'), 'error: "\\q": bad escape \\q'],
  ])('%s', check);

  it('are held to the limits of their column', () => {
    const tag: ColumnType = { key: { type: 'integer', minimum: 0, maximum: 4095 }, min: 0, max: 1 };
    check('4095', tag, 4095);
    check('4096', tag, 'error: constraint violation: 4096 is not in the valid range 0 to 4095 (inclusive)');
    const word: ColumnType = { key: { type: 'string', enum: ['drop', 'pass'] }, min: 1, max: 1 };
    check('pass', word, 'pass');
    check('pas', word, 'error: constraint violation: pas is not one of the allowed values ([drop, pass])');
  });
});

describe('values as text', () => {
  it.each<[Atom, AtomType, string]>([
    ['web', 'string', 'web'],
    ['web-1.2', 'string', 'web-1.2'],
    ['1st', 'string', '"1st"'],
    ['', 'string', '""'],
    ['true', 'string', '"true"'],
    ['a b"c', 'string', '"a b\\"c"'],
    [U, 'string', `"${U}"`],
    [U, 'uuid', U],
    [0.5, 'real', '0.5'],
    [3, 'real', '3'],
    [-7, 'integer', '-7'],
  ])('%j', (atom, type, expected) => {
    expect(formatAtom(atom, type)).toBe(expected);
  });

  it('reals are as printf writes them', () => {
    const texts = [0, 0.1, 1 / 3, 1e15, 123456789012345, 1e-5, -2.5, 1e300, Infinity].map(formatReal);
    expect(texts).toEqual([
      '0',
      '0.1',
      '0.333333333333333',
      '1e+15',
      '123456789012345',
      '1e-05',
      '-2.5',
      '1e+300',
      'inf',
    ]);
  });

  it('bare has no quotes or brackets', () => {
    expect(formatBare(['a b', 'c'], set('string'))).toBe('a b c');
    expect(formatBare(new Map([['a', '1 2']]), map('string', 'string'))).toBe('a=1 2');
    expect(formatBare(null, optional('string'))).toBe('');
  });
});

const atoms: Readonly<Record<AtomType, fc.Arbitrary<Atom>>> = {
  integer: fc.maxSafeInteger(),
  real: fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 8),
  boolean: fc.boolean(),
  string: fc.string({ unit: 'grapheme' }),
  uuid: fc.uuid() as fc.Arbitrary<Atom>,
};
const typed = fc
  .record({
    key: fc.constantFrom(...(Object.keys(atoms) as AtomType[])),
    value: fc.constantFrom(undefined, ...(Object.keys(atoms) as AtomType[])),
    shape: fc.constantFrom('one', 'optional', 'many'),
  })
  .chain(({ key, value, shape }): fc.Arbitrary<{ type: ColumnType; value: Value }> => {
    if (value !== undefined)
      return fc
        .array(fc.tuple(atoms[key], atoms[value]))
        .map((pairs) => ({ type: map(key, value), value: canonical(new Map(pairs)) }));
    if (shape === 'many')
      return fc.array(atoms[key]).map((keys) => ({ type: set(key), value: canonical(keys) }));
    if (shape === 'one') return atoms[key].map((atom) => ({ type: one(key), value: atom }));
    return fc.option(atoms[key]).map((atom) => ({ type: optional(key), value: atom }));
  });

describe('any value', () => {
  it('comes back from its text', () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        expect(parseValue(formatValue(value, type), type)).toEqual({ ok: true, value });
      }),
    );
  });

  it('comes back from its JSON', () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        const json = JSON.parse(JSON.stringify(encodeValue(value, type))) as Json;
        expect(decodeValue(json, type)).toEqual({ ok: true, value });
      }),
    );
  });

  it('is its predecessor with the difference applied', () => {
    const pair = fc.tuple(fc.array(fc.nat(9)), fc.array(fc.nat(9)));
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [from, to] = [canonical(a), canonical(b)] as const;
        const difference = [...new Set([...a, ...b])].filter((n) => a.includes(n) !== b.includes(n));
        expect(applyDifference(from, canonical(difference))).toEqual(to);
      }),
    );
  });
});

describe('values as JSON', () => {
  it.each<[Json, ColumnType, Value | string]>([
    ['a', set('string'), ['a']],
    [['set', ['b', 'a']], set('string'), ['a', 'b']],
    [['set', []], optional('string'), null],
    [['set', []], one('string'), 'syntax error: set must have exactly one member but 0 are present'],
    [['set', ['a', 'b']], optional('string'), 'syntax error: set must have 0 to 1 members but 2 are present'],
    [['set', ['a', 'a']], set('string'), 'ovsdb error: set contains duplicate'],
    [
      [
        'map',
        [
          ['a', 'b'],
          ['a', 'c'],
        ],
      ],
      map('string', 'string'),
      'ovsdb error: map contains duplicate key',
    ],
    ['a', map('string', 'string'), 'syntax error: expected ["map", <array>]'],
    [['uuid', U], one('uuid'), U],
    ['u', one('uuid'), 'syntax error: expected ["uuid", <string>]'],
    [1.5, one('integer'), 'syntax error: expected integer'],
    [1.5, one('real'), 1.5],
  ])('%j', (json, type, expected) => {
    const value = decodeValue(json, type);
    expect(value.ok ? value.value : `${value.error.error}: ${value.error.details}`).toEqual(expected);
  });
});
