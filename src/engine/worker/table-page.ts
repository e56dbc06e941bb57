/** Rows of a database table as text, for browsing: searched by words and by the conditions of `find`. */
import { createRandom } from '../../core/base/random.ts';
import {
  formatValue,
  lengthOf,
  type Database,
  type Row,
  type Schema,
  type Value,
} from '../../core/ovsdb/index.ts';
import { satisfies } from '../../core/shell/ovsdb/condition.ts';
import { CtlError } from '../../core/shell/ovsdb/stop.ts';
import { SymbolTable } from '../../core/shell/ovsdb/symbol-table.ts';
import { splitWords } from '../../core/shell/words.ts';
import type { TablePage, TableRequest } from '../protocol.ts';
import { Refused } from './refused.ts';

/** A database whose schema is known at run time only. */
export interface BrowsableDatabase {
  /** As the page lists it: the schema's name, and the machine where several have one. */
  readonly name: string;
  readonly schema: Schema;
  rows(table: string): Iterable<Row>;
  count(table: string): number;
  get(table: string, uuid: Row['_uuid']): Row | undefined;
  find(table: string, column: string, value: Value): readonly Row[];
  subscribe(listener: Parameters<Database['subscribe']>[0]): () => void;
}

/** The typed databases all read as untyped ones. */
export function browsable<S extends Schema>(database: Database<S>, host?: string): BrowsableDatabase {
  const plain = database as unknown as Database;
  const { name } = database.schema;
  return {
    name: host === undefined ? name : `${name} ${host}`,
    schema: database.schema,
    rows: (table) => plain.rows(table as never) as Iterable<Row>,
    count: (table) => plain.count(table as never),
    get: (table, uuid) => plain.get(table as never, uuid) as Row | undefined,
    find: (table, column, value) =>
      plain.find(table as never, column as never, value as never) as readonly Row[],
    subscribe: (listener) => plain.subscribe(listener),
  };
}

export function cellText(
  database: Pick<BrowsableDatabase, 'schema'>,
  table: string,
  column: string,
  row: Row,
): string {
  const type = database.schema.tables[table]?.columns[column]?.type;
  const value = row[column];
  return type === undefined || value === undefined ? '' : formatValue(value, type);
}

/** A word with an operator after a column's name is a condition. */
const CONDITION =
  /^[A-Za-z_][\w-]*(?::(?:"[^"]*"|[^=<>!{}]+))?(?:!=|<=|>=|[=<>]|\{(?:=|!=|<|>|<=|>=|in|not-in)\})/;

type Test = (row: Row, cells: () => readonly string[]) => boolean;

/** What a search means for a row of `table`. Throws `CtlError` for a condition that `find` refuses. */
function tests(database: BrowsableDatabase, tableName: string, search: string): readonly Test[] {
  const table = database.schema.tables[tableName];
  if (!table) return [];
  const parsed = splitWords(search);
  const words = parsed.ok ? parsed.value : [search];
  const symbols = new SymbolTable(createRandom(1));
  const named = { name: tableName, table };
  const plain = words.filter((word) => !CONDITION.test(word)).map((word) => word.toLowerCase());
  return [
    ...words
      .filter((word) => CONDITION.test(word))
      .map(
        (word): Test =>
          (row) =>
            satisfies(row, word, named, symbols),
      ),
    ...plain.map(
      (word): Test =>
        (_, cells) =>
          cells().some((text) => text.toLowerCase().includes(word)),
    ),
  ];
}

/** Columns that tell one row from another come first, those without any value last; else by name. */
function orderOf(database: BrowsableDatabase, table: string): readonly string[] {
  const { columns = {}, indexes = [] } = database.schema.tables[table] ?? {};
  const named = ['name', ...indexes.filter(({ length }) => length === 1).flat()].filter(
    (column) => column in columns,
  );
  const empty = new Set(Object.keys(columns));
  for (const row of database.rows(table)) {
    for (const column of empty) if (!isEmpty(row[column])) empty.delete(column);
    if (empty.size === 0) break;
  }
  const byName = Object.keys(columns).toSorted();
  return [
    ...new Set([
      ...named,
      ...byName.filter((column) => database.count(table) === 0 || !empty.has(column)),
      ...byName,
    ]),
  ];
}

const isEmpty = (value: Value | undefined): boolean =>
  value === undefined || value === '' || lengthOf(value) === 0;

export function tablePage(database: BrowsableDatabase, request: TableRequest): TablePage {
  const table = database.schema.tables[request.table];
  if (!table) throw new Refused(`There is no table ${request.table} in ${database.schema.name}.`);
  const columns = ['_uuid', ...orderOf(database, request.table)];
  const rows: { uuid: string; cells: readonly string[] }[] = [];
  let total = 0;
  try {
    const wanted = tests(database, request.table, request.search.trim());
    for (const row of database.rows(request.table)) {
      const inPage = total >= request.offset && rows.length < request.limit;
      let made: readonly string[] | undefined;
      const cells = (): readonly string[] =>
        (made ??= columns.map((column) =>
          column === '_uuid' ? row._uuid : cellText(database, request.table, column, row),
        ));
      if (!wanted.every((test) => test(row, cells))) continue;
      if (inPage) rows.push({ uuid: row._uuid, cells: cells() });
      total += 1;
    }
  } catch (error) {
    if (error instanceof CtlError) return { columns, total: 0, rows: [], error: error.message };
    throw error;
  }
  return { columns, total, rows, error: '' };
}

export const tableList = (databases: readonly BrowsableDatabase[]) =>
  databases.map((database) => ({
    database: database.name,
    tables: Object.keys(database.schema.tables)
      .toSorted()
      .map((name) => ({ name, rows: database.count(name) })),
  }));
