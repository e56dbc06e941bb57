/** Routes that a neighbour sends: loop checks, filters, next hop, and into the table (RFC 4271 9.1.1 and `bgp_update`). */
import { routeKey, type Prefix } from '../prefix.ts';
import type { BgpFamily, PeerFamilyOptions } from '../config/bgp-config.ts';
import { hasSet, occurrences, originAs } from './as-path.ts';
import { COMMUNITY, type PathAttributes } from './attributes.ts';
import { sameAttributes } from './equal-attributes.ts';
import { markShuttingDown } from './graceful-shutdown.ts';
import { maximumPrefixOverflow } from './maximum-prefix.ts';
import { type Notification } from './message/notification.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { followNextHop } from './path-next-hop.ts';
import type { Policy } from './policy.ts';
import type { StoredPath } from './rib-table.ts';
import { applyMap } from './route-map.ts';
import { markSite } from './site-of-origin.ts';
import type { Speaker } from './speaker.ts';
import { routeReceived } from './update-log.ts';
import { addPath, findPath, removePath, restorePath, type TableListener } from './table-change.ts';

const RECEIVED = { kind: 'received' } as const;

/**
 * Whether something stands between an external neighbour and the table in that direction (RFC 8212). Between members of a
 * confederation bgpd takes no filter for a policy.
 */
export const hasInboundPolicy = (neighbour: Neighbour, options: PeerFamilyOptions): boolean =>
  neighbour.isExternal &&
  (options.routeMapIn !== undefined ||
    options.prefixListIn !== undefined ||
    options.distributeListIn !== undefined ||
    options.filterListIn !== undefined);

/** A filter that is named and is not there denies. */
export function passesFilters(
  policy: Policy,
  prefix: Prefix,
  attributes: PathAttributes,
  lists: {
    readonly distribute: string | undefined;
    readonly prefix: string | undefined;
    readonly asPath: string | undefined;
  },
): boolean {
  if (lists.distribute !== undefined && policy.accessList(lists.distribute, prefix) !== 'permit')
    return false;
  if (lists.prefix !== undefined && policy.prefixList(lists.prefix, prefix) !== 'permit') return false;
  return lists.asPath === undefined || policy.asPathList(lists.asPath, attributes.asPath) === 'permit';
}

/** The attributes to keep, or why the route is refused. */
type InboundVerdict =
  | { readonly kind: 'accepted'; readonly attributes: PathAttributes }
  | {
      readonly kind: 'refused';
      readonly why:
        | 'as-path contains our own AS;'
        | 'originator is us;'
        | 'reflected from the same cluster;'
        | 'filter;'
        | 'inbound policy missing'
        | 'as-path contains AS_SET or AS_CONFED_SET type;'
        | 'route-map;'
        | 'martian or self next-hop;';
    };

/** Judges a route as it came; nothing changes. */
function judgeInbound(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  prefix: Prefix,
  attributes: PathAttributes,
): InboundVerdict {
  const { options } = family;
  const global = speaker.config.options;
  const refused = (why: Extract<InboundVerdict, { kind: 'refused' }>['why']): InboundVerdict => ({
    kind: 'refused',
    why,
  });
  const allowed = options.allowasIn?.origin === true ? 0 : (options.allowasIn?.count ?? 0);
  const { localAs } = neighbour.options;
  if (localAs !== undefined) {
    const own = allowed > 0 ? allowed : localAs.noPrepend ? 0 : 1;
    if (occurrences(attributes.asPath, localAs.as) > own) return refused('as-path contains our own AS;');
  }
  const originatedHere = options.allowasIn?.origin === true && originAs(attributes.asPath) === speaker.asn;
  if (!originatedHere && occurrences(attributes.asPath, speaker.asn) > allowed)
    return refused('as-path contains our own AS;');
  const { confederationIdentifier } = global;
  if (
    confederationIdentifier !== undefined &&
    occurrences(attributes.asPath, confederationIdentifier) > allowed
  )
    return refused('as-path contains our own AS;');
  if (attributes.originatorId !== null && attributes.originatorId === speaker.routerId)
    return refused('originator is us;');
  const clusterId = global.clusterId ?? speaker.routerId;
  if (attributes.clusterList?.includes(clusterId) === true)
    return refused('reflected from the same cluster;');
  const { policy } = speaker.host;
  const lists = {
    distribute: options.distributeListIn,
    prefix: options.prefixListIn,
    asPath: options.filterListIn,
  };
  if (!passesFilters(policy, prefix, attributes, lists)) return refused('filter;');
  if ((global.ebgpRequiresPolicy ?? true) && !neighbour.isInternal && !hasInboundPolicy(neighbour, options))
    return refused('inbound policy missing');
  if (global.rejectAsSets === true && hasSet(attributes.asPath))
    return refused('as-path contains AS_SET or AS_CONFED_SET type;');
  let kept = options.weight === undefined ? attributes : { ...attributes, weight: options.weight };
  if (options.routeMapIn !== undefined) {
    const changed = applyMap(speaker, options.routeMapIn, {
      family: family.family,
      prefix,
      attributes: kept,
      source: RECEIVED,
      peer: neighbour,
      direction: 'in',
    });
    if (changed === undefined) return refused('route-map;');
    kept = changed;
  }
  if (neighbour.isExternal) kept = applyWellKnown(speaker, kept);
  const isChecked = family.family !== 'ipv4-vpn' && family.family !== 'ipv6-vpn';
  if (isChecked && global.allowMartianNexthop !== true && isOwnOrMartian(speaker, kept))
    return refused('martian or self next-hop;');
  return { kind: 'accepted', attributes: markSite(options, kept) };
}

