/** The logical network as a trace sees it: datapaths, ports, multicast groups, learned addresses, sets and groups. */
import { type Uuid, parseUuid, uuidWord } from '../../base/uuid.ts';
import { HashOrder, stringOrder } from '../../ovsdb/hash-order.ts';
import type { Row } from '../../ovsdb/schema.ts';
import type { OptionType } from '../actions/action.ts';
import type { NumberLiteral } from '../expr/number.ts';
import { scanToken } from '../expr/scan.ts';
import { shortenUuid } from './friendly-name.ts';
import { type LportAddresses, parseLportAddresses } from './lport-addresses.ts';
import { Release } from './release.ts';
import { type SouthboundRows, mapOf, numberOf, rowsOf, textOf, textsOf, uuidsOf } from './row-value.ts';

export interface TraceDatapath {
  readonly uuid: Uuid;
  /** The northbound row, or the southbound one when that is unknown. */
  readonly nbUuid: Uuid;
  readonly name: string;
  readonly name2: string | undefined;
  readonly tunnelKey: number;
  hasL3Gateway: boolean;
  readonly groups: TraceGroup[];
  readonly portsByKey: Map<number, TracePort>;
  /** MAC by port key and IPv6 (or mapped IPv4) address. */
  readonly macBindings: Map<string, bigint[]>;
  readonly fdb: Map<bigint, number>;
}

export interface TracePort {
  readonly uuid: Uuid;
  readonly datapath: TraceDatapath;
  readonly name: string;
  readonly name2: string | undefined;
  readonly type: string;
  readonly tunnelKey: number;
  peer: TracePort | undefined;
  /** Of a `chassisredirect` port. */
  distributed: TracePort | undefined;
  readonly security: readonly LportAddresses[];
}

export interface TraceGroup {
  readonly name: string;
  readonly tunnelKey: number;
  /** In order of their names. */
  readonly ports: readonly TracePort[];
}

export interface TraceNetwork {
  readonly release: Release;
  readonly datapaths: ReadonlyMap<Uuid, TraceDatapath>;
  readonly ports: ReadonlyMap<string, TracePort>;
  readonly portsByName2: ReadonlyMap<string, readonly TracePort[]>;
  readonly addressSets: (name: string) => readonly NumberLiteral[] | undefined;
  readonly portGroups: ReadonlyMap<string, readonly string[]>;
  readonly dhcpOptions: ReadonlyMap<string, OptionType>;
  readonly dhcpv6Options: ReadonlyMap<string, OptionType>;
  /** Keys of load balancers' `vips`, in the order in which the real program meets them. */
  readonly vips: () => readonly string[];
}

/** Rows in the order of the real program's replica: a hash table by UUID. */
export function replicaOrder<R extends { readonly _uuid: Uuid }>(rows: Iterable<R>): R[] {
  const sorted = new HashOrder<R>();
  const byUuid = new Map<string, R>();
  for (const row of rows) byUuid.set(row._uuid, row);
  for (const uuid of stringOrder([...byUuid.keys()].toSorted())) {
    const row = byUuid.get(uuid);
    if (row !== undefined) sorted.insert(row, uuidWord(row._uuid));
  }
  return [...sorted.values()];
}

export type Warn = (message: string) => void;

/** How a datapath is named in a trace. */
export const datapathName = (datapath: TraceDatapath, friendly: boolean): string =>
  friendly ? shortenUuid(datapath.name2 ?? datapath.name) : datapath.nbUuid;

export const portName = (port: TracePort, friendly: boolean): string =>
  friendly ? shortenUuid(port.name2 ?? port.name) : port.name;

function nbUuidOf(row: Row): Uuid {
  const ids = mapOf(row, 'external_ids');
  const [direct] = uuidsOf(row, 'nb_uuid');
  if (direct !== undefined && textOf(row, 'type') !== '') return direct;
  for (const key of ['logical-switch', 'logical-router']) {
    const uuid = parseUuid(ids.get(key) ?? '');
    if (uuid !== undefined) return uuid;
  }
  return row._uuid;
}

function readDatapaths(database: SouthboundRows): Map<Uuid, TraceDatapath> {
  const datapaths = new Map<Uuid, TraceDatapath>();
  for (const row of replicaOrder(rowsOf(database, 'Datapath_Binding'))) {
    const ids = mapOf(row, 'external_ids');
    const nbUuid = nbUuidOf(row);
    datapaths.set(row._uuid, {
      uuid: row._uuid,
      nbUuid,
      name: ids.get('name') ?? nbUuid,
      name2: ids.get('name2'),
      tunnelKey: numberOf(row, 'tunnel_key'),
      hasL3Gateway: false,
      groups: [],
      portsByKey: new Map(),
      macBindings: new Map(),
      fdb: new Map(),
    });
  }
  return datapaths;
}

function readSecurity(row: Row, warn: Warn): readonly LportAddresses[] {
  return textsOf(row, 'port_security').flatMap((text) => {
    const addresses = parseLportAddresses(text);
    if (addresses !== undefined) return [addresses];
    warn(`invalid syntax '${text}' in port security. No MAC address found`);
    return [];
  });
}

