/** Recognising what a file holds: the databases whose schema we know, newer and older versions of it included. */
import type { Random } from '../base/random.ts';
import { err, ok, type Result } from '../base/result.ts';
import { createRandom } from '../base/random.ts';
import type { Database } from './database.ts';
import { MemoryDatabase } from './memory-database.ts';
import type { ColumnType, Row, Schema } from './schema.ts';
import { nbSchema } from './schema/northbound.table.ts';
import { sbSchema } from './schema/southbound.table.ts';
import { vswitchSchema } from './schema/vswitch.table.ts';
import { keysOf, shapeOf, type Atom, type Value } from './value.ts';

/** True when the database has the name and, column by column, the types of `schema`: its rows can be used as they are. */
function hasSchema<S extends Schema>(database: Database, schema: S): boolean {
  if (database.schema.name !== schema.name) return false;
  return Object.entries(schema.tables).every(([name, table]) => {
    const columns = database.schema.tables[name]?.columns;
    return Object.entries(table.columns).every(([column, { type }]) => {
      const other = columns?.[column]?.type;
      return other !== undefined && sameShape(other, type);
    });
  });
}

function sameShape(a: ColumnType, b: ColumnType): boolean {
  return shapeOf(a) === shapeOf(b) && a.key.type === b.key.type && a.value?.type === b.value?.type;
}

/** How values of a column `from` are held in a column `to` of another version; undefined when their elements differ in type. */
function conversion(from: ColumnType, to: ColumnType): ((value: Value) => Value | undefined) | undefined {
  if (from.key.type !== to.key.type || from.value?.type !== to.value?.type) return undefined;
  if (shapeOf(from) === shapeOf(to)) return (value) => value;
  return (value) => {
    const keys = keysOf(value);
    if (shapeOf(to) === 'set') return keys;
    return keys.length === 1 ? (keys[0] as Atom) : undefined;
  };
}

/** `database` under our schema, when its name agrees. Rows of another version are carried over as far as columns agree. */
function asSchema<S extends Schema>(
  database: Database,
  schema: S,
  random: Random,
): Result<Database<S>, string> {
  const { name } = database.schema;
  if (name !== schema.name) return err(`a database ${name}, not ${schema.name}`);
  if (hasSchema(database, schema)) return ok(database as unknown as Database<S>);
  // The version stays the file's: it tells of which release the database is.
  const plain: Schema = schema;
  const lacks = new Set(
    Object.entries(plain.tables).flatMap(([table, { columns }]) =>
      Object.keys(columns)
        .filter((column) => database.schema.tables[table]?.columns[column] === undefined)
        .map((column) => `${table}.${column}`),
    ),
  );
  const copy = new MemoryDatabase({ ...schema, version: database.schema.version, lacks }, random);
  for (const [tableName, table] of Object.entries(plain.tables)) {
    const columns = database.schema.tables[tableName]?.columns;
    if (columns === undefined) continue;
    const kept = Object.entries(table.columns).flatMap(([column, { type }]) => {
      const other = columns[column]?.type;
      const convert = other === undefined ? undefined : conversion(other, type);
      return convert === undefined ? [] : [{ column, convert }];
    });
    for (const old of database.rows(tableName)) {
      const row: Record<string, Value> = { ...copy.blank(tableName), _uuid: old._uuid };
      for (const { column, convert } of kept) {
        const value = convert(old[column] as Value);
        if (value !== undefined) row[column] = value;
      }
      copy.load(tableName, row as Row);
    }
  }
  return ok(copy as unknown as Database<S>);
}

/** True when version `x.y.z` is not older than `least`. */
export function isVersionAtLeast(version: string, least: string): boolean {
  const parts = (text: string): readonly number[] => text.split('.').map(Number);
  const [x = 0, y = 0, z = 0] = parts(version);
  const [a = 0, b = 0, c = 0] = parts(least);
  return x !== a ? x > a : y !== b ? y > b : z >= c;
}

export const asNb = (
  database: Database,
  random = createRandom(1),
): Result<Database<typeof nbSchema>, string> => asSchema(database, nbSchema, random);
export const asSb = (
  database: Database,
  random = createRandom(1),
): Result<Database<typeof sbSchema>, string> => asSchema(database, sbSchema, random);
export const asOvs = (
  database: Database,
  random = createRandom(1),
): Result<Database<typeof vswitchSchema>, string> => asSchema(database, vswitchSchema, random);
