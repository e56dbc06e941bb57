/** `ip route add`, `change`, `replace`, `append`, `prepend`, `del`: the command line, and the request that it makes. */
import {
  addRoute4,
  addRoute6,
  deleteRoute4,
  deleteRoute6,
  type RequestedWay,
  type RouteRequest,
} from '../../linux/index.ts';
import type { Family, IpAddress } from '../../linux/family.ts';
import type { InsertMode } from '../../linux/fib.ts';
import { PROTOCOL, SCOPE, TABLE, type RouteMetrics, type RouteType } from '../../linux/route.ts';
import { Arguments, type Prefix } from './arguments.ts';
import { protocolNumber, scopeNumber, tableNumber, tosNumber } from './names.ts';
import { ROUTE_TYPES } from './route-show.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

interface Wanted {
  family: Family | null;
  destination: Prefix | null;
  tos: number;
  table: number | null;
  type: RouteType | null;
  scope: number | null;
  protocol: number | null;
  metric: number | null;
  source: IpAddress | null;
  gateway: IpAddress | null;
  device: string | null;
  onlink: boolean;
  metrics: { -readonly [K in keyof RouteMetrics]: number };
  nhid: number;
  preference: 'low' | 'medium' | 'high';
  expires: number | null;
  ways: RequestedWay[] | null;
}

const PREFERENCES = ['low', 'medium', 'high'] as const;
const METRICS: readonly (readonly [string, keyof RouteMetrics])[] = [
  ['mtu', 'mtu'],
  ['hoplimit', 'hoplimit'],
  ['advmss', 'advmss'],
  ['window', 'window'],
  ['initcwnd', 'initcwnd'],
];

const METRICS_NOT_MODELLED = [
  'reordering',
  'rtt',
  'rttvar',
  'rto_min',
  'cwnd',
  'ssthresh',
  'realms',
  'initrwnd',
  'features',
  'quickack',
  'congctl',
  'ttl-propagate',
  'fastopen_no_cookie',
];

function via(args: Arguments, family: Family | null): IpAddress {
  const word = args.next();
  const named = word === 'inet' ? 4 : word === 'inet6' ? 6 : null;
  if (named !== null) args.next();
  return args.address(named ?? family);
}

function parse(run: IpRun, args: Arguments): Wanted | { readonly status: number } {
  const wanted: Wanted = {
    family: run.family,
    destination: null,
    tos: 0,
    table: null,
    type: null,
    scope: null,
    protocol: null,
    metric: null,
    source: null,
    gateway: null,
    device: null,
    onlink: false,
    metrics: {},
    nhid: 0,
    preference: 'medium',
    expires: null,
    ways: null,
  };
  while (!args.done) {
    const metric = METRICS.find(([word]) => args.is(word));
    if (args.is('src')) {
      args.next();
      wanted.source = args.address(wanted.family);
      wanted.family ??= wanted.source.family;
    } else if (args.is('via')) {
      wanted.gateway = via(args, wanted.family);
      wanted.family ??= wanted.gateway.family;
    } else if (args.is('from', 'as')) args.next();
    else if (args.is('tos') || args.matches('dsfield')) {
      args.next();
      wanted.tos = tosNumber(args.word) ?? args.wrong('"tos" value is invalid\n');
    } else if (args.is('expires')) {
      args.next();
      wanted.expires = run.now + args.unsigned('"expires" value is invalid\n') * 1e9;
    } else if (args.matches('metric', 'priority') || (args.word !== 'pref' && args.matches('preference'))) {
      args.next();
      wanted.metric = args.unsigned('"metric" value is invalid\n');
    } else if (args.is('scope')) {
      args.next();
      wanted.scope = scopeNumber(args.word) ?? args.wrong('invalid "scope" value\n');
    } else if (metric !== undefined) {
      if (args.next() === 'lock') args.next();
      wanted.metrics[metric[1]] = args.unsigned(`"${metric[0]}" value is invalid\n`);
    } else if (METRICS_NOT_MODELLED.some((word) => args.matches(word))) {
      return args.end(`ip: ${args.word} of a route is not modelled\n`, 1);
    } else if (args.is('onlink')) wanted.onlink = true;
    else if (args.is('pervasive', 'offload', 'trap')) {
      // Flags that only other kinds of network use.
    } else if (args.is('nexthop')) {
      wanted.ways = nexthops(run, args, wanted);
      break;
    } else if (args.is('nhid')) {
      args.next();
      wanted.nhid = args.unsigned('"id" value is invalid\n');
    } else if (args.matches('protocol')) {
      args.next();
      wanted.protocol = protocolNumber(args.word) ?? args.wrong('"protocol" value is invalid\n');
    } else if (args.matches('table')) {
      args.next();
      wanted.table = tableNumber(args.word) ?? args.wrong('"table" value is invalid\n');
    } else if (args.matches('vrf')) {
      const link = run.link(args.next());
      if (link?.vrfTable == null) return args.wrong('Invalid VRF\n');
      wanted.table = link.vrfTable;
    } else if (args.is('dev', 'oif')) wanted.device = args.next();
    else if (args.matches('pref')) {
      args.next();
      wanted.preference =
        PREFERENCES.find((name) => name === args.word) ??
        PREFERENCES[Number(args.word)] ??
        args.wrong('"pref" value is invalid\n');
    } else if (args.is('encap'))
      return args.end(
        '',
        run.refused({ errno: 'EOPNOTSUPP', message: 'encapsulation of routes is not modelled' }),
      );
    else {
      if (args.is('to')) args.next();
      if ((args.word < '0' || args.word > '9') && ROUTE_TYPES[args.word] !== undefined) {
        wanted.type = ROUTE_TYPES[args.word] ?? null;
        args.next();
      }
      if (args.matches('help')) return args.end(USAGE.route ?? '', 255);
      if (wanted.destination !== null) args.duplicateOrGarbage('to');
      wanted.destination = args.prefix(wanted.family);
      wanted.family ??=
        args.word === 'default' || args.word === 'any' || args.word === 'all'
          ? null
          : wanted.destination.family;
    }
    args.advance();
  }
  return wanted;
}

