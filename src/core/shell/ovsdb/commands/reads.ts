/** What the generic commands ask the server for. */
import type { CommandCall, SchemaNames } from '../command.ts';
import { columnOf } from '../column-argument.ts';
import { findTable, type NamedTable } from '../names.ts';
import type { Monitored } from '../replica-order.ts';
import { columnNames, shownColumns } from './columns.ts';

/** Two sets of tables and columns together. */
export function joinMonitored(a: Monitored, b: Monitored): Monitored {
  const joined: Record<string, readonly string[]> = { ...a };
  for (const [table, columns] of Object.entries(b))
    joined[table] = [...new Set([...(joined[table] ?? []), ...columns])];
  return joined;
}

/** A table with the columns that identify its rows. */
export function tableReads(
  names: SchemaNames,
  table: NamedTable,
  columns: readonly string[] = [],
): Monitored {
  const ids = (names.rowIds[table.name] ?? []).map((id): Monitored => ({
    [id.table]: id.via === undefined ? [id.column] : [id.column, id.via],
  }));
  return [...ids, { [table.name]: columns }].reduce(joinMonitored, {});
}

/** The table named by the first argument, with columns named by the arguments from `from` on. */
export function argumentReads(call: CommandCall, names: SchemaNames, from: number): Monitored {
  const table = findTable(names.schema, call.argv[1] ?? '');
  const columns = call.argv
    .slice(from)
    .filter((argument) => !/^[_-]uuid$/i.test(argument))
    .map((argument) => columnOf(argument, table).name);
  return tableReads(names, table, columns);
}

/** The table named by the first argument, with the columns that are shown and those of conditions from `from` on. */
export function listReads(call: CommandCall, names: SchemaNames, from: number): Monitored {
  const table = findTable(names.schema, call.argv[1] ?? '');
  return joinMonitored(
    tableReads(names, table, columnNames(shownColumns(call, table, names), table)),
    argumentReads(call, names, from),
  );
}
