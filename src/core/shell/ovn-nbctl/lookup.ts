/** Rows by name or uuid, with the messages of ovn-nbctl for those that are not there. */
import { parseUuid, type Uuid } from '../../base/uuid.ts';
import {
  sortedByText,
  type ColumnName,
  type NbRow,
  type NbSchema,
  type RowOf,
  type Sought,
  type TableName,
} from '../../ovsdb/index.ts';
import type { CtlContext } from '../ovsdb/context.ts';
import { fail } from '../ovsdb/stop.ts';

export type NbctlContext = CtlContext<NbSchema>;

/** Rows by uuid, or all that have the name. */
function candidates<T extends TableName<NbSchema>, C extends ColumnName<NbSchema, T>>(
  ctx: NbctlContext,
  table: T,
  column: C,
  id: string,
): readonly RowOf<NbSchema, T>[] {
  const byUuid = ctx.get(table, parseUuid(id) ?? null);
  return byUuid === undefined ? ctx.find(table, column, id as Sought<RowOf<NbSchema, T>[C]>) : [byUuid];
}

const kindOf = (id: string): string => (parseUuid(id) === undefined ? 'name' : 'UUID');

/** At most one row; refuses a name that several have, calling them `plural`. */
function only<R>(rows: readonly R[], plural: string, id: string): R | undefined {
  if (rows.length > 1) fail(`Multiple ${plural} named '${id}'.  Use a UUID.`);
  return rows[0];
}

const missing = (id: string, what: string): never => fail(`${id}: ${what} ${kindOf(id)} not found`);

export const findSwitch = (ctx: NbctlContext, id: string): NbRow<'Logical_Switch'> | undefined =>
  only(candidates(ctx, 'Logical_Switch', 'name', id), 'logical switches', id);
export const getSwitch = (ctx: NbctlContext, id: string): NbRow<'Logical_Switch'> =>
  findSwitch(ctx, id) ?? missing(id, 'switch');

export const findRouter = (ctx: NbctlContext, id: string): NbRow<'Logical_Router'> | undefined =>
  only(candidates(ctx, 'Logical_Router', 'name', id), 'logical routers', id);
export const getRouter = (ctx: NbctlContext, id: string): NbRow<'Logical_Router'> =>
  findRouter(ctx, id) ?? missing(id, 'router');

export const findSwitchPort = (ctx: NbctlContext, id: string): NbRow<'Logical_Switch_Port'> | undefined =>
  candidates(ctx, 'Logical_Switch_Port', 'name', id)[0];
export const getSwitchPort = (ctx: NbctlContext, id: string): NbRow<'Logical_Switch_Port'> =>
  findSwitchPort(ctx, id) ?? missing(id, 'port');

export const findRouterPort = (ctx: NbctlContext, id: string): NbRow<'Logical_Router_Port'> | undefined =>
  candidates(ctx, 'Logical_Router_Port', 'name', id)[0];
export const getRouterPort = (ctx: NbctlContext, id: string): NbRow<'Logical_Router_Port'> =>
  findRouterPort(ctx, id) ?? missing(id, 'port');

export const getAddressSet = (ctx: NbctlContext, id: string): NbRow<'Address_Set'> =>
  only(candidates(ctx, 'Address_Set', 'name', id), 'Address Sets', id) ?? missing(id, 'Address Set');

export const findLoadBalancer = (ctx: NbctlContext, id: string): NbRow<'Load_Balancer'> | undefined =>
  only(candidates(ctx, 'Load_Balancer', 'name', id), 'load balancers', id);
export const getLoadBalancer = (ctx: NbctlContext, id: string): NbRow<'Load_Balancer'> =>
  findLoadBalancer(ctx, id) ?? missing(id, 'load balancer');

export const findPortGroup = (ctx: NbctlContext, id: string): NbRow<'Port_Group'> | undefined =>
  candidates(ctx, 'Port_Group', 'name', id)[0];
export const getPortGroup = (ctx: NbctlContext, id: string): NbRow<'Port_Group'> =>
  findPortGroup(ctx, id) ?? missing(id, 'port group');

export const findFunctionGroup = (
  ctx: NbctlContext,
  id: string,
): NbRow<'Network_Function_Group'> | undefined => candidates(ctx, 'Network_Function_Group', 'name', id)[0];
export const getFunctionGroup = (ctx: NbctlContext, id: string): NbRow<'Network_Function_Group'> =>
  findFunctionGroup(ctx, id) ?? missing(id, 'network function group');

export const findFunction = (ctx: NbctlContext, id: string): NbRow<'Network_Function'> | undefined =>
  candidates(ctx, 'Network_Function', 'name', id)[0];
export const getFunction = (ctx: NbctlContext, id: string): NbRow<'Network_Function'> =>
  findFunction(ctx, id) ?? missing(id, 'network function');

export const getMirror = (ctx: NbctlContext, id: string): NbRow<'Mirror'> =>
  candidates(ctx, 'Mirror', 'name', id)[0] ?? missing(id, 'mirror');

export const getChassisGroup = (ctx: NbctlContext, id: string): NbRow<'HA_Chassis_Group'> =>
  candidates(ctx, 'HA_Chassis_Group', 'name', id)[0] ?? missing(id, 'ha_chassis_group');

export const findCopp = (ctx: NbctlContext, id: string): NbRow<'Copp'> | undefined =>
  candidates(ctx, 'Copp', 'name', id)[0];
export const getCopp = (ctx: NbctlContext, id: string): NbRow<'Copp'> =>
  findCopp(ctx, id) ?? missing(id, 'copp');

export const findForwardingGroup = (ctx: NbctlContext, id: string): NbRow<'Forwarding_Group'> | undefined =>
  candidates(ctx, 'Forwarding_Group', 'name', id)[0];

/** DHCP options have no name. */
const findDhcpOptions = (ctx: NbctlContext, id: string): NbRow<'DHCP_Options'> | undefined =>
  ctx.get('DHCP_Options', parseUuid(id) ?? null);
export const getDhcpOptions = (ctx: NbctlContext, id: string): NbRow<'DHCP_Options'> =>
  findDhcpOptions(ctx, id) ?? fail(`${id}: dhcp options UUID not found`);

/** The switch that a port is on. */
export function switchOf(ctx: NbctlContext, port: NbRow<'Logical_Switch_Port'>): NbRow<'Logical_Switch'> {
  const [row] = ctx.find('Logical_Switch', 'ports', port._uuid);
  return row ?? fail(`logical port ${port.name} is not part of any logical switch`);
}

/** The router that a port is on. */
export function routerOf(ctx: NbctlContext, port: NbRow<'Logical_Router_Port'>): NbRow<'Logical_Router'> {
  const [row] = ctx.find('Logical_Router', 'ports', port._uuid);
  return row ?? fail(`port ${port.name} is not part of any logical router`);
}

/** A name for messages: the uuid where there is none. */
export const nameOrUuid = (row: { readonly name: string; readonly _uuid: Uuid }): string =>
  row.name || row._uuid;

/** `UUID (NAME)`, one a line, by name. */
export const uuidLines = (rows: readonly { readonly name: string; readonly _uuid: Uuid }[]): string =>
  sortedByText(rows, ({ name }) => name)
    .map(({ _uuid, name }) => `${_uuid} (${name})\n`)
    .join('');

/** Order of strcmp(3). */
export const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** `KEY=VALUE` arguments as a map; words without `=` are left out. */
export function keyValues(words: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals >= 0) map.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return map;
}
