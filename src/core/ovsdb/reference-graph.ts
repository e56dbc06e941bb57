/** Which columns of a schema refer to which tables: what the end of a transaction needs to know, worked out once. */
import type { ColumnType, Schema } from './schema.ts';

/** A column that refers to a table, seen from that table. */
export interface Referrer {
  readonly from: string;
  readonly column: string;
}

/** A column that refers, seen from its own table. */
interface ReferenceColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export interface ReferenceGraph {
  strongReferrers(table: string): readonly Referrer[];
  weakReferrers(table: string): readonly Referrer[];
  strongColumns(table: string): readonly ReferenceColumn[];
  weakColumns(table: string): readonly ReferenceColumn[];
}

type Lists<T> = Map<string, T[]>;

function append<T>(lists: Lists<T>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

export function referenceGraph(schema: Schema): ReferenceGraph {
  const referrers = { strong: new Map() as Lists<Referrer>, weak: new Map() as Lists<Referrer> };
  const columns = { strong: new Map() as Lists<ReferenceColumn>, weak: new Map() as Lists<ReferenceColumn> };
  for (const [from, table] of Object.entries(schema.tables)) {
    for (const [name, { type }] of Object.entries(table.columns)) {
      for (const strength of ['strong', 'weak'] as const) {
        const targets = new Set(
          [type.key.ref, type.value?.ref].flatMap((ref) => (ref?.strength === strength ? [ref.table] : [])),
        );
        if (targets.size > 0) append(columns[strength], from, { name, type });
        for (const target of targets) append(referrers[strength], target, { from, column: name });
      }
    }
  }
  return {
    strongReferrers: (table) => referrers.strong.get(table) ?? [],
    weakReferrers: (table) => referrers.weak.get(table) ?? [],
    strongColumns: (table) => columns.strong.get(table) ?? [],
    weakColumns: (table) => columns.weak.get(table) ?? [],
  };
}
