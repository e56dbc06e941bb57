/**
 * What this chassis makes known of each logical router that takes part in dynamic routing: the kernel's table and VRF,
 * the routes, and the ports on which routes are learned (`route_run`).
 */
import { parseIpv6 } from '../../../base/address.ts';
import { encodeUtf8 } from '../../../base/utf8.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { optionBool, parseCidr } from '../../northd/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import type { LogThread } from '../controller-log.ts';
import { rootRow } from '../settings.ts';
import { isSwitch, portByName } from '../southbound-index.ts';
import { portMapping } from './port-mapping.ts';
import { DEVICE_NAME_SIZE, type AdvertisedRoute, type IpAddress } from './route-kernel.ts';

/** Metrics: of what is on this chassis, and of everything else. */
const METRIC_LOCAL = 100;
const METRIC_DEFAULT = 1000;

export interface AdvertisedDatapath {
  readonly datapath: SbRow<'Datapath_Binding'>;
  /** The kernel's routing table. */
  readonly table: number;
  readonly maintainsVrf: boolean;
  readonly vrf: string;
  readonly routes: readonly AdvertisedRoute[];
  /** Ports that learn, by name, with the only device that each learns from (null: any). */
  readonly learning: ReadonlyMap<string, string | null>;
}

type Port = SbRow<'Port_Binding'>;

const isOn = (port: Port | undefined, chassis: Uuid): boolean => port?.chassis === chassis;

function redirectOf({ sb }: ChassisState, port: Port): Port | undefined {
  const name = port.options.get('chassis-redirect-port');
  return name === undefined ? undefined : portByName(sb, name);
}

/** Whether a port is served by this chassis; a patch port without redirection is everywhere. */
function isLocal(state: ChassisState, uuid: Uuid): boolean {
  const port = state.sb.get('Port_Binding', uuid);
  if (port === undefined) return false;
  const chassis = state.chassis._uuid;
  if (isOn(port, chassis)) return true;
  const redirect = redirectOf(state, port);
  return redirect === undefined ? port.type === 'patch' : isOn(redirect, chassis);
}

const takesPart = (port: Port): boolean => optionBool(port.options, 'dynamic-routing', false);

/** The port binding whose options say how the router's port exchanges routes here, and its port name filter. */
function exchanging(
  state: ChassisState,
  port: Port,
): { readonly port: Port | undefined; readonly filter: string | undefined } {
  const filterOf = (one: Port): string | undefined => one.options.get('dynamic-routing-port-name');
  if (takesPart(port)) return { port, filter: filterOf(port) };
  const redirect = redirectOf(state, port);
  if (redirect === undefined) return { port: undefined, filter: undefined };
  const serves = isOn(redirect, state.chassis._uuid) && takesPart(redirect);
  return { port: serves ? redirect : undefined, filter: filterOf(redirect) };
}

/** The device that a port name filter means: the administrator's mapping, else the interface of the port here. */
function deviceOf(
  state: ChassisState,
  mapping: ReadonlyMap<string, string>,
  name: string,
): string | undefined {
  const mapped = mapping.get(name);
  if (mapped !== undefined) return mapped;
  const iface = state.bindings.interfaces.get(name);
  if (iface?.external_ids.get('iface-id') !== name) return undefined;
  return isOn(portByName(state.sb, name), state.chassis._uuid) ? iface.name : undefined;
}

/** The table of a router's routes: `dynamic-routing-vrf-id`, else the datapath's tunnel key. */
function tableOf(datapath: SbRow<'Datapath_Binding'>): number {
  const text = datapath.external_ids.get('dynamic-routing-vrf-id');
  const id = text !== undefined && /^\s*[-+]?\d+$/.test(text) ? Number(text) : -1;
  return id >= 1 && id <= 0xffffffff ? id : datapath.tunnel_key;
}

