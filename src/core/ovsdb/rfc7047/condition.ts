/** Conditions (RFC 7047, section 5.1): which rows an operation means. */
import type { ColumnType, Row } from '../schema.ts';
import { typeInEnglish } from '../value-parse.ts';
import { isArray, refuseJson, syntaxError, valueDecoder, type Json, type NamedUuids } from '../value-json.ts';
import { compareAtoms, equalValues, isMap, keysOf, lengthOf, type Atom, type Value } from '../value.ts';
import { requireColumn, type NamedTable } from './column.ts';

export type Condition = (row: Row) => boolean;

const FUNCTIONS = ['==', '!=', '<', '<=', '>', '>=', 'includes', 'excludes'] as const;
type FunctionName = (typeof FUNCTIONS)[number];

const isOrder = (name: FunctionName): boolean => name.startsWith('<') || name.startsWith('>');
const isScalar = (type: ColumnType): boolean => type.value === undefined && type.min === 1 && type.max === 1;
const isAtMostOne = (type: ColumnType): boolean => type.value === undefined && type.max === 1;

/** The type of the argument: looser than the column's where the function allows it. */
function argumentType(type: ColumnType, name: FunctionName): ColumnType {
  if (isOrder(name)) return { ...type, min: 1 };
  if (isScalar(type) || name === '==' || name === '!=') return type;
  return name === 'includes' ? { ...type, min: 0 } : { ...type, min: 0, max: Infinity };
}

function compares(name: FunctionName, order: number): boolean {
  switch (name) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '==':
    case 'includes':
      return order === 0;
    default:
      return order !== 0;
  }
}

/** Whether `value` has this element; of a map, this pair. */
function has(value: Value, key: Atom, of: Value): boolean {
  if (isMap(value)) return isMap(of) && value.has(key) && value.get(key) === of.get(key);
  return keysOf(value).includes(key);
}

function evaluate(name: FunctionName, field: Value, argument: Value, type: ColumnType): boolean {
  if (isAtMostOne(type)) {
    const [held] = keysOf(field);
    const [sought] = keysOf(argument);
    if (held !== undefined && sought !== undefined && lengthOf(argument) === 1)
      return compares(name, compareAtoms(held, sought));
    if (isOrder(name)) return false;
  }
  if (name === 'includes') return keysOf(argument).every((key) => has(field, key, argument));
  if (name === 'excludes') return keysOf(argument).every((key) => !has(field, key, argument));
  return equalValues(field, argument) === (name === '==');
}

function parseClause(json: Json, table: NamedTable, named: NamedUuids): Condition {
  if (typeof json === 'boolean') return () => json;
  const [columnName, functionName, argumentJson] = isArray(json) ? json : [];
  if (
    !isArray(json) ||
    json.length !== 3 ||
    typeof columnName !== 'string' ||
    typeof functionName !== 'string' ||
    argumentJson === undefined
  )
    return refuseJson(syntaxError('Parse error in condition.', json));
  const column = requireColumn(table, columnName, json);
  const name = FUNCTIONS.find((known) => known === functionName);
  if (name === undefined)
    return refuseJson({ error: 'unknown function', details: `No function named ${functionName}.` });
  const { type } = column;
  if (isOrder(name) && !(isAtMostOne(type) && (type.key.type === 'integer' || type.key.type === 'real')))
    return refuseJson(
      syntaxError(
        `Type mismatch: "${name}" operator may not be applied to column ${columnName} of type ${typeInEnglish(type)}.`,
        json,
      ),
    );
  const argument = valueDecoder(argumentType(type, name), named)(argumentJson);
  return (row) => evaluate(name, row[columnName] as Value, argument, type);
}

/** A row is meant when every clause holds. */
export function parseCondition(json: readonly Json[], table: NamedTable, named: NamedUuids): Condition {
  const clauses = json.map((clause) => parseClause(clause, table, named));
  return (row) => clauses.every((holds) => holds(row));
}
