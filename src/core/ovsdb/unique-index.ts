/** The indexes of a schema: sets of columns in which no two rows may agree, and ovsdb-server's account of two that do. */
import { present } from '../base/assert.ts';
import type { TransactionError } from './database.ts';
import { touchedRows, violation, type Ending } from './ending.ts';
import type { RowStore } from './row-store.ts';
import type { Row } from './schema.ts';
import { formatValue } from './value-text.ts';
import { compareAtoms, compareValues, equalValues, type Value } from './value.ts';

function compareRows(store: RowStore, a: Row, b: Row): number {
  for (const column of Object.keys(store.table.columns).sort()) {
    const order = compareValues(a[column] as Value, b[column] as Value);
    if (order !== 0) return order;
  }
  return compareAtoms(a._uuid, b._uuid);
}

/** `a`, `a and b`, `a, b, and c`. */
function englishList(items: readonly string[]): string {
  if (items.length < 3) return items.join(' and ');
  return `${items.slice(0, -1).join(', ')}, and ${items.at(-1)}`;
}

function indexValues(store: RowStore, row: Row, columns: readonly string[]): string {
  return englishList(
    columns.map((column) => formatValue(row[column] as Value, present(store.table.columns[column]).type)),
  );
}

function describeDuplicate(
  ending: Ending,
  store: RowStore,
  row: Row,
  columns: readonly string[],
  title: string,
): string {
  const head = `${title} row, with UUID ${row._uuid}, `;
  const rows = ending.touched.get(store.name);
  if (rows?.has(row._uuid) !== true)
    return `${head}existed in the database before this transaction and was not modified by the transaction.`;
  const before = rows.get(row._uuid);
  if (before === undefined) return `${head}was inserted by this transaction.`;
  if (columns.every((column) => equalValues(before[column] as Value, row[column] as Value)))
    return `${head}existed in the database before this transaction, which modified some of the row's columns but not any columns in this index.`;
  return `${head}had the following index values before the transaction: ${indexValues(store, before, columns)}.`;
}

/** No two rows may agree in all columns of an index. */
export function checkIndexes(ending: Ending): TransactionError | undefined {
  for (const { store, before, after } of touchedRows(ending)) {
    if (after === undefined) continue;
    for (const columns of store.table.indexes) {
      if (before !== undefined && columns.every((column) => before[column] === after[column])) continue;
      const alike = store.alike(after, columns);
      if (alike.length < 2) continue;
      const pair = [after, present(alike.find((row) => row._uuid !== after._uuid))] as [Row, Row];
      const [first, second] = pair.sort((a, b) => compareRows(store, b, a)) as [Row, Row];
      const names = `column${columns.length > 1 ? 's' : ''} ${englishList(columns.map((column) => `"${column}"`))}`;
      return violation(
        `Transaction causes multiple rows in "${store.name}" table to have identical values (${indexValues(store, first, columns)}) for index on ${names}.  ${describeDuplicate(ending, store, first, columns, 'First')}  ${describeDuplicate(ending, store, second, columns, 'Second')}`,
      );
    }
  }
  return undefined;
}
