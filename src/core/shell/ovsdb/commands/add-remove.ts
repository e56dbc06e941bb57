/** `add`, `remove` and `clear`: elements of a set or pairs of a map, one by one or all. */
import {
  canonical,
  defaultValue,
  isMap,
  keysOf,
  lengthOf,
  parseValue,
  type ColumnType,
  type Value,
} from '../../../ovsdb/index.ts';
import { orFail } from '../column-argument.ts';
import type { Command, CommandCall, SchemaNames } from '../command.ts';
import type { CtlContext } from '../context.ts';
import { findColumn, findTable, type NamedColumn, type NamedTable } from '../names.ts';
import type { Monitored } from '../replica-order.ts';
import { getRow } from '../row-lookup.ts';
import { fail } from '../stop.ts';
import { tableReads } from './reads.ts';
import { requireMutable } from './set.ts';

function columnReads(call: CommandCall, names: SchemaNames, columns: readonly string[]): Monitored {
  const table = findTable(names.schema, call.argv[1] ?? '');
  return tableReads(
    names,
    table,
    columns.map((column) => findColumn(table, column).name),
  );
}

/** At least one element, any number: what an argument of `add` or `remove` may hold. */
const loose = (type: ColumnType): ColumnType => ({ ...type, min: 1, max: Infinity });

/** `a` with the elements of `b` whose key it lacks. */
function union(a: Value, b: Value): Value {
  if (isMap(a) && isMap(b)) return canonical(new Map([...b, ...a]));
  return canonical([...new Set([...keysOf(a), ...keysOf(b)])]);
}

/** `a` without the elements of `b`; a pair goes only when its value agrees, unless `b` holds keys alone. */
function subtract(a: Value, b: Value): Value {
  if (isMap(a)) {
    const keys = new Set(keysOf(b));
    const isGone = (key: string | number | boolean, value: unknown): boolean =>
      isMap(b) ? b.get(key) === value : keys.has(key);
    return new Map([...a].filter(([key, value]) => !isGone(key, value)));
  }
  const gone = new Set(keysOf(b));
  return keysOf(a).filter((key) => !gone.has(key));
}

/** A value in the form that the column holds. */
function inShape(value: Value, type: ColumnType): Value {
  return isMap(value) || type.max > 1 ? value : (keysOf(value)[0] ?? null);
}

function change(
  ctx: CtlContext,
  apply: (held: Value, argument: string, column: NamedColumn) => Value,
  check: (length: number, table: NamedTable, column: NamedColumn) => void,
): void {
  const table = findTable(ctx.run.names.schema, ctx.argument(1));
  const column = findColumn(table, ctx.argument(3));
  const row = getRow(ctx, table.name, ctx.argument(2), ctx.has('--if-exists'));
  if (row === undefined) return;
  requireMutable(table, column);
  let value = row[column.name] as Value;
  for (const argument of ctx.argv.slice(4)) value = apply(value, argument, column);
  check(lengthOf(value), table, column);
  ctx.update(table.name, row._uuid, { [column.name]: inShape(value, column.column.type) });
}

const elementWord = ({ column }: NamedColumn): string =>
  column.type.value === undefined ? 'values' : 'pairs';

export const add: Command = {
  name: 'add',
  least: 4,
  most: Infinity,
  synopsis: 'TABLE RECORD COLUMN [KEY=]VALUE...',
  options: '--if-exists',
  writes: true,
  reads: (call, names) => columnReads(call, names, call.argv.slice(3, 4)),
  run(ctx) {
    change(
      ctx,
      (held, argument, { column }) =>
        union(held, orFail(parseValue(argument, loose(column.type), ctx.run.symbols))),
      (length, table, column) => {
        const { max } = column.column.type;
        if (length > max)
          fail(
            `"add" operation would put ${length} ${elementWord(column)} in column ${column.name} of table ${table.name} but the maximum number is ${max}`,
          );
      },
    );
  },
};

export const remove: Command = {
  name: 'remove',
  least: 4,
  most: Infinity,
  synopsis: 'TABLE RECORD COLUMN KEY|VALUE|KEY=VALUE...',
  options: '--if-exists',
  writes: true,
  reads: (call, names) => columnReads(call, names, call.argv.slice(3, 4)),
  run(ctx) {
    change(
      ctx,
      (held, argument, { column: { type } }) => {
        const gone = parseValue(argument, loose(type), ctx.run.symbols);
        if (gone.ok || type.value === undefined) return subtract(held, orFail(gone));
        const keys: ColumnType = { key: type.key, min: 1, max: Infinity };
        return subtract(held, orFail(parseValue(argument, keys, ctx.run.symbols)));
      },
      (length, table, column) => {
        const { min } = column.column.type;
        if (length < min)
          fail(
            `"remove" operation would put ${length} ${elementWord(column)} in column ${column.name} of table ${table.name} but the minimum number is ${min}`,
          );
      },
    );
  },
};

export const clear: Command = {
  name: 'clear',
  least: 3,
  most: Infinity,
  synopsis: 'TABLE RECORD COLUMN...',
  options: '--if-exists',
  writes: true,
  reads: (call, names) => columnReads(call, names, call.argv.slice(3)),
  run(ctx) {
    const table = findTable(ctx.run.names.schema, ctx.argument(1));
    const row = getRow(ctx, table.name, ctx.argument(2), ctx.has('--if-exists'));
    if (row === undefined) return;
    for (const argument of ctx.argv.slice(3)) {
      const column = findColumn(table, argument);
      requireMutable(table, column);
      const { type } = column.column;
      if (type.min > 0)
        fail(
          `"clear" operation cannot be applied to column ${column.name} of table ${table.name}, which is not allowed to be empty`,
        );
      ctx.update(table.name, row._uuid, { [column.name]: defaultValue(type) });
    }
  },
};
