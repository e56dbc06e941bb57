/** Where an IPv6 datagram of this host goes, and with which source (`ip6_route_output`, `ip6_dst_lookup`). */
import { formatIpv6 } from '../../base/address.ts';
import type { RowRef } from '../../base/step.ts';
import type { Errno } from '../errno.ts';
import { isLinkLocalIp6 } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { fibLookup } from '../route-lookup.ts';
import { routeRow } from '../route-text.ts';
import type { Route } from '../route.ts';
import { ownerOf6, selectAddress6 } from './source-address.ts';

export interface Ipv6Flow {
  readonly destination: bigint;
  /** 0n: choose one. */
  readonly source: bigint;
  readonly mark: number;
  /** Interface index; 0: any. */
  readonly oif: number;
  readonly protocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly anySource?: boolean;
}

export interface Ipv6Route {
  readonly type: 'unicast' | 'local' | 'anycast' | 'multicast';
  readonly link: Link;
  readonly gateway: bigint | null;
  readonly source: bigint;
  readonly route: Route;
  readonly mtu: number;
  readonly learnedMtu: number | null;
  readonly hopLimit: number;
}

export type Ipv6RouteResult =
  | { readonly ok: true; readonly value: Ipv6Route }
  | { readonly ok: false; readonly errno: Errno; readonly route: Route | null };

const no = (errno: Errno, route: Route | null = null): Ipv6RouteResult => ({ ok: false, errno, route });

export const LEAST_MTU6 = 1280;

export function routeOutput6(net: Namespace, flow: Ipv6Flow): Ipv6RouteResult {
  const { destination } = flow;
  const bound = flow.oif === 0 ? null : (net.links.get(flow.oif) ?? null);
  if (flow.oif !== 0 && bound === null) return no('ENODEV');
  if (flow.source !== 0n && flow.anySource !== true && ownerOf6(net, flow.source) === undefined)
    return no('EINVAL');
  const result = fibLookup(net, {
    family: 6,
    destination,
    source: flow.source,
    tos: 0,
    mark: flow.mark,
    iif: 0,
    oif: flow.oif,
    ...(flow.protocol === undefined ? {} : { protocol: flow.protocol }),
    ...(flow.sourcePort === undefined ? {} : { sourcePort: flow.sourcePort }),
    ...(flow.destinationPort === undefined ? {} : { destinationPort: flow.destinationPort }),
  });
  if (result.kind === 'error') return no(result.errno, result.route);
  const { route, nexthop } = result;
  const owner = net.links.get(nexthop?.ifindex ?? 0);
  if (owner === undefined) return no('ENETUNREACH', route);
  const local = route.type === 'local' || route.type === 'anycast';
  const link = local ? loopback(net, owner) : owner;
  let { source } = flow;
  if (source === 0n) {
    const chosen = route.source ?? selectAddress6(net, local ? owner : link, destination);
    if (chosen === undefined && !isLinkLocalIp6(destination) && destination >> 120n !== 0xffn)
      return no('EADDRNOTAVAIL', route);
    source = chosen ?? 0n;
  }
  const device = Math.min(route.metrics.mtu ?? link.mtu, link.ipv6.mtu ?? link.mtu);
  const learned = net.exceptions.get(`6/${destination}`);
  const inForce =
    !local && learned?.mtu != null && learned.expires > net.machine.context.clock.now() ? learned.mtu : null;
  const type =
    route.type === 'local' || route.type === 'anycast'
      ? route.type
      : destination >> 120n === 0xffn
        ? 'multicast'
        : 'unicast';
  return {
    ok: true,
    value: {
      type,
      link,
      gateway: nexthop?.gateway?.family === 6 ? nexthop.gateway.address : null,
      source,
      route,
      mtu: inForce === null ? device : Math.min(inForce, device),
      learnedMtu: inForce,
      hopLimit: route.metrics.hoplimit ?? (net.sysctl.conf6(link.name, 'hop_limit') || 64),
    },
  };
}

function loopback(net: Namespace, owner: Link): Link {
  if (owner.master?.vrfTable != null) return owner.master;
  for (const link of net.links.values()) if (link.kind === 'lo') return link;
  return owner;
}

export const becauseOf6 = (net: Namespace, route: Ipv6Route): RowRef[] => [routeRow(net, route.route)];

export const viaText6 = (route: Ipv6Route, destination: bigint): string =>
  formatIpv6(route.gateway ?? destination);
