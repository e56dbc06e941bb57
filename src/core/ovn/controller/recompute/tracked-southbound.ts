/** The southbound database as units of work read it: each look-up is a fact, and each change of a row tells which facts changed. */
import type { Uuid } from '../../../base/uuid.ts';
import type {
  Changes,
  ColumnName,
  RowOf,
  SbDatabase,
  SbSchema,
  Sought,
  TableName,
} from '../../../ovsdb/index.ts';
import type { SouthboundRows } from '../southbound-index.ts';
import type { Notes } from './tracked-map.ts';

type Table = TableName<SbSchema>;
type AnyRow = Readonly<Record<string, unknown>> & { readonly _uuid: Uuid };

/** What a row is found by in a column: its value, or each member of a set. */
const keysOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

export class TrackedSouthbound implements SouthboundRows {
  readonly database: SbDatabase;
  readonly #notes: Notes;
  /** Columns by which somebody has looked for rows. */
  readonly #columns = new Map<string, Set<string>>();

  constructor(database: SbDatabase, notes: Notes) {
    this.database = database;
    this.#notes = notes;
  }

  rows<T extends Table>(table: T): Iterable<RowOf<SbSchema, T>> {
    this.#notes.note(`${table}/*`);
    return this.database.rows(table);
  }

  count(table: Table): number {
    this.#notes.note(`${table}/*`);
    return this.database.count(table);
  }

  get<T extends Table>(table: T, uuid: Uuid): RowOf<SbSchema, T> | undefined {
    this.#notes.note(`${table}/${uuid}`);
    return this.database.get(table, uuid);
  }

  find<T extends Table, C extends ColumnName<SbSchema, T>>(
    table: T,
    column: C,
    value: Sought<RowOf<SbSchema, T>[C]>,
  ): readonly RowOf<SbSchema, T>[] {
    const columns = this.#columns.get(table);
    if (columns) columns.add(column);
    else this.#columns.set(table, new Set([column]));
    this.#notes.note(`${table}.${column}=${String(value)}`);
    return this.database.find(table, column, value);
  }

  /** Tells which facts a transaction changed. */
  apply(changes: Changes<SbSchema>): void {
    for (const [table, change] of Object.entries(changes.tables)) {
      for (const row of change.inserted) this.#touch(table, row);
      for (const row of change.deleted) this.#touch(table, row);
      for (const [before, after] of change.updated) {
        this.#touch(table, before);
        this.#touch(table, after);
      }
      this.#notes.changed(`${table}/*`);
    }
  }

  #touch(table: string, row: AnyRow): void {
    this.#notes.changed(`${table}/${row._uuid}`);
    for (const column of this.#columns.get(table) ?? [])
      for (const key of keysOf(row[column])) this.#notes.changed(`${table}.${column}=${String(key)}`);
  }
}
