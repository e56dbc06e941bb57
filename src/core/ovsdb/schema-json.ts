/** Schemas as JSON (RFC 7047, section 3.2), both ways. */
import type { Result } from '../base/result.ts';
import type { TransactionError } from './database.ts';
import type { AtomType, BaseType, Column, ColumnType, Reference, Schema, Table } from './schema.ts';
import { keysOf, type SetValue } from './value.ts';
import {
  decodeWith,
  isArray,
  isObject,
  refuseJson,
  syntaxError,
  valueDecoder,
  type Json,
  type JsonObject,
} from './value-json.ts';

const ATOM_TYPES: readonly AtomType[] = ['integer', 'real', 'boolean', 'string', 'uuid'];
const ID = /^[A-Za-z_][A-Za-z0-9_]*$/;

const wrong = (details: string, json?: Json): never => refuseJson(syntaxError(details, json));

/** Members of an object, of which none may be left over. */
function members(json: Json | undefined, subject: string, allowed: readonly string[]): JsonObject {
  if (!isObject(json)) return wrong(`Parsing ${subject} failed: Object expected.`, json ?? null);
  for (const name of Object.keys(json))
    if (!allowed.includes(name))
      wrong(`Parsing ${subject} failed: Member '${name}' is present but not allowed here.`, json);
  return json;
}

function missing(subject: string, name: string, json: Json): never {
  return wrong(`Parsing ${subject} failed: Required '${name}' member is missing.`, json);
}

function parseAtomType(json: Json | undefined): AtomType {
  const found = ATOM_TYPES.find((type) => type === json);
  return (
    found ??
    wrong(typeof json === 'string' ? `"${json}" is not an atomic-type` : 'atomic-type expected', json ?? null)
  );
}

function optionalNumber(json: JsonObject, name: string): number | undefined {
  const value = json[name];
  if (value === undefined || typeof value === 'number') return value;
  return wrong(`Parsing ovsdb type failed: Type mismatch for member '${name}'.`, json);
}

function parseEnum(json: Json, type: AtomType): SetValue {
  return keysOf(valueDecoder({ key: { type }, min: 1, max: Infinity })(json));
}

function parseReference(json: JsonObject): Reference | undefined {
  const { refTable, refType = 'strong' } = json;
  if (typeof refTable !== 'string') return undefined;
  if (refType !== 'strong' && refType !== 'weak')
    return wrong(
      `refType must be "strong" or "weak" (not "${typeof refType === 'string' ? refType : ''}")`,
      json,
    );
  return { table: refTable, strength: refType };
}

const BASE_MEMBERS = [
  'type',
  'enum',
  'minInteger',
  'maxInteger',
  'minReal',
  'maxReal',
  'minLength',
  'maxLength',
  'refTable',
  'refType',
];

function parseBaseType(json: Json | undefined): BaseType {
  if (!isObject(json)) return { type: parseAtomType(json) };
  const object = members(json, 'ovsdb type', BASE_MEMBERS);
  const minimum = optionalNumber(object, 'minInteger') ?? optionalNumber(object, 'minReal');
  const maximum = optionalNumber(object, 'maxInteger') ?? optionalNumber(object, 'maxReal');
  const minLength = optionalNumber(object, 'minLength');
  const maxLength = optionalNumber(object, 'maxLength');
  const ref = parseReference(object);
  if (minimum !== undefined && maximum !== undefined && minimum > maximum)
    wrong(
      object['minReal'] === undefined ? 'minInteger exceeds maxInteger' : 'minReal exceeds maxReal',
      json,
    );
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength)
    wrong('minLength exceeds maxLength', json);
  const type = parseAtomType(object['type']);
  return {
    type,
    ...(object['enum'] === undefined ? {} : { enum: parseEnum(object['enum'], type) }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(ref === undefined ? {} : { ref }),
  };
}

function parseColumnType(json: Json | undefined): ColumnType {
  if (typeof json === 'string') return { key: parseBaseType(json), min: 1, max: 1 };
  if (!isObject(json)) return wrong('ovsdb type expected', json ?? null);
  const { key, value, min = 1, max = 1 } = members(json, 'ovsdb type', ['key', 'value', 'min', 'max']);
  const most = max === 'unlimited' ? Infinity : max;
  if ((min !== 0 && min !== 1) || typeof most !== 'number' || most < 1 || most < min)
    return wrong('bad min or max value', json);
  return {
    key: parseBaseType(key),
    ...(value === undefined ? {} : { value: parseBaseType(value) }),
    min,
    max: most,
  };
}

function parseColumn(json: Json, name: string): Column {
  const subject = `schema for column ${name}`;
  const {
    type,
    mutable = true,
    ephemeral = false,
  } = members(json, subject, ['mutable', 'ephemeral', 'type']);
  if (type === undefined) missing(subject, 'type', json);
  const parsed = parseColumnType(type);
  const isWeak = parsed.key.ref?.strength === 'weak' || parsed.value?.ref?.strength === 'weak';
  return { type: parsed, mutable: mutable === true || isWeak, ephemeral: ephemeral === true };
}

function requireId(name: string, json: Json): void {
  if (name.startsWith('_')) wrong('names beginning with "_" are reserved', json);
  if (!ID.test(name)) wrong('name must be a valid id', json);
}

