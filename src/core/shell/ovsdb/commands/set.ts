/** `set TABLE RECORD COLUMN[:KEY]=VALUE...` and `create TABLE COLUMN[:KEY]=VALUE...` */
import { parseUuid, type Uuid } from '../../../base/uuid.ts';
import { canonical, isMap, parseAtom, parseValue, type Row, type Value } from '../../../ovsdb/index.ts';
import { orFail, parseColumnValue } from '../column-argument.ts';
import type { Command } from '../command.ts';
import type { CtlContext } from '../context.ts';
import { findTable, type NamedColumn, type NamedTable } from '../names.ts';
import { getRow } from '../row-lookup.ts';
import { fail } from '../stop.ts';
import { argumentReads } from './reads.ts';

/** Refuses columns that only the insert may set, unless the row is being inserted. */
export function requireMutable(table: NamedTable, { name, column }: NamedColumn, isNew = false): void {
  if (!column.mutable && !isNew) fail(`cannot modify read-only column ${name} in table ${table.name}`);
}

/** Sets one column, or one key of it, from `COLUMN[:KEY]=VALUE`. */
export function setColumn(
  ctx: CtlContext,
  table: NamedTable,
  uuid: Uuid,
  argument: string,
  isNew: boolean,
): void {
  const parsed = parseColumnValue(argument, table);
  const { name, column, key, value } = parsed;
  requireMutable(table, parsed, isNew);
  if (key === null) {
    ctx.update(table.name, uuid, { [name]: orFail(parseValue(value, column.type, ctx.run.symbols)) });
    return;
  }
  if (column.type.value === undefined) return fail(`cannot specify key to set for non-map column ${name}`);
  const keyAtom = orFail(parseAtom(key, column.type.key, ctx.run.symbols));
  const valueAtom = orFail(parseAtom(value, column.type.value, ctx.run.symbols));
  const held = ctx.target(table.name, uuid)[name] as Value;
  ctx.update(table.name, uuid, {
    [name]: canonical(new Map([...(isMap(held) ? held : []), [keyAtom, valueAtom]])),
  });
}

export const set: Command = {
  name: 'set',
  least: 3,
  most: Infinity,
  synopsis: 'TABLE RECORD COLUMN[:KEY]=VALUE...',
  options: '--if-exists',
  writes: true,
  reads: (call, names) => argumentReads(call, names, 3),
  run(ctx) {
    const table = findTable(ctx.run.names.schema, ctx.argument(1));
    const row = getRow(ctx, table.name, ctx.argument(2), ctx.has('--if-exists'));
    if (row === undefined) return;
    for (const argument of ctx.argv.slice(3)) setColumn(ctx, table, row._uuid, argument, false);
  },
};

function newUuid(ctx: CtlContext, table: NamedTable): Uuid | undefined {
  const id = ctx.option('--id');
  return id === undefined ? undefined : (parseUuid(id) ?? ctx.run.symbols.create(id, table.table.isRoot));
}

export const create: Command = {
  name: 'create',
  least: 2,
  most: Infinity,
  synopsis: 'TABLE COLUMN[:KEY]=VALUE...',
  options: '--id=',
  writes: true,
  prepare(call, names, log) {
    const { name, table } = findTable(names.schema, call.argv[1] ?? '');
    if (!call.options.has('--id') && !table.isRoot)
      log.log(
        'db_ctl_base',
        'WARN',
        `applying "create" command to table ${name} without --id option will have no effect`,
      );
  },
  run(ctx) {
    const table = findTable(ctx.run.names.schema, ctx.argument(1));
    const uuid = ctx.insert(table.name, {} as Partial<Row>, newUuid(ctx, table));
    for (const argument of ctx.argv.slice(2)) setColumn(ctx, table, uuid, argument, true);
    ctx.print(`${uuid}\n`);
  },
};