function nexthops(
  { external_ids }: SbRow<'Datapath_Binding'>,
  log: LogThread,
): Readonly<Record<4 | 6, IpAddress | null>> {
  const read = (family: 4 | 6): IpAddress | null => {
    const text = external_ids.get(`dynamic-routing-v${family}-prefix-nexthop`);
    if (text === undefined) return null;
    const address = family === 4 || parseIpv6(text) !== undefined ? parseAddress(text) : undefined;
    if (address === undefined)
      log.warn(
        'exchange',
        `Couldn't parse IPv${family} prefix nexthop ${text}, routes will be installed as blackhole.`,
      );
    return address ?? null;
  };
  return { 4: read(4), 6: read(6) };
}

function parseAddress(text: string): IpAddress | undefined {
  if (text.includes('/')) return undefined;
  const cidr = parseCidr(text);
  return cidr && { family: cidr.family, address: BigInt(cidr.address) };
}

/** A route's identity as text. */
export function routeKey({ prefix, metric, nexthop }: AdvertisedRoute): string {
  const through = nexthop === null ? '' : `${nexthop.family}/${nexthop.address}`;
  return `${prefix.family}/${prefix.address}/${prefix.length}/${metric}/${through}`;
}

function routesOf(
  state: ChassisState,
  datapath: SbRow<'Datapath_Binding'>,
  log: LogThread,
): AdvertisedRoute[] {
  const { sb } = state;
  const through = nexthops(datapath, log);
  const found = new Map<string, AdvertisedRoute>();
  for (const row of sb.find('Advertised_Route', 'datapath', datapath._uuid)) {
    const cidr = parseCidr(row.ip_prefix);
    if (cidr === undefined) {
      log.warn('exchange', `bad 'ip_prefix' ${row.ip_prefix} in route ${row._uuid}`);
      continue;
    }
    if (!isLocal(state, row.logical_port)) continue;
    let metric = METRIC_DEFAULT;
    if (row.tracked_port !== null) {
      const options = sb.get('Port_Binding', row.logical_port)?.options ?? new Map<string, string>();
      if (isLocal(state, row.tracked_port)) metric = METRIC_LOCAL;
      else if (optionBool(options, 'dynamic-routing-redistribute-local-only', false)) continue;
    }
    const { family, address, prefix } = cidr;
    const route: AdvertisedRoute = {
      prefix: { family, address: BigInt(address), length: prefix },
      metric,
      nexthop: through[family],
    };
    found.set(routeKey(route), route);
  }
  return [...found.values()];
}

/** Routers of this chassis that exchange routes with its kernel, as the databases say. */
export function advertisedDatapaths(state: ChassisState, log: LogThread): AdvertisedDatapath[] {
  const mapping = portMapping(
    rootRow(state.ovs)?.external_ids.get('dynamic-routing-port-mapping') ?? '',
    log,
  );
  return [...state.datapaths.values()].flatMap(({ datapath, peers }) => {
    if (peers.length === 0 || isSwitch(datapath)) return [];
    const table = tableOf(datapath);
    const learning = new Map<string, string | null>();
    let vrf: string | undefined;
    let maintainsVrf = false;
    let isFiltered = false;
    for (const { local } of peers) {
      // The pair may be older than the row.
      const current = state.sb.get('Port_Binding', local._uuid);
      if (current === undefined) continue;
      const { port, filter } = exchanging(state, current);
      if (filter !== undefined) isFiltered = true;
      if (port === undefined) continue;
      maintainsVrf ||= optionBool(port.options, 'dynamic-routing-maintain-vrf', false);
      vrf = vrfName(port, log) ?? `ovnvrf${table}`;
      const device = filter === undefined ? null : deviceOf(state, mapping, filter);
      if (device !== undefined) learning.set(local.logical_port, device);
    }
    if (vrf === undefined) return [];
    // One filter on the router turns off the ports without.
    if (isFiltered) for (const [name, device] of learning) if (device === null) learning.delete(name);
    const routes = routesOf(state, datapath, log);
    return [{ datapath, table, maintainsVrf, vrf, routes, learning }];
  });
}

function vrfName(port: Port, log: LogThread): string | undefined {
  const name = port.options.get('dynamic-routing-vrf-name');
  if (name === undefined || encodeUtf8(name).length < DEVICE_NAME_SIZE) return name;
  log.warn(
    'exchange',
    `Ignoring vrf name ${name}, since it is too long.Maximum length is ${DEVICE_NAME_SIZE} characters`,
  );
  return undefined;
}
