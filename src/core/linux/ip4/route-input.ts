/** What to do with a datagram that came in: for us, to be forwarded, or refused (`ip_route_input_slow`). */
import type { Errno } from '../errno.ts';
import type { IpAddress } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { fibLookup } from '../route-lookup.ts';
import type { Route } from '../route.ts';
import { SCOPE } from '../route.ts';
import { selectAddress } from './source-address.ts';

export type Ipv4Input =
  | {
      readonly kind: 'local';
      readonly type: 'local' | 'broadcast' | 'multicast';
      readonly route: Route | null;
      readonly specific: number;
    }
  | {
      readonly kind: 'forward';
      readonly link: Link;
      readonly gateway: IpAddress | null;
      readonly route: Route;
      readonly mtu: number;
      readonly redirect: boolean;
    }
  | { readonly kind: 'refused'; readonly errno: Errno; readonly route: Route | null }
  | { readonly kind: 'martian'; readonly problem: string; readonly route: Route | null };

const isMulticast = (address: number): boolean => address >>> 28 === 0xe;

export interface Ipv4InputFlow {
  readonly source: number;
  readonly destination: number;
  readonly tos: number;
  readonly mark: number;
  readonly protocol?: number;
}

export function routeInput(net: Namespace, link: Link, flow: Ipv4InputFlow): Ipv4Input {
  const { source, destination } = flow;
  if (isMulticast(destination)) {
    if (!link.groups4.has(destination)) return { kind: 'refused', errno: 'EINVAL', route: null };
    if (isMulticast(source) || source === 0xffffffff)
      return { kind: 'martian', problem: 'multicast source', route: null };
    return {
      kind: 'local',
      type: 'multicast',
      route: null,
      specific: selectAddress(net, link, 0, SCOPE.link),
    };
  }
  if (isMulticast(source) || source === 0xffffffff)
    return { kind: 'martian', problem: 'broadcast source', route: null };
  if (destination === 0xffffffff || (source === 0 && destination === 0))
    return {
      kind: 'local',
      type: 'broadcast',
      route: null,
      specific: selectAddress(net, link, 0, SCOPE.link),
    };
  if (source >>> 24 === 0) return { kind: 'martian', problem: 'source 0.0.0.0/8', route: null };
  if (destination >>> 24 === 0) return { kind: 'martian', problem: 'destination 0.0.0.0/8', route: null };
  const routeLocalnet = link.kind === 'lo' || net.sysctl.max4(link.name, 'route_localnet') !== 0;
  if (!routeLocalnet && (destination >>> 24 === 127 || source >>> 24 === 127))
    return { kind: 'martian', problem: 'loopback address on the wire', route: null };
  const forwarding = net.sysctl.conf4(link.name, 'forwarding') !== 0;
  const result = fibLookup(net, {
    family: 4,
    destination: BigInt(destination),
    source: BigInt(source),
    tos: flow.tos & 0x1c,
    mark: flow.mark,
    iif: link.index,
    oif: 0,
    ...(flow.protocol === undefined ? {} : { protocol: flow.protocol }),
  });
  if (result.kind === 'error')
    return { kind: 'refused', errno: forwarding ? result.errno : 'EHOSTUNREACH', route: result.route };
  const { route, nexthop } = result;
  if (route.type === 'broadcast') {
    const check = validateSource(net, link, flow);
    if (!check.valid) return { kind: 'martian', problem: check.problem, route };
    return {
      kind: 'local',
      type: 'broadcast',
      route,
      specific: selectAddress(net, link, source, SCOPE.link),
    };
  }
  if (route.type === 'local') {
    const check = validateSource(net, link, flow);
    if (!check.valid) return { kind: 'martian', problem: check.problem, route };
    return { kind: 'local', type: 'local', route, specific: destination };
  }
  if (!forwarding) return { kind: 'refused', errno: 'EHOSTUNREACH', route: null };
  const out = net.links.get(nexthop?.ifindex ?? 0);
  if (out === undefined) return { kind: 'refused', errno: 'EINVAL', route };
  const check = validateSource(net, link, flow);
  if (!check.valid) return { kind: 'martian', problem: check.problem, route };
  const gateway = nexthop?.gateway ?? null;
  const redirect =
    out === link &&
    check.onLink &&
    gateway?.family !== 6 &&
    net.sysctl.max4(link.name, 'send_redirects') !== 0;
  return {
    kind: 'forward',
    link: out,
    gateway,
    route,
    mtu: Math.min(route.metrics.mtu ?? out.mtu, out.mtu),
    redirect,
  };
}

type SourceCheck =
  | { readonly valid: true; readonly onLink: boolean }
  | { readonly valid: false; readonly problem: string };

/** Reverse path filter and martian sources (`fib_validate_source`). */
function validateSource(net: Namespace, link: Link, flow: Ipv4InputFlow): SourceCheck {
  if (link.kind === 'lo') return { valid: true, onLink: false };
  const filter = net.sysctl.max4(link.name, 'rp_filter');
  const result = fibLookup(net, {
    family: 4,
    destination: BigInt(flow.source),
    source: BigInt(flow.destination),
    tos: flow.tos & 0x1c,
    mark: 0,
    iif: link.index,
    oif: 0,
  });
  if (result.kind === 'error') {
    if (filter === 1 && link.addresses4.length > 0)
      return { valid: false, problem: 'no route back to the source' };
    return { valid: true, onLink: false };
  }
  const { route } = result;
  if (
    route.type !== 'unicast' &&
    (route.type !== 'local' || net.sysctl.max4(link.name, 'accept_local') === 0)
  )
    return {
      valid: false,
      problem: route.type === 'local' ? 'source is an address of this host' : `source is ${route.type}`,
    };
  const back = route.nexthops.some(
    (hop) => hop.ifindex === link.index || net.links.get(hop.ifindex)?.index === link.master?.index,
  );
  if (back)
    return {
      valid: true,
      onLink: route.nexthops.some((hop) => hop.ifindex === link.index && hop.scope >= SCOPE.host),
    };
  if (link.addresses4.length === 0 || filter === 0) return { valid: true, onLink: false };
  return filter === 1
    ? { valid: false, problem: 'the route back leaves by another device' }
    : { valid: true, onLink: false };
}
