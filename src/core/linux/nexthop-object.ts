/** Next hop objects that go: removed by the user, or with the device that they are on (`nexthop.c`). */
import type { LinkListener, Namespace } from './namespace.ts';
import { allRoutes, removeRoute, sameWay, tableFor } from './route-table.ts';
import type { Nexthop, NexthopObject, Route } from './route.ts';

/** Removes an object with the routes that use it, and from its groups; a group without members goes as well. */
export function removeNexthop(net: Namespace, id: number): void {
  const { nexthops } = net;
  const gone = nexthops.get(id);
  gone?.resilient?.close();
  nexthops.delete(id);
  for (const family of [4, 6] as const)
    for (const route of allRoutes(net, family)) if (route.nhid === id) removeRoute(net, route);
  for (const group of [...nexthops.values()]) {
    const rest = group.group.filter((member) => member.id !== id);
    if (rest.length === group.group.length) continue;
    if (rest.length === 0) {
      removeNexthop(net, group.id);
      continue;
    }
    group.resilient?.setMembers(rest, group.resilient.settings);
    nexthops.set(group.id, { ...group, group: rest });
    if (gone?.nexthop != null) withoutHop(net, group.id, gone.nexthop);
  }
}

/** Routes over a group lose the next hop that left it. */
function withoutHop(net: Namespace, group: number, hop: Nexthop): void {
  const isIt = (each: Nexthop): boolean =>
    each.ifindex === hop.ifindex && each.gateway?.address === hop.gateway?.address;
  for (const family of [4, 6] as const)
    for (const route of allRoutes(net, family)) {
      if (route.nhid !== group) continue;
      const changed: Route = { ...route, nexthops: route.nexthops.filter((each) => !isIt(each)) };
      tableFor(net, family, route.table).insert(changed, 'replace', sameWay);
    }
}

/** The ways of a route over an object that is no blackhole. */
export function hopsOf(net: Namespace, { kind, nexthop, group }: NexthopObject): Nexthop[] {
  if (kind === 'single') return nexthop === null ? [] : [nexthop];
  return group.flatMap(({ id, weight }) => {
    const member = net.nexthops.get(id)?.nexthop;
    return member == null ? [] : [{ ...member, weight }];
  });
}

/** Puts an object in the place of one with its number, or adds it; routes over it, or over a group with it, follow. */
export function setNexthop(net: Namespace, object: NexthopObject): void {
  const { nexthops } = net;
  const isNew = !nexthops.has(object.id);
  nexthops.set(object.id, object);
  if (isNew) return;
  const changed = new Set([object.id]);
  for (const { id, group } of nexthops.values())
    if (group.some((member) => member.id === object.id)) changed.add(id);
  for (const family of [4, 6] as const)
    for (const route of allRoutes(net, family)) {
      const over = nexthops.get(route.nhid);
      if (!changed.has(route.nhid) || over === undefined || over.kind === 'blackhole') continue;
      const next: Route = { ...route, nexthops: hopsOf(net, over) };
      tableFor(net, family, route.table).insert(next, 'replace', sameWay);
    }
}

/** Objects go with their device's carrier; they don't come back with it. */
export const changeNexthops: LinkListener = (net, link, change) => {
  const isLost = change === 'down' || change === 'unregister' || (change === 'carrier' && !link.carrier);
  if (!isLost) return;
  for (const { id, nexthop } of [...net.nexthops.values()])
    if (nexthop?.ifindex === link.index) removeNexthop(net, id);
};
