/**
 * The order of rows in a client's replica of a database. The server sends tables and rows sorted; the client walks them in
 * the order of its parsed JSON objects and puts them into its own tables, into which rows also come early because another
 * row refers to them.
 */
import { present } from '../../base/assert.ts';
import { uuidWord, type Uuid } from '../../base/uuid.ts';
import {
  HashOrder,
  isMap,
  keysOf,
  stringOrder,
  type ColumnType,
  type Row,
  type Rows,
  type Schema,
  type Value,
} from '../../ovsdb/index.ts';

/** The tables that a client asks for, with the columns that it wants of each. */
export type Monitored = Readonly<Record<string, readonly string[]>>;

/** What the replica is made from. */
type Source = Rows & { readonly schema: Schema };

/** A table's rows as the client iterates them. */
class ReplicaTable {
  private readonly order = new HashOrder<Uuid>();
  private readonly known = new Set<Uuid>();

  insert(uuid: Uuid): void {
    if (this.known.has(uuid)) return;
    this.known.add(uuid);
    this.order.insert(uuid, uuidWord(uuid));
  }

  uuids(): Iterable<Uuid> {
    return this.order.values();
  }
}

/** Every row that a value refers to, keys before values. */
function referred(
  value: Value,
  { key, value: element }: ColumnType,
): readonly (readonly [table: string, uuid: Uuid])[] {
  const ofKeys =
    key.ref === undefined ? [] : keysOf(value).map((uuid) => [key.ref?.table ?? '', uuid as Uuid] as const);
  if (element?.ref === undefined || !isMap(value)) return ofKeys;
  return [...ofKeys, ...[...value.values()].map((uuid) => [element.ref?.table ?? '', uuid as Uuid] as const)];
}

function replicate(
  source: Source,
  monitored: Monitored,
  rowsOf: (table: string) => readonly Row[],
): Map<string, ReplicaTable> {
  const tables = new Map(
    Object.keys(source.schema.tables).map((name) => [name, new ReplicaTable()] as const),
  );
  const sent = Object.keys(monitored).filter((name) => rowsOf(name).length > 0);
  for (const name of stringOrder(sent.sort())) {
    const { columns } = present(source.schema.tables[name], name);
    const referring = [...(monitored[name] ?? [])].sort().flatMap((column) => {
      const { type } = present(columns[column], column);
      return type.key.ref === undefined && type.value?.ref === undefined ? [] : [{ column, type }];
    });
    const rows = new Map(rowsOf(name).map((row) => [row._uuid as string, row]));
    for (const uuid of stringOrder([...rows.keys()].sort())) {
      const row = present(rows.get(uuid));
      tables.get(name)?.insert(row._uuid);
      for (const { column, type } of referring)
        for (const [table, target] of referred(row[column] as Value, type)) tables.get(table)?.insert(target);
    }
  }
  return tables;
}

/**
 * The client's replica during one transaction. Its order is worked out when a command first walks a table: most commands
 * look rows up by name and never do.
 */
export class Replica {
  private readonly source: Source;
  private readonly monitored: Monitored;
  private readonly inserted = new Map<Uuid, string>();
  private readonly deleted = new Map<string, Row[]>();
  private readonly further = new Map<string, ReplicaTable>();
  private tables: Map<string, ReplicaTable> | undefined;

  constructor(source: Source, monitored: Monitored) {
    this.source = source;
    this.monitored = monitored;
  }

  insert(table: string, uuid: Uuid): void {
    this.inserted.set(uuid, table);
    this.tables?.get(table)?.insert(uuid);
    this.further.get(table)?.insert(uuid);
  }

  delete(table: string, row: Row): void {
    if (this.inserted.has(row._uuid)) return;
    const rows = this.deleted.get(table) ?? [];
    rows.push(row);
    this.deleted.set(table, rows);
  }

  /** Rows in the client's order, among them such as are gone by now. */
  uuids(table: string): Iterable<Uuid> {
    this.tables ??= this.build(this.monitored);
    if (this.monitored[table] !== undefined) return present(this.tables.get(table), table).uuids();
    // A table that the command did not name among its reads: nothing else decides its order.
    let own = this.further.get(table);
    if (own === undefined) {
      own = present(this.build({ [table]: [] }).get(table), table);
      this.further.set(table, own);
    }
    return own.uuids();
  }

  private build(monitored: Monitored): Map<string, ReplicaTable> {
    const rowsOf = (table: string): readonly Row[] => [
      ...[...this.source.rows(table)].filter((row) => !this.inserted.has(row._uuid)),
      ...(this.deleted.get(table) ?? []),
    ];
    const tables = replicate(this.source, monitored, rowsOf);
    for (const [uuid, table] of this.inserted) tables.get(table)?.insert(uuid);
    return tables;
  }
}
