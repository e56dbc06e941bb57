/** staticd: the lines `ip route` as routes, as far as their next hops can be reached. */
import type { FrrConfig } from '../config/frr-config.ts';
import type { StaticRoute } from '../config/host-config.ts';
import { formatPrefix, parseAddress } from '../prefix.ts';
import type { KernelVrf } from './kernel-port.ts';
import { resolveNexthop, type ResolveContext } from './resolve.ts';
import type { RouteEntry, RouteNexthop } from './route.ts';

/** `proto static` of zebra's own routes. */
export const STATIC_PROTOCOL_NUMBER = 196;

const REJECT = { blackhole: 'blackhole', null0: 'blackhole', reject: 'unreachable' } as const;

const asHop = (route: StaticRoute): RouteNexthop => ({
  kind: route.blackhole ? 'blackhole' : route.gateway === null ? 'interface' : 'gateway',
  gateway: route.gateway === null ? null : (parseAddress(route.gateway) ?? null),
  ifindex: 0,
  interface: route.interface,
  vrf: route.nexthopVrf ?? route.vrf,
  weight: 1,
  onlink: route.onlink,
  reject: route.blackhole === null ? null : REJECT[route.blackhole],
  active: false,
  recursive: false,
  resolved: [],
});

/** Lines of one prefix, distance and table are one route. Those without a reachable next hop are left out. */
export function staticEntries(
  config: FrrConfig,
  vrfs: ReadonlyMap<string, KernelVrf>,
  now: number,
  context: ResolveContext,
): Map<string, RouteEntry> {
  const paths = new Map<string, StaticRoute[]>();
  for (const route of config.staticRoutes.values()) {
    if (!vrfs.has(route.vrf)) continue;
    const key = [route.vrf, formatPrefix(route.prefix), route.distance, route.table].join('|');
    paths.set(key, [...(paths.get(key) ?? []), route]);
  }
  const entries = new Map<string, RouteEntry>();
  for (const [key, routes] of paths) {
    const [first] = routes;
    if (!first) continue;
    const nexthops = routes
      .map((route) => resolveNexthop(asHop(route), route.prefix, 'recursive', context))
      .filter((hop) => hop.active);
    if (nexthops.length === 0) continue;
    entries.set(key, {
      protocol: 'static',
      vrf: first.vrf,
      prefix: first.prefix,
      instance: 0,
      distance: first.distance,
      metric: 0,
      tag: first.tag,
      table: first.table === 0 ? (vrfs.get(first.vrf)?.table ?? 254) : first.table,
      since: now,
      allowRecursion: true,
      internal: false,
      nexthops,
      selected: false,
      installed: false,
      queued: false,
      failed: false,
      nexthopGroup: 0,
      installedNexthopGroup: 0,
    });
  }
  return entries;
}
