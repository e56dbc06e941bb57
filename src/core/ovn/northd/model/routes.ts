/**
 * Routes of a router: those of its networks, static ones, and learned ones; routes to one network gathered in groups of
 * equal cost. Numbers of groups and members follow the order of the real program's table of all routes.
 */
import { formatIpv4, formatIpv6 } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import { hashString } from '../../../ovsdb/index.ts';
import type { NbRow } from '../../../ovsdb/index.ts';
import { inHashOrder } from '../incremental/ovs-order.ts';
import { memberAddress, parseCidr } from './addresses.ts';
import type { Cidr } from './addresses.ts';
import type { Base } from './base.ts';
import type { BfdModel } from './bfd.ts';
import type { BindingModel } from './bindings.ts';
import { sameList } from './config.ts';
import type { DatapathModel } from './datapaths.ts';
import { uuidHash } from './keys.ts';
import type { MulticastModel } from './multicast.ts';
import { optionBool } from './options.ts';
import type { PortModel } from './ports.ts';
import type { TopologyModel } from './topology.ts';

export type RouteSource = 'connected' | 'static' | 'learned';

export interface Route {
  readonly source: RouteSource;
  readonly prefix: Cidr;
  /** The network of `prefix`, without its length. */
  readonly network: string;
  readonly nextHop: { readonly text: string; readonly family: 4 | 6 } | undefined;
  /** 0 for the main table. */
  readonly table: number;
  /** It looks at the source of packets. */
  readonly bySource: boolean;
  readonly discard: boolean;
  readonly symmetricReply: boolean;
  readonly selectionFields: readonly string[];
  /** The router's own address towards the next hop. */
  readonly ownAddress: string | undefined;
  /** Undefined for a route that discards. */
  readonly port: Uuid | undefined;
  readonly hint: Uuid;
  /** The session on which the route stands. */
  readonly bfd: Uuid | undefined;
}

export interface EcmpGroup {
  readonly id: number;
  readonly first: Route;
  /** With ids from 1. */
  readonly members: readonly Route[];
  readonly selectionFields: readonly string[];
  readonly discards: boolean;
}

export interface RouteModel {
  /** Ports of a router in the order in which the real program tries them. */
  readonly portsInOrder: (lr: Uuid) => readonly Uuid[];
  /** The number of a route table; 0 for the main one. */
  readonly routeTable: (name: string) => number;
  /** All routes of a router; those of networks last. */
  readonly parsedRoutes: (lr: Uuid) => readonly Route[];
  readonly routes: (lr: Uuid) => { readonly single: readonly Route[]; readonly groups: readonly EcmpGroup[] };
  /** Whether routes that were learned at a router port count. */
  readonly mustLearn: (port: string) => boolean;
  /** BFD sessions on which static routes stand. */
  readonly routeSessions: (lr: Uuid) => readonly Uuid[];
  /** The port towards a next hop, and the router's own address there. */
  readonly wayTo: (
    lr: Uuid,
    outputPort: string | undefined,
    nextHop: string,
    family: 4 | 6,
  ) => { readonly port: Uuid; readonly address: string } | undefined;
}

const hostLength = { 4: 32, 6: 128 } as const;

/** The network of a prefix as text, without its length. */
function networkText(prefix: Cidr): string {
  return prefix.family === 4
    ? formatIpv4((prefix.address & prefix.mask) >>> 0)
    : formatIpv6(prefix.address & prefix.mask);
}

/** A prefix as `ADDRESS` for a host and `NETWORK/LENGTH` otherwise. */
export function normalizedPrefix(prefix: Cidr): string {
  const text = networkText(prefix);
  return prefix.prefix === hostLength[prefix.family] ? text : `${text}/${prefix.prefix}`;
}

function parseNextHop(text: string): Route['nextHop'] {
  const cidr = parseCidr(text);
  if (cidr === undefined || cidr.prefix !== hostLength[cidr.family]) return undefined;
  return { text: networkText(cidr), family: cidr.family };
}

const sameRoute = (a: Route, b: Route | undefined): boolean =>
  b !== undefined &&
  a.prefix.address === b.prefix.address &&
  a.prefix.family === b.prefix.family &&
  a.prefix.prefix === b.prefix.prefix &&
  a.nextHop?.text === b.nextHop?.text &&
  a.table === b.table &&
  a.source === b.source &&
  a.bySource === b.bySource &&
  a.discard === b.discard &&
  a.symmetricReply === b.symmetricReply &&
  a.ownAddress === b.ownAddress &&
  a.port === b.port &&
  a.hint === b.hint &&
  a.bfd === b.bfd &&
  sameList(a.selectionFields, b.selectionFields);

const sameRoutes = (a: readonly Route[], b: readonly Route[]): boolean =>
  a.length === b.length && a.every((route, at) => sameRoute(route, b[at]));

