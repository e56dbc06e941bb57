/** Network functions and groups of them. */
import { sortedByText, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { scanInteger } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import {
  findFunction,
  findFunctionGroup,
  getFunction,
  getFunctionGroup,
  getSwitchPort,
  uuidLines,
  type NbctlContext,
} from './lookup.ts';

function parseId(text: string, word: string): number {
  const id = scanInteger(text) ?? 0;
  return id >= 1 && id <= 255 ? id : fail(`${word} id must be between 1 and 255`);
}

function addGroup(ctx: NbctlContext): void {
  const [, name = '', idText = '', mode = '', ...functions] = ctx.argv;
  const [existing] = ctx.find('Network_Function_Group', 'name', name);
  if (existing !== undefined && !ctx.has('--may-exist'))
    fail(`${name}: a network-function-group with this name already exists`);
  const id = parseId(idText, 'network-function-group');
  if (mode !== 'inline')
    return fail(`Unsupported mode provided for network-function-group:${name}, supported values: inline`);
  const members = functions.map((each) => getFunction(ctx, each)._uuid);
  const values = { id, mode, ...(functions.length === 0 ? {} : { network_function: members }) } as const;
  if (existing === undefined) ctx.insert('Network_Function_Group', { name, ...values });
  else ctx.update('Network_Function_Group', existing._uuid, values);
  return undefined;
}

function addFunction(ctx: NbctlContext): void {
  const [, name = '', idText = '', inName = '', outName = ''] = ctx.argv;
  const inport = getSwitchPort(ctx, inName)._uuid;
  const outport = getSwitchPort(ctx, outName)._uuid;
  const id = parseId(idText, 'network-function');
  const [existing] = ctx.find('Network_Function', 'name', name);
  if (existing === undefined) {
    ctx.insert('Network_Function', { name, id, inport, outport });
    return;
  }
  if (!ctx.has('--may-exist')) fail(`${name}: same name network-function already exists`);
  ctx.update('Network_Function', existing._uuid, { id, inport, outport });
}

export const NETWORK_FUNCTION_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'nfg-add',
    least: 3,
    most: Infinity,
    synopsis: 'NETWORK-FUNCTION-GROUP ID MODE [NETWORK-FUNCTION]',
    options: '--may-exist',
    writes: true,
    run: addGroup,
  },
  {
    name: 'nfg-del',
    least: 1,
    most: 1,
    synopsis: 'NETWORK-FUNCTION-GROUP',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const id = ctx.argument(1);
      const row = ctx.has('--if-exists') ? findFunctionGroup(ctx, id) : getFunctionGroup(ctx, id);
      if (row !== undefined) ctx.delete('Network_Function_Group', row._uuid);
    },
  },
  {
    name: 'nfg-list',
    least: 0,
    most: 1,
    synopsis: '[NETWORK-FUNCTION-GROUP]',
    options: '',
    writes: false,
    run: (ctx) => ctx.print(uuidLines(ctx.rows('Network_Function_Group'))),
  },
  {
    name: 'nfg-add-nf',
    least: 2,
    most: 2,
    synopsis: 'NETWORK-FUNCTION-GROUP NETWORK-FUNCTION',
    options: '--may-exist',
    writes: true,
    run(ctx) {
      const [, groupId = '', id = ''] = ctx.argv;
      const group = getFunctionGroup(ctx, groupId);
      const { _uuid } = getFunction(ctx, id);
      if (!group.network_function.includes(_uuid))
        return ctx.update('Network_Function_Group', group._uuid, {
          network_function: [...group.network_function, _uuid],
        });
      if (!ctx.has('--may-exist'))
        fail(`network-function ${id} is already added to network-function-group ${groupId}`);
      return undefined;
    },
  },
  {
    name: 'nfg-del-nf',
    least: 2,
    most: 2,
    synopsis: 'NETWORK-FUNCTION-GROUP NETWORK-FUNCTION',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const [, groupId = '', id = ''] = ctx.argv;
      const mayLack = ctx.has('--if-exists');
      const group = mayLack ? findFunctionGroup(ctx, groupId) : getFunctionGroup(ctx, groupId);
      if (group === undefined) return undefined;
      const row = mayLack ? findFunction(ctx, id) : getFunction(ctx, id);
      if (row !== undefined && group.network_function.includes(row._uuid))
        return ctx.update('Network_Function_Group', group._uuid, {
          network_function: group.network_function.filter((uuid) => uuid !== row._uuid),
        });
      if (!mayLack) fail(`network-function ${groupId} is not part of any group`);
      return undefined;
    },
  },
  {
    name: 'nf-add',
    least: 4,
    most: 4,
    synopsis: 'NETWORK-FUNCTION ID PORT-IN PORT-OUT',
    options: '--may-exist',
    writes: true,
    run: addFunction,
  },
  {
    name: 'nf-del',
    least: 1,
    most: 1,
    synopsis: 'NETWORK-FUNCTION',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const id = ctx.argument(1);
      const row = ctx.has('--if-exists') ? findFunction(ctx, id) : getFunction(ctx, id);
      if (row !== undefined) ctx.delete('Network_Function', row._uuid);
    },
  },
  {
    name: 'nf-list',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    run(ctx) {
      for (const row of sortedByText(ctx.rows('Network_Function'), ({ name }) => name)) {
        const inport = ctx.get('Logical_Switch_Port', row.inport)?.name ?? '<not_set>';
        const outport = ctx.get('Logical_Switch_Port', row.outport)?.name ?? '<not_set>';
        ctx.print(`${row._uuid} (${row.name}) id:${row.id} in:${inport} out:${outport}\n`);
      }
    },
  },
];
