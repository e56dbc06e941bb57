/** staticd: the lines `ip route` as routes, which come and go with their next hops. */
import type { FrrConfig } from '../config/frr-config.ts';
import type { StaticRoute } from '../config/host-config.ts';
import { formatPrefix, parseAddress } from '../prefix.ts';
import type { ZebraLinks } from './links.ts';
import { inOrder } from './nexthop-order.ts';
import { mayUse } from './protocol-maps.ts';
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
  isPinned: route.gateway !== null && route.interface !== null,
  vrf: route.nexthopVrf ?? route.vrf,
  weight: 1,
  onlink: route.onlink,
  reject: route.blackhole === null ? null : REJECT[route.blackhole],
  active: false,
  recursive: false,
  resolved: [],
  routerMac: null,
});

/** staticd asks zebra about a gateway, and one of this router's own is none; beside an interface the answer does not count. */
function isInstalled(route: StaticRoute, context: ResolveContext, links: ZebraLinks): boolean {
  const hop = asHop(route);
  if (hop.gateway === null) return resolveNexthop(hop, route.prefix, 'recursive', context).active;
  if (route.interface !== null) return context.operative(route.interface, hop.vrf) !== undefined;
  if (links.isOwn(hop.vrf, route.gateway ?? '')) return false;
  return resolveNexthop(hop, route.prefix, 'recursive', context).active;
}

/** Lines of one prefix, distance and table are one route. Those without a reachable next hop that is another's are left out. */
function staticEntries(
  config: FrrConfig,
  now: number,
  context: ResolveContext,
  links: ZebraLinks,
): Map<string, RouteEntry> {
  const { vrfs } = links;
  const paths = new Map<string, StaticRoute[]>();
  for (const route of config.staticRoutes.values()) {
    const key = [route.vrf, formatPrefix(route.prefix), route.distance, route.table].join('|');
    paths.set(key, [...(paths.get(key) ?? []), route]);
  }
  const entries = new Map<string, RouteEntry>();
  for (const [key, routes] of paths) {
    const [first] = routes;
    const own = first && vrfs.get(first.vrf);
    if (!own) continue;
    const hops = routes.filter((route) => isInstalled(route, context, links)).map(asHop);
    const nexthops = inOrder(hops, links).map((hop) =>
      resolveNexthop(hop, first.prefix, 'recursive', context),
    );
    if (nexthops.length === 0) continue;
    entries.set(key, {
      ...NEW_ROUTE,
      protocol: 'static',
      vrf: first.vrf,
      prefix: first.prefix,
      distance: first.distance,
      tag: first.tag,
      table: first.table === 0 ? own.table : first.table,
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

  /** These went with their table: they are told of anew where there is a place for them. */
  forget(gone: ReadonlySet<RouteEntry>): void {
    for (const [key, entry] of this.#told) if (gone.has(entry)) this.#told.delete(key);
  }

  /** Whether the table holds a next hop as staticd wants it. One that zebra's route map denies is there, and inactive. */
  #isHeld(held: RouteNexthop | undefined, hop: RouteNexthop, wanted: RouteEntry): boolean {
    if (held === undefined) return false;
    if (sameHops([held], [hop])) return true;
    const isDenied = !held.active && !mayUse(this.#config, wanted, hop);
    return isDenied && sameHops([{ ...held, active: true }], [hop]);
  }

  /** Lines or next hops may have changed. */
  update(links: ZebraLinks, now: number): void {
    const wanted = staticEntries(this.#config, now, this.#rib.context, links);
    for (const [key, entry] of this.#told)
      if (!wanted.has(key)) {
        this.#told.delete(key);
        this.#rib.remove(entry.vrf, entry.prefix, (one) => one === entry, entry.table);
      }
    for (const [key, entry] of wanted) {
      const known = this.#told.get(key);
      if (
        known?.tag === entry.tag &&
        known.nexthops.length === entry.nexthops.length &&
        entry.nexthops.every((hop, at) => this.#isHeld(known.nexthops[at], hop, entry))
      )
        continue;
      this.#told.set(key, entry);
      this.#rib.add(entry);
    }
  }
}
