/** A VRF device: what its slaves receive is routed by its table; what is local to it passes through it. */
import { namespaceOf, receive } from '../device.ts';
import type { Link, LinkDriver } from '../link.ts';
import type { Machine, Namespace } from '../namespace.ts';
import type { Route } from '../route.ts';
import { removeRoute, sameWay, tableFor } from '../route-table.ts';
import { HOP } from '../timing.ts';

export function vrfDriver(machine: Machine): LinkDriver {
  return {
    transmit(link, octets, parent) {
      machine.context.clock.after(HOP / 2, () => {
        if (!link.deleted) receive(namespaceOf(machine, link), link, octets, parent);
      });
      return true;
    },
  };
}

/** Moves the routes of a link's addresses and prefixes into (or out of) the table of its VRF. */
export function moveRoutes(net: Namespace, link: Link, table: number | null): void {
  for (const family of [4, 6] as const)
    for (const [id, from] of [...net.tables[family]])
      for (const route of from.dump()) {
        if (route.protocol !== 2 || !route.nexthops.some((hop) => hop.ifindex === link.index)) continue;
        const home = route.type === 'unicast' ? 254 : 255;
        const target = table ?? home;
        if (id === target) continue;
        removeRoute(net, route);
        const moved: Route = { ...route, table: target };
        tableFor(net, family, target).insert(moved, 'append', sameWay);
        net.machine.notify({ kind: 'route', namespace: net.name, route: moved, change: 'add' });
      }
}
