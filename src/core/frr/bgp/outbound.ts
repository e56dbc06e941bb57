/** What a neighbour gets to hear of the table: rules, policy, next hop, and what is queued to be sent (RFC 4271 9.1.3, 9.2). */
import { isLinkLocal } from '../prefix.ts';
import type { PeerFamilyOptions } from '../config/bgp-config.ts';
import { allPrivate, hasSet, occurrences, removePrivate, replaceAs, replacePrivate } from './as-path.ts';
import { ToldRoute } from './advertised-routes.ts';
import { COMMUNITY, type PathAttributes } from './attributes.ts';
import { sameAttributes } from './equal-attributes.ts';
import { markShuttingDown } from './graceful-shutdown.ts';
import { passesFilters } from './inbound.ts';
import { mergedAttributes, worstOrigin } from './merged-attributes.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { isFromSite } from './site-of-origin.ts';
import type { StoredDestination, StoredPath } from './rib-table.ts';
import { applyMap } from './route-map.ts';
import type { Speaker } from './speaker.ts';
import { updateGroup } from './update-group.ts';
import { usesMpNextHop } from './wire-attributes.ts';
import { originateDefault } from './default-route.ts';

export const hasOutboundPolicy = (neighbour: Neighbour, options: PeerFamilyOptions): boolean =>
  neighbour.isExternal &&
  (options.routeMapOut !== undefined ||
    options.prefixListOut !== undefined ||
    options.distributeListOut !== undefined ||
    options.filterListOut !== undefined ||
    options.unsuppressMap !== undefined);

/** The attributes of a path for a neighbour, before what only the wire shows; undefined: it is not told. */
function judgeOutbound(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  path: StoredPath,
  told = family.advertised.size,
): PathAttributes | undefined {
  const { options } = family;
  const global = speaker.config.options;
  const { prefix } = path.destination;
  const from = path.peer;
  if (options.maximumPrefixOut !== undefined && told >= options.maximumPrefixOut) return undefined;
  if (!path.valid || path.history || path.removed || !path.selected) return undefined;
  if (path.suppressed && options.unsuppressMap === undefined) return undefined;
  if (options.defaultOriginate !== undefined && prefix.length === 0) return undefined;
  const fromOptions = from.family(family.family)?.options;
  const transparent = options.routeServerClient === true && fromOptions?.routeServerClient === true;
  let { attributes } = path;
  if (!transparent && communityForbids(neighbour, attributes)) return undefined;
  const { policy } = speaker.host;
  const lists = {
    distribute: options.distributeListOut,
    prefix: options.prefixListOut,
    asPath: options.filterListOut,
  };
  if (!passesFilters(policy, prefix, attributes, lists)) return undefined;
  const { confederationIdentifier } = global;
  if (confederationIdentifier !== undefined && occurrences(attributes.asPath, confederationIdentifier) > 0)
    return undefined;
  const reflected = from !== speaker.self && from.isInternal && neighbour.isInternal;
  if (reflected && path.source.kind !== 'imported') {
    const fromClient = fromOptions?.routeReflectorClient === true;
    const toClient = options.routeReflectorClient === true;
    if (fromClient ? toClient && global.clientToClientReflection === false : !toClient) return undefined;
  }
  attributes = toldAttributes(speaker, path);
  if (!neighbour.isExternal && attributes.localPreference === null)
    attributes = { ...attributes, localPreference: global.defaultLocalPreference ?? 100 };
  if (reflected && attributes.originatorId === null)
    attributes = { ...attributes, originatorId: from.remoteRouterId };
  if (
    neighbour.isExternal &&
    attributes.med !== null &&
    from !== speaker.self &&
    !transparent &&
    options.attributeUnchanged?.med !== true
  )
    attributes = { ...attributes, med: null };
  const mayAddOwn = !reflected && !transparent && (from === speaker.self || neighbour.isExternal);
  attributes = shapeNextHop(neighbour, family, attributes, mayAddOwn);
  const asPath = outgoingAsPath(speaker, neighbour, options, attributes);
  if (asPath !== attributes.asPath) attributes = { ...attributes, asPath };

  const mapName = path.suppressed ? options.unsuppressMap : options.routeMapOut;
  if (mapName !== undefined) {
    const mapped = applyMap(speaker, mapName, {
      family: family.family,
      prefix,
      attributes: { ...attributes, nextHopSetBy: null },
      source: path.source,
      peer: neighbour,
      direction: 'out',
      igpMetric: path.igpMetric,
      pathsInUse: 1 + speaker.multipathOf(path).length,
    });
    if (mapped === undefined) return undefined;
    if (!reflected || global.routeReflectorAllowOutboundPolicy === true) attributes = mapped;
  }
  if ((global.ebgpRequiresPolicy ?? true) && !neighbour.isInternal && !hasOutboundPolicy(neighbour, options))
    return undefined;
  if (global.rejectAsSets === true && hasSet(attributes.asPath)) return undefined;
  if (isFromSite(options, attributes)) return undefined;
  if (global.gracefulShutdown === true) attributes = shuttingDown(neighbour, attributes);
  return resetNextHop(speaker, neighbour, family, path, attributes, { reflected, transparent });
}