function nexthops(run: IpRun, args: Arguments, wanted: Wanted): RequestedWay[] {
  const ways: RequestedWay[] = [];
  while (!args.done) {
    if (!args.is('nexthop'))
      args.end(`Error: "nexthop" or end of line is expected instead of "${args.word}"\n`, 255);
    if (args.left.length <= 1) args.end('Error: unexpected end of line after "nexthop"\n', 255);
    args.advance();
    let gateway: IpAddress | null = null;
    let device = 0;
    let weight = 1;
    let onlink = false;
    while (!args.done) {
      if (args.is('via')) {
        gateway = via(args, wanted.family);
        wanted.family ??= gateway.family;
      } else if (args.is('dev')) {
        const link = run.link(args.next());
        if (link === undefined) {
          run.noDevice(args.word);
          return args.end('Error: cannot parse nexthop\n', 255);
        }
        device = link.index;
      } else if (args.is('weight')) {
        args.next();
        weight = Arguments.number(args.word) ?? 0;
        if (weight === 0 || weight > 256) args.wrong('"weight" is invalid\n');
      } else if (args.is('onlink')) onlink = true;
      else if (args.matches('realms')) args.next();
      else break;
      args.advance();
    }
    ways.push({ gateway, device, weight, onlink });
  }
  return ways;
}

const LINK_TYPES: ReadonlySet<RouteType> = new Set(['broadcast', 'multicast', 'anycast']);
const LOCAL_TABLE_TYPES: ReadonlySet<RouteType> = new Set(['local', 'broadcast', 'anycast']);

function requestOf(
  run: IpRun,
  wanted: Wanted,
  deleting: boolean,
): RouteRequest | { readonly status: number } {
  let device = 0;
  if (wanted.device !== null) {
    const link = run.link(wanted.device);
    if (link === undefined) return { status: run.noDevice(wanted.device) };
    device = link.index;
  }
  const family = wanted.family ?? 4;
  const { type } = wanted;
  const hasWay = wanted.gateway !== null || device !== 0;
  const ways =
    wanted.ways ?? (hasWay ? [{ gateway: wanted.gateway, device, weight: 1, onlink: wanted.onlink }] : []);
  let { scope } = wanted;
  if (scope === null && (!deleting || type !== null)) {
    if (type === 'local') scope = SCOPE.host;
    else if (type !== null && LINK_TYPES.has(type)) scope = SCOPE.link;
    else if (!deleting)
      scope =
        (type === null || type === 'unicast') &&
        wanted.gateway === null &&
        wanted.ways === null &&
        wanted.nhid === 0
          ? SCOPE.link
          : SCOPE.global;
  }
  return {
    family,
    destination: wanted.destination?.address ?? 0n,
    length: wanted.destination?.length ?? 0,
    tos: wanted.tos,
    table: wanted.table ?? (type !== null && LOCAL_TABLE_TYPES.has(type) ? TABLE.local : TABLE.main),
    type: deleting ? type : (type ?? 'unicast'),
    scope: family === 6 ? null : scope,
    protocol: wanted.protocol ?? (deleting ? null : PROTOCOL.boot),
    metric: wanted.metric,
    source: wanted.source?.address ?? null,
    ways,
    metrics: wanted.metrics,
    nhid: wanted.nhid,
    preference: wanted.preference,
    expires: wanted.expires,
  };
}

/** The answer is the exit status. */
export function modifyRoute(run: IpRun, mode: InsertMode | 'delete', words: readonly string[]): number {
  const args = run.arguments(words);
  if (args.done) return args.end(USAGE.route ?? '', 255);
  const wanted = parse(run, args);
  if ('status' in wanted) return wanted.status;
  const request = requestOf(run, wanted, mode === 'delete');
  if ('status' in request) return request.status;
  if (request.family === 6 && request.tos !== 0)
    return run.refused({
      errno: 'EINVAL',
      message: 'Invalid dsfield (tos): option not available for IPv6',
    });
  if (mode === 'delete')
    return run.outcome(
      request.family === 4 ? deleteRoute4(run.net, request) : deleteRoute6(run.net, request),
    );
  return run.outcome(
    request.family === 4 ? addRoute4(run.net, request, mode) : addRoute6(run.net, request, mode),
  );
}
