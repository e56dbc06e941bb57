/** Columns of the northbound database that northd itself fills in, kept as they should be whoever writes there. */
import type { Uuid } from '../../../base/uuid.ts';
import { equalValues } from '../../../ovsdb/index.ts';
import type { NbSchema, NbTxn, RowOf, TableName, Value, Values } from '../../../ovsdb/index.ts';
import type { Model } from '../model/model.ts';

type Tables = TableName<NbSchema>;
type Wanted<T extends Tables> = Partial<Values<NbSchema, T>>;

interface Pending {
  readonly isDirty: boolean;
  write(txn: NbTxn): void;
}

/** The rows whose columns are kept, by the row that has them, so that a change of one owner leaves the others' alone. */
interface Subjects {
  readonly owners: () => Iterable<Uuid>;
  readonly of: (owner: Uuid) => Iterable<Uuid>;
}

const ALL = '' as Uuid;

/** Rows that nobody owns. */
export const ownerless = (all: () => Iterable<Uuid>): Subjects => ({ owners: () => [ALL], of: all });

class ColumnSync<T extends Tables> implements Pending {
  private readonly table: T;
  private readonly wanted = new Map<Uuid, Wanted<T>>();
  private readonly touched = new Set<Uuid>();

  constructor(table: T, m: Model, subjects: Subjects, values: (uuid: Uuid) => Wanted<T> | undefined) {
    this.table = table;
    m.nb.listen(table, (_before, after) => {
      const wanted = after === undefined ? undefined : this.wanted.get(after._uuid);
      if (after !== undefined && wanted !== undefined && !agrees(after, wanted))
        this.touched.add(after._uuid);
    });
    const row = m.graph.query(`columns of ${table}`, values, {
      equal: sameColumns,
      settled: (uuid, now) => {
        if (now === undefined) {
          this.wanted.delete(uuid);
          return;
        }
        this.wanted.set(uuid, now);
        this.touched.add(uuid);
      },
      dropped: (uuid) => this.wanted.delete(uuid),
    });
    const part = m.graph.query(`columns of ${table} of one`, (owner: Uuid) => {
      for (const uuid of subjects.of(owner)) row.keep(uuid);
    });
    m.graph
      .query(`all columns of ${table}`, () => {
        for (const owner of subjects.owners()) part.keep(owner);
      })
      .pin('');
  }

  get isDirty(): boolean {
    return this.touched.size > 0;
  }

  write(txn: NbTxn): void {
    for (const uuid of this.touched) {
      const wanted = this.wanted.get(uuid);
      const row = txn.get(this.table, uuid);
      if (wanted !== undefined && row !== undefined && !agrees(row, wanted))
        txn.update(this.table, uuid, wanted);
    }
    this.touched.clear();
  }
}

function agrees<T extends Tables>(row: RowOf<NbSchema, T>, wanted: Wanted<T>): boolean {
  return (Object.keys(wanted) as (keyof Wanted<T> & string)[]).every((column) =>
    equalValues(row[column] as Value, wanted[column] as Value),
  );
}

function sameColumns(a: Readonly<Record<string, unknown>> | undefined, b: typeof a): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const columns = Object.keys(a);
  if (columns.length !== Object.keys(b).length) return false;
  return columns.every((column) => equalValues(a[column] as Value, b[column] as Value));
}

/** All northbound columns that northd keeps. */
export class Northbound {
  private readonly m: Model;
  private readonly pending: Pending[] = [];

  constructor(m: Model) {
    this.m = m;
  }

  /** Keeps some columns of the rows `subjects`; a row for which `values` is undefined is left alone. */
  columns<T extends Tables>(
    table: T,
    subjects: Subjects,
    values: (uuid: Uuid) => Partial<Values<NbSchema, T>> | undefined,
  ): void {
    this.pending.push(new ColumnSync(table, this.m, subjects, values));
  }

  get isDirty(): boolean {
    return this.pending.some((one) => one.isDirty);
  }

  write(txn: NbTxn): void {
    for (const one of this.pending) if (one.isDirty) one.write(txn);
  }
}
