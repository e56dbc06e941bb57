/** Ports of logical routers. */
import { parseMac } from '../../base/address.ts';
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { setColumn } from '../ovsdb/commands/set.ts';
import type { CtlContext } from '../ovsdb/context.ts';
import { findTable } from '../ovsdb/names.ts';
import { fail } from '../ovsdb/stop.ts';
import { isMac, isNetwork, normalPrefix } from './address-text.ts';
import { enabledText, parseEnabled } from './arguments.ts';
import {
  findRouterPort,
  getRouter,
  getRouterPort,
  keyValues,
  nameOrUuid,
  routerOf,
  uuidLines,
  type NbctlContext,
} from './lookup.ts';

/** Networks in normal form, sorted; undefined when one is none. */
function normalNetworks(networks: readonly string[]): string | undefined {
  const normal = networks.map(normalPrefix);
  return normal.includes(undefined)
    ? undefined
    : Array.from(new Set(normal))
        .sort((a = '', b = '') => (a < b ? -1 : 1))
        .join(' ');
}

/** Refuses an existing port that is not the one that `lrp-add --may-exist` describes. */
function checkSame(
  ctx: NbctlContext,
  port: NbRow<'Logical_Router_Port'>,
  row: NbRow<'Logical_Router'>,
  mac: string,
  networks: readonly string[],
  settings: readonly string[],
): void {
  const { name } = port;
  const own = routerOf(ctx, port);
  if (own._uuid !== row._uuid) fail(`${name}: port already exists but in router ${nameOrUuid(own)}`);
  if (parseMac(mac) !== parseMac(port.mac)) fail(`${name}: port already exists with mac ${port.mac}`);
  const wanted = normalNetworks(networks);
  if (wanted === undefined) fail(`${name}: Invalid networks configured`);
  const held = normalNetworks(port.networks);
  if (held === undefined) fail(`${name}: Existing port has invalid networks configured`);
  if (wanted !== held) fail(`${name}: port already exists with different network`);
  const peer = settings.find((setting) => setting.startsWith('peer='))?.slice(5) ?? null;
  if (peer !== port.peer) fail(`${name}: port already exists with mismatching peer`);
}

function addPort(ctx: NbctlContext): void {
  const [, id = '', name = '', mac = '', ...words] = ctx.argv;
  const row = getRouter(ctx, id);
  const firstSetting = words.findIndex((word) => word.includes('='));
  const networks = firstSetting < 0 ? words : words.slice(0, firstSetting);
  const settings = firstSetting < 0 ? [] : words.slice(firstSetting);
  if (!isMac(mac)) fail(`${name}: invalid mac address ${mac}`);
  const existing = findRouterPort(ctx, name);
  if (existing !== undefined) {
    if (!ctx.has('--may-exist')) fail(`${name}: a port with this name already exists`);
    return checkSame(ctx, existing, row, mac, networks, settings);
  }
  for (const network of networks)
    if (!isNetwork(network)) fail(`${name}: invalid network address: ${network}`);
  const uuid = ctx.insert('Logical_Router_Port', { name, mac, networks });
  const table = findTable(ctx.run.names.schema, 'Logical_Router_Port');
  for (const setting of settings) setColumn(ctx as unknown as CtlContext, table, uuid, setting, true);
  return ctx.update('Logical_Router', row._uuid, { ports: [...row.ports, uuid] });
}

export const ROUTER_PORT_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lrp-add',
    least: 3,
    most: Infinity,
    synopsis: 'ROUTER PORT MAC [NETWORK]... [COLUMN[:KEY]=VALUE]...',
    options: '--may-exist',
    writes: true,
    run: addPort,
  },
  {
    name: 'lrp-set-options',
    least: 1,
    most: Infinity,
    synopsis: 'PORT KEY=VALUE [KEY=VALUE]...',
    options: '',
    writes: true,
    run(ctx) {
      const { _uuid } = getRouterPort(ctx, ctx.argument(1));
      ctx.update('Logical_Router_Port', _uuid, { options: keyValues(ctx.argv.slice(2)) });
    },
  },
  {
    name: 'lrp-del',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const id = ctx.argument(1);
      const port = ctx.has('--if-exists') ? findRouterPort(ctx, id) : getRouterPort(ctx, id);
      if (port === undefined) return;
      const row = routerOf(ctx, port);
      ctx.update('Logical_Router', row._uuid, { ports: row.ports.filter((uuid) => uuid !== port._uuid) });
      ctx.delete('Logical_Router_Port', port._uuid);
    },
  },
  {
    name: 'lrp-list',
    least: 1,
    most: 1,
    synopsis: 'ROUTER',
    options: '',
    writes: false,
    run: (ctx) =>
      ctx.print(uuidLines(ctx.targets('Logical_Router_Port', getRouter(ctx, ctx.argument(1)).ports))),
  },
  {
    name: 'lrp-set-enabled',
    least: 2,
    most: 2,
    synopsis: 'PORT STATE',
    options: '',
    writes: true,
    run(ctx) {
      const { _uuid } = getRouterPort(ctx, ctx.argument(1));
      ctx.update('Logical_Router_Port', _uuid, { enabled: parseEnabled(ctx.argument(2)) });
    },
  },
  {
    name: 'lrp-get-enabled',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run: (ctx) => ctx.print(enabledText(getRouterPort(ctx, ctx.argument(1)).enabled)),
  },
  {
    name: 'lrp-set-redirect-type',
    least: 2,
    most: 2,
    synopsis: 'PORT TYPE',
    options: '',
    writes: true,
    run(ctx) {
      const [, id = '', type = ''] = ctx.argv;
      const port = getRouterPort(ctx, id);
      if (!['bridged', 'overlay'].includes(type.toLowerCase())) fail(`Invalid redirect type: ${type}`);
      ctx.update('Logical_Router_Port', port._uuid, {
        options: new Map([...port.options, ['redirect-type', type]]),
      });
    },
  },
  {
    name: 'lrp-get-redirect-type',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run: (ctx) =>
      ctx.print(`${getRouterPort(ctx, ctx.argument(1)).options.get('redirect-type') ?? 'overlay'}\n`),
  },
];
