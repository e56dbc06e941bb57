/** `ip -6 route add`, `change`, `replace`, `append`, `del`, with the kernel's checks (`ip6_fib.c`, `route.c`). */
import { ok } from '../../base/result.ts';
import { hopsOf } from '../nexthop-object.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import { isLinkLocalIp6, networkOf } from '../family.ts';
import type { InsertMode } from '../fib.ts';
import { loopbackIndex, matchesRequest, type RequestedWay, type RouteRequest } from '../ip4/route-request.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { fibLookup } from '../route-lookup.ts';
import { newNexthop, removeRoute, sameNexthop, tableFor } from '../route-table.ts';
import { SCOPE, type Nexthop, type Route, type RouteType } from '../route.ts';
import { ownerOf6 } from './source-address.ts';

const REFUSING: ReadonlySet<RouteType> = new Set(['blackhole', 'unreachable', 'prohibit', 'throw']);
const DEFAULT_METRIC = 1024;

const sameWay6 = (a: Route, b: Route): boolean =>
  a.nexthops.length === b.nexthops.length &&
  a.nexthops.every((hop, index) =>
    sameNexthop({ ...hop, weight: 1 }, { ...(b.nexthops[index] as Nexthop), weight: 1 }),
  );

export function addRoute6(net: Namespace, request: RouteRequest, mode: InsertMode): NetlinkResult {
  const type = request.type ?? 'unicast';
  const nexthops = nexthopsOf(net, request, type);
  if (!nexthops.ok) return nexthops;
  if (request.source !== null && ownerOf6(net, request.source) === undefined)
    return refuse('EINVAL', 'Invalid source address');
  const object = request.nhid === 0 ? undefined : net.nexthops.get(request.nhid);
  const route: Route = {
    family: 6,
    table: request.table,
    destination: networkOf(6, request.destination, request.length),
    length: request.length,
    tos: 0,
    type: object?.kind === 'blackhole' ? 'blackhole' : type,
    scope: SCOPE.global,
    protocol: request.protocol ?? 3,
    metric: request.metric === null || request.metric === 0 ? DEFAULT_METRIC : request.metric,
    source: request.source,
    nexthops: nexthops.value,
    metrics: request.metrics,
    nhid: request.nhid,
    preference: request.preference ?? 'medium',
    expires: request.expires ?? null,
  };
  const table = tableFor(net, 6, request.table);
  if (mode === 'append' || mode === 'prepend') {
    const sibling = table
      .at(route.destination, route.length)
      .find((each) => each.metric === route.metric && joins(each, route));
    if (sibling !== undefined) {
      if (
        route.nexthops.every((hop) =>
          sibling.nexthops.some((each) => sameNexthop({ ...hop, weight: 1 }, { ...each, weight: 1 })),
        )
      )
        return refuse('EEXIST');
      const merged: Route = { ...sibling, nexthops: [...sibling.nexthops, ...route.nexthops] };
      table.exchange(sibling, merged);
      net.machine.notify({ kind: 'route', namespace: net.name, route: merged, change: 'replace' });
      return ok(undefined);
    }
  }
  const outcome = table.insert(route, mode, sameWay6);
  switch (outcome.kind) {
    case 'exists':
      return refuse('EEXIST');
    case 'missing':
      return table.at(route.destination, route.length).length > 0
        ? refuse('ENOENT')
        : refuse('ENOENT', 'Can not replace route - no match found');
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

/** Whether two routes of one metric become one with several next hops: both by gateway. */
const joins = (a: Route, b: Route): boolean =>
  a.type === 'unicast' &&
  b.type === 'unicast' &&
  a.nhid === 0 &&
  b.nhid === 0 &&
  a.nexthops.every((hop) => hop.gateway !== null) &&
  b.nexthops.every((hop) => hop.gateway !== null);

export function deleteRoute6(net: Namespace, request: RouteRequest): NetlinkResult {
  if (request.nhid !== 0 && !net.nexthops.has(request.nhid))
    return refuse('EINVAL', 'Nexthop id does not exist');
  const table = net.tables[6].get(request.table);
  const destination = networkOf(6, request.destination, request.length);
  const routes = table?.at(destination, request.length) ?? [];
  const wanted = { ...request, tos: 0, scope: null };
  const whole = routes.find((each) => matchesRequest(each, wanted));
  if (whole !== undefined && (request.ways.length !== 1 || whole.nexthops.length === 1)) {
    removeRoute(net, whole);
    return ok(undefined);
  }
  // Where there is no default route the kernel finds what stands for its absence, which cannot be removed.
  const isAny = request.ways.length === 0 && request.metric === null && request.protocol === null;
  if (table !== undefined && request.length === 0 && isAny && routes.length === 0) return refuse('ENOENT');
  // One way of several.
  const way = request.ways[0];
  for (const route of routes) {
    const left = route.nexthops.filter(
      (hop) =>
        !(
          way !== undefined &&
          (way.device === 0 || way.device === hop.ifindex) &&
          way.gateway?.address === hop.gateway?.address
        ),
    );
    if (
      left.length === route.nexthops.length ||
      !matchesRequest({ ...route, nexthops: [] }, { ...wanted, ways: [] })
    )
      continue;
    const rest: Route = { ...route, nexthops: left };
    table?.exchange(route, rest);
    net.machine.notify({ kind: 'route', namespace: net.name, route: rest, change: 'replace' });
    return ok(undefined);
  }
  return table === undefined ? refuse('ESRCH', 'FIB table does not exist') : refuse('ESRCH');
}

function nexthopsOf(net: Namespace, request: RouteRequest, type: RouteType): NetlinkResult<Nexthop[]> {
  const lo = net.links.get(loopbackIndex(net)) ?? null;
  if (request.nhid !== 0) {
    const object = net.nexthops.get(request.nhid);
    if (object === undefined) return refuse('EINVAL', 'Nexthop id does not exist');
    if (object.fdb) return refuse('EINVAL', 'Route cannot point to a fdb nexthop');
    if (object.kind === 'blackhole') return ok([newNexthop(lo, null)]);
    return ok(hopsOf(net, object));
  }
  if (REFUSING.has(type)) return ok([newNexthop(lo, null)]);
  if (request.ways.length === 0) return refuse('ENODEV');
  const nexthops: Nexthop[] = [];
  for (const way of request.ways) {
    const hop = nexthopFor6(net, way, type);
    if (!hop.ok) return hop;
    nexthops.push(hop.value);
  }
  return ok(nexthops);
}

/** Checks one way (`ip6_route_check_nh`). */
export function nexthopFor6(
  net: Namespace,
  way: RequestedWay,
  type: RouteType = 'unicast',
): NetlinkResult<Nexthop> {
  const named = way.device === 0 ? null : (net.links.get(way.device) ?? null);
  const { weight, onlink } = way;
  const isOff = (link: Link): boolean => net.sysctl.number(`net.ipv6.conf.${link.name}.disable_ipv6`) !== 0;
  if (way.gateway === null) {
    if (named === null) return refuse('ENODEV');
    if (isOff(named)) return refuse('EACCES', 'IPv6 is disabled on nexthop device');
    if (!named.up && type !== 'local') return refuse('ENETDOWN', 'Nexthop device is not up');
    return ok(newNexthop(named, null, { weight }));
  }
  const { address } = way.gateway;
  if (address >> 120n === 0xffn) return refuse('EINVAL', 'Invalid gateway address');
  const owner = ownerOf6(net, address);
  if (owner !== undefined && (!isLinkLocalIp6(address) || owner === named))
    return refuse('EINVAL', 'Gateway can not be a local address');
  if (isLinkLocalIp6(address)) {
    if (named === null) return refuse('EINVAL', 'Egress device not specified');
    if (named.kind === 'lo')
      return refuse('EINVAL', 'Egress device can not be loopback device for this route');
    if (isOff(named)) return refuse('EACCES', 'IPv6 is disabled on nexthop device');
    if (!named.up) return refuse('ENETDOWN', 'Nexthop device is not up');
    return ok(newNexthop(named, way.gateway, { weight, onlink }));
  }
  if (onlink && named !== null) return ok(newNexthop(named, way.gateway, { weight, onlink }));
  const found = fibLookup(net, {
    family: 6,
    destination: address,
    source: 0n,
    tos: 0,
    mark: 0,
    iif: 0,
    oif: way.device,
  });
  if (found.kind === 'error' || found.nexthop?.gateway != null) return refuse('EHOSTUNREACH');
  const link = net.links.get(found.nexthop?.ifindex ?? 0);
  if (link === undefined || (named !== null && link !== named)) return refuse('EHOSTUNREACH');
  return ok(newNexthop(link, way.gateway, { weight }));
}
