/** `list-tables`, `list-columns`, `dump`: schemas and contents as tables. */
import { present } from '../../base/assert.ts';
import {
  columnsInClient,
  compareValues,
  schemaJson,
  tablesInClient,
  type ColumnType,
  type Database,
  type Json,
  type JsonObject,
  type Row,
  type Value,
} from '../../ovsdb/index.ts';
import { fail } from '../ovsdb/stop.ts';
import type { Cell, ResultTable } from '../ovsdb/table-text.ts';

const UUID: ColumnType = { key: { type: 'uuid' }, min: 1, max: 1 };

export function tablesOf({ schema }: Database): ResultTable {
  return { headings: ['Table'], rows: tablesInClient(schema).map((text) => [{ text }]) };
}

export function columnsOf({ schema }: Database, only: string | undefined): ResultTable {
  const { tables } = schemaJson(schema) as { tables: Readonly<Record<string, JsonObject>> };
  const rows: Cell[][] = [];
  for (const table of tablesInClient(schema)) {
    if (only !== undefined && only !== table) continue;
    const columns = tables[table]?.['columns'] as Readonly<Record<string, JsonObject>>;
    for (const text of columnsInClient(present(schema.tables[table]))) {
      const json: Json = columns[text]?.['type'] ?? 'uuid';
      rows.push([...(only === undefined ? [{ text: table }] : []), { text }, { json }]);
    }
  }
  return { headings: [...(only === undefined ? ['Table'] : []), 'Column', 'Type'], rows };
}

function dumpTable(database: Database, name: string, wanted: readonly string[]): ResultTable {
  const columns = database.schema.tables[name]?.columns ?? {};
  const typeOf = (column: string): ColumnType => columns[column]?.type ?? UUID;
  const headings = (wanted.length > 0 ? [...wanted] : ['_uuid', ...Object.keys(columns)]).sort();
  const isUuid = (column: string): boolean => typeOf(column).key.type === 'uuid';
  // Values of uuids decide last: they differ from run to run.
  const order = [...headings.filter((each) => !isUuid(each)), ...headings.filter(isUuid)];
  const compare = (a: Row, b: Row): number => {
    for (const column of order) {
      const result = compareValues(a[column] as Value, b[column] as Value);
      if (result !== 0) return result;
    }
    return 0;
  };
  const rows = [...database.rows(name)].sort(compare);
  return {
    caption: `${name} table`,
    headings,
    rows: rows.map((row) => headings.map((each) => ({ value: row[each] as Value, type: typeOf(each) }))),
  };
}

/** One table, with the columns that are named, or all of all tables. */
export function dumpOf(database: Database, [table, ...columns]: readonly string[]): readonly ResultTable[] {
  const { tables } = database.schema;
  if (table === undefined)
    return Object.keys(tables)
      .toSorted()
      .map((name) => dumpTable(database, name, []));
  if (!Object.hasOwn(tables, table)) fail(`No table "${table}" found.`);
  for (const column of columns)
    if (column !== '_uuid' && !Object.hasOwn(tables[table]?.columns ?? {}, column))
      fail(`Table "${table}" has no column ${column}.`);
  return [dumpTable(database, table, columns)];
}
