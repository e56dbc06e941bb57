/** The rows of one table by uuid, with hash indexes that are made when first asked for and kept from then on. */
import type { Uuid } from '../base/uuid.ts';
import { present } from '../base/assert.ts';
import type { ColumnType, Row, Table } from './schema.ts';
import { checkValue } from './constraint.ts';
import { columnsInServer } from './schema-order.ts';
import { defaultValue, isMap, isSet, type Atom, type Value } from './value.ts';

type Key = Atom | null;

/** A column's name and type. */
export interface NamedType {
  readonly name: string;
  readonly type: ColumnType;
}

type KeysOf = (row: Row) => Iterable<Key>;

/** Rows that share a key. The list is made once and dropped when the bucket changes, so that callers may keep it. */
class Bucket {
  private readonly rows = new Map<Uuid, Row>();
  private list: readonly Row[] | undefined;

  put(row: Row): void {
    this.rows.set(row._uuid, row);
    this.list = undefined;
  }

  remove(row: Row): void {
    this.rows.delete(row._uuid);
    this.list = undefined;
  }

  get isEmpty(): boolean {
    return this.rows.size === 0;
  }

  all(): readonly Row[] {
    this.list ??= [...this.rows.values()];
    return this.list;
  }
}

const NONE: readonly Row[] = Object.freeze([]);

/** Keys to rows. A key with one row holds the row itself: most indexes are unique. */
class Index {
  private readonly entries = new Map<Key, Row | Bucket>();
  private readonly keysOf: KeysOf;

  constructor(keysOf: KeysOf, rows: Iterable<Row>) {
    this.keysOf = keysOf;
    for (const row of rows) this.put(row);
  }

  put(row: Row): void {
    for (const key of this.keysOf(row)) {
      const entry = this.entries.get(key);
      if (entry === undefined || (!(entry instanceof Bucket) && entry._uuid === row._uuid)) {
        this.entries.set(key, row);
      } else if (entry instanceof Bucket) {
        entry.put(row);
      } else {
        const bucket = new Bucket();
        bucket.put(entry);
        bucket.put(row);
        this.entries.set(key, bucket);
      }
    }
  }

  remove(row: Row): void {
    for (const key of this.keysOf(row)) {
      const entry = this.entries.get(key);
      if (entry instanceof Bucket) {
        entry.remove(row);
        if (entry.isEmpty) this.entries.delete(key);
      } else if (entry !== undefined) {
        this.entries.delete(key);
      }
    }
  }

  get(key: Key): readonly Row[] {
    const entry = this.entries.get(key);
    if (entry === undefined) return NONE;
    return entry instanceof Bucket ? entry.all() : [entry];
  }
}

function elementKeys(column: string): KeysOf {
  return (row) => {
    const value = row[column] as Value;
    if (isSet(value)) return value;
    return isMap(value) ? value.keys() : [value];
  };
}

/** Every row that a column refers to, by keys and by values of pairs. */
export function referencesIn(
  value: Value,
  type: ColumnType,
  strength: 'strong' | 'weak',
  table?: string,
): Iterable<Uuid> {
  const wanted = (base: ColumnType['key'] | undefined): boolean =>
    base?.ref?.strength === strength && (table === undefined || base.ref.table === table);
  const byKey = wanted(type.key);
  const byValue = wanted(type.value);
  if (value === null || (!byKey && !byValue)) return [];
  if (isSet(value)) return value as readonly Uuid[];
  if (!isMap(value)) return [value as Uuid];
  const found = new Set<Uuid>();
  for (const [key, element] of value) {
    if (byKey) found.add(key as Uuid);
    if (byValue) found.add(element as Uuid);
  }
  return found;
}

/** The composite key of a schema index. */
function compositeKey(row: Row, columns: readonly string[]): string {
  return JSON.stringify(
    columns.map((column) => {
      const value = row[column] as Value;
      return isMap(value) ? [...value] : value;
    }),
  );
}

/** Columns whose default their own type forbids. */
export function columnsWithoutDefault(table: Table): readonly NamedType[] {
  return columnsInServer(table).flatMap((name) => {
    const type = table.columns[name]?.type;
    const isFine = type === undefined || type.min === 0 || checkValue(defaultValue(type), type) === undefined;
    return isFine ? [] : [{ name, type }];
  });
}

export class RowStore {
  readonly name: string;
  readonly table: Table;
  /** Columns that every new row must be given. */
  readonly withoutDefault: readonly NamedType[];
  private readonly byUuid = new Map<Uuid, Row>();
  private readonly indexes = new Map<string, Index>();

  constructor(name: string, table: Table) {
    this.name = name;
    this.table = table;
    this.withoutDefault = columnsWithoutDefault(table);
  }

  get size(): number {
    return this.byUuid.size;
  }

  rows(): IterableIterator<Row> {
    return this.byUuid.values();
  }

  get(uuid: Uuid): Row | undefined {
    return this.byUuid.get(uuid);
  }

  put(row: Row): void {
    if (this.indexes.size > 0) {
      const before = this.byUuid.get(row._uuid);
      for (const index of this.indexes.values()) {
        if (before !== undefined) index.remove(before);
        index.put(row);
      }
    }
    this.byUuid.set(row._uuid, row);
  }

  remove(uuid: Uuid): void {
    const row = this.byUuid.get(uuid);
    if (row === undefined) return;
    for (const index of this.indexes.values()) index.remove(row);
    this.byUuid.delete(uuid);
  }

  /** Rows whose column is `key`, or, for a set, contains it. */
  find(column: string, key: Key): readonly Row[] {
    return this.index(column, () => elementKeys(column)).get(key);
  }

  /** Rows whose `column` refers to row `target` of `table`. */
  referrers(column: string, table: string, strength: 'strong' | 'weak', target: Uuid): readonly Row[] {
    const { type } = present(this.table.columns[column], column);
    if (type.value === undefined) return this.find(column, target);
    const keys: KeysOf = (row) => referencesIn(row[column] as Value, type, strength, table);
    return this.index(`${strength} ${table} ${column}`, () => keys).get(target);
  }

  /** Rows that agree with `row` in all of `columns`. */
  alike(row: Row, columns: readonly string[]): readonly Row[] {
    const [first] = columns;
    const simple = columns.length === 1 && first !== undefined && typeof row[first] !== 'object';
    if (simple) return this.find(first, row[first] as Key);
    const keys: KeysOf = (each) => [compositeKey(each, columns)];
    return this.index(`= ${columns.join(' ')}`, () => keys).get(compositeKey(row, columns));
  }

  private index(name: string, keysOf: () => KeysOf): Index {
    let index = this.indexes.get(name);
    if (index === undefined) {
      index = new Index(keysOf(), this.byUuid.values());
      this.indexes.set(name, index);
    }
    return index;
  }
}
