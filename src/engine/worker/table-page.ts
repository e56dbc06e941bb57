/** Rows of a database table as text, for browsing. */
import { formatValue, type Database, type Row, type Schema } from '../../core/ovsdb/index.ts';
import type { TablePage, TableRequest } from '../protocol.ts';
import { Refused } from './refused.ts';

/** A database whose schema is known at run time only. */
export interface BrowsableDatabase {
  readonly schema: Schema;
  rows(table: string): Iterable<Row>;
  count(table: string): number;
}

/** The typed databases all read as untyped ones. */
export const browsable = <S extends Schema>(database: Database<S>): BrowsableDatabase =>
  database as unknown as BrowsableDatabase;

function cell(database: BrowsableDatabase, table: string, column: string, row: Row): string {
  const type = database.schema.tables[table]?.columns[column]?.type;
  const value = row[column];
  return type === undefined || value === undefined ? '' : formatValue(value, type);
}

export function tablePage(database: BrowsableDatabase, request: TableRequest): TablePage {
  const table = database.schema.tables[request.table];
  if (!table) throw new Refused(`There is no table ${request.table} in ${database.schema.name}.`);
  const columns = ['_uuid', ...Object.keys(table.columns).toSorted()];
  const wanted = request.search.toLowerCase();
  const rows: { uuid: string; cells: string[] }[] = [];
  let total = 0;
  for (const row of database.rows(request.table)) {
    const inPage = total >= request.offset && rows.length < request.limit;
    if (wanted === '' && !inPage) {
      total += 1;
      continue;
    }
    const cells = columns.map((column) =>
      column === '_uuid' ? row._uuid : cell(database, request.table, column, row),
    );
    if (wanted !== '' && !cells.some((text) => text.toLowerCase().includes(wanted))) continue;
    if (inPage) rows.push({ uuid: row._uuid, cells });
    total += 1;
  }
  return { columns, total, rows };
}

export const tableList = (databases: readonly BrowsableDatabase[]) =>
  databases.map((database) => ({
    database: database.schema.name,
    tables: Object.keys(database.schema.tables)
      .toSorted()
      .map((name) => ({ name, rows: database.count(name) })),
  }));
