/**
 * What ovsdb-server does when a transaction ends: columns that new rows need, referential integrity, garbage collection,
 * limits of rows, weak references, unique indexes, in that order.
 */
import type { Uuid } from '../base/uuid.ts';
import { present } from '../base/assert.ts';
import { checkValue } from './constraint.ts';
import type { TransactionError } from './database.ts';
import { storeOf, touchedRows, violation, type Ending } from './ending.ts';
import type { Referrer } from './reference-graph.ts';
import { referencesIn, type RowStore } from './row-store.ts';
import type { ColumnType, Row } from './schema.ts';
import { checkIndexes } from './unique-index.ts';
import { canonical, isMap, isSet, keysOf, lengthOf, ZERO_UUID, type Value } from './value.ts';

const dangling = (details: string): TransactionError => ({
  error: 'referential integrity violation',
  details,
});

function countReferences(
  ending: Ending,
  referrers: readonly Referrer[],
  table: string,
  target: Uuid,
): number {
  let count = 0;
  for (const { from, column } of referrers)
    for (const row of storeOf(ending, from).referrers(column, table, 'strong', target))
      if (row._uuid !== target) count += 1;
  return count;
}

/** Strong references of a value that another value of the same column has not. Sets are sorted, so one walk tells. */
function newReferences(
  value: Value,
  other: Value | undefined,
  type: ColumnType,
  table: string,
): Iterable<Uuid> {
  const all = referencesIn(value, type, 'strong', table);
  if (other === undefined || !isSet(value) || !isSet(other)) return all;
  let at = 0;
  return (value as readonly Uuid[]).filter((uuid) => {
    while (at < other.length && (other[at] as Uuid) < uuid) at += 1;
    return other[at] !== uuid;
  });
}

/** References of rows that the transaction wrote must lead somewhere, and rows that it deleted must not be referred to. */
function checkReferences(ending: Ending): TransactionError | undefined {
  const rows = touchedRows(ending);
  for (const { store, before, after } of rows) {
    if (after === undefined) continue;
    for (const column of ending.graph.strongColumns(store.name)) {
      const value = after[column.name] as Value;
      if (before !== undefined && before[column.name] === value) continue;
      for (const base of [column.type.key, column.type.value]) {
        if (base?.ref?.strength !== 'strong') continue;
        const target = storeOf(ending, base.ref.table);
        for (const uuid of newReferences(value, before?.[column.name], column.type, base.ref.table))
          if (uuid !== after._uuid && target.get(uuid) === undefined)
            return dangling(
              `Table ${store.name} column ${column.name} row ${after._uuid} references nonexistent row ${uuid} in table ${base.ref.table}.`,
            );
      }
    }
  }
  for (const { store, uuid, after } of rows) {
    if (after !== undefined) continue;
    const count = countReferences(ending, ending.graph.strongReferrers(store.name), store.name, uuid);
    if (count > 0)
      return dangling(`cannot delete ${store.name} row ${uuid} because of ${count} remaining reference(s)`);
  }
  return undefined;
}

/** Deletes rows of tables that are no roots and that no strong reference leads to any more. */
function collectGarbage(ending: Ending): void {
  const suspects: [RowStore, Uuid][] = [];
  const suspectTargets = (store: RowStore, row: Row, kept: Row | undefined): void => {
    for (const column of ending.graph.strongColumns(store.name)) {
      const value = row[column.name] as Value;
      if (kept !== undefined && kept[column.name] === value) continue;
      for (const base of [column.type.key, column.type.value]) {
        if (base?.ref?.strength !== 'strong') continue;
        const target = storeOf(ending, base.ref.table);
        if (target.table.isRoot) continue;
        for (const uuid of newReferences(value, kept?.[column.name], column.type, base.ref.table))
          suspects.push([target, uuid]);
      }
    }
  };
  for (const { store, uuid, before, after } of touchedRows(ending)) {
    if (before !== undefined) suspectTargets(store, before, after);
    if (after !== undefined && !store.table.isRoot) suspects.push([store, uuid]);
  }
  for (let next = suspects.pop(); next !== undefined; next = suspects.pop()) {
    const [store, uuid] = next;
    const row = store.get(uuid);
    if (row === undefined) continue;
    if (countReferences(ending, ending.graph.strongReferrers(store.name), store.name, uuid) > 0) continue;
    ending.remove(store, uuid);
    suspectTargets(store, row, undefined);
  }
}