/** Sets of columns whose values no two rows may share. */
function parseIndexes(json: Json, columns: Readonly<Record<string, Column>>): readonly (readonly string[])[] {
  if (!isArray(json)) return wrong('array of indexes expected', json);
  return json.map((index) => {
    const expected = 'array of distinct column names expected';
    if (!isArray(index) || new Set(index).size !== index.length) return wrong(expected, index);
    if (index.length === 0) return wrong('index must have at least one column', index);
    return index.map((name) => {
      if (typeof name !== 'string') return wrong(expected, index);
      if (!Object.hasOwn(columns, name)) return wrong(`${name} is not a valid column name`, index);
      if (columns[name]?.ephemeral === true)
        wrong(`ephemeral columns (such as ${name}) may not be indexed`, json);
      return name;
    });
  });
}

function parseTable(json: Json, name: string): Table {
  const subject = `table schema for table ${name}`;
  const object = members(json, subject, ['columns', 'maxRows', 'isRoot', 'indexes']);
  const { columns, maxRows, isRoot = false, indexes = [] } = object;
  if (!isObject(columns)) return missing(subject, 'columns', json);
  if (maxRows !== undefined && (typeof maxRows !== 'number' || maxRows < 1))
    return wrong('maxRows must be at least 1', json);
  if (Object.keys(columns).length === 0) return wrong('table must have at least one column', json);
  const parsed = Object.fromEntries(
    Object.entries(columns).map(([column, definition]) => {
      requireId(column, json);
      return [column, parseColumn(definition, column)];
    }),
  );
  return {
    columns: parsed,
    isRoot: isRoot === true,
    maxRows: maxRows ?? Infinity,
    indexes: parseIndexes(indexes, parsed),
  };
}

function checkReferences(tables: Readonly<Record<string, Table>>): void {
  for (const table of Object.values(tables))
    for (const [name, { type }] of Object.entries(table.columns))
      for (const [word, base] of [
        ['key', type.key],
        ['value', type.value],
      ] as const)
        if (base?.ref !== undefined && !Object.hasOwn(tables, base.ref.table))
          wrong(`column ${name} ${word} refers to undefined table ${base.ref.table}`);
}

/** Reads a database schema. Where no table is a root, all are: schemas of before garbage collection. */
export function parseSchema(json: Json): Result<Schema, TransactionError> {
  return decodeWith(() => {
    const subject = 'database schema';
    const { name, version, cksum, tables } = members(json, subject, ['name', 'version', 'cksum', 'tables']);
    if (typeof name !== 'string') return missing(subject, 'name', json);
    if (!isObject(tables)) return missing(subject, 'tables', json);
    if (typeof version === 'string' && !/^\d+\.\d+\.\d+$/.test(version))
      wrong(`schema version "${version}" not in format x.y.z`, json);
    const parsed = Object.entries(tables).map(([table, definition]) => {
      requireId(table, json);
      return [table, parseTable(definition, table)] as const;
    });
    const areAllRoots = parsed.every(([, table]) => !table.isRoot);
    const rooted = Object.fromEntries(
      parsed.map(([table, t]) => [table, areAllRoots ? { ...t, isRoot: true } : t]),
    );
    checkReferences(rooted);
    return {
      name,
      version: typeof version === 'string' ? version : '',
      ...(typeof cksum === 'string' ? { cksum } : {}),
      tables: rooted,
    };
  });
}

function baseJson(base: BaseType): Json {
  const words =
    base.type === 'real' ? (['minReal', 'maxReal'] as const) : (['minInteger', 'maxInteger'] as const);
  const object: Record<string, Json> = {
    ...(base.enum === undefined
      ? {}
      : { enum: base.enum.length === 1 ? (base.enum[0] as Json) : ['set', base.enum] }),
    ...(base.minimum === undefined ? {} : { [words[0]]: base.minimum }),
    ...(base.maximum === undefined ? {} : { [words[1]]: base.maximum }),
    ...(base.minLength === undefined ? {} : { minLength: base.minLength }),
    ...(base.maxLength === undefined ? {} : { maxLength: base.maxLength }),
    ...(base.ref === undefined
      ? {}
      : { refTable: base.ref.table, ...(base.ref.strength === 'weak' ? { refType: 'weak' } : {}) }),
  };
  return Object.keys(object).length === 0 ? base.type : { ...object, type: base.type };
}

function typeJson(type: ColumnType): Json {
  const key = baseJson(type.key);
  if (type.value === undefined && type.min === 1 && type.max === 1 && typeof key === 'string') return key;
  return {
    key,
    ...(type.value === undefined ? {} : { value: baseJson(type.value) }),
    ...(type.min === 1 ? {} : { min: type.min }),
    ...(type.max === 1 ? {} : { max: type.max === Infinity ? 'unlimited' : type.max }),
  };
}

/** Writes a database schema. */
export function schemaJson(schema: Schema): JsonObject {
  const tables = Object.entries(schema.tables).map(([name, table]) => [
    name,
    {
      columns: Object.fromEntries(
        Object.entries(table.columns).map(([column, { type, mutable, ephemeral }]) => [
          column,
          { ...(mutable ? {} : { mutable }), ...(ephemeral ? { ephemeral } : {}), type: typeJson(type) },
        ]),
      ),
      ...(table.maxRows === Infinity ? {} : { maxRows: table.maxRows }),
      ...(table.isRoot ? { isRoot: true } : {}),
      ...(table.indexes.length === 0 ? {} : { indexes: table.indexes }),
    },
  ]);
  return {
    name: schema.name,
    version: schema.version,
    ...(schema.cksum === undefined ? {} : { cksum: schema.cksum }),
    tables: Object.fromEntries(tables) as JsonObject,
  };
}
