/**
 * A column's value in memory. One element exactly: the atom itself. None or one: the atom or `null`. More: a sorted
 * array without doubles. Pairs: a `Map` in the order of its keys. Values are never changed in place.
 */
import type { Uuid } from '../base/uuid.ts';
import type { AtomType, ColumnType } from './schema.ts';

/** One element: integer and real are numbers, uuid is its text. */
export type Atom = number | string | boolean;
export type SetValue = readonly Atom[];
export type MapValue = ReadonlyMap<Atom, Atom>;
export type Value = Atom | null | SetValue | MapValue;

export const ZERO_UUID = '00000000-0000-0000-0000-000000000000' as Uuid;
export const EMPTY_SET: readonly never[] = Object.freeze([]);
export const EMPTY_MAP: ReadonlyMap<never, never> = new Map<never, never>();

/** How a column's value is held. */
export type Shape = 'scalar' | 'optional' | 'set' | 'map';

export function shapeOf(type: ColumnType): Shape {
  if (type.value !== undefined) return 'map';
  if (type.max > 1) return 'set';
  return type.min === 0 ? 'optional' : 'scalar';
}

/** Order of two atoms of one type, as `ovsdb_atom_compare_3way`: numbers by size, false before true, the rest by text. */
export function compareAtoms(a: Atom, b: Atom): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function defaultAtom(type: AtomType): Atom {
  switch (type) {
    case 'integer':
    case 'real':
      return 0;
    case 'boolean':
      return false;
    case 'uuid':
      return ZERO_UUID;
    default:
      return '';
  }
}

/** The value that a column has when an insert does not name it (RFC 7047, section 5.2.1). */
export function defaultValue(type: ColumnType): Value {
  switch (shapeOf(type)) {
    case 'map':
      return EMPTY_MAP;
    case 'set':
      return type.min === 0 ? EMPTY_SET : [defaultAtom(type.key.type)];
    case 'optional':
      return null;
    default:
      return defaultAtom(type.key.type);
  }
}

export const isSet = (value: Value): value is SetValue => Array.isArray(value);
export const isMap = (value: Value): value is MapValue => value instanceof Map;

/** The keys of a value: its atoms, or the keys of its pairs. */
export function keysOf(value: Value): SetValue {
  if (value === null) return EMPTY_SET;
  if (isSet(value)) return value;
  if (isMap(value)) return [...value.keys()];
  return [value];
}

function sortedStrictly(keys: SetValue): boolean {
  for (let i = 1; i < keys.length; i += 1)
    if (compareAtoms(keys[i - 1] as Atom, keys[i] as Atom) >= 0) return false;
  return true;
}

function sortSet(keys: SetValue): SetValue {
  return sortedStrictly(keys) ? keys : [...new Set(keys)].sort(compareAtoms);
}

function sortMap(map: MapValue): MapValue {
  if (map.size < 2 || sortedStrictly([...map.keys()])) return map;
  return new Map([...map].sort((a, b) => compareAtoms(a[0], b[0])));
}

/** The canonical form: sets and maps sorted, doubles gone. Gives back the same object when it is canonical already. */
export function canonical(value: Value): Value {
  if (isSet(value)) return value.length < 2 ? value : sortSet(value);
  if (isMap(value)) return sortMap(value);
  return value;
}

/** Equality of two canonical values of one type. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (isSet(a)) return isSet(b) && a.length === b.length && a.every((atom, i) => atom === b[i]);
  if (!isMap(a) || !isMap(b) || a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}

/** Order of two canonical values of one type, as `ovsdb_datum_compare_3way`: fewer elements first. */
export function compareValues(a: Value, b: Value): number {
  const left = keysOf(a);
  const right = keysOf(b);
  if (left.length !== right.length) return left.length - right.length;
  for (const [i, key] of left.entries()) {
    const order = compareAtoms(key, right[i] as Atom);
    if (order !== 0) return order;
  }
  if (!isMap(a) || !isMap(b)) return 0;
  for (const key of left) {
    const order = compareAtoms(a.get(key) as Atom, b.get(key) as Atom);
    if (order !== 0) return order;
  }
  return 0;
}

/** How many elements (or pairs) a value has. */
export function lengthOf(value: Value): number {
  if (value === null) return 0;
  if (isSet(value)) return value.length;
  return isMap(value) ? value.size : 1;
}
