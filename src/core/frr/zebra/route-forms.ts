/** Next hops and routes in the forms of bgpd, of zebra's table and of the kernel. */
import type { RouteProtocol } from '../route-protocol.ts';
import type { ZebraNextHop } from '../bgp/zebra-port.ts';
import type { FibRoute, KernelNexthop } from './kernel-port.ts';
import type { Address } from '../prefix.ts';
import { kernelHop } from './nexthop-groups.ts';
import { forwardingNexthops, type RouteEntry, type RouteNexthop } from './route.ts';
import { STATIC_PROTOCOL_NUMBER } from './static-routes.ts';

const PROTOCOL_NUMBER: Partial<Record<RouteProtocol, number>> = { bgp: 186, static: STATIC_PROTOCOL_NUMBER };
/** Metric of the routes that zebra installs. */
const FIB_METRIC = 20;

/** A next hop with nothing said yet. */
export const BLACKHOLE: RouteNexthop = {
  kind: 'blackhole',
  gateway: null,
  ifindex: 0,
  interface: null,
  isPinned: false,
  vrf: 'default',
  weight: 0,
  onlink: false,
  routerMac: null,
  reject: 'blackhole',
  active: false,
  recursive: false,
  resolved: [],
};

/** As bgpd hands it over, for a route of `vrf`. */
export function asNexthop(hop: ZebraNextHop, vrf: string): RouteNexthop {
  const base = { ...BLACKHOLE, vrf: hop.vrf };
  if (hop.kind === 'blackhole') return { ...base, weight: 1, reject: hop.vrf === vrf ? 'blackhole' : null };
  const named = { ...base, weight: hop.weight, reject: null, interface: hop.interface };
  if (hop.kind === 'interface') return { ...named, kind: 'interface' };
  const { gateway, routerMac = null } = hop;
  const isPinned = hop.interface !== null;
  return { ...named, kind: 'gateway', gateway, isPinned, routerMac, onlink: routerMac !== null };
}

/** 169.254.0.1: zebra binds it to the neighbour's MAC on every interface with an RFC 5549 neighbour. */
const IPV4_OVER_IPV6: Address = { family: 4, address: 0xa9_fe_00_01n };

/** A hop written into the route itself: the kernel's older form has no IPv6 gateway for an IPv4 route. */
const plainHop = (entry: RouteEntry, hop: RouteNexthop): KernelNexthop =>
  entry.prefix.family === 4 && hop.gateway?.family === 6
    ? { ...kernelHop(hop), gateway: IPV4_OVER_IPV6, onlink: true }
    : kernelHop(hop);

/** The kernel's route for an entry; `nexthopId` 0 where the kernel has no next hop objects. */
export function fibRoute(entry: RouteEntry, nexthopId: number): FibRoute {
  const hops = forwardingNexthops(entry.nexthops);
  const dark = hops.find((hop) => hop.kind === 'blackhole');
  return {
    vrf: entry.vrf,
    table: entry.table,
    prefix: entry.prefix,
    protocol: PROTOCOL_NUMBER[entry.protocol] ?? 11,
    metric: FIB_METRIC,
    type: dark ? (dark.reject ?? 'blackhole') : 'unicast',
    nexthops: dark ? [] : hops.map((hop) => (nexthopId === 0 ? plainHop(entry, hop) : kernelHop(hop))),
    // The kernel is told of a blackhole itself, not by its object.
    nexthopId: dark ? 0 : nexthopId,
  };
}
