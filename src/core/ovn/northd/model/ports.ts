/** Logical switch ports and logical router ports: what their own rows say, before anything is known about their neighbours. */
import { parseMac } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import { isDynamicAddress, parsePortAddresses, routerPortNetworks } from './addresses.ts';
import type { Addresses } from './addresses.ts';
import type { Base } from './base.ts';
import { sameFields } from './config.ts';
import { optionBool, optionInt } from './options.ts';
import type { Options } from './options.ts';

export interface SwitchPort {
  readonly uuid: Uuid;
  readonly name: string;
  /** The name as a string of the expression language. */
  readonly quoted: string;
  /** The column `type`, whatever word it holds. */
  readonly type: string;
  readonly options: Options;
  readonly row: PortColumns;
  /** Elements of `addresses` that are addresses: not `router`, `unknown` or `dynamic`. */
  readonly addresses: readonly Addresses[];
  readonly unknown: boolean;
  /** `addresses` has the word `router`. */
  readonly routerAddress: boolean;
  readonly dynamic: string | undefined;
  readonly portSecurity: boolean;
  readonly enabled: boolean;
  readonly receivesMulticast: boolean;
  readonly multicastFlood: boolean;
  readonly multicastFloodReports: boolean;
}

type LspRow = NbRow<'Logical_Switch_Port'>;

/** The columns that northd copies or follows. Not `up`, which it writes itself. */
type PortColumns = Omit<LspRow, 'up' | 'dynamic_addresses'>;

export interface RouterPort {
  readonly uuid: Uuid;
  readonly name: string;
  readonly quoted: string;
  readonly options: Options;
  readonly row: RouterPortColumns;
  /** The port's networks; the last of `v6` is the link-local one made from its MAC. */
  readonly networks: Addresses;
  readonly enabled: boolean;
  /** It asks for a gateway chassis, so on a distributed router it is a distributed gateway port. */
  readonly wantsGateway: boolean;
  readonly prefixDelegation: boolean;
  readonly multicastFlood: boolean;
}

type LrpRow = NbRow<'Logical_Router_Port'>;
type RouterPortColumns = Omit<LrpRow, 'status'>;

export interface PortModel {
  readonly lsp: (uuid: Uuid) => SwitchPort | undefined;
  /** Undefined when the row is not there or its MAC is bad: such a port does not exist for northd. */
  readonly lrp: (uuid: Uuid) => RouterPort | undefined;
  readonly lspNamed: (name: string) => Uuid | undefined;
  readonly lrpNamed: (name: string) => Uuid | undefined;
  readonly switchOfPort: (lsp: Uuid) => Uuid | undefined;
  readonly routerOfPort: (lrp: Uuid) => Uuid | undefined;
}

/** A name in the form of a string constant of the expression language. */
export const quote = (name: string): string => JSON.stringify(name);

const hasMac = (entry: string): boolean => {
  const text = entry.startsWith('VRRPv') ? entry.slice(7) : entry;
  return parseMac(/^\s*([0-9a-fA-F:]+)/.exec(text)?.[1] ?? '') !== undefined;
};

function readSwitchPort(row: LspRow): SwitchPort {
  const { up: _up, dynamic_addresses: _dynamic, ...columns } = row;
  const addresses: Addresses[] = [];
  let dynamic: string | undefined;
  for (const text of row.addresses) {
    if (text === 'unknown' || text === 'router') continue;
    if (isDynamicAddress(text)) {
      dynamic ??= text;
      continue;
    }
    const parsed = parsePortAddresses(text);
    if (parsed !== undefined) addresses.push(parsed);
  }
  return {
    uuid: row._uuid,
    name: row.name,
    quoted: quote(row.name),
    type: row.type,
    options: row.options,
    row: columns,
    addresses,
    unknown: row.type === 'switch' || row.addresses.includes('unknown'),
    routerAddress: row.addresses.includes('router'),
    dynamic,
    portSecurity: row.port_security.some(hasMac),
    enabled: row.enabled !== false,
    receivesMulticast: optionBool(row.options, 'receive_multicast', true),
    multicastFlood: optionBool(row.options, 'mcast_flood', false),
    multicastFloodReports: optionBool(row.options, 'mcast_flood_reports', false),
  };
}

function readRouterPort(row: LrpRow): RouterPort | undefined {
  const networks = routerPortNetworks(row.mac, row.networks);
  if (networks === undefined) return undefined;
  const { status: _status, ...columns } = row;
  return {
    uuid: row._uuid,
    name: row.name,
    quoted: quote(row.name),
    options: row.options,
    row: columns,
    networks,
    enabled: row.enabled !== false,
    wantsGateway: row.ha_chassis_group !== null || row.gateway_chassis.length > 0,
    prefixDelegation: optionBool(row.options, 'prefix_delegation', false),
    multicastFlood: optionBool(row.options, 'mcast_flood', false),
  };
}

const samePort = <P extends { readonly row: object }>(a: P | undefined, b: P | undefined): boolean =>
  sameFields(a?.row, b?.row);

export function definePorts(base: Base): PortModel {
  const { graph, nb } = base;
  const lspNames = nb.index('Logical_Switch_Port', (row) => [row.name]);
  const lrpNames = nb.index('Logical_Router_Port', (row) => [row.name]);
  const switchByPort = nb.index('Logical_Switch', (row) => row.ports);
  const routerByPort = nb.index('Logical_Router', (row) => (row.enabled === false ? [] : row.ports));
  const lrp = graph.query(
    'lrp',
    (uuid: Uuid): RouterPort | undefined => {
      const row = nb.row('Logical_Router_Port', uuid);
      return row && readRouterPort(row);
    },
    { equal: samePort },
  );
  /** A router port comes before a switch port of the same name: both cannot be bound. */
  const isShadowed = (name: string): boolean =>
    lrpNames(name).some((uuid) => routerByPort(uuid).length > 0 && lrp(uuid) !== undefined);
  const lsp = graph.query(
    'lsp',
    (uuid: Uuid): SwitchPort | undefined => {
      const row = nb.row('Logical_Switch_Port', uuid);
      return row === undefined || isShadowed(row.name) ? undefined : readSwitchPort(row);
    },
    { equal: samePort },
  );
  return {
    lsp,
    lrp,
    lspNamed: (name) => lspNames(name)[0],
    lrpNamed: (name) => lrpNames(name)[0],
    switchOfPort: (uuid) => switchByPort(uuid)[0],
    routerOfPort: (uuid) => routerByPort(uuid)[0],
  };
}

/** The key that options ask for; 0 when none. */
export const requestedPortKey = (port: SwitchPort | RouterPort): number =>
  optionInt(port.options, 'requested-tnl-key', 0);
