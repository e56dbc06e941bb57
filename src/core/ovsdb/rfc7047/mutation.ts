/** Mutations (RFC 7047, section 5.1): changes to a row that depend on what it holds. */
import { checkAtom } from '../constraint.ts';
import type { TransactionError } from '../database.ts';
import type { ColumnType } from '../schema.ts';
import { typeInEnglish } from '../value-parse.ts';
import {
  decodeWith,
  isArray,
  refuseJson,
  syntaxError,
  valueDecoder,
  type Json,
  type NamedUuids,
} from '../value-json.ts';
import { canonical, isMap, isSet, keysOf, type Atom, type Value } from '../value.ts';
import { requireColumn, type NamedTable } from './column.ts';

/** A change of one column. `apply` refuses what the column may not hold. */
export interface Mutation {
  readonly column: string;
  apply(value: Value): Value;
}

const ARITHMETIC = ['+=', '-=', '*=', '/=', '%='] as const;
type Arithmetic = (typeof ARITHMETIC)[number];

const refuse = (error: string, details: string): never => refuseJson({ error, details });

function calculate(mutator: Arithmetic, type: 'integer' | 'real', x: number, y: number): number {
  if ((mutator === '/=' || mutator === '%=') && y === 0) return refuse('domain error', 'Division by zero.');
  const result = {
    '+=': () => x + y,
    '-=': () => x - y,
    '*=': () => x * y,
    '/=': () => (type === 'integer' ? Math.trunc(x / y) : x / y),
    '%=': () => x % y,
  }[mutator]();
  const isInRange = type === 'integer' ? Number.isSafeInteger(result) : Number.isFinite(result);
  return isInRange ? result + 0 : refuse('range error', `Result of "${mutator}" operation is out of range.`);
}

function arithmetic(mutator: Arithmetic, type: ColumnType, argument: number): (value: Value) => Value {
  const kind = type.key.type as 'integer' | 'real';
  return (value) => {
    const results = keysOf(value).map((atom) => calculate(mutator, kind, atom as number, argument));
    for (const result of results) {
      const error: TransactionError | undefined = checkAtom(result, type.key);
      if (error !== undefined) return refuseJson(error);
    }
    if (new Set(results).size !== results.length)
      return refuse('constraint violation', `Result of "${mutator}" operation contains duplicates.`);
    return isSet(value) ? canonical(results) : (results[0] ?? null);
  };
}

/** The elements of a value of any shape as pairs; sets have no second. */
function pairsOf(value: Value): readonly (readonly [Atom, Atom | undefined])[] {
  return isMap(value) ? [...value] : keysOf(value).map((key) => [key, undefined] as const);
}

function fromPairs(type: ColumnType, pairs: readonly (readonly [Atom, Atom | undefined])[]): Value {
  if (pairs.length < type.min || pairs.length > type.max)
    return refuse(
      'constraint violation',
      `Attempted to store ${pairs.length} elements in ${typeInEnglish(type)}.`,
    );
  if (type.value !== undefined) return canonical(new Map(pairs as readonly (readonly [Atom, Atom])[]));
  const keys = pairs.map(([key]) => key);
  return type.max > 1 ? canonical(keys) : (keys[0] ?? null);
}

/** Elements that are there already stay as they are: the value of a key does not change. */
function insertion(type: ColumnType, argument: Value): (value: Value) => Value {
  return (value) => {
    const before = pairsOf(value);
    const known = new Set(before.map(([key]) => key));
    return fromPairs(type, [...before, ...pairsOf(argument).filter(([key]) => !known.has(key))]);
  };
}

/** Without the elements of `argument`; pairs go when they are equal, or by their key alone when it is a set. */
function deletion(type: ColumnType, argument: Value): (value: Value) => Value {
  const gone = new Map(pairsOf(argument));
  return (value) =>
    fromPairs(
      type,
      pairsOf(value).filter(
        ([key, element]) => !gone.has(key) || (isMap(argument) && gone.get(key) !== element),
      ),
    );
}

function deletionArgument(json: Json, type: ColumnType, named: NamedUuids): Value {
  const many: ColumnType = { ...type, min: 0, max: Infinity };
  if (type.value === undefined) return valueDecoder(many, named)(json);
  const pairs = decodeWith(() => valueDecoder(many, named)(json));
  return pairs.ok ? pairs.value : valueDecoder({ key: type.key, min: 0, max: Infinity }, named)(json);
}

function parseMutation(json: Json, table: NamedTable, named: NamedUuids): Mutation {
  const [columnName, mutator, argument] = isArray(json) ? json : [];
  if (
    !isArray(json) ||
    json.length !== 3 ||
    typeof columnName !== 'string' ||
    typeof mutator !== 'string' ||
    argument === undefined
  )
    return refuseJson(syntaxError('Parse error in mutation.', json));
  const { type, isMutable } = requireColumn(table, columnName, json);
  if (!isMutable)
    return refuseJson({
      ...syntaxError(`Cannot mutate immutable column ${columnName} in table ${table.name}.`, json),
      error: 'constraint violation',
    });
  const mismatch = (): never =>
    refuseJson(
      syntaxError(
        `Type mismatch: "${mutator}" operator may not be applied to column ${columnName} of type ${typeInEnglish(type)}.`,
        json,
      ),
    );
  const calculation = ARITHMETIC.find((known) => known === mutator);
  if (calculation !== undefined) {
    const isNumber = type.key.type === 'integer' || (type.key.type === 'real' && mutator !== '%=');
    if (type.value !== undefined || !isNumber) return mismatch();
    const number = valueDecoder({ key: { type: type.key.type }, min: 1, max: 1 })(argument);
    return { column: columnName, apply: arithmetic(calculation, type, number as number) };
  }
  if (mutator !== 'insert' && mutator !== 'delete')
    return refuse('unknown mutator', `No mutator named ${mutator}.`);
  // A set, for the server, is whatever is not exactly one element.
  if (type.value === undefined && type.min === 1 && type.max === 1) return mismatch();
  if (mutator === 'delete')
    return { column: columnName, apply: deletion(type, deletionArgument(argument, type, named)) };
  const added = valueDecoder({ ...type, min: 0 }, named)(argument);
  return { column: columnName, apply: insertion(type, added) };
}

/** Mutations in order; each sees what those before it did. */
export function parseMutations(
  json: readonly Json[],
  table: NamedTable,
  named: NamedUuids,
): readonly Mutation[] {
  return json.map((mutation) => parseMutation(mutation, table, named));
}
