/** Tables of a namespace: made on demand, changed with notice, and what happens to routes when a link changes. */
import type { Family } from './family.ts';
import { FibTable } from './fib.ts';
import type { Link } from './link.ts';
import type { Namespace } from './namespace.ts';
import { SCOPE, type Nexthop, type Route } from './route.ts';

export function tableFor(net: Namespace, family: Family, id: number): FibTable {
  const tables = net.tables[family];
  let table = tables.get(id);
  if (table === undefined) {
    table = new FibTable(id, family);
    tables.set(id, table);
  }
  return table;
}

/** The table of routes that belong to a link's VRF; null where it is in none. */
export const vrfTableOf = (link: Link): number | null => link.vrfTable ?? link.master?.vrfTable ?? null;

/** All routes of a family, table by table in the order of `ip route show table all`. */
export function allRoutes(net: Namespace, family: Family): Route[] {
  const ids = [...net.tables[family].keys()].sort((a, b) => (a & 255) - (b & 255) || a - b);
  return ids.flatMap((id) => net.tables[family].get(id)?.dump() ?? []);
}

export function removeRoute(net: Namespace, route: Route): void {
  if (net.tables[route.family].get(route.table)?.remove(route) === true)
    net.machine.notify({ kind: 'route', namespace: net.name, route, change: 'delete' });
}

const isUsedBy = (route: Route, link: Link): boolean =>
  route.nexthops.some((hop) => hop.ifindex === link.index);

/**
 * A link went down or its last address went (`fib_sync_down_dev`): routes over it go, those with other ways keep a
 * dead one. Host routes of addresses stay unless `force`.
 */
export function dropRoutesOf(net: Namespace, family: Family, link: Link, force: boolean): void {
  for (const route of allRoutes(net, family)) {
    if (!isUsedBy(route, link)) continue;
    if (!force && route.scope === SCOPE.host && family === 4) continue;
    for (const hop of route.nexthops)
      if (hop.ifindex === link.index) {
        hop.dead = true;
        hop.linkdown = true;
      }
    if (route.nexthops.every((hop) => hop.dead)) removeRoute(net, route);
  }
}

/** Carrier lost or back: marks the ways over a link. */
export function markLinkdown(net: Namespace, family: Family, link: Link, linkdown: boolean): void {
  for (const route of allRoutes(net, family)) {
    for (const hop of route.nexthops)
      if (hop.ifindex === link.index && !isHostHop(route)) hop.linkdown = linkdown;
  }
}

const isHostHop = (route: Route): boolean => route.family === 4 && route.scope === SCOPE.host;

/** The link is up again: its dead ways among others live. */
export function reviveRoutesOf(net: Namespace, family: Family, link: Link): void {
  for (const route of allRoutes(net, family))
    for (const hop of route.nexthops)
      if (hop.ifindex === link.index) {
        hop.dead = false;
        hop.linkdown = link.operReported && !link.carrier && hop.scope !== SCOPE.nowhere;
      }
}

/** A way over a device that is up. */
export function newNexthop(
  link: Link | null,
  gateway: Nexthop['gateway'],
  extra: Partial<Nexthop> = {},
): Nexthop {
  return {
    gateway,
    ifindex: link?.index ?? 0,
    weight: 1,
    onlink: false,
    scope: SCOPE.link,
    dead: false,
    linkdown: link !== null && link.operReported && !link.carrier && extra.scope !== SCOPE.nowhere,
    ...extra,
  };
}

export const sameNexthop = (a: Nexthop, b: Nexthop): boolean =>
  a.ifindex === b.ifindex &&
  a.weight === b.weight &&
  a.onlink === b.onlink &&
  a.gateway?.family === b.gateway?.family &&
  a.gateway?.address === b.gateway?.address;

/** Whether two routes of one place go the same way. */
export const sameWay = (a: Route, b: Route): boolean =>
  a.type === b.type &&
  a.scope === b.scope &&
  a.protocol === b.protocol &&
  a.source === b.source &&
  a.nhid === b.nhid &&
  a.nexthops.length === b.nexthops.length &&
  a.nexthops.every((hop, index) => sameNexthop(hop, b.nexthops[index] as Nexthop));
