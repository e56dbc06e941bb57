/**
 * Keeps the rows of one southbound table as they should be: rows are known by a natural key, wanted rows are inserted or
 * corrected in the columns that are ours, unwanted ones deleted, and what others change in our columns is set right again.
 */
import type { Random } from '../../../base/random.ts';
import { randomUuid } from '../../../base/uuid.ts';
import type { Uuid } from '../../../base/uuid.ts';
import { equalValues } from '../../../ovsdb/index.ts';
import type { RowOf, SbDatabase, SbSchema, SbTxn, TableName, Value, Values } from '../../../ovsdb/index.ts';
import type { Graph, Query } from '../incremental/graph.ts';
import type { Source } from '../incremental/source.ts';

type Tables = TableName<SbSchema>;
export type Wanted<T extends Tables> = Partial<Values<SbSchema, T>>;

export interface TableOptions<T extends Tables> {
  /** The natural key of a row; undefined for a row that cannot be ours. */
  readonly keyOf: (row: RowOf<SbSchema, T>) => string | undefined;
  /** The uuid of a new row, when it is not any. */
  readonly uuidOf?: (key: string) => Uuid;
  /** Columns that are set by the insert and left alone afterwards. */
  readonly once?: readonly (keyof Values<SbSchema, T>)[];
  /** A row of others that stays when it is not wanted. */
  readonly isForeign?: (row: RowOf<SbSchema, T>) => boolean;
  /** Rows that are not wanted stay. */
  readonly keepStrays?: boolean;
}

/** Rows that are compared between two pauses. */
const ROWS_AT_ONCE = 250;

/** One southbound table. */
export class TableSync<T extends Tables> {
  private readonly table: T;
  private readonly database: SbDatabase;
  private readonly options: TableOptions<T>;
  private readonly random: Random;
  private readonly ids = new Map<string, Uuid>();
  private readonly keys = new Map<Uuid, string>();
  private readonly wanted = new Map<string, Wanted<T>>();
  private readonly touched = new Set<string>();
  private readonly strays = new Set<Uuid>();

  constructor(table: T, sb: SbDatabase, source: Source<SbSchema>, random: Random, options: TableOptions<T>) {
    this.table = table;
    this.database = sb;
    this.options = options;
    this.random = random;
    for (const row of sb.rows(table)) this.meet(row);
    source.listen(table, (before, after) => this.noticed(before, after));
  }

  /** The uuid of the row with that key, whether it exists already or will. */
  id(key: string): Uuid {
    let uuid = this.ids.get(key);
    if (uuid === undefined) {
      uuid = this.options.uuidOf?.(key) ?? randomUuid(this.random);
      this.bind(key, uuid);
    }
    return uuid;
  }

  /** The key of a row of ours. */
  keyOf(uuid: Uuid): string | undefined {
    return this.keys.get(uuid);
  }

  /** Gives a key a new row: the old one is deleted. */
  renew(key: string): void {
    const old = this.ids.get(key);
    if (old !== undefined) {
      this.strays.add(old);
      this.keys.delete(old);
    }
    this.ids.delete(key);
    this.touched.add(key);
  }

  want(key: string, values: Wanted<T>): void {
    this.wanted.set(key, values);
    this.touched.add(key);
  }

  drop(key: string): void {
    this.wanted.delete(key);
    this.touched.add(key);
  }

  get isDirty(): boolean {
    return this.touched.size > 0 || this.strays.size > 0;
  }

  /** Where many rows are to be written, passes over those that are right already, with pauses. */
  *comparing(): Generator<void> {
    if (this.touched.size <= ROWS_AT_ONCE) return;
    let seen = 0;
    for (const key of this.touched) {
      const values = this.wanted.get(key);
      const uuid = this.ids.get(key);
      if (
        values !== undefined &&
        uuid !== undefined &&
        this.agrees(this.database.get(this.table, uuid), values)
      )
        this.touched.delete(key);
      seen += 1;
      if (seen % ROWS_AT_ONCE === 0) yield;
    }
  }

  write(txn: SbTxn): void {
    for (const key of this.touched) {
      const values = this.wanted.get(key);
      if (values === undefined) this.forget(txn, key);
      else this.place(txn, this.id(key), values);
    }
    this.touched.clear();
    for (const uuid of this.strays) if (txn.get(this.table, uuid) !== undefined) txn.delete(this.table, uuid);
    this.strays.clear();
  }