export function defineRoutes(
  base: Base,
  m: DatapathModel & PortModel & TopologyModel & BindingModel & MulticastModel & BfdModel,
): RouteModel {
  const { graph, nb, sb } = base;
  const portsInOrder = graph.query(
    'ports in order',
    (lr: Uuid) => inHashOrder(m.routerPorts(lr), (uuid) => hashString(m.lrp(uuid)?.name ?? '')),
    { equal: sameList },
  );

  const wayTo: RouteModel['wayTo'] = (lr, outputPort, nextHop, family) => {
    if (outputPort === undefined) {
      for (const uuid of nextHop === '' ? [] : portsInOrder(lr)) {
        const networks = m.lrp(uuid)?.networks;
        const address = networks === undefined ? undefined : memberAddress(networks, nextHop);
        if (address !== undefined) return { port: uuid, address };
      }
      return undefined;
    }
    const port = m.lrpNamed(outputPort);
    const networks = port === undefined ? undefined : m.lrp(port)?.networks;
    if (port === undefined || networks === undefined || m.routerOfPort(port) === undefined) return undefined;
    const member = nextHop === '' ? undefined : memberAddress(networks, nextHop);
    const address = member ?? (family === 4 ? networks.v4[0] : networks.v6[0])?.text;
    return address === undefined ? undefined : { port, address };
  };

  /** The names of tables in the order in which they are numbered. */
  const tableNames = graph.query(
    'route table names',
    (lr: Uuid): readonly string[] => {
      const ports = m
        .routerPortRows(lr)
        .map((uuid) => nb.row('Logical_Router_Port', uuid)?.options.get('route_table'));
      const routes = nb.rows('Logical_Router_Static_Route', m.router(lr)?.staticRoutes ?? []);
      const valid = routes.filter((row) => isValidStatic(lr, row)).map((row) => row.route_table);
      return [
        ...new Set([...ports, ...valid].filter((name) => name !== undefined && name !== '')),
      ] as string[];
    },
    { equal: sameList },
  );
  const tables = graph.entries('route tables', () => {
    const numbers = new Map<string, number>();
    for (const lr of inHashOrder(m.routers(), uuidHash))
      for (const name of tableNames(lr)) if (!numbers.has(name)) numbers.set(name, numbers.size + 1);
    return numbers;
  });
  const routeTable = (name: string): number => (name === '' ? 0 : (tables('', name) ?? 0));

  type StaticRow = NbRow<'Logical_Router_Static_Route'>;
  const readStatic = (lr: Uuid, row: StaticRow): Omit<Route, 'table'> | undefined => {
    const discard = row.nexthop === 'discard';
    const nextHop = row.nexthop === '' || discard ? undefined : parseNextHop(row.nexthop);
    const prefix = parseCidr(row.ip_prefix);
    if (prefix === undefined || (nextHop === undefined && row.nexthop !== '' && !discard)) return undefined;
    const way = discard
      ? undefined
      : wayTo(lr, row.output_port ?? undefined, row.nexthop, (nextHop ?? prefix).family);
    if (!discard && way === undefined) return undefined;
    const session = nb.row('BFD', row.bfd);
    const bfd = session !== undefined && session.dst_ip === row.nexthop ? session : undefined;
    const ports = row.selection_fields.some((field) => field === 'tp_src' || field === 'tp_dst');
    return {
      source: row.options.get('origin') === 'connected' ? 'connected' : 'static',
      prefix,
      network: networkText(prefix),
      nextHop,
      bySource: row.policy === 'src-ip',
      discard,
      symmetricReply: optionBool(row.options, 'ecmp_symmetric_reply', false),
      selectionFields: [...new Set([...row.selection_fields, ...(ports ? ['ip_proto'] : [])])].sort(),
      ownAddress: way?.address,
      port: way?.port,
      hint: row._uuid,
      bfd: bfd?._uuid,
    };
  };
  const isUsable = (route: Pick<Route, 'bfd'>): boolean => {
    const session = nb.row('BFD', route.bfd);
    return session === undefined || !m.isBfdDown(session);
  };
  const isValidStatic = (lr: Uuid, row: StaticRow): boolean => {
    const route = readStatic(lr, row);
    return route !== undefined && isUsable(route);
  };

  const connected = (uuid: Uuid): readonly Route[] => {
    const port = m.lrp(uuid);
    const nets = port === undefined ? [] : [...port.networks.v4, ...port.networks.v6];
    return nets.map((net) => ({
      source: 'connected',
      prefix: parseCidr(`${net.network}/${net.prefix}`) as Cidr,
      network: net.network,
      nextHop: undefined,
      table: 0,
      bySource: false,
      discard: false,
      symmetricReply: false,
      selectionFields: [],
      ownAddress: net.text,
      port: uuid,
      hint: uuid,
      bfd: undefined,
    }));
  };
  const staticRoutes = graph.query(
    'static routes',
    (lr: Uuid): readonly Route[] =>
      nb.rows('Logical_Router_Static_Route', m.router(lr)?.staticRoutes ?? []).flatMap((row) => {
        const route = readStatic(lr, row);
        return route === undefined ? [] : [{ ...route, table: routeTable(row.route_table) }];
      }),
    { equal: sameRoutes },
  );
  const parsedRoutes = graph.query(
    'parsed routes',
    (lr: Uuid): readonly Route[] => [
      ...staticRoutes(lr).filter(isUsable),
      ...portsInOrder(lr).flatMap(connected),
    ],
    { equal: sameRoutes },
  );

  const learnedByDatapath = sb.index('Learned_Route', (row) => [row.datapath]);
  const learnedRoutes = graph.query(
    'learned routes',
    (lr: Uuid): readonly Route[] => {
      const row = m.router(lr)?.dynamicRouting === true ? m.datapathRow(lr) : undefined;
      return sb.rows('Learned_Route', row === undefined ? [] : learnedByDatapath(row)).flatMap((learned) => {
        const nextHop = parseNextHop(learned.nexthop);
        const prefix = parseCidr(learned.ip_prefix);
        const name = sb.row('Port_Binding', learned.logical_port)?.logical_port;
        if (nextHop === undefined || prefix === undefined || name === undefined || !mustLearn(name))
          return [];
        const way = wayTo(lr, name, learned.nexthop, nextHop.family);
        if (way === undefined) return [];
        const route: Route = {
          source: 'learned',
          prefix,
          network: networkText(prefix),
          nextHop,
          table: 0,
          bySource: false,
          discard: false,
          symmetricReply: false,
          selectionFields: [],
          ownAddress: way.address,
          port: way.port,
          hint: learned._uuid,
          bfd: undefined,
        };
        return [route];
      });
    },
    { equal: sameRoutes },
  );
  /** A gateway port learns only where it is. */
  const mustLearn = (name: string): boolean => {
    const lrp = m.lrpNamed(name);
    const lr = lrp === undefined ? undefined : m.routerOfPort(lrp);
    if (lrp === undefined || lr === undefined || m.router(lr)?.dynamicRouting !== true) return false;
    const redirect = m.redirectOf(lrp);
    return redirect === undefined || m.boundChassis(redirect.name) !== undefined;
  };

  /** For each router, its routes in the order of a table of the routes of all routers. */
  const orderOf = (routesOf: (lr: Uuid) => readonly Route[]): ReadonlyMap<string, string> => {
    const all = inHashOrder(m.routers(), uuidHash).flatMap((lr) =>
      routesOf(lr).map((route) => ({ lr, hint: route.hint, counts: route.source !== 'connected' })),
    );
    const order = new Map<string, string>();
    for (const { lr, hint, counts } of inHashOrder(all, (route) => uuidHash(route.hint))) {
      if (counts) order.set(lr, order.has(lr) ? `${order.get(lr)} ${hint}` : hint);
    }
    return order;
  };
  const staticOrder = graph.entries('route order', () => orderOf(parsedRoutes));
  const learnedOrder = graph.entries('learned order', () => orderOf(learnedRoutes));
  const ordered = (routes: readonly Route[], order: string | undefined): readonly Route[] => {
    const byHint = new Map(routes.map((route) => [route.hint as string, route]));
    return (order ?? '')
      .split(' ')
      .map((hint) => byHint.get(hint))
      .filter((route) => route !== undefined);
  };

  const routes = graph.query('routes', (lr: Uuid) => {
    const own = parsedRoutes(lr);
    const others = own.filter((route) => route.source !== 'connected');
    const learned = learnedRoutes(lr);
    return group(
      own.filter((route) => route.source === 'connected'),
      [
        ...(others.length > 1 ? ordered(others, staticOrder('', lr)) : others),
        ...(learned.length > 1 ? ordered(learned, learnedOrder('', lr)) : learned),
      ],
    );
  });

  const routeSessions = graph.query(
    'bfd of routes',
    (lr: Uuid) => staticRoutes(lr).flatMap(({ bfd }) => (bfd === undefined ? [] : [bfd])),
    { equal: sameList },
  );
  return { portsInOrder, routeTable, parsedRoutes, routes, routeSessions, mustLearn, wayTo };
}

const groupKey = (route: Route): string =>
  `${route.prefix.family} ${route.prefix.address}/${route.prefix.prefix} ${route.bySource} ${route.source} ${route.table}`;

/** Gathers routes to the same network, in the order given. */
function group(
  connected: readonly Route[],
  others: readonly Route[],
): { readonly single: readonly Route[]; readonly groups: readonly EcmpGroup[] } {
  const single = new Map<string, Route>();
  const groups = new Map<string, Route[]>();
  for (const route of others) {
    const key = groupKey(route);
    const members = groups.get(key);
    const alone = single.get(key);
    if (members !== undefined) {
      members.push(route);
    } else if (alone !== undefined) {
      single.delete(key);
      groups.set(key, [alone, route]);
    } else if (route.symmetricReply) {
      groups.set(key, [route]);
    } else {
      single.set(key, route);
    }
  }
  return {
    single: [...connected, ...single.values()],
    groups: [...groups.values()].map((members, at) => ({
      id: at + 1,
      first: members[0] as Route,
      members,
      selectionFields: (members[0] as Route).selectionFields.filter((field) =>
        members.every((member) => member.selectionFields.includes(field)),
      ),
      discards: members.some((member) => member.discard),
    })),
  };
}
