/** Adding and removing IPv4 addresses, with the routes that come and go with them (`devinet.c`, `fib_frontend.c`). */
import { ok } from '../../base/result.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import type { InsertMode } from '../fib.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { PROTOCOL, SCOPE, TABLE, type Route, type RouteType } from '../route.ts';
import {
  allRoutes,
  dropRoutesOf,
  newNexthop,
  removeRoute,
  sameWay,
  tableFor,
  vrfTableOf,
} from '../route-table.ts';
import { SECOND } from '../timing.ts';
import type { Ipv4Address } from './device.ts';

export interface NewIpv4Address {
  readonly local: number;
  readonly length: number;
  readonly peer?: number;
  readonly broadcast?: number | null;
  readonly scope?: number;
  readonly label?: string;
  readonly metric?: number;
  readonly noPrefixRoute?: boolean;
  readonly protocol?: number;
  /** Seconds; null for ever. */
  readonly validLifetime?: number | null;
  readonly preferredLifetime?: number | null;
}

const maskOf = (length: number): number => (length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);

const inSubnet = (address: Ipv4Address, other: Ipv4Address): boolean =>
  address.length === other.length && ((address.peer ^ other.peer) & maskOf(address.length)) === 0;

/** `ip addr add` (or `replace`, which changes the lifetimes and metric of an address that is there). */
export function addAddress4(
  net: Namespace,
  link: Link,
  made: NewIpv4Address,
  replace = false,
): NetlinkResult {
  const now = net.machine.context.clock.now();
  const peer = made.peer ?? made.local;
  const twin = link.addresses4.find(
    (each) =>
      each.local === made.local &&
      each.length === made.length &&
      ((each.peer ^ peer) & maskOf(each.length)) === 0,
  );
  if (twin !== undefined) {
    if (!replace) return refuse('EEXIST', 'ipv4: Address already assigned');
    twin.validLifetime = made.validLifetime ?? null;
    twin.preferredLifetime = made.preferredLifetime ?? null;
    twin.updated = now;
    expireLater(net, link, twin);
    return ok(undefined);
  }
  const scope = made.scope ?? (link.kind === 'lo' && made.local >>> 24 === 127 ? SCOPE.host : SCOPE.global);
  const address: Ipv4Address = {
    local: made.local,
    length: made.length,
    peer,
    broadcast: made.broadcast ?? null,
    scope,
    label: made.label ?? link.name,
    metric: made.metric ?? 0,
    noPrefixRoute: made.noPrefixRoute ?? false,
    protocol: made.protocol ?? 0,
    secondary: false,
    validLifetime: made.validLifetime ?? null,
    preferredLifetime: made.preferredLifetime ?? null,
    updated: now,
    created: now,
  };
  address.secondary = link.addresses4.some((each) => each.scope <= scope && inSubnet(each, address));
  insert(link, address);
  addAddressRoutes(net, link, address);
  net.machine.notify({ kind: 'address4', namespace: net.name, link, address, deleted: false });
  expireLater(net, link, address);
  return ok(undefined);
}

/** Primaries go after the last one of the same or a narrower scope, secondaries last. */
function insert(link: Link, address: Ipv4Address): void {
  if (address.secondary) {
    link.addresses4.push(address);
    return;
  }
  const last = link.addresses4.findLastIndex((each) => !each.secondary && each.scope >= address.scope);
  link.addresses4.splice(last + 1, 0, address);
}

function expireLater(net: Namespace, link: Link, address: Ipv4Address): void {
  if (address.validLifetime === null) return;
  const { updated } = address;
  net.machine.context.clock.after(address.validLifetime * SECOND, () => {
    if (address.updated === updated && link.addresses4.includes(address)) removeAddress(net, link, address);
  });
}

/** `ip addr del`. A prefix length of 32 without a mask also finds the address (`ip addr del 10.0.0.1 dev eth0`). */
export function deleteAddress4(
  net: Namespace,
  link: Link,
  local: number,
  length: number,
  peer?: number,
): NetlinkResult {
  const address = link.addresses4.find(
    (each) => each.local === local && each.length === length && (peer === undefined || each.peer === peer),
  );
  if (address === undefined) return refuse('EADDRNOTAVAIL', 'ipv4: Address not found');
  removeAddress(net, link, address);
  return ok(undefined);
}

