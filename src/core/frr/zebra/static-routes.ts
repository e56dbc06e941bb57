/** staticd: the lines `ip route` as routes, which come and go with their next hops. */
import type { FrrConfig } from '../config/frr-config.ts';
import type { StaticRoute } from '../config/host-config.ts';
import { formatPrefix, parseAddress } from '../prefix.ts';
import type { KernelVrf } from './kernel-port.ts';
import { resolveNexthop, type ResolveContext } from './resolve.ts';
import type { Rib } from './rib.ts';
import { NEW_ROUTE, type RouteEntry, type RouteNexthop } from './route.ts';
import { sameHops } from './selection.ts';

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
  routerMac: null,
});

/** Lines of one prefix, distance and table are one route. Those without a reachable next hop are left out. */
function staticEntries(
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
      ...NEW_ROUTE,
      protocol: 'static',
      vrf: first.vrf,
      prefix: first.prefix,
      distance: first.distance,
      tag: first.tag,
      table: first.table === 0 ? (vrfs.get(first.vrf)?.table ?? 254) : first.table,
      since: now,
      allowRecursion: true,
      nexthops,
    });
  }
  return entries;
}

/** The routes that staticd has told of. */
export class StaticRoutes {
  readonly #config: FrrConfig;
  readonly #rib: Rib;
  readonly #told = new Map<string, RouteEntry>();

  constructor(config: FrrConfig, rib: Rib) {
    this.#config = config;
    this.#rib = rib;
  }

  /** Lines or next hops may have changed. */
  update(vrfs: ReadonlyMap<string, KernelVrf>, now: number): void {
    const wanted = staticEntries(this.#config, vrfs, now, this.#rib.context);
    for (const [key, entry] of this.#told)
      if (!wanted.has(key)) {
        this.#told.delete(key);
        this.#rib.remove(entry.vrf, entry.prefix, (one) => one === entry);
      }
    for (const [key, entry] of wanted) {
      const known = this.#told.get(key);
      if (known && sameHops(known.nexthops, entry.nexthops)) continue;
      this.#told.set(key, entry);
      this.#rib.add(entry);
    }
  }
}
