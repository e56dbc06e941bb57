/** `ip route show` and `ip route flush`: which routes are meant. */
import { inPrefix, type Family, type IpAddress } from '../../linux/family.ts';
import { removeRoute, allRoutes } from '../../linux/route-table.ts';
import { TABLE, type Route, type RouteType } from '../../linux/route.ts';
import type { Arguments, Prefix } from './arguments.ts';
import { protocolNumber, scopeNumber, tableNumber } from './names.ts';
import { printRoute, rowOf, type Hidden } from './route-print.ts';
import { exceptionRow } from './route-get.ts';
import type { IpRun } from './run.ts';
import type { Writer } from './writer.ts';
import { USAGE } from './usage.table.ts';

export const ROUTE_TYPES: Readonly<Record<string, RouteType>> = {
  unicast: 'unicast',
  local: 'local',
  broadcast: 'broadcast',
  brd: 'broadcast',
  anycast: 'anycast',
  multicast: 'multicast',
  blackhole: 'blackhole',
  unreachable: 'unreachable',
  prohibit: 'prohibit',
  throw: 'throw',
};

interface Filter {
  family: Family | null;
  /** 0: all tables. */
  table: number;
  cache: boolean;
  protocol: number | null;
  scope: number | null;
  type: RouteType | null;
  isVrf: boolean;
  tos: number | null;
  metric: number | null;
  device: number | null;
  via: IpAddress | null;
  source: IpAddress | null;
  root: Prefix | null;
  match: Prefix | null;
  nhid: number | null;
}

function parse(run: IpRun, args: Arguments): Filter | { readonly status: number } {
  const filter: Filter = {
    family: run.family,
    table: TABLE.main,
    cache: false,
    protocol: null,
    scope: null,
    type: null,
    isVrf: false,
    tos: null,
    metric: null,
    device: null,
    via: null,
    source: null,
    root: null,
    match: null,
    nhid: null,
  };
  while (!args.done) {
    if (args.matches('table')) {
      const word = args.next();
      if (word === 'all' || word === 'help') filter.table = 0;
      else if (word === 'cache') filter.cache = true;
      else filter.table = tableNumber(word) ?? args.wrong('table id value is invalid\n');
    } else if (args.is('vrf')) {
      const link = run.link(args.next());
      if (link?.vrfTable == null) return args.wrong('Invalid VRF\n');
      filter.table = link.vrfTable;
      filter.isVrf = true;
    } else if (args.matches('cached', 'cloned')) filter.cache = true;
    else if (args.is('tos') || args.matches('dsfield')) {
      args.next();
      filter.tos = Number(args.word);
    } else if (args.matches('metric', 'priority', 'preference')) {
      args.next();
      filter.metric = args.unsigned('"metric" value is invalid\n');
    } else if (args.matches('protocol')) {
      const word = args.next();
      if (word !== 'all') filter.protocol = protocolNumber(word) ?? args.wrong('invalid "protocol"\n');
    } else if (args.matches('scope')) {
      const word = args.next();
      if (word !== 'all') filter.scope = scopeNumber(word) ?? args.wrong('invalid "scope"\n');
    } else if (args.matches('type')) {
      const word = args.next();
      filter.type = ROUTE_TYPES[word] ?? args.wrong('node type value is invalid\n');
    } else if (args.is('dev', 'oif')) {
      const link = run.link(args.next());
      if (link === undefined) return { status: run.noDevice(args.word) };
      filter.device = link.index;
    } else if (args.is('iif', 'mark', 'realms')) args.next();
    else if (args.is('via')) {
      const word = args.next();
      const family = word === 'inet' ? 4 : word === 'inet6' ? 6 : null;
      if (family !== null) args.next();
      filter.via = args.address(family ?? filter.family);
    } else if (args.is('src')) {
      args.next();
      filter.source = args.address(filter.family);
    } else if (args.is('nhid')) {
      args.next();
      filter.nhid = args.unsigned('id value');
    } else {
      if (args.is('to')) args.next();
      if (args.matches('root')) {
        args.next();
        filter.root = args.prefix(filter.family);
      } else if (args.matches('match')) {
        args.next();
        filter.match = args.prefix(filter.family);
      } else {
        if (args.is('exact')) args.next();
        if (args.matches('help')) return args.end(USAGE.route ?? '', 255);
        filter.match = args.prefix(filter.family);
        filter.root = filter.match;
      }
    }
    args.advance();
  }
  filter.family ??= filter.root?.family ?? filter.match?.family ?? (filter.table === 0 ? null : 4);
  return filter;
}

