/** Adding and removing IPv6 addresses: prefix routes, duplicate detection, groups (`addrconf.c`, RFC 4862). */
import { ok } from '../../base/result.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import { isLinkLocalIp6, networkOf, solicitedNode } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { newNexthop, removeRoute, sameWay, tableFor, vrfTableOf } from '../route-table.ts';
import { PROTOCOL, SCOPE, TABLE, type Route, type RouteType } from '../route.ts';
import type { Stack } from '../stack.ts';
import { MILLISECOND, SECOND } from '../timing.ts';
import type { Ipv6Address } from './device.ts';
import { ALL_NODES, joinGroup6, leaveGroup6, reportGroupsFrom6 } from './mld.ts';
import {
  sendAdvertisement,
  sendNeighbourSolicitation,
  sendRouterSolicitation,
} from './neighbour-discovery.ts';
import { scopeOf } from './source-address.ts';

export interface NewIpv6Address {
  readonly address: bigint;
  readonly length: number;
  readonly peer?: bigint | null;
  readonly metric?: number;
  readonly noPrefixRoute?: boolean;
  readonly noDad?: boolean;
  readonly optimistic?: boolean;
  readonly home?: boolean;
  readonly managed?: boolean;
  readonly dynamic?: boolean;
  readonly protocol?: number;
  readonly validLifetime?: number | null;
  readonly preferredLifetime?: number | null;
}

const SCOPES: Readonly<Record<number, number>> = { 1: SCOPE.host, 2: SCOPE.link, 5: SCOPE.site };

const prefixMetric = (address: Ipv6Address): number => (address.metric === 0 ? 256 : address.metric);

/** `ip -6 addr add` (or `replace`). */
export function addAddress6(
  stack: Stack,
  net: Namespace,
  link: Link,
  made: NewIpv6Address,
  replace = false,
): NetlinkResult {
  if (net.sysctl.conf6(link.name, 'disable_ipv6') !== 0)
    return refuse('EACCES', 'ipv6: IPv6 is disabled on this device');
  const now = net.machine.context.clock.now();
  const twin = link.ipv6.addresses.find((each) => each.address === made.address);
  if (twin !== undefined) {
    if (!replace) return refuse('EEXIST', 'ipv6: address already assigned');
    twin.validLifetime = made.validLifetime ?? null;
    twin.preferredLifetime = made.preferredLifetime ?? null;
    twin.updated = now;
    twin.deprecated = twin.preferredLifetime === 0;
    scheduleLifetime(net, link, twin);
    return ok(undefined);
  }
  if (made.address >> 120n === 0xffn)
    return refuse('EINVAL', 'ipv6: Cannot assign multicast address without "IFA_F_MCAUTOJOIN" flag');
  if (made.address === 1n && link.kind !== 'lo')
    return refuse('EADDRNOTAVAIL', 'ipv6: Cannot assign loopback address on this device');
  const needsCheck =
    link.kind !== 'lo' &&
    !link.noArp &&
    made.noDad !== true &&
    net.sysctl.conf6(link.name, 'accept_dad') >= 1 &&
    net.sysctl.conf6(link.name, 'dad_transmits') > 0;
  const address: Ipv6Address = {
    address: made.address,
    length: made.length,
    peer: made.peer ?? null,
    scope: made.address === 1n ? SCOPE.host : (SCOPES[scopeOf(made.address)] ?? SCOPE.global),
    metric: made.metric ?? 0,
    noPrefixRoute: made.noPrefixRoute ?? false,
    noDad: made.noDad ?? false,
    home: made.home ?? false,
    dynamic: made.dynamic ?? made.validLifetime != null,
    managed: made.managed ?? false,
    protocol: made.protocol ?? 0,
    tentative: link.kind !== 'lo' && (needsCheck || !link.up),
    dadFailed: false,
    optimistic: made.optimistic ?? false,
    deprecated: made.preferredLifetime === 0,
    validLifetime: made.validLifetime ?? null,
    preferredLifetime: made.preferredLifetime ?? null,
    updated: now,
    created: now,
    cancelTimer: null,
  };
  insert(link, address);
  if (link.up) addPrefixRoute(net, link, address);
  net.machine.notify({ kind: 'address6', namespace: net.name, link, address, deleted: false });
  if (link.kind !== 'lo') joinGroup6(net, link, solicitedNode(address.address));
  if (isRouter(net, link) && link.kind !== 'lo') joinAnycast(net, link, address);
  scheduleLifetime(net, link, address);
  // An address that is not asked about is in use at once, carrier or not.
  if (link.up && (link.ipv6.ready || !needsCheck)) startDetection(stack, net, link, address);
  return ok(undefined);
}

