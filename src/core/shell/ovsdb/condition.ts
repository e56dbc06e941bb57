/** Conditions of `find` and `wait-until`: `COLUMN[:KEY] OPERATOR VALUE` on one row. */
import {
  compareAtoms,
  equalValues,
  isMap,
  keysOf,
  lengthOf,
  parseAtom,
  parseValue,
  type ColumnType,
  type Row,
  type Value,
} from '../../ovsdb/index.ts';
import { orFail, parseColumnValue } from './column-argument.ts';
import type { NamedTable } from './names.ts';
import { fail } from './stop.ts';
import type { SymbolTable } from './symbol-table.ts';

const OPERATORS = [
  '=',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '{=}',
  '{!=}',
  '{<}',
  '{>}',
  '{<=}',
  '{>=}',
  '{in}',
  '{not-in}',
] as const;
type Operator = (typeof OPERATORS)[number];

/** Order of two values: by length, then keys, then the values of pairs. */
function compare(a: Value, b: Value): number {
  if (lengthOf(a) !== lengthOf(b)) return lengthOf(a) - lengthOf(b);
  const pairs = (x: Value): readonly (string | number | boolean)[] =>
    isMap(x) ? [...keysOf(x), ...x.values()] : keysOf(x);
  const left = pairs(a);
  const right = pairs(b);
  for (const [i, atom] of left.entries()) {
    const order = compareAtoms(atom, right[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** True when every element (or pair) of `a` is in `b`. */
function includesAll(a: Value, b: Value): boolean {
  if (isMap(a)) return isMap(b) && [...a].every(([key, value]) => b.get(key) === value);
  const keys = new Set(keysOf(b));
  return keysOf(a).every((key) => keys.has(key));
}

function excludesAll(a: Value, b: Value): boolean {
  if (isMap(a)) return !isMap(b) || [...a].every(([key, value]) => b.get(key) !== value);
  const keys = new Set(keysOf(b));
  return keysOf(a).every((key) => !keys.has(key));
}

function holds(a: Value, operator: Operator, b: Value): boolean {
  switch (operator) {
    case '=':
    case '{=}':
      return equalValues(a, b);
    case '!=':
    case '{!=}':
      return !equalValues(a, b);
    case '<':
      return compare(a, b) < 0;
    case '>':
      return compare(a, b) > 0;
    case '<=':
      return compare(a, b) <= 0;
    case '>=':
      return compare(a, b) >= 0;
    case '{<}':
      return lengthOf(b) > lengthOf(a) && includesAll(a, b);
    case '{>}':
      return lengthOf(a) > lengthOf(b) && includesAll(b, a);
    case '{<=}':
    case '{in}':
      return includesAll(a, b);
    case '{>=}':
      return includesAll(b, a);
    case '{not-in}':
      return excludesAll(a, b);
  }
}

/** Any number of elements, so that a set may be compared with more or fewer than the column holds. */
const asSet = (value: Value): Value => (isMap(value) ? value : keysOf(value));

/** Tells whether `row` satisfies the condition. */
export function satisfies(row: Row, argument: string, table: NamedTable, symbols: SymbolTable): boolean {
  const { name, column, key, operator, value } = parseColumnValue(argument, table, OPERATORS);
  const { type } = column;
  const held = row[name] as Value;
  if (key === null)
    return holds(asSet(held), operator as Operator, asSet(orFail(parseValue(value, type, symbols))));
  if (type.value === undefined) return fail(`cannot specify key to check for non-map column ${name}`);
  const atom = orFail(parseAtom(key, type.key, symbols));
  const wantedType: ColumnType = { key: type.value, min: type.min, max: Infinity };
  const wanted = orFail(parseValue(value, wantedType, symbols));
  const found = isMap(held) ? held.get(atom) : undefined;
  if (found === undefined && !operator.startsWith('{')) return false;
  return holds(found === undefined ? [] : [found], operator as Operator, asSet(wanted));
}