export function removeAddress(net: Namespace, link: Link, address: Ipv4Address): void {
  link.addresses4.splice(link.addresses4.indexOf(address), 1);
  const promoted: Ipv4Address[] = [];
  if (!address.secondary) {
    const secondaries = link.addresses4.filter((each) => each.secondary && inSubnet(each, address));
    if (net.sysctl.max4(link.name, 'promote_secondaries') !== 0) {
      const next = secondaries[0];
      if (next !== undefined) {
        link.addresses4.splice(link.addresses4.indexOf(next), 1);
        next.secondary = false;
        insert(link, next);
        promoted.push(...secondaries);
      }
    } else for (const secondary of secondaries) removeAddress(net, link, secondary);
  }
  removeAddressRoutes(net, link, address);
  for (const each of promoted) {
    removeAddressRoutes(net, link, each);
    addAddressRoutes(net, link, each);
  }
  net.machine.notify({ kind: 'address4', namespace: net.name, link, address, deleted: true });
  if (link.addresses4.length === 0) {
    dropRoutesOf(net, 4, link, true);
    net.machine.flushNeighbours(net, link, 4, false);
  }
}

/** The routes that an address brings (`fib_add_ifaddr`). */
export function addAddressRoutes(net: Namespace, link: Link, address: Ipv4Address): void {
  for (const route of routesOf(link, address)) {
    const mode: InsertMode = 'append';
    const { kind } = tableFor(net, 4, route.table).insert(route, mode, sameWay);
    if (kind === 'added') net.machine.notify({ kind: 'route', namespace: net.name, route, change: 'add' });
  }
}

function removeAddressRoutes(net: Namespace, link: Link, address: Ipv4Address): void {
  const left = [...net.links.values()].flatMap((each) => each.addresses4);
  const stillLocal = left.some((each) => each.local === address.local);
  for (const route of routesOf(link, address)) {
    if (
      route.type === 'local' &&
      route.length === 32 &&
      stillLocal &&
      link.addresses4.some((each) => each.local === address.local)
    )
      continue;
    if (route.type === 'broadcast' && link.addresses4.some((each) => inSubnet(each, address))) continue;
    const found = tableFor(net, 4, route.table)
      .at(route.destination, route.length)
      .find(
        (each) =>
          each.type === route.type &&
          each.nexthops.some((hop) => hop.ifindex === link.index) &&
          (route.length === 32 || each.source === route.source),
      );
    if (found !== undefined) removeRoute(net, found);
  }
  if (!stillLocal)
    for (const route of allRoutes(net, 4))
      if (route.source === BigInt(address.local)) removeRoute(net, route);
}

function routesOf(link: Link, address: Ipv4Address): Route[] {
  const table = vrfTableOf(link);
  const mask = maskOf(address.length);
  const primary = address.secondary
    ? link.addresses4.find((each) => !each.secondary && inSubnet(each, address))
    : undefined;
  const source = BigInt((primary ?? address).local);
  const route = (type: RouteType, destination: number, length: number): Route => ({
    family: 4,
    table: table ?? (type === 'unicast' ? TABLE.main : TABLE.local),
    destination: BigInt(destination),
    length,
    tos: 0,
    type,
    scope: type === 'local' ? SCOPE.host : SCOPE.link,
    protocol: PROTOCOL.kernel,
    metric: type === 'unicast' ? address.metric : 0,
    source,
    nexthops: [newNexthop(link, null, { scope: type === 'local' ? SCOPE.nowhere : SCOPE.host })],
    metrics: {},
    nhid: 0,
    preference: 'medium',
    expires: null,
  });
  const routes = [route('local', address.local, 32)];
  if (!link.up) return routes;
  if (address.broadcast !== null && address.broadcast !== 0xffffffff)
    routes.push(route('broadcast', address.broadcast, 32));
  const prefix = (address.peer & mask) >>> 0;
  if (prefix >>> 24 !== 0 && !address.secondary && (prefix !== address.local || address.length < 32)) {
    if (!address.noPrefixRoute)
      routes.push(route(link.kind === 'lo' ? 'local' : 'unicast', prefix, address.length));
    if (address.length < 31) routes.push(route('broadcast', (prefix | ~mask) >>> 0, 32));
  }
  return routes;
}
