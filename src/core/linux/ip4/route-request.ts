/** `ip route add`, `change`, `replace`, `append`, `del` for IPv4, with the kernel's checks (`fib_semantics.c`). */
import { ok } from '../../base/result.ts';
import { hopsOf } from '../nexthop-object.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import { isMulticastIp, networkOf } from '../family.ts';
import type { InsertMode } from '../fib.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { fibLookup, localType } from '../route-lookup.ts';
import { newNexthop, removeRoute, sameWay, tableFor } from '../route-table.ts';
import { SCOPE, type Nexthop, type Route, type RouteMetrics, type RouteType } from '../route.ts';
import type { IpAddress } from '../family.ts';

/** One way of a requested route. `device` 0 when none was named. */
export interface RequestedWay {
  readonly gateway: IpAddress | null;
  readonly device: number;
  readonly weight: number;
  readonly onlink: boolean;
}

/** What a program asks for. Null fields of a deletion match anything. */
export interface RouteRequest {
  readonly family: 4 | 6;
  readonly destination: bigint;
  readonly length: number;
  readonly tos: number;
  readonly table: number;
  readonly type: RouteType | null;
  readonly scope: number | null;
  readonly protocol: number | null;
  readonly metric: number | null;
  readonly source: bigint | null;
  readonly ways: readonly RequestedWay[];
  readonly metrics: RouteMetrics;
  readonly nhid: number;
  readonly preference?: 'low' | 'medium' | 'high';
  readonly expires?: number | null;
}

const REFUSING: ReadonlySet<RouteType> = new Set(['blackhole', 'unreachable', 'prohibit', 'throw']);

/** The widest scope that a route of a type may have (`fib_props`). */
const SCOPE_OF_TYPE: Readonly<Partial<Record<RouteType, number>>> = {
  local: SCOPE.host,
  broadcast: SCOPE.link,
  anycast: SCOPE.link,
};

export function addRoute4(net: Namespace, request: RouteRequest, mode: InsertMode): NetlinkResult {
  // The table comes to be even where the route is refused.
  const table = tableFor(net, 4, request.table);
  if (networkOf(4, request.destination, request.length) !== request.destination)
    return refuse('EINVAL', 'Invalid prefix for given prefix length');
  const type = request.type ?? 'unicast';
  const scope = request.scope ?? SCOPE.global;
  if (scope < (SCOPE_OF_TYPE[type] ?? SCOPE.global)) return refuse('EINVAL', 'Invalid scope');
  const nexthops = nexthopsOf(net, request, type, scope);
  if (!nexthops.ok) return nexthops;
  if (
    request.source !== null &&
    !REFUSING.has(type) &&
    !(type === 'local' && request.source === request.destination) &&
    localType(net, 4, request.source) !== 'local'
  )
    return refuse('EINVAL', 'Invalid prefsrc address');
  const object = request.nhid === 0 ? undefined : net.nexthops.get(request.nhid);
  const route: Route = {
    family: 4,
    table: request.table,
    destination: request.destination,
    length: request.length,
    tos: request.tos,
    type: object?.kind === 'blackhole' ? 'blackhole' : type,
    scope,
    protocol: request.protocol ?? 3,
    metric: request.metric ?? 0,
    source: request.source,
    nexthops: nexthops.value,
    metrics: request.metrics,
    nhid: request.nhid,
    preference: 'medium',
    expires: null,
  };
  const outcome = table.insert(route, mode, sameWay);
  switch (outcome.kind) {
    case 'exists':
      return refuse('EEXIST');
    case 'missing':
      return refuse('ENOENT');
    case 'added':
    case 'replaced':
      net.machine.notify({
        kind: 'route',
        namespace: net.name,
        route,
        change: outcome.kind === 'added' ? 'add' : 'replace',
      });
      return ok(undefined);
  }
}

export function deleteRoute4(net: Namespace, request: RouteRequest): NetlinkResult {
  if (networkOf(4, request.destination, request.length) !== request.destination)
    return refuse('EINVAL', 'Invalid prefix for given prefix length');
  if (request.nhid !== 0 && !net.nexthops.has(request.nhid))
    return refuse('EINVAL', 'Nexthop id does not exist');
  const table = net.tables[4].get(request.table);
  const route = table?.at(request.destination, request.length).find((each) => matchesRequest(each, request));
  if (route === undefined)
    return table === undefined ? refuse('ESRCH', 'FIB table does not exist') : refuse('ESRCH');
  removeRoute(net, route);
  return ok(undefined);
}

/** Whether a deletion means this route. */
export function matchesRequest(route: Route, request: RouteRequest): boolean {
  return (
    (request.tos === 0 || route.tos === request.tos) &&
    (request.type === null || route.type === request.type) &&
    (request.scope === null || route.scope === request.scope) &&
    (request.protocol === null || route.protocol === request.protocol) &&
    (request.metric === null || route.metric === request.metric) &&
    (request.source === null || route.source === request.source) &&
    (request.nhid === 0 || route.nhid === request.nhid) &&
    waysMatch(route, request.ways)
  );
}

function waysMatch(route: Route, ways: readonly RequestedWay[]): boolean {
  if (ways.length === 0) return true;
  if (ways.length > 1 && ways.length !== route.nexthops.length) return false;
  return ways.every((way, index) => {
    const hop = route.nexthops[index];
    if (hop === undefined) return false;
    return (
      (way.device === 0 || way.device === hop.ifindex) &&
      (way.gateway === null ||
        (hop.gateway !== null &&
          way.gateway.family === hop.gateway.family &&
          way.gateway.address === hop.gateway.address))
    );
  });
}

