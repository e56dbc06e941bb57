/**
 * A database as inputs of a graph: its rows, the list of rows of a table, and indexes from a text to rows. Changes are
 * gathered while others write and handed on in one go, so that a computation always sees one version of the database.
 */
import { InvariantError } from '../../../base/assert.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { Database, RowOf, Schema, TableName, Txn } from '../../../ovsdb/index.ts';
import type { Graph, Input } from './graph.ts';

interface AnyRow {
  readonly _uuid: Uuid;
}

interface IndexState {
  readonly keysOf: (row: AnyRow) => readonly string[];
  readonly members: Map<string, Set<Uuid>>;
  readonly input: Input<string, readonly Uuid[]>;
}

/** The uuids of the rows under a key, sorted, so that the order does not depend on history. */
export type Index = (key: string) => readonly Uuid[];

const NO_ROWS: readonly Uuid[] = [];

/** The rows of one database as inputs of `graph`. */
export class Source<S extends Schema> {
  private readonly database: Database<S>;
  private readonly graph: Graph;
  private readonly name: string;
  private readonly rowInputs = new Map<string, Input<Uuid, AnyRow | undefined>>();
  private readonly indexes = new Map<string, IndexState[]>();
  private readonly listeners = new Map<
    string,
    ((before: AnyRow | undefined, after: AnyRow | undefined) => void)[]
  >();
  private pending: { table: string; before: AnyRow | undefined; after: AnyRow | undefined }[] = [];
  private readonly stop: () => void;

  constructor(name: string, database: Database<S>, graph: Graph) {
    this.name = name;
    this.database = database;
    this.graph = graph;
    this.stop = database.subscribe((changes) => {
      for (const table of Object.keys(changes.tables)) {
        const change = changes.tables[table as TableName<S>];
        if (change === undefined) continue;
        for (const row of change.inserted) this.pending.push({ table, before: undefined, after: row });
        for (const [before, after] of change.updated) this.pending.push({ table, before, after });
        for (const row of change.deleted) this.pending.push({ table, before: row, after: undefined });
      }
    });
  }

  /** Ends the subscription. */
  close(): void {
    this.stop();
  }

  /** The row as of the last `advance`, or undefined when there is none. */
  row<T extends TableName<S>>(table: T, uuid: Uuid | null | undefined): RowOf<S, T> | undefined {
    if (uuid === null || uuid === undefined) return undefined;
    let input = this.rowInputs.get(table);
    if (input === undefined) {
      input = this.graph.input(`${this.name}.${table}`, (key: Uuid) => this.database.get(table, key));
      this.rowInputs.set(table, input);
    }
    return input(uuid) as RowOf<S, T> | undefined;
  }

  /** The rows that exist, of those named. */
  rows<T extends TableName<S>>(table: T, uuids: readonly Uuid[]): readonly RowOf<S, T>[] {
    const rows: RowOf<S, T>[] = [];
    for (const uuid of uuids) {
      const row = this.row(table, uuid);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  /** The rows as they are at this moment, without any dependence: for what is taken over at the start. */
  now<T extends TableName<S>>(table: T): Iterable<RowOf<S, T>> {
    return this.database.rows(table);
  }

  /** Makes an index: `keysOf` tells under which texts a row is found. */
  index<T extends TableName<S>>(table: T, keysOf: (row: RowOf<S, T>) => readonly string[]): Index {
    const members = new Map<string, Set<Uuid>>();
    const keys = keysOf as (row: AnyRow) => readonly string[];
    for (const row of this.database.rows(table)) enter(members, keys(row), row._uuid);
    const states = this.indexes.get(table) ?? [];
    this.indexes.set(table, states);
    const list = (key: string): readonly Uuid[] => {
      const found = members.get(key);
      return found === undefined ? NO_ROWS : [...found].sort();
    };
    const input = this.graph.input(`${this.name}.${table}.index${states.length}`, list);
    states.push({ keysOf: keys, members, input });
    return input;
  }

  /** All rows of a table: an index with one key. */
  all<T extends TableName<S>>(table: T): () => readonly Uuid[] {
    const index = this.index(table, () => ALL);
    return () => index('');
  }

  /** Calls `listener` at `advance` for each row of `table` that was inserted, updated or deleted by anybody. */
  listen<T extends TableName<S>>(
    table: T,
    listener: (before: RowOf<S, T> | undefined, after: RowOf<S, T> | undefined) => void,
  ): void {
    const list = this.listeners.get(table) ?? [];
    list.push(listener as (before: AnyRow | undefined, after: AnyRow | undefined) => void);
    this.listeners.set(table, list);
  }

  /** Hands all changes since the last call to the graph. Tells whether there were any. */
  advance(): boolean {
    const pending = this.pending;
    if (pending.length === 0) return false;
    this.pending = [];
    const touched = new Map<IndexState, Set<string>>();
    for (const { table, before, after } of pending) {
      const uuid = (after ?? before)?._uuid;
      if (uuid === undefined) throw new InvariantError('a change without a row');
      this.rowInputs.get(table)?.set(uuid, after);
      for (const state of this.indexes.get(table) ?? []) move(state, before, after, touched);
      for (const listener of this.listeners.get(table) ?? []) listener(before, after);
    }
    for (const [state, keys] of touched)
      for (const key of keys)
        if (state.input.isRead(key)) state.input.set(key, sorted(state.members.get(key)));
    return true;
  }

  /** Runs one transaction that must succeed: what a daemon writes is its own doing. */
  write(build: (txn: Txn<S>) => void): void {
    const result = this.database.transact(build);
    if (!result.ok) throw new InvariantError(`${this.name}: ${JSON.stringify(result.error)}`);
  }
}

const ALL: readonly string[] = [''];

function sorted(members: ReadonlySet<Uuid> | undefined): readonly Uuid[] {
  return members === undefined || members.size === 0 ? NO_ROWS : [...members].sort();
}

function enter(members: Map<string, Set<Uuid>>, keys: readonly string[], uuid: Uuid): void {
  for (const key of keys) {
    const set = members.get(key);
    if (set === undefined) members.set(key, new Set([uuid]));
    else set.add(uuid);
  }
}

function move(
  state: IndexState,
  before: AnyRow | undefined,
  after: AnyRow | undefined,
  touched: Map<IndexState, Set<string>>,
): void {
  const old = before === undefined ? [] : state.keysOf(before);
  const now = after === undefined ? [] : state.keysOf(after);
  if (old.length === now.length && old.every((key, at) => key === now[at])) return;
  const keys = touched.get(state) ?? new Set<string>();
  touched.set(state, keys);
  const kept = new Set(now);
  const had = new Set(old);
  for (const key of old) {
    if (kept.has(key) || before === undefined) continue;
    state.members.get(key)?.delete(before._uuid);
    keys.add(key);
  }
  for (const key of now) {
    if (had.has(key) || after === undefined) continue;
    enter(state.members, [key], after._uuid);
    keys.add(key);
  }
}