function isWanted(filter: Filter, route: Route): boolean {
  if (filter.family !== null && route.family !== filter.family) return false;
  if (filter.table !== 0 && route.table !== filter.table) return false;
  if (filter.protocol !== null && route.protocol !== filter.protocol) return false;
  if (filter.scope !== null && route.scope !== filter.scope) return false;
  if (filter.type !== null && route.type !== filter.type) return false;
  // A VRF's table has its local and broadcast routes as well: only `table` and `type` show them.
  if (filter.isVrf && filter.type === null && (route.type === 'local' || route.type === 'broadcast'))
    return false;
  if (filter.tos !== null && route.tos !== filter.tos) return false;
  if (filter.metric !== null && route.metric !== filter.metric) return false;
  if (filter.nhid !== null && route.nhid !== filter.nhid) return false;
  if (filter.source !== null && route.source !== filter.source.address) return false;
  const { root, match, via, device } = filter;
  if (
    root !== null &&
    (root.family !== route.family ||
      root.length > route.length ||
      !inPrefix(root.family, route.destination, root.address, root.length))
  )
    return false;
  if (
    match !== null &&
    (match.family !== route.family ||
      match.length < route.length ||
      !inPrefix(match.family, match.address, route.destination, route.length))
  )
    return false;
  if (device !== null && !(route.nexthops.length === 1 && route.nexthops[0]?.ifindex === device))
    return false;
  return (
    via === null ||
    route.nexthops.some((hop) => hop.gateway?.family === via.family && hop.gateway.address === via.address)
  );
}

const hiddenBy = (filter: Filter): Hidden => ({
  table: filter.table !== 0,
  device: filter.device !== null,
  protocol: filter.protocol !== null,
  scope: filter.scope !== null,
  gateway: filter.via !== null,
  source: filter.source !== null,
});

/** The tables that are always there, and those that have had a route. */
const hasTable = (run: IpRun, { table, family }: Filter): boolean =>
  table === 0 ||
  table === TABLE.main ||
  table === TABLE.local ||
  table === TABLE.default ||
  ([4, 6] as const).some((each) => (family === null || family === each) && run.net.tables[each].has(table));

export function showRoutes(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  const filter = parse(run, args);
  if ('status' in filter) return filter.status;
  const writer = run.writer();
  writer.begin();
  if (!filter.cache && !hasTable(run, filter)) {
    run.err(`Error: ipv${filter.family ?? 4}: FIB table does not exist.\nDump terminated\n`);
    writer.finish();
    return 2;
  }
  if (filter.cache) printExceptions(run, writer, filter);
  else
    for (const family of [4, 6] as const) {
      if (filter.family !== null && filter.family !== family) continue;
      for (const route of allRoutes(run.net, family))
        if (isWanted(filter, route) && isListed(filter, route))
          printRoute(run, writer, rowOf(run, route), hiddenBy(filter));
    }
  writer.finish();
  return 0;
}

/** What was learned of single destinations (redirects, path MTUs), as IPv4 keeps it. */
function printExceptions(run: IpRun, writer: Writer, filter: Filter): void {
  for (const [key, { expires }] of run.net.exceptions) {
    const [family, destination] = key.split('/');
    if (family !== '4' || filter.family === 6 || expires <= run.now || destination === undefined) continue;
    const row = exceptionRow(run, BigInt(destination));
    if (row !== undefined) printRoute(run, writer, row, hiddenBy(filter));
  }
}

/** Multicast routes of IPv6 are not in the main table; nothing else is hidden. */
const isListed = (filter: Filter, route: Route): boolean =>
  !(
    route.family === 6 &&
    route.table === TABLE.main &&
    filter.table === TABLE.main &&
    route.type === 'local'
  );

export function flushRoutes(run: IpRun, words: readonly string[]): number {
  if (words.length === 0) {
    run.err('"ip route flush" requires arguments.\n');
    return 255;
  }
  if (words.length === 1 && words[0] === 'cache') {
    run.net.exceptions.clear();
    return 0;
  }
  const args = run.arguments(words);
  const filter = parse(run, args);
  if ('status' in filter) return filter.status;
  if (filter.cache) {
    run.net.exceptions.clear();
    return 0;
  }
  if (!hasTable(run, filter)) {
    run.err(`Error: ipv${filter.family ?? 4}: FIB table does not exist.\nFlush terminated\n`);
    return 2;
  }
  let rounds = 0;
  const families = ([4, 6] as const).filter((family) => filter.family === null || filter.family === family);
  const doomed = families
    .flatMap((family) => allRoutes(run.net, family))
    .filter((route) => isWanted(filter, route));
  for (const route of doomed) removeRoute(run.net, route);
  if (doomed.length > 0) rounds = 1;
  if (run.options.statistics > 0) {
    if (rounds > 0) run.output.out(`\n*** Round 1, deleting ${doomed.length} entries ***\n`);
    run.output.out(rounds === 0 ? 'Nothing to flush.\n' : '*** Flush is complete after 1 round ***\n');
  }
  return 0;
}