function checkMaxRows(ending: Ending): TransactionError | undefined {
  for (const table of ending.touched.keys()) {
    const { size, table: definition } = storeOf(ending, table);
    if (size > definition.maxRows)
      return violation(
        `transaction causes "${table}" table to contain ${size} rows, greater than the schema-defined limit of ${definition.maxRows} row(s)`,
      );
  }
  return undefined;
}

/** `value` without the elements (or pairs) for which `isGone` holds of a key or of a pair's value. */
function without(value: Value, isGone: (uuid: Uuid, side: 'key' | 'value') => boolean): Value {
  if (value === null) return null;
  if (isSet(value)) return value.filter((atom) => !isGone(atom as Uuid, 'key'));
  if (isMap(value))
    return new Map(
      [...value].filter(([key, element]) => !isGone(key as Uuid, 'key') && !isGone(element as Uuid, 'value')),
    );
  return isGone(value as Uuid, 'key') ? null : value;
}

/** Takes weak references to rows that are gone (or never were) out of the rows that hold them. */
function dropWeakReferences(ending: Ending): TransactionError | undefined {
  const rows = touchedRows(ending);
  const suspects = new Map<RowStore, Map<string, Set<Uuid>>>();
  const suspect = (store: RowStore, column: string, uuid: Uuid): void => {
    const columns = suspects.get(store) ?? new Map<string, Set<Uuid>>();
    const uuids = columns.get(column) ?? new Set<Uuid>();
    suspects.set(store, columns.set(column, uuids.add(uuid)));
  };
  for (const { store, uuid, before, after } of rows) {
    if (after !== undefined) {
      for (const column of ending.graph.weakColumns(store.name))
        if (before === undefined || before[column.name] !== after[column.name])
          suspect(store, column.name, uuid);
    } else if (before !== undefined) {
      for (const { from, column } of ending.graph.weakReferrers(store.name)) {
        const source = storeOf(ending, from);
        for (const row of source.referrers(column, store.name, 'weak', uuid))
          suspect(source, column, row._uuid);
      }
    }
  }
  for (const [store, columns] of suspects) {
    for (const [column, uuids] of columns) {
      const { type } = present(store.table.columns[column], column);
      const targets = {
        key: type.key.ref?.strength === 'weak' ? storeOf(ending, type.key.ref.table) : undefined,
        value: type.value?.ref?.strength === 'weak' ? storeOf(ending, type.value.ref.table) : undefined,
      };
      for (const uuid of uuids) {
        const row = store.get(uuid);
        if (row === undefined) continue;
        const value = row[column] as Value;
        const left = without(
          value,
          (to, side) => to !== uuid && targets[side] !== undefined && targets[side].get(to) === undefined,
        );
        const lost = lengthOf(value) - lengthOf(left);
        if (lost === 0) continue;
        if (lengthOf(left) < type.min) {
          const isNew =
            ending.touched.get(store.name)?.get(uuid) === undefined &&
            ending.touched.get(store.name)?.has(uuid) === true;
          return violation(
            isNew && keysOf(value).includes(ZERO_UUID)
              ? `Weak reference column "${column}" in "${store.name}" row ${uuid} (inserted within this transaction) contained all-zeros UUID (probably as the default value for this column) but deleting this value caused a constraint volation because this column is not allowed to be empty.`
              : `Deletion of ${lost} weak reference(s) to deleted (or never-existing) rows from column "${column}" in "${store.name}" row ${uuid} ${isNew ? '(inserted within this transaction) ' : ''}caused this column to become empty, but constraints on this column disallow an empty column.`,
          );
        }
        ending.put(store, { ...row, [column]: canonical(left) });
      }
    }
  }
  return undefined;
}

/** New rows must have been given columns whose default their own type forbids. */
function checkDefaults(ending: Ending): TransactionError | undefined {
  for (const [table, rows] of ending.touched) {
    const store = storeOf(ending, table);
    if (store.withoutDefault.length === 0) continue;
    for (const [uuid, before] of rows) {
      const after = before === undefined ? store.get(uuid) : undefined;
      if (after === undefined) continue;
      for (const { name, type } of store.withoutDefault) {
        const error = checkValue(after[name] as Value, type);
        if (error !== undefined) return error;
      }
    }
  }
  return undefined;
}

/** Ends a transaction: the error that refuses it, or undefined when it may stand (with the further changes made here). */
export function endTransaction(ending: Ending): TransactionError | undefined {
  const error = checkDefaults(ending) ?? checkReferences(ending);
  if (error !== undefined) return error;
  collectGarbage(ending);
  return checkMaxRows(ending) ?? dropWeakReferences(ending) ?? checkIndexes(ending);
}
