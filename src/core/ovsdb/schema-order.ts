/**
 * The order of tables and columns. The real programs keep them in hash tables, so each time a schema is read or written
 * they change places; which column is complained of first, and what ovsdb-client prints, follow from that.
 */
import { stringOrder } from './hash-order.ts';
import type { Schema, Table } from './schema.ts';

/** Columns of a table as a program holds them that read them in this order; two columns of its own come first. */
function held(names: readonly string[]): readonly string[] {
  return stringOrder(['_uuid', '_version', ...stringOrder(names)]);
}

const written = (names: readonly string[]): readonly string[] =>
  stringOrder(names.filter((name) => !name.startsWith('_')));

/** Columns as ovsdb-tool writes them into a new database file; `names` are in the order of the schema file. */
export function columnsInFile(names: readonly string[]): readonly string[] {
  return written(held(names));
}

/** Tables as ovsdb-tool writes them into a new database file. */
export function tablesInFile(names: readonly string[]): readonly string[] {
  return stringOrder(stringOrder(stringOrder(names)));
}

/** The columns of a table as the server walks them. */
export function columnsInServer({ columns }: Table): readonly string[] {
  return held(Object.keys(columns));
}

/** The columns of a table as a client walks them, which got the schema from the server. */
export function columnsInClient(table: Table): readonly string[] {
  return held(written(columnsInServer(table)));
}

/** The tables of a schema as a client walks them. */
export function tablesInClient({ tables }: Schema): readonly string[] {
  return stringOrder(Object.keys(tables));
}
