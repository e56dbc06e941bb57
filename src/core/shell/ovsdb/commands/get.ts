/** `get TABLE RECORD [COLUMN[:KEY]]...` */
import { formatAtom, formatValue, isMap, parseAtom, type Value } from '../../../ovsdb/index.ts';
import { orFail, parseColumnKey } from '../column-argument.ts';
import type { Command } from '../command.ts';
import { findTable } from '../names.ts';
import { getRow } from '../row-lookup.ts';
import { fail } from '../stop.ts';
import { argumentReads } from './reads.ts';

export const get: Command = {
  name: 'get',
  least: 2,
  most: Infinity,
  synopsis: 'TABLE RECORD [COLUMN[:KEY]]...',
  options: '--if-exists,--id=',
  writes: false,
  reads: (call, names) => argumentReads(call, names, 3),
  run(ctx) {
    const id = ctx.option('--id');
    const mayLack = ctx.has('--if-exists');
    const record = ctx.argument(2);
    if (id !== undefined && mayLack) fail('--if-exists and --id may not be specified together');
    const table = findTable(ctx.run.names.schema, ctx.argument(1));
    const row = getRow(ctx, table.name, record, mayLack);
    if (row === undefined) return;
    if (id !== undefined) ctx.run.symbols.name(id, row._uuid);
    for (const argument of ctx.argv.slice(3)) {
      if (/^[_-]uuid$/i.test(argument)) {
        ctx.print(`${row._uuid}\n`);
        continue;
      }
      const { name, column, key } = parseColumnKey(argument, table);
      const value = row[name] as Value;
      if (key === null) {
        ctx.print(`${formatValue(value, column.type)}\n`);
        continue;
      }
      if (column.type.value === undefined) fail(`cannot specify key to get for non-map column ${name}`);
      const atom = orFail(parseAtom(key, column.type.key, ctx.run.symbols));
      const found = isMap(value) ? value.get(atom) : undefined;
      if (found === undefined && !mayLack)
        fail(`no key "${key}" in ${table.name} record "${record}" column ${name}`);
      ctx.print(`${found === undefined ? '' : formatAtom(found, column.type.value?.type ?? 'string')}\n`);
    }
  },
};
