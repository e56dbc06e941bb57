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
import type { Notes, Topic } from './facts.ts';

type Table = TableName<SbSchema>;
type AnyRow = Readonly<Record<string, unknown>> & { readonly _uuid: Uuid };

/** What a row is found by in a column: its value, or each member of a set. */
const keysOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** What can be read of one table. */
interface TableTopics {
  /** Stands for all rows, and for how many there are. */
  readonly whole: Topic;
  /** By uuid. */
  readonly rows: Topic;
  /** Columns by which somebody has looked for rows, each by what was sought. */
  readonly columns: Map<string, Topic>;
}

/** The one fact of a topic that stands for a whole. */
const WHOLE = Symbol('whole');

export class TrackedSouthbound implements SouthboundRows {
  readonly database: SbDatabase;
  readonly #notes: Notes;
  readonly #tables = new Map<string, TableTopics>();

  constructor(database: SbDatabase, notes: Notes) {
    this.database = database;
    this.#notes = notes;
  }

  #topics(table: Table): TableTopics {
    let topics = this.#tables.get(table);
    if (!topics) {
      topics = { whole: this.#notes.topic(), rows: this.#notes.topic(), columns: new Map() };
      this.#tables.set(table, topics);
    }
    return topics;
  }

  rows<T extends Table>(table: T): Iterable<RowOf<SbSchema, T>> {
    this.#topics(table).whole.note(WHOLE);
    return this.database.rows(table);
  }

  count(table: Table): number {
    this.#topics(table).whole.note(WHOLE);
    return this.database.count(table);
  }

  get<T extends Table>(table: T, uuid: Uuid): RowOf<SbSchema, T> | undefined {
    this.#topics(table).rows.note(uuid);
    return this.database.get(table, uuid);
  }

  find<T extends Table, C extends ColumnName<SbSchema, T>>(
    table: T,
    column: C,
    value: Sought<RowOf<SbSchema, T>[C]>,
  ): readonly RowOf<SbSchema, T>[] {
    const { columns } = this.#topics(table);
    let sought = columns.get(column);
    if (!sought) {
      sought = this.#notes.topic();
      columns.set(column, sought);
    }
    sought.note(value);
    return this.database.find(table, column, value);
  }

  /** Tells which facts a transaction changed. */
  apply(changes: Changes<SbSchema>): void {
    for (const [table, change] of Object.entries(changes.tables)) {
      const topics = this.#tables.get(table);
      if (!topics) continue;
      for (const row of change.inserted) touch(topics, row);
      for (const row of change.deleted) touch(topics, row);
      for (const [before, after] of change.updated) {
        touch(topics, before);
        touch(topics, after);
      }
      topics.whole.changed(WHOLE);
    }
  }
}

function touch({ rows, columns }: TableTopics, row: AnyRow): void {
  rows.changed(row._uuid);
  for (const [column, sought] of columns) for (const key of keysOf(row[column])) sought.changed(key);
}
