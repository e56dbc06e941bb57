/** Routes that others put into the kernel become zebra's; its own that somebody took out are put back. */
import type { RouteProtocol } from '../route-protocol.ts';
import { network } from '../prefix.ts';
import type { KernelNexthop, KernelRoute } from './kernel-port.ts';
import type { ZebraLinks } from './links.ts';
import { inOrder } from './nexthop-order.ts';
import type { Rib } from './rib.ts';
import { BLACKHOLE } from './route-forms.ts';
import { NEW_ROUTE, type RouteNexthop } from './route.ts';
import { STATIC_PROTOCOL_NUMBER } from './static-routes.ts';

/** `proto` numbers of zebra's own routes; `static` is the kernel's word for 196 as well. */
const OWN_PROTOCOLS: Readonly<Record<number, RouteProtocol>> = {
  186: 'bgp',
  [STATIC_PROTOCOL_NUMBER]: 'static',
};
const PROTO_REDIRECT = 1;
const PROTO_KERNEL = 2;

/** A route came to, or left, the kernel. */
export function kernelRouteChanged(
  rib: Rib,
  links: ZebraLinks,
  route: KernelRoute,
  present: boolean,
  now: number,
): void {
  const own = OWN_PROTOCOLS[route.protocol];
  if (route.protocol === PROTO_KERNEL || route.protocol === PROTO_REDIRECT) return;
  if (!links.vrfs.has(route.vrf)) return;
  if (own !== undefined) {
    if (!present) ownRouteGone(rib, route, own);
    return;
  }
  if (!present) {
    rib.remove(
      route.vrf,
      route.prefix,
      (entry) => entry.protocol === 'kernel' && entry.metric === (route.metric & 0xffffff),
      route.table,
    );
    return;
  }
  rib.add({
    ...NEW_ROUTE,
    protocol: 'kernel',
    vrf: route.vrf,
    prefix: network(route.prefix),
    distance: (route.metric >>> 24) & 0xff,
    metric: route.metric & 0xffffff,
    table: route.table,
    since: now,
    nexthops:
      route.type === 'unicast'
        ? inOrder(
            route.nexthops.map((hop) => fromKernel(links, hop, route.vrf)),
            links,
          )
        : [{ ...BLACKHOLE, vrf: route.vrf, reject: route.type }],
  });
}

function fromKernel(links: ZebraLinks, hop: KernelNexthop, vrf: string): RouteNexthop {
  const device = links.withIndex(vrf, hop.ifindex);
  return {
    ...BLACKHOLE,
    kind: hop.gateway ? 'gateway' : 'interface',
    gateway: hop.gateway,
    ifindex: hop.ifindex,
    interface: device?.name ?? null,
    isPinned: hop.gateway !== null && device !== undefined,
    vrf,
    reject: null,
    onlink: hop.onlink,
    weight: hop.weight > 1 ? hop.weight : 0,
  };
}

/** Somebody took one of our routes out of the kernel: it is put back. */
function ownRouteGone(rib: Rib, route: KernelRoute, protocol: RouteProtocol): void {
  const node = rib.table(route.vrf, route.prefix.family, route.table).find(route.prefix);
  const entry = node?.entries.find((one) => one.protocol === protocol);
  if (node && entry?.selected && entry.installed) rib.process(node);
}