/** With `multipath-relax as-set` all paths in use are told of as one, with this router as next hop. */
function toldAttributes(speaker: Speaker, path: StoredPath): PathAttributes {
  if (speaker.config.options.bestpathMultipathRelax !== 'as-set') return path.attributes;
  const beside = speaker.multipathOf(path);
  if (beside.length === 0) return path.attributes;
  const all = [path, ...beside].map(({ attributes }) => attributes);
  const { mpNextHop } = path.attributes;
  return {
    ...path.attributes,
    ...mergedAttributes(all),
    origin: worstOrigin(all),
    nextHop: mpNextHop === null ? 0 : null,
    mpNextHop: mpNextHop && { global: 0n, linkLocal: null },
  };
}

/** NO_ADVERTISE, NO_EXPORT and their kin (RFC 1997). */
function communityForbids(neighbour: Neighbour, { communities }: PathAttributes): boolean {
  if (communities === null) return false;
  if (communities.includes(COMMUNITY.noAdvertise)) return true;
  if (!neighbour.isInternal && communities.includes(COMMUNITY.localAs)) return true;
  return neighbour.isExternal && communities.includes(COMMUNITY.noExport);
}

/** Neighbours that get a preference are only told not to prefer it. */
const shuttingDown = (neighbour: Neighbour, attributes: PathAttributes): PathAttributes =>
  neighbour.isExternal ? markShuttingDown(attributes) : { ...attributes, localPreference: 0 };

const hasOwnLinkLocal = ({ nextHop6Local }: Neighbour): boolean =>
  isLinkLocal({ family: 6, address: nextHop6Local });

/**
 * An IPv6 next hop for families that need one. A link-local part of 0 says that this router's own goes with it: on a shared
 * network, for own routes and to external neighbours.
 */
function shapeNextHop(
  neighbour: Neighbour,
  family: NeighbourFamily,
  attributes: PathAttributes,
  mayAddOwn: boolean,
): PathAttributes {
  if (!usesMpNextHop(neighbour, family)) return attributes;
  const global = attributes.mpNextHop?.global ?? 0n;
  const kept =
    family.options.nextHopLocalUnchanged === true ? (attributes.mpNextHop?.linkLocal ?? null) : null;
  const addsOwn = mayAddOwn && neighbour.sharedNetwork && hasOwnLinkLocal(neighbour);
  return { ...attributes, mpNextHop: { global, linkLocal: kept ?? (addsOwn ? 0n : null) } };
}

function outgoingAsPath(
  speaker: Speaker,
  neighbour: Neighbour,
  options: PeerFamilyOptions,
  { asPath }: PathAttributes,
): PathAttributes['asPath'] {
  let path = asPath;
  const { removePrivateAs } = options;
  if (neighbour.isExternal && removePrivateAs !== undefined) {
    if (removePrivateAs.all || allPrivate(path))
      path = removePrivateAs.replaceAs
        ? replacePrivate(path, speaker.asn, neighbour.remoteAs)
        : removePrivate(path, neighbour.remoteAs);
  }
  if (neighbour.isExternal && options.asOverride === true)
    path = replaceAs(path, neighbour.remoteAs, speaker.asn);
  return path;
}

/** Where the next hop will be this router itself, it is emptied here; the wire gets the session's address. */
function resetNextHop(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  path: StoredPath,
  attributes: PathAttributes,
  how: { readonly reflected: boolean; readonly transparent: boolean },
): PathAttributes {
  const { options } = family;
  const isMp = usesMpNextHop(neighbour, family);
  const linkLocal = attributes.mpNextHop?.linkLocal ?? null;
  const emptied = (): PathAttributes =>
    isMp
      ? { ...attributes, nextHop: null, mpNextHop: { global: 0n, linkLocal } }
      : { ...attributes, nextHop: 0 };
  const mapSaidSo = attributes.nextHopSetBy !== null;
  // The next hop of EVPN is a VTEP: it is passed on unless the configuration says otherwise.
  const isKept = options.attributeUnchanged?.nextHop ?? family.family === 'l2vpn-evpn';
  if (!mapSaidSo && !how.transparent && !isKept) {
    if (options.nextHopSelf !== undefined) {
      if (!how.reflected || options.nextHopSelf.force) return emptied();
    } else if (neighbour.isExternal) {
      if (!isShared(speaker, neighbour, family, path)) return emptied();
    } else if (path.source.kind === 'imported') return emptied();
  }
  if (isMp && !mapSaidSo) {
    const global = attributes.mpNextHop?.global ?? 0n;
    if (isLinkLocal({ family: 6, address: global }) || global === 0n) return emptied();
  }
  return attributes;
}

/** The next hop is on the network that this router shares with the neighbour, so that it may be passed on. */
function isShared(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  path: StoredPath,
): boolean {
  const { ends } = neighbour;
  if (path.peer === neighbour || ends === null) return false;
  const { mpNextHop, nextHop } = path.hop;
  if (path.destination.prefix.family === 6)
    return mpNextHop !== null && mpNextHop.global !== 0n && speaker.links.isShared6(ends, mpNextHop.global);
  if (nextHop === null || nextHop === 0 || usesMpNextHop(neighbour, family)) return false;
  return speaker.links.isShared4(ends, nextHop);
}

