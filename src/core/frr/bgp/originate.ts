/** Routes of this router itself: `network` and `redistribute`. */
import { formatPrefix, type Prefix } from '../prefix.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import { localAttributes, type PathAttributes } from './attributes.ts';
import { sameAttributes } from './equal-attributes.ts';
import { markShuttingDown } from './graceful-shutdown.ts';
import type { PathSource, RedistributedNextHop } from './path.ts';
import type { RouteProtocol } from '../route-protocol.ts';
import type { StoredPath } from './rib-table.ts';
import { applyMap } from './route-map.ts';
import type { Speaker } from './speaker.ts';
import { addPath, findPath, removePath, restorePath, type TableListener } from './table-change.ts';
import type { NextHopAnswer, RedistributedRoute } from './zebra-port.ts';

const NETWORK: PathSource = { kind: 'network' };

const unicastOf = (prefix: Prefix): BgpFamily => (prefix.family === 4 ? 'ipv4-unicast' : 'ipv6-unicast');

/** Attributes of an own route: IPv6 ones have an IPv6 next hop of zeros. */
function ownAttributes(prefix: Prefix, origin: 'igp' | 'incomplete', med: number): PathAttributes {
  const attributes = { ...localAttributes(origin), med };
  return prefix.family === 4
    ? attributes
    : { ...attributes, nextHop: null, mpNextHop: { global: 0n, linkLocal: null } };
}

/** Puts an own path into the table, or changes the one that is there. */
function place(
  speaker: Speaker,
  listener: TableListener,
  prefix: Prefix,
  source: PathSource,
  own: PathAttributes,
): StoredPath {
  const attributes = speaker.config.options.gracefulShutdown === true ? markShuttingDown(own) : own;
  const destination = speaker.rib(unicastOf(prefix)).at(prefix);
  const known = findPath(destination, speaker.self, source);
  if (known === undefined) {
    const path = addPath(speaker, destination, speaker.self, source, attributes);
    path.valid = true;
    path.nextHopAccessible = true;
    return path;
  }
  if (!known.removed && sameAttributes(known.attributes, attributes)) return known;
  if (known.removed) restorePath(known);
  else listener.pathRemoved(speaker, known);
  known.valid = true;
  known.attributes = attributes;
  known.attributesChanged = true;
  known.receivedAt = speaker.now;
  return known;
}

/** `network P`: added, changed or taken away, as the configuration now says. */
export function refreshNetwork(
  speaker: Speaker,
  listener: TableListener,
  family: BgpFamily,
  prefix: Prefix,
): void {
  const network = speaker.config.families[family].networks.get(formatPrefix(prefix));
  const withdraw = (): void => {
    const destination = speaker.rib(family).find(prefix);
    const path = destination === undefined ? undefined : findPath(destination, speaker.self, NETWORK);
    if (path !== undefined) removePath(speaker, listener, path);
  };
  if (network === undefined || network.backdoor) {
    withdraw();
    return;
  }
  let attributes = ownAttributes(prefix, 'igp', 0);
  if (network.routeMap !== null) {
    const mapped = applyMap(speaker, network.routeMap, {
      family,
      prefix,
      attributes,
      source: NETWORK,
      peer: null,
      direction: 'network',
    });
    if (mapped === undefined) {
      withdraw();
      return;
    }
    attributes = mapped;
  }
  const path = place(speaker, listener, prefix, NETWORK, attributes);
  if (speaker.config.options.networkImportCheck ?? true) {
    const { nextHops } = speaker.host;
    const answer = nextHops.followPath(path, 'import-check', speaker.vrf, prefix);
    applyImportCheck(path, answer);
  } else {
    speaker.host.nextHops.leavePath(path);
    path.valid = true;
    path.nextHopAccessible = true;
  }
  listener.pathChanged(speaker, path);
  speaker.schedule(path.destination);
}

/** A `network` counts only while zebra has a route to the very prefix. Whether anything changed. */
export function applyImportCheck(path: StoredPath, answer: NextHopAnswer | null): boolean {
  const isThere = answer !== null && answer.nextHops.length > 0;
  const changed = path.valid !== isThere;
  path.valid = isThere;
  path.nextHopAccessible = isThere;
  return changed;
}

const keyOf = (protocol: RouteProtocol, instance: number | null): string =>
  instance === null ? protocol : `${protocol} ${instance}`;

function nextHopKind(route: RedistributedRoute): RedistributedNextHop {
  if (route.nextHop !== null) return { kind: 'gateway' };
  return route.interface === null ? { kind: 'blackhole' } : { kind: 'interface', interface: route.interface };
}

/** A route of another protocol came or changed. */
export function redistributeRoute(
  speaker: Speaker,
  listener: TableListener,
  route: RedistributedRoute,
): void {
  const { prefix, protocol, instance } = route;
  const family = unicastOf(prefix);
  const asked = speaker.config.families[family].redistribute.get(keyOf(protocol, instance));
  if (asked === undefined) return;
  const source: PathSource = { kind: 'redistributed', protocol, instance, nextHop: nextHopKind(route) };
  let attributes: PathAttributes = {
    ...ownAttributes(prefix, 'incomplete', asked.metric ?? route.metric),
    tag: route.tag,
  };
  if (route.nextHop !== null)
    attributes =
      route.nextHop.family === 4
        ? { ...attributes, nextHop: Number(route.nextHop.address) }
        : { ...attributes, mpNextHop: { global: route.nextHop.address, linkLocal: null } };
  if (asked.routeMap !== null) {
    const mapped = applyMap(speaker, asked.routeMap, {
      family,
      prefix,
      attributes,
      source,
      peer: null,
      direction: 'redistribute',
    });
    if (mapped === undefined) {
      withdrawRedistributed(speaker, listener, route);
      return;
    }
    attributes = mapped;
  }
  const path = place(speaker, listener, prefix, source, attributes);
  listener.pathChanged(speaker, path);
  speaker.schedule(path.destination);
}

export function withdrawRedistributed(
  speaker: Speaker,
  listener: TableListener,
  route: Pick<RedistributedRoute, 'prefix' | 'protocol' | 'instance'>,
): void {
  const destination = speaker.rib(unicastOf(route.prefix)).find(route.prefix);
  for (const path of destination?.paths ?? [])
    if (
      path.source.kind === 'redistributed' &&
      path.source.protocol === route.protocol &&
      path.source.instance === route.instance
    )
      removePath(speaker, listener, path);
}

/** All routes of a protocol go: `no redistribute P`. */
export function withdrawProtocol(
  speaker: Speaker,
  listener: TableListener,
  family: BgpFamily,
  key: string,
): void {
  for (const destination of speaker.rib(family).destinations.values())
    for (const path of destination.paths)
      if (path.source.kind === 'redistributed' && keyOf(path.source.protocol, path.source.instance) === key)
        removePath(speaker, listener, path);
}
