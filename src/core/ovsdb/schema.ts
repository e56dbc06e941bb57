/**
 * The shape of a database: tables, columns, their types and constraints (RFC 7047, section 3.2), and the types of rows
 * that follow from it. A schema is a constant, so that the compiler knows every column of every table.
 */
import type { Uuid } from '../base/uuid.ts';
import type { Atom, Value } from './value.ts';

export type AtomType = 'integer' | 'real' | 'boolean' | 'string' | 'uuid';

/** The type of an element with its constraints. `ref` is there for a uuid that names a row. */
export interface BaseType {
  readonly type: AtomType;
  readonly enum?: readonly Atom[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly ref?: Reference;
}

/** A strong reference keeps its row alive and must not dangle; a weak one disappears with its row. */
export interface Reference {
  readonly table: string;
  readonly strength: 'strong' | 'weak';
}

/** `max` is `Infinity` for an unlimited column; `value` is there for a map. */
export interface ColumnType {
  readonly key: BaseType;
  readonly value?: BaseType;
  readonly min: 0 | 1;
  readonly max: number;
}

declare const held: unique symbol;

/** A column whose values are of type `V` in memory. */
export interface Column<V extends Value = Value> {
  readonly type: ColumnType;
  readonly mutable: boolean;
  readonly ephemeral: boolean;
  readonly [held]?: V;
}

/** Rows of a table that is not a root vanish when no strong reference leads to them. `maxRows` may be `Infinity`. */
export interface Table<C extends Readonly<Record<string, Column>> = Readonly<Record<string, Column>>> {
  readonly columns: C;
  readonly isRoot: boolean;
  readonly maxRows: number;
  readonly indexes: readonly (readonly string[])[];
}

export interface Schema<T extends Readonly<Record<string, Table>> = Readonly<Record<string, Table>>> {
  readonly name: string;
  readonly version: string;
  /** The checksum that the schema's file carries, if any. */
  readonly cksum?: string;
  /** Columns (`Table.column`) that the database's own release does not have: they keep their default and are not shown. */
  readonly lacks?: ReadonlySet<string>;
  readonly tables: T;
}

export type TableName<S extends Schema> = keyof S['tables'] & string;
type ColumnsOf<S extends Schema, T extends TableName<S>> = S['tables'][T]['columns'];
export type ColumnName<S extends Schema, T extends TableName<S>> = keyof ColumnsOf<S, T> & string;
type Held<C> = C extends Column<infer V> ? V : never;

/** The columns of a row as properties, without `_uuid`. */
export type Values<S extends Schema, T extends TableName<S>> = {
  readonly [C in ColumnName<S, T>]: Held<ColumnsOf<S, T>[C]>;
};

/** An immutable row: `_uuid` and its columns. */
export type RowOf<S extends Schema, T extends TableName<S>> = { readonly _uuid: Uuid } & Values<S, T>;

/** A row whose table is not known to the compiler. */
export type Row = { readonly _uuid: Uuid } & Readonly<Record<string, Value>>;

/** What `find` looks for: the value of a column of at most one element, or one element of a set. */
export type Sought<V> = V extends readonly (infer A)[] ? A : V extends ReadonlyMap<Atom, Atom> ? never : V;
