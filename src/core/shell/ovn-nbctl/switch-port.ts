/** Ports of logical switches: adding, deleting, listing, and what they are parts of. */
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { scanInteger } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import {
  findSwitchPort,
  getSwitch,
  getSwitchPort,
  nameOrUuid,
  switchOf,
  uuidLines,
  type NbctlContext,
} from './lookup.ts';

type SwitchPort = NbRow<'Logical_Switch_Port'>;
type Switch = NbRow<'Logical_Switch'>;

function attach(ctx: NbctlContext, row: Switch, port: SwitchPort['_uuid']): void {
  ctx.update('Logical_Switch', row._uuid, { ports: [...row.ports, port] });
}

/** Refuses an existing port that is not the one that `lsp-add --may-exist` describes. */
function checkSame(
  ctx: NbctlContext,
  port: SwitchPort,
  row: Switch,
  parent: string | null,
  tag: number | null,
): void {
  const { name } = port;
  const own = switchOf(ctx, port);
  if (own._uuid !== row._uuid) fail(`${name}: port already exists but in switch ${nameOrUuid(own)}`);
  if (parent === null) {
    if (port.parent_name !== null) fail(`${name}: port already exists but has parent ${port.parent_name}`);
    return;
  }
  if (port.parent_name === null) fail(`${name}: port already exists but has no parent`);
  if (port.parent_name !== parent)
    fail(`${name}: port already exists with different parent ${port.parent_name}`);
  if (port.tag_request === null) fail(`${name}: port already exists but has no tag_request`);
  if (port.tag_request !== tag)
    fail(`${name}: port already exists with different tag_request ${port.tag_request}`);
}

function addPort(ctx: NbctlContext): void {
  const [, switchName = '', name = '', parent = null, tagText] = ctx.argv;
  const row = getSwitch(ctx, switchName);
  let tag: number | null = null;
  if (ctx.argv.length === 5) {
    tag = scanInteger(tagText ?? '') ?? -1;
    if (tag < 0 || tag > 4095) fail(`${tagText}: invalid tag (must be in range 0 to 4095)`);
  } else if (parent !== null) {
    fail('lsp-add with parent must also specify a tag');
  }
  const existing = findSwitchPort(ctx, name);
  if (existing !== undefined) {
    if (!ctx.has('--may-exist')) fail(`${name}: a port with this name already exists`);
    return checkSame(ctx, existing, row, parent, tag);
  }
  const nested = tag === null ? {} : { parent_name: parent, tag_request: tag };
  return attach(ctx, row, ctx.insert('Logical_Switch_Port', { name, ...nested }));
}

/** `lsp-add-router-port` and `lsp-add-localnet-port`. */
function addTypedPort(ctx: NbctlContext): void {
  const [command, switchName = '', name = '', value = ''] = ctx.argv;
  const isRouter = command === 'lsp-add-router-port';
  const type = isRouter ? 'router' : 'localnet';
  const option = isRouter ? 'router-port' : 'network_name';
  const row = getSwitch(ctx, switchName);
  const existing = findSwitchPort(ctx, name);
  if (existing === undefined)
    return attach(
      ctx,
      row,
      ctx.insert('Logical_Switch_Port', {
        name,
        type,
        addresses: [isRouter ? 'router' : 'unknown'],
        options: new Map([[option, value]]),
      }),
    );
  if (!ctx.has('--may-exist')) fail(`${name}: a port with this name already exists`);
  const own = switchOf(ctx, existing);
  if (own._uuid !== row._uuid) fail(`${name}: a port already exists but in switch ${nameOrUuid(own)}`);
  if (existing.type !== type)
    fail(`${name}: a port already exists but with different type "${existing.type}"`);
  const held = existing.options.get(option) ?? '';
  if (held !== value) fail(`${name}: a port already exists but with different ${option} "${held}"`);
  return undefined;
}

const typedPort = (name: string, synopsis: string): Command<NbSchema> => ({
  name,
  least: 3,
  most: 3,
  synopsis,
  options: '--may-exist',
  writes: true,
  run: addTypedPort,
});

export const SWITCH_PORT_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lsp-add',
    least: 2,
    most: 4,
    synopsis: 'SWITCH PORT [PARENT] [TAG]',
    options: '--may-exist',
    writes: true,
    run: addPort,
  },
  {
    name: 'lsp-del',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const id = ctx.argument(1);
      const port = ctx.has('--if-exists') ? findSwitchPort(ctx, id) : getSwitchPort(ctx, id);
      if (port === undefined) return;
      const row = switchOf(ctx, port);
      ctx.update('Logical_Switch', row._uuid, { ports: row.ports.filter((uuid) => uuid !== port._uuid) });
      ctx.delete('Logical_Switch_Port', port._uuid);
    },
  },
  {
    name: 'lsp-list',
    least: 1,
    most: 1,
    synopsis: 'SWITCH',
    options: '',
    writes: false,
    run: (ctx) =>
      ctx.print(uuidLines(ctx.targets('Logical_Switch_Port', getSwitch(ctx, ctx.argument(1)).ports))),
  },
  {
    name: 'lsp-get-parent',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run(ctx) {
      const { parent_name } = getSwitchPort(ctx, ctx.argument(1));
      if (parent_name !== null) ctx.print(`${parent_name}\n`);
    },
  },
  {
    name: 'lsp-get-tag',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run(ctx) {
      const { tag } = getSwitchPort(ctx, ctx.argument(1));
      if (tag !== null) ctx.print(`${tag}\n`);
    },
  },
];

/** The rest, which the program registers after the settings of ports. */
export const SWITCH_PORT_TYPE_COMMANDS: readonly Command<NbSchema>[] = [
  typedPort('lsp-add-router-port', 'LOGICAL_SWITCH PORT LRP_PEER'),
  typedPort('lsp-add-localnet-port', 'LOGICAL_SWITCH PORT NETWORK'),
];

export const SWITCH_OF_PORT_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lsp-get-ls',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run(ctx) {
      const port = getSwitchPort(ctx, ctx.argument(1));
      for (const { _uuid, name } of ctx.find('Logical_Switch', 'ports', port._uuid))
        ctx.print(`${_uuid} (${name})\n`);
    },
  },
];