export const isRouter = (net: Namespace, link: Link): boolean =>
  net.sysctl.conf6(link.name, 'forwarding') !== 0;

/** Wider scopes first, the newest first among equals. */
function insert(link: Link, address: Ipv6Address): void {
  const rank = scopeOf(address.address);
  const at = link.ipv6.addresses.findIndex((each) => rank >= scopeOf(each.address));
  link.ipv6.addresses.splice(at < 0 ? link.ipv6.addresses.length : at, 0, address);
}

export function deleteAddress6(net: Namespace, link: Link, address: bigint, length: number): NetlinkResult {
  const found = link.ipv6.addresses.find((each) => each.address === address && each.length === length);
  if (found === undefined) return refuse('EADDRNOTAVAIL', 'ipv6: address not found');
  removeAddress6(net, link, found);
  return ok(undefined);
}

export function removeAddress6(net: Namespace, link: Link, address: Ipv6Address): void {
  const at = link.ipv6.addresses.indexOf(address);
  if (at < 0) return;
  link.ipv6.addresses.splice(at, 1);
  address.cancelTimer?.();
  address.cancelTimer = null;
  const shared = link.ipv6.addresses.some(
    (each) =>
      each.length === address.length &&
      networkOf(6, each.address, each.length) === networkOf(6, address.address, address.length),
  );
  if (!shared && !address.noPrefixRoute)
    removeWhere(
      net,
      TABLE.main,
      networkOf(6, address.peer ?? address.address, address.length),
      address.length,
      link,
      (route) => route.protocol === PROTOCOL.kernel,
    );
  if (!link.ipv6.addresses.some((each) => each.address === address.address))
    removeWhere(net, TABLE.local, address.address, 128, link, (route) => route.type === 'local');
  if (isRouter(net, link) && !shared) leaveAnycast(net, link, address);
  if (link.kind !== 'lo') leaveGroup6(net, link, solicitedNode(address.address));
  net.machine.notify({ kind: 'address6', namespace: net.name, link, address, deleted: true });
}

function removeWhere(
  net: Namespace,
  table: number,
  destination: bigint,
  length: number,
  link: Link,
  wanted: (route: Route) => boolean,
): void {
  const vrf = vrfTableOf(link) ?? table;
  for (const id of new Set([table, vrf]))
    for (const route of net.tables[6].get(id)?.at(destination, length).slice() ?? [])
      if (route.nexthops.some((hop) => hop.ifindex === link.index) && wanted(route)) removeRoute(net, route);
}

/** A route that the kernel makes for a link. */
export function addKernelRoute6(
  net: Namespace,
  link: Link,
  type: RouteType,
  destination: bigint,
  length: number,
  table: number,
  metric: number,
  extra: Partial<Route> = {},
): void {
  const route: Route = {
    family: 6,
    table: vrfTableOf(link) ?? table,
    destination: networkOf(6, destination, length),
    length,
    tos: 0,
    type,
    scope: SCOPE.global,
    protocol: PROTOCOL.kernel,
    metric,
    source: null,
    nexthops: [newNexthop(link, null)],
    metrics: {},
    nhid: 0,
    preference: 'medium',
    expires: null,
    ...extra,
  };
  if (tableFor(net, 6, route.table).insert(route, 'append', sameWay).kind === 'added')
    net.machine.notify({ kind: 'route', namespace: net.name, route, change: 'add' });
}

export function addPrefixRoute(net: Namespace, link: Link, address: Ipv6Address): void {
  if (address.noPrefixRoute || link.kind === 'lo') return;
  const ways = address.peer === null ? [address.address] : [address.address, address.peer];
  for (const destination of ways)
    addKernelRoute6(
      net,
      link,
      'unicast',
      destination,
      address.peer === null || destination === address.peer ? address.length : 128,
      TABLE.main,
      prefixMetric(address),
    );
}

/** The router's anycast address of a prefix (RFC 4291, 2.6.1). */
export function joinAnycast(net: Namespace, link: Link, address: Ipv6Address): void {
  if (address.length >= 127) return;
  const prefix = networkOf(6, address.address, address.length);
  addKernelRoute6(net, link, 'anycast', prefix, 128, TABLE.local, 0);
  joinGroup6(net, link, solicitedNode(prefix));
}

