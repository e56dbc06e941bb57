/** The columns that `list` and `find` show: those of `--columns`, or `_uuid` and all others. */
import { defaultValue, type Column, type ColumnType, type Row, type Value } from '../../../ovsdb/index.ts';
import type { CommandCall, SchemaNames } from '../command.ts';
import { findColumn, type NamedTable } from '../names.ts';
import { fail } from '../stop.ts';
import type { Cell, ResultTable } from '../table-text.ts';

const UUID_TYPE: ColumnType = { key: { type: 'uuid' }, min: 1, max: 1 };

/** A column to show; `_uuid` is none of the schema's. */
export interface ShownColumn {
  readonly name: string;
  readonly column: Column | null;
}

export function shownColumns(
  call: CommandCall,
  table: NamedTable,
  names: SchemaNames,
  lacks?: ReadonlySet<string>,
): readonly ShownColumn[] {
  const wanted = call.options.get('--columns');
  const synthetic = names.synthetic?.[table.name] ?? {};
  if (typeof wanted !== 'string')
    return [
      { name: '_uuid', column: null },
      ...Object.entries(table.table.columns)
        .filter(([name]) => lacks?.has(`${table.name}.${name}`) !== true)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, column]) => ({ name, column })),
      ...Object.entries(synthetic).map(([name, column]) => ({ name, column })),
    ];
  const words = wanted.split(/[, ]+/).filter((name) => name !== '');
  if (words.length === 0) fail('must specify at least one column name');
  return words.map((name) =>
    name.toLowerCase() === '_uuid' ? { name: '_uuid', column: null } : findColumn(table, name),
  );
}

/** The names of the columns that the database holds. */
export const columnNames = (columns: readonly ShownColumn[], { table }: NamedTable): readonly string[] =>
  columns.flatMap(({ name }) => (table.columns[name] === undefined ? [] : [name]));

export function tableOf(columns: readonly ShownColumn[], rows: readonly Row[]): ResultTable {
  const cell = (row: Row, { name, column }: ShownColumn): Cell =>
    column === null
      ? { value: row._uuid, type: UUID_TYPE }
      : { value: (row[name] as Value | undefined) ?? defaultValue(column.type), type: column.type };
  return {
    headings: columns.map(({ name }) => name),
    rows: rows.map((row) => columns.map((column) => cell(row, column))),
  };
}
