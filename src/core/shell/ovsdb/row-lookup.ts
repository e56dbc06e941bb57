/** The row that a user means by a record identifier: a uuid or its beginning, `.`, a name, or a name of a row that refers to it. */
import { parseUuid } from '../../base/uuid.ts';
import { isMap, keysOf, lengthOf, type Atom, type Row, type Value } from '../../ovsdb/index.ts';
import type { RowId } from './command.ts';
import type { CtlContext } from './context.ts';
import { fail } from './stop.ts';

/** The name that a row has under `id`: the one atom of a column, or the value of a key. */
function nameOf(row: Row, id: RowId): Atom | undefined {
  const value = row[id.column] as Value;
  if (id.key !== undefined) return isMap(value) ? value.get(id.key) : undefined;
  return lengthOf(value) === 1 ? keysOf(value)[0] : undefined;
}

function isNamed(name: Atom, record: string, isUuid: boolean): boolean {
  if (typeof name === 'number') return /^\d+$/.test(record) && name === Number(record);
  if (isUuid) return parseUuid(record) === name;
  if (name === record) return true;
  // A name that is a uuid may be abbreviated.
  return record.length >= 4 && parseUuid(String(name)) !== undefined && String(name).startsWith(record);
}

function rowById(ctx: CtlContext, table: string, id: RowId, record: string): Row | undefined {
  const type = ctx.run.names.schema.tables[id.table]?.columns[id.column]?.type;
  const isUuid = type?.key.type === 'uuid' && id.key === undefined;
  const named = ctx.rows(id.table).filter((row) => {
    const name = nameOf(row, id);
    return name !== undefined && isNamed(name, record, isUuid);
  });
  if (named.length > 1) return fail(`multiple rows in ${id.table} match "${record}"`);
  const [row] = named;
  if (row === undefined || id.via === undefined) return row;
  const referred = keysOf(row[id.via] as Value);
  return referred.length === 1 ? ctx.get(table, parseUuid(String(referred[0])) ?? null) : undefined;
}

/** How many characters of a uuid `text` is, 0 when it is no beginning of one. */
export function partialUuidLength(text: string): number {
  const template = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';
  const fits = Array.from(text).every((char, i) =>
    template[i] === 'x' ? /[0-9a-fA-F]/.test(char) : template[i] === char,
  );
  return text.length <= template.length && fits ? text.length : 0;
}

/** Finds the row, or undefined. Refuses what could mean more than one. */
export function findRow(ctx: CtlContext, table: string, record: string): Row | undefined {
  const exact = ctx.get(table, parseUuid(record) ?? null);
  if (exact !== undefined) return exact;
  const rows = ctx.rows(table);
  if (record === '.' && rows.length === 1) return rows[0];
  for (const id of ctx.run.names.rowIds[table] ?? []) {
    const row = rowById(ctx, table, id, record);
    if (row !== undefined) return row;
  }
  if (partialUuidLength(record) < 4) return undefined;
  const [first, second] = rows.filter((row) => row._uuid.startsWith(record));
  if (first !== undefined && second !== undefined)
    fail(
      `${table} contains 2 or more rows whose UUIDs begin with ${record}: at least ${first._uuid} and ${second._uuid}`,
    );
  return first;
}

/** Finds a row that must be there unless `mayLack`. */
export function getRow(ctx: CtlContext, table: string, record: string, mayLack = false): Row | undefined {
  const row = findRow(ctx, table, record);
  if (row === undefined && !mayLack) fail(`no row "${record}" in table ${table}`);
  return row;
}