/** Makes the ports of a patch or a gateway peers of one another. */
function connect(port: TracePort, row: Row, ports: ReadonlyMap<string, TracePort>): void {
  const peer = ports.get(mapOf(row, 'options').get('peer') ?? '');
  if (peer === undefined) return;
  port.peer = peer;
  peer.peer = port;
}

function readPorts(
  database: SouthboundRows,
  datapaths: ReadonlyMap<Uuid, TraceDatapath>,
  warn: Warn,
): Map<string, TracePort> {
  const ports = new Map<string, TracePort>();
  const rows = replicaOrder(rowsOf(database, 'Port_Binding'));
  for (const row of rows) {
    const name = textOf(row, 'logical_port');
    const [reference] = uuidsOf(row, 'datapath');
    const datapath = reference === undefined ? undefined : datapaths.get(reference);
    if (datapath === undefined) {
      warn(`logical port ${name} missing datapath`);
      continue;
    }
    const port: TracePort = {
      uuid: row._uuid,
      datapath,
      name,
      name2: mapOf(row, 'external_ids').get('name'),
      type: textOf(row, 'type'),
      tunnelKey: numberOf(row, 'tunnel_key'),
      peer: undefined,
      distributed: undefined,
      security: readSecurity(row, warn),
    };
    ports.set(name, port);
    datapath.portsByKey.set(port.tunnelKey, port);
    if (port.type === 'l3gateway') datapath.hasL3Gateway = true;
    if (port.type === 'patch' || port.type === 'l3gateway') connect(port, row, ports);
  }
  for (const row of rows) {
    const port = ports.get(textOf(row, 'logical_port'));
    if (port?.type !== 'chassisredirect') continue;
    const distributed = ports.get(mapOf(row, 'options').get('distributed-port') ?? '');
    if (distributed?.datapath === port.datapath) port.distributed = distributed;
  }
  return ports;
}

function readGroups(
  database: SouthboundRows,
  datapaths: ReadonlyMap<Uuid, TraceDatapath>,
  ports: ReadonlyMap<string, TracePort>,
): void {
  const byUuid = new Map([...ports.values()].map((port) => [port.uuid, port] as const));
  for (const row of replicaOrder(rowsOf(database, 'Multicast_Group'))) {
    const [reference] = uuidsOf(row, 'datapath');
    const datapath = reference === undefined ? undefined : datapaths.get(reference);
    const members = uuidsOf(row, 'ports')
      .map((uuid) => byUuid.get(uuid))
      .filter((port) => port !== undefined && port.datapath === datapath)
      .map((port) => port as TracePort)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    datapath?.groups.push({
      name: textOf(row, 'name'),
      tunnelKey: numberOf(row, 'tunnel_key'),
      ports: members,
    });
  }
}

/** Numbers of an address set; what is no address is left out. */
function addressNumbers(texts: readonly string[]): readonly NumberLiteral[] {
  const numbers = texts.flatMap((text) => {
    const { number } = scanToken(text, 0);
    return number === undefined ? [] : [number];
  });
  return numbers.toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
}

/** Address sets by name, read when they are first asked for. */
function addressSets(database: SouthboundRows): TraceNetwork['addressSets'] {
  let rows: Map<string, Row> | undefined;
  const sets = new Map<string, readonly NumberLiteral[]>();
  return (name) => {
    rows ??= new Map([...rowsOf(database, 'Address_Set')].map((row) => [textOf(row, 'name'), row]));
    const known = sets.get(name);
    const row = rows.get(name);
    if (known !== undefined || row === undefined) return known;
    const numbers = addressNumbers(textsOf(row, 'addresses'));
    sets.set(name, numbers);
    return numbers;
  };
}

function readOptions(database: SouthboundRows, table: string): Map<string, OptionType> {
  const options = new Map<string, OptionType>();
  for (const row of rowsOf(database, table)) {
    const name = textOf(row, 'name');
    options.set(name, { name, code: numberOf(row, 'code'), type: textOf(row, 'type') });
  }
  return options;
}

/** Everything but the logical flows and what was learned. `warn` is told what is wrong with the database. */
export function readNetwork(database: SouthboundRows, warn: Warn): TraceNetwork {
  const datapaths = readDatapaths(database);
  const ports = readPorts(database, datapaths, warn);
  readGroups(database, datapaths, ports);
  const byName2 = new Map<string, TracePort[]>();
  for (const port of ports.values()) {
    if (port.name2 === undefined) continue;
    byName2.set(port.name2, [...(byName2.get(port.name2) ?? []), port]);
  }
  let vips: readonly string[] | undefined;
  return {
    release: new Release(database.schema.version),
    datapaths,
    ports,
    portsByName2: byName2,
    addressSets: addressSets(database),
    portGroups: new Map(
      [...rowsOf(database, 'Port_Group')].map((row) => [textOf(row, 'name'), textsOf(row, 'ports')]),
    ),
    dhcpOptions: readOptions(database, 'DHCP_Options'),
    dhcpv6Options: readOptions(database, 'DHCPv6_Options'),
    vips: () =>
      (vips ??= replicaOrder(rowsOf(database, 'Load_Balancer')).flatMap((row) =>
        stringOrder([...mapOf(row, 'vips').keys()].toSorted()),
      )),
  };
}