export function leaveAnycast(net: Namespace, link: Link, address: Ipv6Address): void {
  if (address.length >= 127) return;
  const prefix = networkOf(6, address.address, address.length);
  removeWhere(net, TABLE.local, prefix, 128, link, (route) => route.type === 'anycast');
  leaveGroup6(net, link, solicitedNode(prefix));
}

/** Asks whether the address is free, after a short random wait; then it may be used. */
export function startDetection(stack: Stack, net: Namespace, link: Link, address: Ipv6Address): void {
  if (!address.tentative) {
    completed(stack, net, link, address);
    return;
  }
  const skips =
    address.noDad ||
    link.noArp ||
    net.sysctl.conf6(link.name, 'accept_dad') < 1 ||
    net.sysctl.conf6(link.name, 'dad_transmits') <= 0;
  if (skips) {
    completed(stack, net, link, address);
    return;
  }
  const { clock, random } = net.machine.context;
  const delay = net.sysctl.conf6(link.name, 'router_solicitation_delay') * 1000;
  const chance =
    delay === 0 ? 0 : random.fork(`dad ${net.name} ${link.index} ${address.address}`).below(delay);
  let left = net.sysctl.conf6(link.name, 'dad_transmits');
  const wait = net.sysctl.neigh(6, link.name, 'retrans_time_ms') * MILLISECOND;
  const next = (): void => {
    address.cancelTimer = null;
    if (link.deleted || !link.up || !link.ipv6.addresses.includes(address)) return;
    if (left <= 0) {
      completed(stack, net, link, address);
      return;
    }
    left -= 1;
    sendNeighbourSolicitation(stack, net, link, address.address, 0n, null, null);
    address.cancelTimer = clock.after(wait, next);
  };
  address.cancelTimer?.();
  address.cancelTimer = clock.after(chance * MILLISECOND, next);
}

function completed(stack: Stack, net: Namespace, link: Link, address: Ipv6Address): void {
  address.tentative = false;
  addKernelRoute6(net, link, 'local', address.address, 128, TABLE.local, 0);
  net.machine.notify({ kind: 'address6', namespace: net.name, link, address, deleted: false });
  if (link.kind === 'lo') return;
  if (net.sysctl.conf6(link.name, 'ndisc_notify') !== 0)
    sendAdvertisement(
      stack,
      net,
      link,
      address.address,
      ALL_NODES,
      { solicited: false, override: true, withAddress: true },
      null,
    );
  if (!isLinkLocalIp6(address.address)) return;
  if (
    link.ipv6.addresses.every((each) => each === address || !isLinkLocalIp6(each.address) || each.tentative)
  )
    reportGroupsFrom6(net, link);
  solicitRouters(stack, net, link, address.address);
}

/** Host side of router discovery: asks at once, then ever more rarely, until a router answers. */
function solicitRouters(stack: Stack, net: Namespace, link: Link, source: bigint): void {
  const accept = net.sysctl.conf6(link.name, 'accept_ra');
  const wanted = isRouter(net, link) ? accept === 2 : accept !== 0;
  const most = net.sysctl.conf6(link.name, 'router_solicitations');
  if (!wanted || most === 0) return;
  let interval = net.sysctl.conf6(link.name, 'router_solicitation_interval') * SECOND;
  const longest = net.sysctl.conf6(link.name, 'router_solicitation_max_interval') * SECOND;
  link.ipv6.cancelRouterTimer?.();
  link.ipv6.routerSolicitations = 0;
  const ask = (): void => {
    link.ipv6.cancelRouterTimer = null;
    if (link.deleted || !link.up || (most > 0 && link.ipv6.routerSolicitations >= most)) return;
    link.ipv6.routerSolicitations += 1;
    sendRouterSolicitation(stack, net, link, source);
    link.ipv6.cancelRouterTimer = net.machine.context.clock.after(interval, ask);
    interval = Math.min(2 * interval, longest);
  };
  ask();
}

function scheduleLifetime(net: Namespace, link: Link, address: Ipv6Address): void {
  const { updated } = address;
  const still = (): boolean => address.updated === updated && link.ipv6.addresses.includes(address);
  if (address.preferredLifetime !== null && address.preferredLifetime > 0)
    net.machine.context.clock.after(address.preferredLifetime * SECOND, () => {
      if (still()) address.deprecated = true;
    });
  if (address.validLifetime !== null)
    net.machine.context.clock.after(address.validLifetime * SECOND, () => {
      if (still()) removeAddress6(net, link, address);
    });
}
