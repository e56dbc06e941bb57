/** Whether a value may stand in a column: type, enum, range, length and number of elements, in ovsdb-server's words. */
import type { TransactionError } from './database.ts';
import type { BaseType, ColumnType } from './schema.ts';
import { isMap, isSet, keysOf, lengthOf, shapeOf, type Atom, type Value } from './value.ts';
import { formatAtom } from './value-text.ts';

const violation = (details: string): TransactionError => ({ error: 'constraint violation', details });

function typeHolds(type: BaseType['type'], atom: Atom): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(atom);
    case 'real':
      return typeof atom === 'number';
    case 'boolean':
      return typeof atom === 'boolean';
    default:
      return typeof atom === 'string';
  }
}

function checkRange(atom: number, base: BaseType): TransactionError | undefined {
  const { minimum, maximum } = base;
  if ((minimum === undefined || atom >= minimum) && (maximum === undefined || atom <= maximum))
    return undefined;
  if (minimum !== undefined && maximum !== undefined)
    return violation(`${atom} is not in the valid range ${minimum} to ${maximum} (inclusive)`);
  return minimum === undefined
    ? violation(`${atom} is greater than maximum allowed value ${maximum}`)
    : violation(`${atom} is less than minimum allowed value ${minimum}`);
}

function checkLength(atom: string, base: BaseType): TransactionError | undefined {
  const { minLength, maxLength } = base;
  if (minLength === undefined && maxLength === undefined) return undefined;
  let length = 0;
  for (const _ of atom) length += 1;
  if (minLength !== undefined && length < minLength)
    return violation(`"${atom}" length ${length} is less than minimum allowed length ${minLength}`);
  if (maxLength !== undefined && length > maxLength)
    return violation(`"${atom}" length ${length} is greater than maximum allowed length ${maxLength}`);
  return undefined;
}

/** The words of an enum as messages show them. */
function formatEnum(base: BaseType): string {
  return `[${(base.enum ?? []).map((word) => formatAtom(word, base.type)).join(', ')}]`;
}

/** What is wrong with one element, or undefined. */
export function checkAtom(atom: Atom, base: BaseType): TransactionError | undefined {
  if (!typeHolds(base.type, atom))
    return { error: 'syntax error', details: `expected ${base.type}`, syntax: JSON.stringify(atom) };
  if (base.enum !== undefined && !base.enum.includes(atom))
    return violation(`${formatAtom(atom, base.type)} is not one of the allowed values (${formatEnum(base)})`);
  if (typeof atom === 'number') return checkRange(atom, base);
  return base.type === 'string' ? checkLength(atom as string, base) : undefined;
}

/** What is wrong with a value in memory, or undefined. */
export function checkValue(value: Value, type: ColumnType): TransactionError | undefined {
  const shape = shapeOf(type);
  const held = isMap(value) ? 'map' : isSet(value) ? 'set' : 'scalar';
  if (
    (shape === 'map') !== (held === 'map') ||
    (shape === 'set') !== (held === 'set') ||
    (shape === 'scalar' && value === null)
  )
    return { error: 'syntax error', details: `a ${held} cannot be the value of a column that is a ${shape}` };
  const length = lengthOf(value);
  if (length < type.min || length > type.max) {
    const bounds = `${type.min} to ${type.max === Infinity ? 4294967295 : type.max} members`;
    return { error: 'syntax error', details: `${held} must have ${bounds} but ${length} are present` };
  }
  if (isMap(value) && type.value !== undefined) {
    for (const [key, element] of value) {
      const error = checkAtom(key, type.key) ?? checkAtom(element, type.value);
      if (error !== undefined) return error;
    }
    return undefined;
  }
  if (value === null) return undefined;
  if (!isSet(value)) return isMap(value) ? undefined : checkAtom(value, type.key);
  for (const key of keysOf(value)) {
    const error = checkAtom(key, type.key);
    if (error !== undefined) return error;
  }
  return undefined;
}
