/** A database held in memory. Transactions write in place and keep the old rows, so that a refused one can be undone. */
import { invariant, present } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { err, ok, type Result } from '../base/result.ts';
import { randomUuid, type Uuid } from '../base/uuid.ts';
import { endTransaction } from './commit.ts';
import { checkValue } from './constraint.ts';
import type { Changes, Database, TableChanges, TransactionError, Txn } from './database.ts';
import { referenceGraph, type ReferenceGraph } from './reference-graph.ts';
import { RowStore } from './row-store.ts';
import type { Row, Schema, Table } from './schema.ts';
import { canonical, defaultValue, equalValues, type Atom, type Value } from './value.ts';

/** How a wrong value leaves the code that builds a transaction; `transact` turns it into its result. */
class Refusal extends Error {
  readonly reason: TransactionError;

  constructor(reason: TransactionError) {
    super(reason.details);
    this.reason = reason;
  }
}

type NamedValues = Readonly<Record<string, Value>>;

/** A row of `table` with every column at its default. */
export function defaultRow(table: Table): Omit<Row, '_uuid'> {
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, { type }]) => [name, defaultValue(type)]),
  );
}

export class MemoryDatabase implements Database {
  readonly schema: Schema;
  version = 0;
  private readonly random: Random;
  private readonly stores: ReadonlyMap<string, RowStore>;
  private readonly defaults: ReadonlyMap<string, Omit<Row, '_uuid'>>;
  private readonly graph: ReferenceGraph;
  private readonly listeners = new Set<(changes: Changes) => void>();
  private readonly pending: Changes[] = [];
  private isNotifying = false;
  private touched: Map<string, Map<Uuid, Row | undefined>> | undefined;

  constructor(schema: Schema, random: Random) {
    this.schema = schema;
    this.random = random;
    const tables = Object.entries(schema.tables);
    this.stores = new Map(tables.map(([name, table]) => [name, new RowStore(name, table)]));
    this.defaults = new Map(tables.map(([name, table]) => [name, defaultRow(table)]));
    this.graph = referenceGraph(schema);
  }

  rows(table: string): Iterable<Row> {
    const store = this.store(table);
    return { [Symbol.iterator]: () => store.rows() };
  }

  count(table: string): number {
    return this.store(table).size;
  }

  get(table: string, uuid: Uuid): Row | undefined {
    return this.store(table).get(uuid);
  }

  find(table: string, column: string, value: Atom | null): readonly Row[] {
    return this.store(table).find(column, value);
  }

