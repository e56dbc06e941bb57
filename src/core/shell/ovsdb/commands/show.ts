/** `show`: rows of one table with the rows that they refer to, nested. */
import {
  defaultValue,
  equalValues,
  formatAtom,
  formatValue,
  isMap,
  keysOf,
  type Row,
  type Value,
} from '../../../ovsdb/index.ts';
import { present } from '../../../base/assert.ts';
import { parseUuid } from '../../../base/uuid.ts';
import type { Command } from '../command.ts';
import type { CtlContext } from '../context.ts';
import { findTable } from '../names.ts';
import { fail } from '../stop.ts';
import { joinMonitored } from './reads.ts';

/** How rows of a table are shown. */
export interface ShowTable {
  readonly table: string;
  /** The column that names a row; the uuid does where there is none. */
  readonly name?: string;
  readonly columns: readonly string[];
  /** A table whose rows are listed under the row that its `column` refers to. */
  readonly referrers?: { readonly table: string; readonly name: string; readonly column: string };
}

type Filters = ReadonlyMap<string, ReadonlySet<string>>;

/** `--filter=TEXT,TABLE(TEXT|TEXT)`: only blocks of the tables named whose text contains one of the texts. */
function parseFilters(ctx: CtlContext, top: string): Filters {
  const filters = new Map<string, Set<string>>();
  for (const item of new Set((ctx.option('--filter') ?? '').split(',').filter((part) => part !== ''))) {
    const open = item.indexOf('(');
    if (open >= 0 && !item.endsWith(')')) fail("Malformed filter: missing closing ')'");
    const table = open < 0 ? top : findTable(ctx.run.names.schema, item.slice(0, open)).name;
    const texts = (open < 0 ? item : item.slice(open + 1, -1)).split('|').filter((text) => text !== '');
    filters.set(table, new Set([...(filters.get(table) ?? []), ...texts]));
  }
  return filters;
}

class Shower {
  private readonly ctx: CtlContext;
  private readonly tables: readonly ShowTable[];
  private readonly filters: Filters;
  private readonly open = new Set<string>();

  constructor(ctx: CtlContext, tables: readonly ShowTable[], filters: Filters) {
    this.ctx = ctx;
    this.tables = tables;
    this.filters = filters;
  }

  row(table: string, row: Row, level: number): string {
    const show = this.tables.find((each) => each.table === table);
    const title = show?.name === undefined ? row._uuid : `${table} ${this.columnText(table, show.name, row)}`;
    let text = `${indent(level)}${title}\n`;
    if (show === undefined || this.open.has(table)) return text;
    this.open.add(table);
    for (const column of show.columns) text += this.column(table, column, row, level);
    text += this.referrers(show, row, level);
    this.open.delete(table);
    const wanted = this.filters.get(table);
    if (wanted === undefined) return text;
    return [...wanted].some((part) => text.toLowerCase().includes(part.toLowerCase())) ? text : '';
  }

  private column(table: string, name: string, row: Row, level: number): string {
    const { type } = present(this.ctx.run.names.schema.tables[table]?.columns[name]);
    const value = row[name] as Value;
    const { key, value: element } = type;
    if (key.ref !== undefined) {
      const target = key.ref.table;
      if (this.tables.some((each) => each.table === target))
        return keysOf(value)
          .map((uuid) => this.ctx.get(target, parseUuid(String(uuid)) ?? null))
          .map((referred) => (referred === undefined ? '' : this.row(target, referred, level + 1)))
          .join('');
    } else if (element?.ref !== undefined && isMap(value)) {
      const target = element.ref.table;
      const show = this.tables.find((each) => each.table === target);
      if (show?.name !== undefined) {
        const lines = [...value].map(([atom, uuid]) => {
          const referred = this.ctx.get(target, parseUuid(String(uuid)) ?? null);
          const shown =
            referred === undefined ? '"<null>"' : this.columnText(target, present(show.name), referred);
          return `${indent(level + 2)}${formatAtom(atom, key.type)}=${shown}\n`;
        });
        return `${indent(level + 1)}${name}:\n${lines.join('')}`;
      }
    }
    if (equalValues(value, defaultValue(type))) return '';
    return `${indent(level + 1)}${name}: ${formatValue(value, type)}\n`;
  }

  private referrers({ referrers }: ShowTable, row: Row, level: number): string {
    if (referrers === undefined) return '';
    return this.ctx
      .rows(referrers.table)
      .filter((each) => keysOf(each[referrers.column] as Value)[0] === row._uuid)
      .map(
        (each) =>
          `${indent(level + 1)}${referrers.table} ${this.columnText(referrers.table, referrers.name, each)}\n`,
      )
      .join('');
  }

  private columnText(table: string, column: string, row: Row): string {
    const { type } = present(this.ctx.run.names.schema.tables[table]?.columns[column]);
    return formatValue(row[column] as Value, type);
  }
}

const indent = (level: number): string => ' '.repeat(4 * level);

/** The `show` command of a program whose tables are nested like this; the first is the outermost. */
export function showCommand(tables: readonly ShowTable[]): Command {
  const top = present(tables[0], 'table').table;
  return {
    name: 'show',
    least: 0,
    most: 0,
    synopsis: '',
    options: '--filter=',
    writes: false,
    reads: () =>
      tables
        .map(({ table, name, columns, referrers }) =>
          joinMonitored(
            { [table]: name === undefined ? columns : [name, ...columns] },
            referrers === undefined ? {} : { [referrers.table]: [referrers.name, referrers.column] },
          ),
        )
        .reduce(joinMonitored, {}),
    run(ctx) {
      const shower = new Shower(ctx, tables, parseFilters(ctx, top));
      for (const row of ctx.rows(top)) ctx.print(shower.row(top, row, 0));
    },
  };
}
