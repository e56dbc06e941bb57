/** Logical switches and logical routers themselves: both are added, deleted and listed alike. */
import type { NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { fail } from '../ovsdb/stop.ts';
import { findRouter, findSwitch, getRouter, getSwitch, uuidLines, type NbctlContext } from './lookup.ts';

type DatapathTable = 'Logical_Switch' | 'Logical_Router';

function add(ctx: NbctlContext, table: DatapathTable, word: string): void {
  const [, name] = ctx.argv;
  const mayExist = ctx.has('--may-exist');
  const isDuplicate = ctx.has('--add-duplicate');
  if (mayExist && isDuplicate) fail('--may-exist and --add-duplicate may not be used together');
  if (name === undefined) {
    if (mayExist) fail('--may-exist requires specifying a name');
    if (isDuplicate) fail('--add-duplicate requires specifying a name');
  } else if (!isDuplicate && ctx.find(table, 'name', name).length > 0) {
    if (!mayExist) fail(`${name}: a ${word} with this name already exists`);
    return;
  }
  ctx.insert(table, name === undefined ? {} : { name });
}

const addCommand = (name: string, table: DatapathTable, word: string): Command<NbSchema> => ({
  name,
  least: 0,
  most: 1,
  synopsis: `[${word.toUpperCase()}]`,
  options: '--may-exist,--add-duplicate',
  writes: true,
  run: (ctx) => add(ctx, table, word),
});

export const SWITCH_COMMANDS: readonly Command<NbSchema>[] = [
  addCommand('ls-add', 'Logical_Switch', 'switch'),
  {
    name: 'ls-del',
    least: 1,
    most: 1,
    synopsis: 'SWITCH',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const id = ctx.argument(1);
      const row = ctx.has('--if-exists') ? findSwitch(ctx, id) : getSwitch(ctx, id);
      if (row !== undefined) ctx.delete('Logical_Switch', row._uuid);
    },
  },
  {
    name: 'ls-list',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    reads: () => ({ Logical_Switch: ['name'] }),
    run: (ctx) => ctx.print(uuidLines(ctx.rows('Logical_Switch'))),
  },
];

export const ROUTER_COMMANDS: readonly Command<NbSchema>[] = [
  addCommand('lr-add', 'Logical_Router', 'router'),
  {
    name: 'lr-del',
    least: 1,
    most: 1,
    synopsis: 'ROUTER',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const id = ctx.argument(1);
      const row = ctx.has('--if-exists') ? findRouter(ctx, id) : getRouter(ctx, id);
      if (row !== undefined) ctx.delete('Logical_Router', row._uuid);
    },
  },
  {
    name: 'lr-list',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    reads: () => ({ Logical_Router: ['name'] }),
    run: (ctx) => ctx.print(uuidLines(ctx.rows('Logical_Router'))),
  },
];