const withCommunity = (attributes: PathAttributes, community: number): PathAttributes => {
  const communities = attributes.communities ?? [];
  if (communities.includes(community)) return attributes;
  return { ...attributes, communities: [...communities, community].sort((a, b) => a - b) };
};

/** RFC 7999 and RFC 8326 at the edge of the AS. */
function applyWellKnown(speaker: Speaker, attributes: PathAttributes): PathAttributes {
  let kept = attributes;
  if (kept.communities?.includes(COMMUNITY.blackhole) === true)
    kept = withCommunity(kept, COMMUNITY.noExport);
  if (kept.communities?.includes(COMMUNITY.gracefulShutdown) === true) kept = { ...kept, localPreference: 0 };
  else if (speaker.config.options.gracefulShutdown === true) kept = markShuttingDown(kept);
  return kept;
}

/** A next hop that no neighbour may name: not a host's address, or one of this router's own. */
function isOwnOrMartian(speaker: Speaker, { nextHop, mpNextHop }: PathAttributes): boolean {
  if (nextHop !== null) {
    const first = nextHop >>> 24;
    if (nextHop === 0 || first === 127 || first >= 224 || speaker.links.isOwn4(nextHop)) return true;
  }
  if (mpNextHop === null) return false;
  const { global, linkLocal } = mpNextHop;
  if (global === 1n || global >> 120n === 0xffn) return true;
  if (linkLocal === null && global === 0n) return true;
  return speaker.links.isOwn6(global);
}

/** Takes one announced route. The answer ends the session when the neighbour sent more than it may. */
export function receiveRoute(
  speaker: Speaker,
  listener: TableListener,
  neighbour: Neighbour,
  family: NeighbourFamily,
  prefix: Prefix,
  attributes: PathAttributes,
  pathId: number,
  isSoft = false,
): Notification | null {
  const rib = speaker.rib(family.family);
  if (!isSoft && family.options.softReconfigurationInbound === true) {
    const key = routeKey(prefix);
    if (!family.received.has(key)) rib.keepCopy(prefix, true);
    family.received.set(key, { prefix, attributes, receivedAt: speaker.now });
  }
  const known = rib.find(prefix);
  let path = known === undefined ? undefined : findPath(known, neighbour, RECEIVED, pathId);
  const verdict = judgeInbound(speaker, neighbour, family, prefix, attributes);
  if (verdict.kind === 'refused') {
    routeReceived(speaker, neighbour, family.family, prefix, { refused: verdict.why });
    speaker.host.observer?.refused(speaker, family.family, prefix, neighbour, verdict.why);
    if (path !== undefined) removePath(speaker, listener, path);
    return null;
  }
  const overflow = maximumPrefixOverflow(speaker, neighbour, family, false);
  if (overflow !== null) {
    // bgpd does not let go of the prefix at which it stopped.
    rib.keepCopy(prefix, true);
    return overflow;
  }
  if (path === undefined) {
    path = addPath(speaker, rib.at(prefix), neighbour, RECEIVED, verdict.attributes, pathId);
  } else {
    path.receivedAt = speaker.now;
    const same = !path.removed && sameAttributes(path.attributes, verdict.attributes);
    const wasStale = path.stale;
    path.stale = false;
    if (same) {
      routeReceived(speaker, neighbour, family.family, prefix, 'duplicate');
      if (wasStale) speaker.schedule(path.destination);
      return null;
    }
    if (path.removed) restorePath(path);
    else listener.pathRemoved(speaker, path);
    path.attributes = verdict.attributes;
    path.attributesChanged = true;
  }
  routeReceived(speaker, neighbour, family.family, prefix, 'taken');
  followNextHop(speaker, path);
  listener.pathChanged(speaker, path);
  speaker.schedule(path.destination);
  return null;
}

export function withdrawRoute(
  speaker: Speaker,
  listener: TableListener,
  neighbour: Neighbour,
  family: BgpFamily,
  prefix: Prefix,
  pathId: number,
): void {
  routeReceived(speaker, neighbour, family, prefix, 'withdrawn');
  const kept = neighbour.family(family);
  if (kept?.keepsCopies === true && kept.received.delete(routeKey(prefix)))
    speaker.rib(family).keepCopy(prefix, false);
  const destination = speaker.rib(family).find(prefix);
  const path = destination === undefined ? undefined : findPath(destination, neighbour, RECEIVED, pathId);
  if (path !== undefined) removePath(speaker, listener, path);
}

/** Forgets the copies of what a neighbour sent. */
export function forgetCopies(speaker: Speaker, family: NeighbourFamily): void {
  if (!family.keepsCopies) return;
  for (const { prefix } of family.received.values()) speaker.rib(family.family).keepCopy(prefix, false);
  family.received.clear();
}

/** Paths that a neighbour gave, of one family. */
export function* pathsOf(speaker: Speaker, neighbour: Neighbour, family: BgpFamily): Generator<StoredPath> {
  for (const destination of speaker.rib(family).destinations.values())
    for (const path of destination.paths)
      if (path.peer === neighbour && path.source.kind === 'received') yield path;
}

/** Judges what came in again, from the copies that `soft-reconfiguration inbound` keeps. */
export function reconsiderInbound(
  speaker: Speaker,
  listener: TableListener,
  neighbour: Neighbour,
  family: NeighbourFamily,
): void {
  for (const route of [...family.received.values()])
    receiveRoute(speaker, listener, neighbour, family, route.prefix, route.attributes, 0, true);
}
