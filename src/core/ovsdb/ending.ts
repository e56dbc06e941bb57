/** A transaction that is about to end: what its checks may see and change. */
import type { Uuid } from '../base/uuid.ts';
import { present } from '../base/assert.ts';
import type { TransactionError } from './database.ts';
import type { ReferenceGraph } from './reference-graph.ts';
import type { RowStore } from './row-store.ts';
import type { Row } from './schema.ts';

/** Rows as they were before the transaction, for each row that it touched; undefined when there was none. */
type Touched = ReadonlyMap<string, ReadonlyMap<Uuid, Row | undefined>>;

/** The transaction's hold on the database while it ends. Changes made through it are recorded like the user's own. */
export interface Ending {
  readonly stores: ReadonlyMap<string, RowStore>;
  readonly graph: ReferenceGraph;
  readonly touched: Touched;
  put(store: RowStore, row: Row): void;
  remove(store: RowStore, uuid: Uuid): void;
}

export const violation = (details: string): TransactionError => ({ error: 'constraint violation', details });
export const storeOf = (ending: Ending, table: string): RowStore =>
  present(ending.stores.get(table), `table ${table}`);

/** Rows touched so far, in order. The list is a copy, because ending a transaction touches more rows. */
export function touchedRows(
  ending: Ending,
): readonly { store: RowStore; uuid: Uuid; before: Row | undefined; after: Row | undefined }[] {
  return [...ending.touched].flatMap(([table, rows]) => {
    const store = storeOf(ending, table);
    return [...rows].map(([uuid, before]) => ({ store, uuid, before, after: store.get(uuid) }));
  });
}
