/** `show bgp ipv4 unicast PREFIX json`: one destination with all its paths, as JSON. */
import { formatIpv4 } from '../../base/address.ts';
import { formatAddress, formatPrefix } from '../prefix.ts';
import { leftmostAs } from '../bgp/as-path.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Destination, Path, Rib } from '../bgp/path.ts';
import {
  formatCommunities,
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
} from '../policy/communities.ts';
import { hostnameOf } from './bgp-neighbor-facts.ts';
import {
  announcesSelf,
  asPathJson,
  globalNextHop,
  hasIpv6NextHop,
  isMultipath,
  isOwn,
  kindWords,
  localNextHop,
  nextHop4,
  ORIGIN_WORD,
  otherVrf,
  pathHostname,
} from './bgp-path-parts.ts';
import { epochOf, type ShowContext } from './context.ts';
import { receivers } from './bgp-detail.ts';
import { truly, type Json, type JsonObject } from './json.ts';
import { formatCtime, secondsUntil } from './time.ts';

function kindMembers(instance: BgpInstance, path: Path): JsonObject {
  if (!isOwn(instance, path)) return {};
  if (path.source.kind === 'aggregate') return { aggregated: true, local: true };
  return path.source.kind === 'redistributed' ? { sourced: true } : { sourced: true, local: true };
}

function nextHopMembers(context: ShowContext, instance: BgpInstance, path: Path, family: 4 | 6): Json[] {
  const { attributes } = path;
  const ipv6 = hasIpv6NextHop(path, family);
  const hostname = pathHostname(context, instance, path);
  const local = ipv6 && attributes.mpNextHop?.linkLocal;
  const global = {
    ip: ipv6 ? globalNextHop(attributes) : nextHop4(attributes),
    hostname,
    afi: ipv6 ? 'ipv6' : 'ipv4',
    scope: ipv6 ? 'global' : undefined,
    metric: path.valid ? path.igpMetric : undefined,
    accessible: path.valid,
    used: truly(!local || attributes.preferGlobal),
  };
  if (!local) return [global];
  return [
    global,
    {
      ip: localNextHop(attributes),
      hostname,
      afi: 'ipv6',
      scope: 'link-local',
      accessible: true,
      used: truly(!attributes.preferGlobal),
    },
  ];
}

function peerMembers(instance: BgpInstance, path: Path, ipv6: boolean): JsonObject {
  if (isOwn(instance, path))
    return { peerId: ipv6 ? '::' : '0.0.0.0', routerId: formatIpv4(instance.routerId) };
  const { peer } = path;
  return {
    peerId: peer.address ? formatAddress(peer.address) : '(unspec)',
    routerId: formatIpv4(peer.remoteRouterId),
    hostname: hostnameOf(peer),
    domainname: peer.hostname?.domain || undefined,
    interface: peer.interface ?? undefined,
    type: kindWords(instance, path),
  };
}

function communityMembers(path: Path): JsonObject {
  const { communities, extendedCommunities, largeCommunities } = path.attributes;
  return {
    community:
      communities === null
        ? undefined
        : { string: formatCommunities(communities), list: communities.map(jsonCommunity) },
    extendedCommunity:
      extendedCommunities === null
        ? undefined
        : { string: extendedCommunities.map(formatExtendedCommunity).join(' ') },
    largeCommunity:
      largeCommunities === null
        ? undefined
        : {
            string: largeCommunities.map(formatLargeCommunity).join(' '),
            list: largeCommunities.map(formatLargeCommunity),
          },
  };
}

/** The list of JSON has names of its own for the well-known ones. */
const JSON_NAMES: Readonly<Record<string, string>> = {
  'graceful-shutdown': 'gracefulShutdown',
  'accept-own': 'acceptOwn',
  'llgr-stale': 'llgrStale',
  'no-llgr': 'noLlgr',
  'no-export': 'noExport',
  'no-advertise': 'noAdvertise',
  'local-AS': 'localAs',
  'no-peer': 'noPeer',
};

function jsonCommunity(value: number): string {
  const text = formatCommunity(value);
  return JSON_NAMES[text] ?? text;
}

/** One path at length. */
export function pathMembers(
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  destination: Destination,
  path: Path,
): JsonObject {
  const { attributes } = path;
  const options = path.peer.families.get(rib.family)?.options;
  const ipv6 = hasIpv6NextHop(path, destination.prefix.family);
  const other = otherVrf(context, path);
  const epoch = epochOf(context.clock, path.receivedAt);
  const originator = attributes.originatorId;
  const due = path.peer.timers.gracefulRestart;
  return {
    aspath: asPathJson(attributes),
    removed: truly(path.removed),
    stale: truly(path.stale),
    aggregatorAs: attributes.aggregator?.asn,
    aggregatorId: attributes.aggregator ? formatIpv4(attributes.aggregator.address) : undefined,
    rxedFromRrClient: truly(options?.routeReflectorClient),
    rxedFromRsClient: truly(options?.routeServerClient),
    dampeningHistoryEntry: truly(path.history),
    dampeningSuppressed: truly(path.damped),
    nhVrfName: other?.name,
    nhVrfId: other ? (other.id ?? -1) : undefined,
    announceNexthopSelf: truly(announcesSelf(path)),
    origin: ORIGIN_WORD[attributes.origin],
    metric: attributes.med ?? undefined,
    locPrf: attributes.localPreference ?? undefined,
    weight: attributes.weight === 0 ? undefined : attributes.weight,
    tag: attributes.tag === 0 ? undefined : attributes.tag,
    valid: path.valid ? (path.history ? undefined : true) : false,
    version: destination.version,
    ...kindMembers(instance, path),
    atomicAggregate: truly(attributes.atomicAggregate),
    multipath: truly(isMultipath(instance, path)),
    bestpath:
      path.selected || path.bestOfAs
        ? {
            bestpathFromAs: path.bestOfAs ? (leftmostAs(attributes.asPath) ?? 0) : undefined,
            overall: truly(path.selected),
            selectionReason: path.selected ? (destination.reason ?? 'Nothing to Select') : undefined,
          }
        : undefined,
    ...communityMembers(path),
    originatorId: originator === null ? undefined : formatIpv4(originator),
    clusterList:
      attributes.clusterList === null
        ? undefined
        : { list: attributes.clusterList.map((one) => formatIpv4(one)) },
    lastUpdate: { epoch, string: `${formatCtime(epoch)}\n` },
    gracefulRestartSecondsRemaining:
      path.stale && due !== null ? secondsUntil(due, context.clock.now()) : undefined,
    fibInstalled: truly(destination.paths.some((one) => one.source.kind === 'redistributed')),
    nexthops: nextHopMembers(context, instance, path, destination.prefix.family),
    peer: peerMembers(instance, path, ipv6),
  };
}

/** Neighbours that were told of a destination. */
export function advertisedTo(
  instance: BgpInstance,
  rib: Rib,
  destination: Destination,
): JsonObject | undefined {
  const to = receivers(instance, rib, destination);
  const names = to.map((peer): [string, Json] => [peer.name, { hostname: hostnameOf(peer) }]);
  return to.length === 0 ? undefined : Object.fromEntries(names);
}

/** The same as JSON. */
export const destinationJson = (
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  destination: Destination,
  which: (path: Path) => boolean,
): JsonObject => {
  const paths = destination.paths.filter(which);
  return {
    prefix: formatPrefix(destination.prefix),
    version: destination.version,
    advertisedTo: advertisedTo(instance, rib, destination),
    paths: paths.map((path) => pathMembers(context, instance, rib, destination, path)),
  };
};
