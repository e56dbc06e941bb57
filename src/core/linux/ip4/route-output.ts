/** Where a datagram of this host goes, and with which source address (`ip_route_output_key`). */
import { formatIpv4 } from '../../base/address.ts';
import type { RowRef } from '../../base/step.ts';
import type { Errno } from '../errno.ts';
import type { IpAddress } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { fibLookup } from '../route-lookup.ts';
import { routeRow } from '../route-text.ts';
import { SCOPE, type Route } from '../route.ts';
import { loopbackIndex } from './route-request.ts';
import { ownerOf, selectAddress } from './source-address.ts';

export interface Ipv4Flow {
  readonly destination: number;
  /** 0: choose one. */
  readonly source: number;
  readonly tos: number;
  readonly mark: number;
  /** Interface index; 0: any. */
  readonly oif: number;
  readonly protocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** The source may be somebody else's (`IP_TRANSPARENT`, error replies). */
  readonly anySource?: boolean;
}

type DestinationType = 'unicast' | 'local' | 'broadcast' | 'multicast';

/** A way for one datagram. */
export interface Ipv4Route {
  readonly type: DestinationType;
  /** The link that it leaves by; the loopback for a local destination. */
  readonly link: Link;
  readonly gateway: IpAddress | null;
  readonly source: number;
  /** Null where no table decided (limited broadcast, bound to a device). */
  readonly route: Route | null;
  readonly mtu: number;
  /** The learned path MTU, when one is in force. */
  readonly learnedMtu: number | null;
}

export type Ipv4RouteResult =
  | { readonly ok: true; readonly value: Ipv4Route }
  | { readonly ok: false; readonly errno: Errno; readonly route: Route | null };

const no = (errno: Errno, route: Route | null = null): Ipv4RouteResult => ({ ok: false, errno, route });

const isMulticast = (address: number): boolean => address >>> 28 === 0xe;
const LIMITED_BROADCAST = 0xffffffff;
const LOOPBACK = 0x7f000001;

export function routeOutput(net: Namespace, flow: Ipv4Flow): Ipv4RouteResult {
  const bound = flow.oif === 0 ? null : (net.links.get(flow.oif) ?? null);
  const { destination } = flow;
  let { source } = flow;
  const group = isMulticast(destination);
  if (source !== 0) {
    if (isMulticast(source) || source === LIMITED_BROADCAST) return no('EINVAL');
    const owner = ownerOf(net, source);
    if (bound === null && (group || destination === LIMITED_BROADCAST) && owner !== undefined)
      return found(net, group ? 'multicast' : 'broadcast', owner, null, source, null, destination);
    if (owner === undefined && flow.anySource !== true) return no('EINVAL');
  }
  if (flow.oif !== 0) {
    if (bound === null) return no('ENODEV');
    if (!bound.up) return no('ENETUNREACH');
    if (destination === LIMITED_BROADCAST || destination >>> 8 === 0xe00000) {
      if (source === 0) source = selectAddress(net, bound, 0, SCOPE.link);
      return found(net, group ? 'multicast' : 'broadcast', bound, null, source, null, destination);
    }
    if (source === 0 && group) source = selectAddress(net, bound, 0, SCOPE.global);
    else if (source === 0 && destination === 0) source = selectAddress(net, bound, 0, SCOPE.host);
  }
  if (destination === 0) {
    // Nowhere in particular is this host.
    const lo = net.links.get(loopbackIndex(net));
    if (lo !== undefined)
      return found(net, 'local', lo, null, source === 0 ? LOOPBACK : source, null, destination);
  }
  const result = fibLookup(net, {
    family: 4,
    destination: BigInt(destination),
    source: BigInt(source),
    tos: flow.tos & 0x1c,
    mark: flow.mark,
    iif: loopbackIndex(net),
    oif: flow.oif,
    ...(flow.protocol === undefined ? {} : { protocol: flow.protocol }),
    ...(flow.sourcePort === undefined ? {} : { sourcePort: flow.sourcePort }),
    ...(flow.destinationPort === undefined ? {} : { destinationPort: flow.destinationPort }),
  });
  if (result.kind === 'error') {
    // Bound to a device and nothing known: taken for on-link.
    if (bound === null || bound.vrfTable !== null || bound.master?.vrfTable != null)
      return no(result.errno, result.route);
    if (source === 0) source = selectAddress(net, bound, 0, SCOPE.link);
    return found(net, group ? 'multicast' : 'unicast', bound, null, source, null, destination);
  }
  const { route, nexthop } = result;
  if (route.type === 'local') {
    if (source === 0) source = route.source === null ? destination : Number(route.source);
    const link = localLink(net, nexthop?.ifindex ?? 0);
    return link === undefined
      ? no('ENETUNREACH')
      : found(net, 'local', link, null, source, route, destination);
  }
  const link = net.links.get(nexthop?.ifindex ?? 0);
  if (link === undefined) return no('ENETUNREACH');
  if (destination === LIMITED_BROADCAST || (group && route.length < 4)) {
    // Everybody on the link, whatever the route says of a gateway.
    if (source === 0)
      source = route.source === null ? selectAddress(net, link, 0, route.scope) : Number(route.source);
    return found(net, group ? 'multicast' : 'broadcast', link, null, source, route, destination);
  }
  const gateway = nexthop?.gateway ?? null;
  if (source === 0)
    source =
      route.source === null
        ? selectAddress(net, link, gateway?.family === 4 ? Number(gateway.address) : 0, route.scope)
        : Number(route.source);
  const type = route.type === 'broadcast' ? 'broadcast' : group ? 'multicast' : 'unicast';
  return found(net, type, link, gateway, source, route, destination);
}

/** Local traffic goes over the loopback, inside a VRF over the VRF device. */
function localLink(net: Namespace, ifindex: number): Link | undefined {
  const owner = net.links.get(ifindex);
  if (owner?.vrfTable != null) return owner;
  if (owner?.master?.vrfTable != null) return owner.master;
  return net.links.get(loopbackIndex(net));
}

function found(
  net: Namespace,
  type: DestinationType,
  link: Link,
  gateway: IpAddress | null,
  source: number,
  route: Route | null,
  destination: number,
): Ipv4RouteResult {
  const learned = type === 'unicast' ? net.exceptions.get(`4/${destination}`) : undefined;
  const inForce =
    learned !== undefined && learned.expires > net.machine.context.clock.now() ? learned : undefined;
  const device = Math.min(route?.metrics.mtu ?? link.mtu, link.mtu);
  const learnedMtu = inForce?.mtu == null ? null : Math.min(inForce.mtu, device);
  const via = inForce?.gateway == null ? gateway : { family: 4 as const, address: inForce.gateway };
  return {
    ok: true,
    value: { type, link, gateway: via, source, route, mtu: learnedMtu ?? device, learnedMtu },
  };
}

/** The row that decided, and the words for the step. */
export const becauseOf = (net: Namespace, route: Ipv4Route): RowRef[] =>
  route.route === null ? [] : [routeRow(net, route.route)];

export const viaText = (route: Ipv4Route, destination: number): string =>
  route.gateway === null
    ? formatIpv4(destination)
    : route.gateway.family === 4
      ? formatIpv4(Number(route.gateway.address))
      : 'inet6';