  /**
   * A query whose values are wanted rows: a row is wanted as long as somebody keeps its value, unless that is undefined.
   * `keyOf` gives the natural key of the row.
   */
  derive<K extends string>(
    graph: Graph,
    values: (key: K) => Wanted<T> | undefined,
    keyOf: (key: K) => string = (key) => key,
  ): Query<K, Wanted<T> | undefined> {
    // Two subjects may want a row of the same key: one has it, always the same one, and the other when that is gone.
    const claims = new Map<string, { readonly subject: K; readonly values: Wanted<T> }[]>();
    const claim = (subject: K, values: Wanted<T> | undefined): void => {
      const key = keyOf(subject);
      const others = claims.get(key)?.filter((one) => one.subject !== subject) ?? [];
      const now = values === undefined ? others : [...others, { subject, values }];
      const [first] = now;
      if (first === undefined) {
        claims.delete(key);
        this.drop(key);
        return;
      }
      claims.set(key, now);
      this.want(key, now.reduce((best, one) => (one.subject > best.subject ? one : best), first).values);
    };
    return graph.query(`${this.table} row`, values, {
      equal: sameValues,
      settled: claim,
      dropped: (subject) => claim(subject, undefined),
    });
  }

  /** The same with the subjects: all of `subjects` are kept. */
  deriveAll<K extends string>(
    graph: Graph,
    subjects: () => Iterable<K>,
    values: (key: K) => Wanted<T> | undefined,
    keyOf: (key: K) => string = (key) => key,
  ): void {
    const row = this.derive(graph, values, keyOf);
    graph
      .query(`${this.table} rows`, () => {
        for (const subject of subjects()) row.keep(subject);
      })
      .pin('', function* () {
        for (const subject of subjects()) yield () => row.keep(subject);
      });
  }

  private place(txn: SbTxn, uuid: Uuid, values: Wanted<T>): void {
    const row = txn.get(this.table, uuid);
    if (row === undefined) {
      txn.insert(this.table, values, uuid);
      return;
    }
    const changed: Record<string, Value> = {};
    let any = false;
    for (const column of Object.keys(values) as (keyof Wanted<T> & string)[]) {
      const value = values[column] as Value | undefined;
      if (value === undefined || equalValues(row[column] as Value, sortedValue(value))) continue;
      if (this.options.once?.includes(column) === true) continue;
      changed[column] = value;
      any = true;
    }
    if (any) txn.update(this.table, uuid, changed as Wanted<T>);
  }

  private forget(txn: SbTxn, key: string): void {
    const uuid = this.ids.get(key);
    if (uuid === undefined) return;
    this.ids.delete(key);
    this.keys.delete(uuid);
    if (txn.get(this.table, uuid) !== undefined) txn.delete(this.table, uuid);
  }

  /** A row that is there at the start: ours if nobody wants otherwise by the time of the first `write`. */
  private meet(row: RowOf<SbSchema, T>): void {
    const key = this.options.keyOf(row);
    if (key !== undefined && !this.ids.has(key)) {
      this.bind(key, row._uuid);
      if (!this.stays(row)) this.touched.add(key);
    } else if (!this.stays(row)) {
      this.strays.add(row._uuid);
    }
  }

  private stays(row: RowOf<SbSchema, T>): boolean {
    return this.options.keepStrays === true || this.options.isForeign?.(row) === true;
  }

  private bind(key: string, uuid: Uuid): void {
    this.ids.set(key, uuid);
    this.keys.set(uuid, key);
  }

  private noticed(before: RowOf<SbSchema, T> | undefined, after: RowOf<SbSchema, T> | undefined): void {
    const row = after ?? before;
    if (row === undefined) return;
    const key = this.keys.get(row._uuid);
    if (key === undefined) {
      if (after !== undefined) this.meet(after);
      return;
    }
    const values = this.wanted.get(key);
    if (values !== undefined && !this.agrees(after, values)) this.touched.add(key);
  }

  private agrees(row: RowOf<SbSchema, T> | undefined, values: Wanted<T>): boolean {
    if (row === undefined) return false;
    return (Object.keys(values) as (keyof Wanted<T> & string)[]).every(
      (column) =>
        this.options.once?.includes(column) === true ||
        values[column] === undefined ||
        equalValues(row[column] as Value, sortedValue(values[column] as Value)),
    );
  }
}

/** Equality of two sets of wanted columns. */
function sameValues(a: Readonly<Record<string, unknown>> | undefined, b: typeof a): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const columns = Object.keys(a);
  return (
    columns.length === Object.keys(b).length &&
    columns.every((column) => equalValues(a[column] as Value, b[column] as Value))
  );
}

/** A value as the database will hold it, so that it can be compared with what is there. */
function sortedValue(value: Value): Value {
  if (Array.isArray(value)) return value.length < 2 ? value : [...new Set(value)].sort(compare);
  if (value instanceof Map) return value;
  return value;
}

const compare = (a: string | number | boolean, b: string | number | boolean): number =>
  a < b ? -1 : a > b ? 1 : 0;