  subscribe(listener: (changes: Changes) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  transact(build: (txn: Txn) => void): Result<Changes, TransactionError> {
    invariant(this.touched === undefined, 'a transaction is under way already');
    const touched = new Map<string, Map<Uuid, Row | undefined>>();
    const comments: string[] = [];
    this.touched = touched;
    let isStanding = false;
    try {
      build(this.transaction(comments));
      const error = endTransaction({
        stores: this.stores,
        graph: this.graph,
        touched,
        put: (store, row) => this.put(store, row),
        remove: (store, uuid) => this.remove(store, uuid),
      });
      if (error !== undefined) return err(error);
      isStanding = true;
    } catch (thrown) {
      if (thrown instanceof Refusal) return err(thrown.reason);
      throw thrown;
    } finally {
      if (!isStanding) this.undo(touched);
      this.touched = undefined;
    }
    const changes = this.changesOf(touched, comments);
    if (Object.keys(changes.tables).length > 0) {
      this.version += 1;
      this.notify(changes);
    }
    return ok(changes);
  }

  /** The columns of a new row of `table`, all at their default. */
  blank(table: string): Omit<Row, '_uuid'> {
    return this.defaults.get(table) ?? {};
  }

  /** Puts a row as it is, outside of any transaction: for readers of files, whose rows are right already. */
  load(table: string, row: Row): void {
    this.store(table).put(row);
  }

  /** Takes a row out, outside of any transaction: for readers of files. */
  unload(table: string, uuid: Uuid): void {
    this.store(table).remove(uuid);
  }

  private store(table: string): RowStore {
    const store = this.stores.get(table);
    invariant(store !== undefined, `${this.schema.name} has no table ${table}`);
    return store;
  }

  private transaction(comments: string[]): Txn {
    const refuse = (reason: TransactionError): never => {
      throw new Refusal(reason);
    };
    const check = (table: string, store: RowStore, values: NamedValues, isFixed: boolean): NamedValues => {
      const checked: Record<string, Value> = {};
      for (const name of Object.keys(values)) {
        const column = store.table.columns[name];
        if (column === undefined)
          return refuse({ error: 'unknown column', details: `No column ${name} in table ${table}.` });
        if (isFixed && !column.mutable)
          refuse({
            error: 'constraint violation',
            details: `Cannot update immutable column ${name} in table ${table}.`,
          });
        const value = canonical(values[name] as Value);
        const error = checkValue(value, column.type);
        if (error !== undefined) refuse(error);
        checked[name] = value;
      }
      return checked;
    };
    return {
      rows: (table) => this.rows(table),
      count: (table) => this.count(table),
      get: (table, uuid) => this.get(table, uuid),
      find: (table, column, value) => this.find(table, column, value as Atom | null),
      insert: (table, values, uuid = randomUuid(this.random)) => {
        const store = this.store(table);
        if (store.get(uuid) !== undefined)
          refuse({
            error: 'duplicate uuid',
            details:
              'This UUID would duplicate a UUID already present within the table or deleted within the same transaction.',
            syntax: JSON.stringify(uuid),
          });
        const checked = check(table, store, values as NamedValues, false);
        this.put(store, { ...this.defaults.get(table), _uuid: uuid, ...checked } as Row);
        return uuid;
      },
      update: (table, uuid, values) => {
        const store = this.store(table);
        const before = store.get(uuid);
        invariant(before !== undefined, `no row ${uuid} in ${table}`);
        // A row of this very transaction is still being inserted, for the server.
        const checked = check(table, store, values as NamedValues, !this.isNew(store, uuid));
        const changed = Object.keys(checked).filter(
          (name) => !equalValues(before[name] as Value, checked[name] as Value),
        );
        if (changed.length > 0)
          this.put(store, {
            ...before,
            ...Object.fromEntries(changed.map((name) => [name, checked[name]])),
          } as Row);
      },
      delete: (table, uuid) => {
        this.remove(this.store(table), uuid);
      },
      comment: (text) => {
        comments.push(text);
      },
      isChanged: () => Object.keys(this.changesOf(present(this.touched), []).tables).length > 0,
      abort: refuse,
    };
  }

  private touch(store: RowStore, uuid: Uuid): void {
    const touched = this.touched;
    invariant(touched !== undefined, 'a row is changed after its transaction ended');
    let rows = touched.get(store.name);
    if (rows === undefined) {
      rows = new Map();
      touched.set(store.name, rows);
    }
    if (!rows.has(uuid)) rows.set(uuid, store.get(uuid));
  }

  private isNew(store: RowStore, uuid: Uuid): boolean {
    const rows = this.touched?.get(store.name);
    return rows?.has(uuid) === true && rows.get(uuid) === undefined;
  }

  private put(store: RowStore, row: Row): void {
    this.touch(store, row._uuid);
    store.put(row);
  }

  private remove(store: RowStore, uuid: Uuid): void {
    this.touch(store, uuid);
    store.remove(uuid);
  }

  private undo(touched: ReadonlyMap<string, ReadonlyMap<Uuid, Row | undefined>>): void {
    for (const [table, rows] of touched) {
      const store = this.store(table);
      for (const [uuid, before] of rows) {
        if (before === undefined) store.remove(uuid);
        else if (store.get(uuid) !== before) store.put(before);
      }
    }
  }

  private changesOf(
    touched: ReadonlyMap<string, ReadonlyMap<Uuid, Row | undefined>>,
    comments: readonly string[],
  ): Changes {
    const tables: Record<string, TableChanges<Row>> = {};
    for (const [name, rows] of touched) {
      const store = this.store(name);
      const columns = Object.keys(store.table.columns);
      const inserted: Row[] = [];
      const deleted: Row[] = [];
      const updated: [Row, Row][] = [];
      for (const [uuid, before] of rows) {
        const after = store.get(uuid);
        if (before === after) continue;
        if (before === undefined) inserted.push(after as Row);
        else if (after === undefined) deleted.push(before);
        else if (columns.some((column) => !equalValues(before[column] as Value, after[column] as Value)))
          updated.push([before, after]);
      }
      if (inserted.length + deleted.length + updated.length > 0)
        tables[name] = { inserted, deleted, updated };
    }
    return { tables, comment: comments.length === 0 ? null : comments.join('\n') };
  }

  /** Listeners may start transactions of their own: those are told after this one was told to all. */
  private notify(changes: Changes): void {
    this.pending.push(changes);
    if (this.isNotifying) return;
    this.isNotifying = true;
    try {
      for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift())
        for (const listener of Array.from(this.listeners)) listener(next);
    } finally {
      this.isNotifying = false;
    }
  }
}

/** A database with the rows that `database` has now; rows are shared, as they never change. */
export function copyDatabase<S extends Schema>(database: Database<S>, random: Random): Database<S> {
  const source = database as unknown as Database;
  const copy = new MemoryDatabase(source.schema, random);
  for (const table of Object.keys(source.schema.tables))
    for (const row of source.rows(table)) copy.load(table, row);
  return copy as unknown as Database<S>;
}

/** An empty database. New rows get uuids from `random`. */
export function createDatabase<S extends Schema>(schema: S, random: Random): Database<S> {
  return new MemoryDatabase(schema, random) as unknown as Database<S>;
}
