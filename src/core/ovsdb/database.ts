/** The contract of a database: typed rows to read, transactions that apply whole or not at all, and what they changed. */
import type { Uuid } from '../base/uuid.ts';
import type { Result } from '../base/result.ts';
import type { ColumnName, RowOf, Schema, Sought, TableName, Values } from './schema.ts';

/** Why a transaction was refused, as ovsdb-server answers it. `syntax` is the JSON that was wrong. */
export interface TransactionError {
  readonly error: string;
  readonly details: string;
  readonly syntax?: string;
}

/** What a transaction did to the rows of one table. `updated` pairs the row before and after. */
export interface TableChanges<R> {
  readonly inserted: readonly R[];
  readonly deleted: readonly R[];
  readonly updated: readonly (readonly [before: R, after: R])[];
}

/** What a transaction did: only tables that changed are there. */
export interface Changes<S extends Schema = Schema> {
  readonly tables: { readonly [T in TableName<S>]?: TableChanges<RowOf<S, T>> };
  readonly comment: string | null;
}

/** Read access. Rows come in the order in which they were put into the database; lists that `find` gave stay as they were. */
export interface Rows<S extends Schema = Schema> {
  /** Live: rows inserted while iterating are visited too. Copy the iterable to be safe. */
  rows<T extends TableName<S>>(table: T): Iterable<RowOf<S, T>>;
  count(table: TableName<S>): number;
  get<T extends TableName<S>>(table: T, uuid: Uuid): RowOf<S, T> | undefined;
  /** Rows whose `column` is `value` (or, for a set, contains it). Hashed after the first use. */
  find<T extends TableName<S>, C extends ColumnName<S, T>>(
    table: T,
    column: C,
    value: Sought<RowOf<S, T>[C]>,
  ): readonly RowOf<S, T>[];
}

/** A transaction under way. It reads what it has written so far. A wrong value ends it: `transact` then gives the error. */
export interface Txn<S extends Schema = Schema> extends Rows<S> {
  /** Columns that are not named get their default. Gives the row's uuid. */
  insert<T extends TableName<S>>(table: T, values: Partial<Values<S, T>>, uuid?: Uuid): Uuid;
  update<T extends TableName<S>>(table: T, uuid: Uuid, values: Partial<Values<S, T>>): void;
  delete(table: TableName<S>, uuid: Uuid): void;
  /** Text for the log of the database; several comments make several lines. */
  comment(text: string): void;
  /** True once a row differs from what it was before, or is new or gone. */
  isChanged(): boolean;
  /** Ends the transaction with this error: nothing is applied. */
  abort(error: TransactionError): never;
}

export interface Database<S extends Schema = Schema> extends Rows<S> {
  readonly schema: S;
  /** Counts the transactions that changed something. */
  readonly version: number;
  /**
   * Runs `build` and applies all of it, or nothing. Checks constraints, indexes and references, collects garbage and drops
   * weak references to rows that are gone, as ovsdb-server does on commit. Listeners are called after, in order of transactions.
   */
  transact(build: (txn: Txn<S>) => void): Result<Changes<S>, TransactionError>;
  /** Calls `listener` after each transaction that changed something. Gives the function that ends it. */
  subscribe(listener: (changes: Changes<S>) => void): () => void;
}

/** The error as ovsdb-server's JSON, as the client programs print it. */
export function formatTransactionError(error: TransactionError): string {
  return JSON.stringify({
    details: error.details,
    error: error.error,
    ...(error.syntax === undefined ? {} : { syntax: error.syntax }),
  });
}