function nexthopsOf(
  net: Namespace,
  request: RouteRequest,
  type: RouteType,
  scope: number,
): NetlinkResult<Nexthop[]> {
  if (request.nhid !== 0) {
    const object = net.nexthops.get(request.nhid);
    if (object === undefined) return refuse('EINVAL', 'Nexthop id does not exist');
    if (object.fdb) return refuse('EINVAL', 'Route cannot point to a fdb nexthop');
    if (object.kind === 'blackhole')
      return ok([newNexthop([...net.links.values()].find((link) => link.kind === 'lo') ?? null, null)]);
    return ok(hopsOf(net, object));
  }
  if (REFUSING.has(type)) {
    if (request.ways.some((way) => way.gateway !== null || way.device !== 0))
      return refuse('EINVAL', 'Gateway, device and multipath can not be specified for this route type');
    return ok([]);
  }
  if (request.ways.length === 0) return refuse('ENODEV');
  if (scope === SCOPE.host) {
    if (request.ways.length > 1)
      return refuse('EINVAL', 'Route with host scope can not have multiple nexthops');
    if (request.ways[0]?.gateway != null)
      return refuse('EINVAL', 'Route with host scope can not have a gateway');
  }
  const nexthops: Nexthop[] = [];
  for (const way of request.ways) {
    const hop = nexthopFor(net, way, request.table, scope);
    if (!hop.ok) return hop;
    nexthops.push(hop.value);
  }
  return ok(nexthops);
}

/** Checks one way (`fib_check_nh`). */
export function nexthopFor(
  net: Namespace,
  way: RequestedWay,
  table: number,
  scope: number,
): NetlinkResult<Nexthop> {
  const named = way.device === 0 ? null : (net.links.get(way.device) ?? null);
  const { weight, onlink } = way;
  if (way.gateway === null) {
    if (named === null) return refuse('ENODEV');
    if (!named.up)
      return scope === SCOPE.host
        ? ok(newNexthop(named, null, { weight, scope: SCOPE.nowhere }))
        : refuse('ENETDOWN', 'Device for nexthop is not up');
    return ok(newNexthop(named, null, { weight, scope: scope === SCOPE.host ? SCOPE.nowhere : SCOPE.host }));
  }
  if (way.gateway.family === 6) return nexthopOverIpv6(net, way, named);
  const { address } = way.gateway;
  if (onlink) {
    if (scope >= SCOPE.link) return refuse('EINVAL', 'Nexthop has invalid scope');
    if (named === null) return refuse('ENODEV', 'Nexthop device required for onlink');
    if (!named.up) return refuse('ENETDOWN', 'Nexthop device is not up');
    if (isMulticastIp(4, address) || localType(net, 4, address) !== 'unicast')
      return refuse('EINVAL', 'Nexthop has invalid gateway');
    return ok(newNexthop(named, way.gateway, { weight, onlink, scope: SCOPE.link }));
  }
  if (isMulticastIp(4, address)) return refuse('EINVAL', 'Nexthop has invalid gateway');
  const flow = {
    family: 4 as const,
    destination: address,
    source: 0n,
    tos: 0,
    mark: 0,
    iif: loopbackIndex(net),
    oif: way.device,
    scope: Math.max(scope + 1, SCOPE.link),
  };
  const own = table === 254 || table === 255 ? undefined : net.tables[4].get(table);
  const found = own === undefined ? fibLookup(net, flow) : firstFound(net, own, flow);
  if (found.kind === 'error') return refuse('ENETUNREACH', 'Nexthop has invalid gateway');
  if (found.route.type !== 'unicast' && found.route.type !== 'local')
    return refuse('EINVAL', 'Nexthop has invalid gateway');
  const link = net.links.get(found.nexthop?.ifindex ?? 0);
  if (link === undefined) return refuse('ENODEV', 'No egress device for nexthop');
  if (!link.up) return refuse('ENETDOWN');
  return ok(newNexthop(link, way.gateway, { weight, scope: found.route.scope }));
}

function firstFound(
  net: Namespace,
  own: NonNullable<ReturnType<Namespace['tables'][4]['get']>>,
  flow: Parameters<typeof fibLookup>[1],
): ReturnType<typeof fibLookup> {
  for (const route of own.matching(flow.destination)) {
    const nexthop = route.nexthops.find((hop) => flow.oif === 0 || hop.ifindex === flow.oif);
    if (route.scope >= (flow.scope ?? 0) && nexthop !== undefined) return { kind: 'route', route, nexthop };
  }
  return fibLookup(net, flow);
}

function nexthopOverIpv6(net: Namespace, way: RequestedWay, named: Link | null): NetlinkResult<Nexthop> {
  const gateway = way.gateway as IpAddress;
  if (named !== null) {
    if (named.kind === 'lo')
      return refuse('EINVAL', 'Egress device can not be loopback device for this route');
    if (net.sysctl.number(`net.ipv6.conf.${named.name}.disable_ipv6`) !== 0)
      return refuse('EACCES', 'IPv6 is disabled on nexthop device');
    if (!named.up) return refuse('ENETDOWN', 'Nexthop device is not up');
    return ok(newNexthop(named, gateway, { weight: way.weight, onlink: way.onlink }));
  }
  const found = fibLookup(net, {
    family: 6,
    destination: gateway.address,
    source: 0n,
    tos: 0,
    mark: 0,
    iif: 0,
    oif: 0,
  });
  const link = found.kind === 'route' ? net.links.get(found.nexthop?.ifindex ?? 0) : undefined;
  return link === undefined ? refuse('EHOSTUNREACH') : ok(newNexthop(link, gateway, { weight: way.weight }));
}

export const loopbackIndex = (net: Namespace): number => {
  for (const link of net.links.values()) if (link.kind === 'lo') return link.index;
  return 0;
};
