/** `destroy TABLE [RECORD]...`, `wait-until` and `comment`. */
import type { Row } from '../../../ovsdb/index.ts';
import type { Command } from '../command.ts';
import { satisfies } from '../condition.ts';
import { findTable } from '../names.ts';
import { findRow, getRow } from '../row-lookup.ts';
import { fail, TryAgain } from '../stop.ts';
import { argumentReads, tableReads } from './reads.ts';

export const destroy: Command = {
  name: 'destroy',
  least: 1,
  most: Infinity,
  synopsis: 'TABLE [RECORD]...',
  options: '--if-exists,--all',
  writes: true,
  reads: (call, names) => tableReads(names, findTable(names.schema, call.argv[1] ?? '')),
  run(ctx) {
    const isAll = ctx.has('--all');
    const mayLack = ctx.has('--if-exists');
    const { name } = findTable(ctx.run.names.schema, ctx.argument(1));
    // Rows of other tables live as long as something refers to them: no client asks for their end.
    const isRoot = ctx.run.names.schema.tables[name]?.isRoot === true;
    const end = (row: Row): void => {
      if (isRoot) ctx.delete(name, row._uuid);
    };
    const records = ctx.argv.slice(2);
    if (isAll && records.length > 0) fail('--all and records argument should not be specified together');
    if (isAll && mayLack) fail('--all and --if-exists should not be specified together');
    if (isAll) {
      ctx.rows(name).forEach(end);
      return;
    }
    if (records.length === 0) ctx.warn('either --all or records argument should be specified', 'db_ctl_base');
    for (const record of records) {
      const row = getRow(ctx, name, record, mayLack);
      if (row !== undefined) end(row);
    }
  },
};

export const waitUntil: Command = {
  name: 'wait-until',
  least: 2,
  most: Infinity,
  synopsis: 'TABLE RECORD [COLUMN[:KEY]=VALUE]...',
  options: '',
  writes: false,
  reads: (call, names) => argumentReads(call, names, 3),
  run(ctx) {
    const table = findTable(ctx.run.names.schema, ctx.argument(1));
    const row = findRow(ctx, table.name, ctx.argument(2));
    const conditions = ctx.argv.slice(3);
    if (
      row === undefined ||
      !conditions.every((condition) => satisfies(row, condition, table, ctx.run.symbols))
    )
      throw new TryAgain();
  },
};

/** Its arguments end up in the transaction's comment with the rest of the command line. */
export const comment: Command = {
  name: 'comment',
  least: 0,
  most: Infinity,
  synopsis: '[ARG]...',
  options: '',
  writes: false,
  run() {},
};
