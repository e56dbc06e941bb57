/** Values as JSON in the notation of RFC 7047, section 5.1: `["uuid", u]`, `["set", [...]]`, `["map", [[k, v], ...]]`. */
import { err, ok, type Result } from '../base/result.ts';
import { parseUuid, type Uuid } from '../base/uuid.ts';
import { checkAtom } from './constraint.ts';
import type { TransactionError } from './database.ts';
import { jsonText, type Json, type JsonObject } from './json-text.ts';
import type { BaseType, ColumnType } from './schema.ts';
import {
  canonical,
  compareAtoms,
  EMPTY_MAP,
  EMPTY_SET,
  isMap,
  isSet,
  shapeOf,
  type Atom,
  type Value,
} from './value.ts';

export type { Json, JsonObject } from './json-text.ts';

export const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
export const isArray = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

/** What names in `["named-uuid", name]` stand for. */
export type NamedUuids = (name: string) => Uuid | undefined;

/** A syntax error as ovsdb-server words it, with the JSON that was wrong. */
export function syntaxError(details: string, json?: Json): TransactionError {
  return { error: 'syntax error', details, ...(json === undefined ? {} : { syntax: jsonText(json) }) };
}

/** Leaves a decoder at the first error; caught in this file alone, so that the hot path builds no results. */
class Wrong extends Error {
  readonly reason: TransactionError;

  constructor(reason: TransactionError) {
    super(reason.details);
    this.reason = reason;
  }
}

export type DecodeValue = (json: Json) => Value;

function atomDecoder(base: BaseType, named: NamedUuids | undefined): (json: Json) => Atom {
  const isFree =
    base.enum === undefined &&
    base.minimum === undefined &&
    base.maximum === undefined &&
    base.minLength === undefined &&
    base.maxLength === undefined;
  const checked = (atom: Atom): Atom => {
    const error = isFree ? undefined : checkAtom(atom, base);
    if (error !== undefined) throw new Wrong(error);
    return atom;
  };
  switch (base.type) {
    case 'uuid':
      return (json) => {
        if (isArray(json) && json.length === 2 && typeof json[1] === 'string') {
          if (json[0] === 'uuid') {
            const uuid = parseUuid(json[1]);
            if (uuid === undefined) throw new Wrong(syntaxError(`"${json[1]}" is not a valid UUID`, json));
            return uuid;
          }
          const meant = json[0] === 'named-uuid' ? named?.(json[1]) : undefined;
          if (meant !== undefined) return meant;
        }
        throw new Wrong(syntaxError('expected ["uuid", <string>]', json));
      };
    case 'string':
      return (json) => {
        if (typeof json !== 'string') throw new Wrong(syntaxError('expected string', json));
        return checked(json);
      };
    case 'boolean':
      return (json) => {
        if (typeof json !== 'boolean') throw new Wrong(syntaxError('expected boolean', json));
        return checked(json);
      };
    default:
      return (json) => {
        if (typeof json !== 'number' || (base.type === 'integer' && !Number.isInteger(json)))
          throw new Wrong(syntaxError(`expected ${base.type}`, json));
        return checked(json);
      };
  }
}

function wrongCount(word: 'set' | 'map', type: ColumnType, length: number, json: Json): Wrong {
  const allowed =
    type.min === 1 && type.max === 1
      ? 'exactly one member'
      : `${type.min} to ${type.max === Infinity ? 4294967295 : type.max} members`;
  return new Wrong(syntaxError(`${word} must have ${allowed} but ${length} are present`, json));
}

function requireDistinct(keys: readonly Atom[], details: string): void {
  if (keys.length < 2) return;
  let isSorted = true;
  for (let i = 1; isSorted && i < keys.length; i += 1)
    isSorted = compareAtoms(keys[i - 1] as Atom, keys[i] as Atom) < 0;
  if (!isSorted && new Set(keys).size !== keys.length) throw new Wrong({ error: 'ovsdb error', details });
}

/** A decoder for one column, made once and used for every row. Throws what `decodeWith` catches. */
export function valueDecoder(type: ColumnType, named?: NamedUuids): DecodeValue {
  const atom = atomDecoder(type.key, named);
  const shape = shapeOf(type);
  if (shape === 'map') {
    const element = atomDecoder(type.value ?? type.key, named);
    return (json) => {
      if (!isArray(json) || json.length !== 2 || json[0] !== 'map' || !isArray(json[1]))
        throw new Wrong(syntaxError('expected ["map", <array>]', json));
      const pairs = json[1];
      if (pairs.length < type.min || pairs.length > type.max)
        throw wrongCount('map', type, pairs.length, json);
      if (pairs.length === 0) return EMPTY_MAP;
      const map = new Map<Atom, Atom>();
      for (const pair of pairs) {
        if (!isArray(pair) || pair.length !== 2)
          throw new Wrong(syntaxError('expected 2-element array', pair));
        map.set(atom(pair[0] as Json), element(pair[1] as Json));
      }
      if (map.size !== pairs.length)
        throw new Wrong({ error: 'ovsdb error', details: 'map contains duplicate key' });
      return canonical(map);
    };
  }
  const many = (json: Json): readonly Atom[] | undefined => {
    if (!isArray(json) || json[0] !== 'set') return undefined;
    if (json.length !== 2 || !isArray(json[1]))
      throw new Wrong(syntaxError('expected ["set", <array>]', json));
    const { length } = json[1];
    if (length < type.min || length > type.max) throw wrongCount('set', type, length, json);
    return json[1].map(atom);
  };
  if (shape === 'set')
    return (json) => {
      const atoms = many(json) ?? [atom(json)];
      requireDistinct(atoms, 'set contains duplicate');
      return atoms.length === 0 ? EMPTY_SET : canonical(atoms);
    };
  return (json) => {
    const atoms = many(json);
    return atoms === undefined ? atom(json) : (atoms[0] ?? null);
  };
}

/** Runs code that uses decoders; the first error found is the result. */
export function decodeWith<T>(decode: () => T): Result<T, TransactionError> {
  try {
    return ok(decode());
  } catch (thrown) {
    if (thrown instanceof Wrong) return err(thrown.reason);
    throw thrown;
  }
}

/** Ends a decoder with an error of its caller. */
export function refuseJson(reason: TransactionError): never {
  throw new Wrong(reason);
}

/** One value, for callers that have but one. */
export function decodeValue(
  json: Json,
  type: ColumnType,
  named?: NamedUuids,
): Result<Value, TransactionError> {
  return decodeWith(() => valueDecoder(type, named)(json));
}

function encodeAtom(atom: Atom, base: BaseType): Json {
  return base.type === 'uuid' ? ['uuid', atom] : atom;
}

/** A value as JSON: a set of one element is that element. */
export function encodeValue(value: Value, type: ColumnType): Json {
  if (value === null) return ['set', []];
  if (isSet(value)) {
    const [only] = value;
    return value.length === 1 && only !== undefined
      ? encodeAtom(only, type.key)
      : ['set', value.map((atom) => encodeAtom(atom, type.key))];
  }
  if (!isMap(value)) return encodeAtom(value, type.key);
  const { value: element = type.key } = type;
  return ['map', [...value].map(([key, item]) => [encodeAtom(key, type.key), encodeAtom(item, element)])];
}
