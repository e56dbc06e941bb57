/** Columns as clauses and mutations name them: those of the table and `_uuid`. */
import type { ColumnType, Table } from '../schema.ts';
import { refuseJson, syntaxError, type Json } from '../value-json.ts';

/** A table with its name. */
export interface NamedTable {
  readonly name: string;
  readonly table: Table;
}

export interface NamedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly isMutable: boolean;
}

const UUID_COLUMN: NamedColumn = {
  name: '_uuid',
  type: { key: { type: 'uuid' }, min: 1, max: 1 },
  isMutable: false,
};

export function columnOf({ table }: NamedTable, name: string): NamedColumn | undefined {
  if (name === '_uuid') return UUID_COLUMN;
  if (!Object.hasOwn(table.columns, name)) return undefined;
  const column = table.columns[name];
  return column && { name, type: column.type, isMutable: column.mutable };
}

/** The column, or the error that `json` names none. */
export function requireColumn(table: NamedTable, name: string, json: Json): NamedColumn {
  return (
    columnOf(table, name) ??
    refuseJson({
      ...syntaxError(`No column ${name} in table ${table.name}.`, json),
      error: 'unknown column',
    })
  );
}
