/**
 * The words in which the schema constants are written: column types, tables, schemas. The constants have the order of the
 * real schema files; in memory, tables and columns have the order of a database file made from those.
 */
import type { Uuid } from '../../base/uuid.ts';
import { columnsInFile, tablesInFile } from '../schema-order.ts';
import type { BaseType, Column, Schema, Table } from '../schema.ts';
import type { Atom } from '../value.ts';

const scalar = <V extends Atom>(key: BaseType): Column<V> => ({
  type: { key, min: 1, max: 1 },
  mutable: true,
  ephemeral: false,
});

export const string: Column<string> = scalar({ type: 'string' });
export const integer: Column<number> = scalar({ type: 'integer' });
export const boolean: Column<boolean> = scalar({ type: 'boolean' });
export const uuid: Column<Uuid> = scalar({ type: 'uuid' });

/** An integer of at least `minimum` and at most `maximum`. */
export const between = (minimum: number, maximum?: number): Column<number> =>
  scalar({ type: 'integer', minimum, ...(maximum === undefined ? {} : { maximum }) });

/** A string of at most `maxLength` characters. */
export const short = (maxLength: number): Column<string> => scalar({ type: 'string', maxLength });

/** One of the given words. */
export const oneOf = <const V extends string>(...words: readonly V[]): Column<V> =>
  scalar({ type: 'string', enum: [...words].sort() });

/** A strong reference to a row of `table`. */
export const ref = (table: string): Column<Uuid> =>
  scalar({ type: 'uuid', ref: { table, strength: 'strong' } });

/** A weak reference to a row of `table`. */
export const weak = (table: string): Column<Uuid> =>
  scalar({ type: 'uuid', ref: { table, strength: 'weak' } });

/** None or one element. */
export const optional = <V extends Atom>(element: Column<V>): Column<V | null> => ({
  ...plain(element),
  type: { key: element.type.key, min: 0, max: 1 },
});

/** Any number of elements, or `min` to `max`. */
export const set = <V extends Atom>(
  element: Column<V>,
  min: 0 | 1 = 0,
  max = Infinity,
): Column<readonly V[]> => ({
  ...plain(element),
  type: { key: element.type.key, min, max },
});

/** Any number of pairs. */
export const map = <K extends Atom, V extends Atom>(
  key: Column<K>,
  value: Column<V>,
): Column<ReadonlyMap<K, V>> => ({
  ...plain(key),
  type: { key: key.type.key, value: value.type.key, min: 0, max: Infinity },
});

function plain(column: Column): { readonly mutable: boolean; readonly ephemeral: boolean } {
  return { mutable: column.mutable, ephemeral: column.ephemeral };
}

/** The map that nearly every table has: string to string. */
export const strings: Column<ReadonlyMap<string, string>> = map(string, string);

/** A column that is set by the insert and never after. */
export const immutable = <C extends Column>(column: C): C => ({ ...column, mutable: false });

/** A column that need not survive a restart of the server. */
export const ephemeral = <C extends Column>(column: C): C => ({ ...column, ephemeral: true });

/** `object` with its members in another order. */
function reordered<T extends Readonly<Record<string, unknown>>>(object: T, names: readonly string[]): T {
  return Object.fromEntries(names.map((name) => [name, object[name]])) as T;
}

interface TableOptions {
  readonly isRoot?: boolean;
  readonly maxRows?: number;
  readonly indexes?: readonly (readonly string[])[];
}

/** A table; it is a root unless told otherwise, as nearly all are written. */
export const table = <C extends Readonly<Record<string, Column>>>(
  columns: C,
  options: TableOptions = {},
): Table<C> => ({
  columns: reordered(columns, columnsInFile(Object.keys(columns))),
  isRoot: options.isRoot ?? true,
  maxRows: options.maxRows ?? Infinity,
  indexes: options.indexes ?? [],
});

/** A database schema with the checksum that its file carries. */
export const schema = <T extends Readonly<Record<string, Table>>>(
  name: string,
  version: string,
  cksum: string,
  tables: T,
): Schema<T> => ({
  name,
  version,
  cksum,
  tables: reordered(tables, tablesInFile(Object.keys(tables))),
});
