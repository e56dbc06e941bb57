/** `list TABLE [RECORD]...` and `find TABLE [CONDITION]...` */
import type { Command } from '../command.ts';
import { satisfies } from '../condition.ts';
import { findTable } from '../names.ts';
import { getRow } from '../row-lookup.ts';
import { shownColumns, tableOf } from './columns.ts';
import { listReads } from './reads.ts';

export const list: Command = {
  name: 'list',
  least: 1,
  most: Infinity,
  synopsis: 'TABLE [RECORD]...',
  options: '--if-exists,--columns=',
  writes: false,
  reads: (call, names) => listReads(call, names, Infinity),
  run(ctx) {
    const table = findTable(ctx.run.names.schema, ctx.argument(1));
    const columns = shownColumns(ctx, table, ctx.run.names, ctx.run.lacks);
    const records = ctx.argv.slice(2);
    const rows =
      records.length === 0
        ? ctx.rows(table.name)
        : records.flatMap((record) => getRow(ctx, table.name, record, ctx.has('--if-exists')) ?? []);
    ctx.table = tableOf(columns, rows);
  },
};

export const find: Command = {
  name: 'find',
  least: 1,
  most: Infinity,
  synopsis: 'TABLE [COLUMN[:KEY]=VALUE]...',
  options: '--columns=',
  writes: false,
  reads: (call, names) => listReads(call, names, 2),
  run(ctx) {
    const table = findTable(ctx.run.names.schema, ctx.argument(1));
    const columns = shownColumns(ctx, table, ctx.run.names, ctx.run.lacks);
    const conditions = ctx.argv.slice(2);
    const rows = ctx
      .rows(table.name)
      .filter((row) => conditions.every((condition) => satisfies(row, condition, table, ctx.run.symbols)));
    ctx.table = tableOf(columns, rows);
  },
};