/** Every established neighbour hears of the new choice, or of its end. */
export function announceToAll(
  speaker: Speaker,
  destination: StoredDestination,
  best: StoredPath | undefined,
): void {
  const judged = new Map<number, PathAttributes | undefined>();
  for (const neighbour of speaker.peers.values()) {
    if (!neighbour.isEstablished) continue;
    const family = neighbour.family(destination.table.family);
    if (family === undefined || !family.negotiated || !family.initialised) continue;
    announce(speaker, neighbour, family, destination, judgeOnce(speaker, neighbour, family, best, judged));
  }
}

/** As `judgeOutbound`; neighbours of one update group get the same answer, unless it hangs on who they are. */
function judgeOnce(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  best: StoredPath | undefined,
  judged: Map<number, PathAttributes | undefined>,
): PathAttributes | undefined {
  if (best === undefined) return undefined;
  const { options } = family;
  if (
    options.routeMapOut !== undefined ||
    options.unsuppressMap !== undefined ||
    options.maximumPrefixOut !== undefined ||
    options.removePrivateAs !== undefined ||
    options.asOverride === true ||
    options.siteOfOrigin !== undefined
  )
    return judgeOutbound(speaker, neighbour, family, best);
  const key =
    updateGroup(speaker.groupNumbers, neighbour, family) * 8 +
    (isShared(speaker, neighbour, family, best) ? 4 : 0) +
    (neighbour.sharedNetwork ? 2 : 0) +
    (hasOwnLinkLocal(neighbour) ? 1 : 0);
  const known = judged.get(key);
  if (known !== undefined || judged.has(key)) return known;
  const attributes = judgeAlike(speaker, neighbour, family, best, key);
  judged.set(key, attributes);
  return attributes;
}

/** As `judgeOutbound`; while a run of decisions goes on, routes of one UPDATE get one object. */
function judgeAlike(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  best: StoredPath,
  key: number,
): PathAttributes | undefined {
  const { options } = family;
  const isAlike =
    speaker.judged !== null &&
    best.source.kind === 'received' &&
    best.valid &&
    best.selected &&
    !best.removed &&
    !best.suppressed &&
    best.destination.prefix.length > 0 &&
    options.prefixListOut === undefined &&
    options.distributeListOut === undefined &&
    speaker.config.options.bestpathMultipathRelax !== 'as-set';
  if (!isAlike) return judgeOutbound(speaker, neighbour, family, best);
  const known = speaker.judged?.get(key);
  if (known !== undefined && known.weighed === best.weighed && known.hop === best.hop) return known.told;
  const told = judgeOutbound(speaker, neighbour, family, best);
  speaker.judged?.set(key, { weighed: best.weighed, hop: best.hop, told });
  return told;
}

/** One route for all neighbours that are told the same of a destination. */
function sharedRoute(destination: StoredDestination, attributes: PathAttributes): ToldRoute {
  const { told } = destination;
  if (told !== null && sameAttributes(told.attributes, attributes)) return told;
  const route = new ToldRoute(destination.prefix, attributes);
  destination.told = route;
  return route;
}

function announce(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  destination: StoredDestination,
  attributes: PathAttributes | undefined,
): void {
  const sent = family.advertised.of(destination);
  if (attributes === undefined) {
    // A withdrawal that waits already stays in the queue.
    if (sent === undefined) return;
    family.advertised.delete(destination);
    family.outgoing.set(destination, null);
  } else {
    const isSame = sent !== undefined && sameAttributes(sent.attributes, attributes);
    if (isSame && !family.forceUpdates && (speaker.config.options.suppressDuplicates ?? true)) return;
    const route = sharedRoute(destination, attributes);
    family.advertised.set(destination, route);
    family.outgoing.delete(destination);
    family.outgoing.set(destination, route);
  }
  speaker.flush(neighbour);
}

/** Goes through the whole table for one neighbour: after its session came up, after a change of policy, or when it asks. */
export function announceTable(speaker: Speaker, neighbour: Neighbour, family: NeighbourFamily): void {
  if (!family.negotiated || !neighbour.isEstablished) return;
  family.initialised = true;
  family.membership?.announced();
  // In another update group than before, what the neighbour has been told does not count against its limit.
  const group = updateGroup(speaker.groupNumbers, neighbour, family);
  const isNew = family.options.maximumPrefixOut !== undefined && family.toldGroup !== group;
  family.toldGroup = group;
  let count = 0;
  for (const destination of speaker.rib(family.family).sorted()) {
    const best = destination.selected;
    if (best === undefined && family.advertised.of(destination) === undefined) continue;
    const told = isNew ? count : family.advertised.size;
    const attributes = best === undefined ? undefined : judgeOutbound(speaker, neighbour, family, best, told);
    if (attributes !== undefined) count += 1;
    announce(speaker, neighbour, family, destination, attributes);
  }
  originateDefault(speaker, neighbour, family);
}
