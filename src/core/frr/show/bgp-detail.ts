/** `show bgp ipv4 unicast PREFIX`: one destination with all its paths, in words and as JSON. */
import { formatIpv4 } from '../../base/address.ts';
import { formatAddress, formatPrefix } from '../prefix.ts';
import { formatEvpnRoute } from '../evpn-route.ts';
import type { BgpFamily } from '../config/bgp-config.ts';
import { formatDistinguisher, parseDistinguisher } from '../distinguisher.ts';
import { leftmostAs } from '../bgp/as-path.ts';
import { COMMUNITY } from '../bgp/attributes.ts';
import type { BgpInstance } from '../bgp/instance.ts';
import type { Destination, Path, Rib } from '../bgp/path.ts';
import type { Peer } from '../bgp/peer.ts';
import { formatCommunities, formatExtendedCommunity, formatLargeCommunity } from '../policy/communities.ts';
import { formatAsPath } from '../policy/lists.ts';
import { hostnameOf } from './bgp-neighbor-facts.ts';
import {
  announcesSelf,
  globalNextHop,
  hasIpv6NextHop,
  isMultipath,
  isOwn,
  kindWords,
  localNextHop,
  nextHop4,
  ORIGIN_WORD,
  otherVrf,
} from './bgp-path-parts.ts';
import { epochOf, type ShowContext } from './context.ts';
import { formatCtime, secondsUntil } from './time.ts';

/** What well-known communities of the best path say in the second line; the first that is there counts. */
const NOTES: readonly (readonly [number, string])[] = [
  [COMMUNITY.acceptOwn, 'accept own local route exported and imported in different VRF'],
  [0xffff0002, 'mark translated RTs for VPNv4 route filtering'],
  [0xffff0003, 'attach RT as-is for VPNv4 route filtering'],
  [0xffff0004, 'mark translated RTs for VPNv6 route filtering'],
  [0xffff0005, 'attach RT as-is for VPNv6 route filtering'],
  [
    COMMUNITY.llgrStale,
    'mark routes to be retained for a longer time. Requires support for Long-lived BGP Graceful Restart',
  ],
  [COMMUNITY.noLlgr, 'mark routes to not be treated according to Long-lived BGP Graceful Restart operations'],
  [0xffff0008, 'accept local nexthop'],
  [COMMUNITY.blackhole, 'inform peer to blackhole prefix'],
  [COMMUNITY.noExport, 'not advertised to EBGP peer'],
  [COMMUNITY.noAdvertise, 'not advertised to any peer'],
  [COMMUNITY.localAs, 'not advertised outside local AS'],
  [COMMUNITY.noPeer, 'inform EBGP peer not to advertise to their EBGP peers'],
];

/** Neighbours to whom the prefix was sent, in bgpd's order. */
export const receivers = (instance: BgpInstance, rib: Rib, destination: Destination): Peer[] =>
  instance
    .sortedPeers()
    .filter((peer) => peer.families.get(rib.family)?.advertised.of(destination) !== undefined);

function pathsLine(instance: BgpInstance, destination: Destination): string {
  const best = destination.paths.findIndex((path) => path.selected);
  const chosen = destination.paths[best];
  const table = instance.vrf === 'default' ? 'table default' : `vrf ${instance.vrf}`;
  const note = NOTES.find(([value]) => chosen?.attributes.communities?.includes(value));
  return `Paths: (${destination.paths.length} available${
    chosen ? `, best #${best + 1}, ${table}` : ', no best path'
  }${note ? `, ${note[1]}` : ''}${chosen?.suppressed ? ', Advertisements suppressed by an aggregate.' : ''})\n`;
}

function head(instance: BgpInstance, rib: Rib, destination: Destination): string {
  const to = receivers(instance, rib, destination);
  return `BGP routing table entry for ${formatPrefix(destination.prefix)}, version ${destination.version}\n${pathsLine(
    instance,
    destination,
  )}${
    to.length === 0
      ? '  Not advertised to any peer\n'
      : `  Advertised to non peer-group peers:\n  ${to.map((peer) => peer.name).join(' ')}\n`
  }`;
}

/** The line of the AS path and of what else is said there. */
export function firstLine(rib: Rib, path: Path): string {
  const { attributes } = path;
  const options = path.peer.families.get(rib.family)?.options;
  const words = [
    attributes.asPath.length === 0 ? '  Local' : `  ${formatAsPath(attributes.asPath)}`,
    ...(path.removed ? [', (removed)'] : []),
    ...(path.stale ? [', (stale)'] : []),
    ...(attributes.aggregator
      ? [`, (aggregated by ${attributes.aggregator.asn} ${formatIpv4(attributes.aggregator.address)})`]
      : []),
    ...(options?.routeReflectorClient ? [', (Received from a RR-client)'] : []),
    ...(options?.routeServerClient ? [', (Received from a RS-client)'] : []),
    ...(path.history ? [', (history entry)'] : path.damped ? [', (suppressed due to dampening)'] : []),
  ];
  return `${words.join('')}\n`;
}

/** ` from NEIGHBOUR (ROUTER-ID)`. */
export function fromWords(instance: BgpInstance, path: Path, ipv6: boolean): string {
  if (isOwn(instance, path)) return ` from ${ipv6 ? '::' : '0.0.0.0'} (${formatIpv4(instance.routerId)})`;
  const { peer } = path;
  const shown = instance.config.options.defaultShowHostname ? hostnameOf(peer) : undefined;
  const own = peer.interface ?? peer.name;
  const name =
    shown === undefined
      ? (peer.interface ?? (peer.address ? formatAddress(peer.address) : peer.name))
      : `${shown}(${own})`;
  return ` from ${name} (${formatIpv4(path.attributes.originatorId ?? peer.remoteRouterId)})`;
}

function nextHopLines(context: ShowContext, instance: BgpInstance, path: Path, family: 4 | 6): string {
  const { attributes } = path;
  const ipv6 = hasIpv6NextHop(path, family);
  const hop = ipv6 ? globalNextHop(attributes) : nextHop4(attributes);
  const metric = !path.valid ? ' (inaccessible)' : path.igpMetric > 0 ? ` (metric ${path.igpMetric})` : '';
  const other = otherVrf(context, path);
  const vrf = other ? (other.id === null ? ' vrf ?' : ` vrf ${other.name}(${other.id})`) : '';
  const local =
    ipv6 && attributes.mpNextHop?.linkLocal
      ? `    (${localNextHop(attributes)}) ${attributes.preferGlobal ? '(prefer-global)' : '(used)'}\n`
      : '';
  return `    ${hop}${metric}${fromWords(instance, path, ipv6)}${vrf}${announcesSelf(path) ? ' announce-nh-self' : ''}\n${local}`;
}

/** The line of origin, metrics and what the decision said. */
export function originLine(instance: BgpInstance, destination: Destination, path: Path): string {
  const { attributes } = path;
  const words = [
    `Origin ${ORIGIN_WORD[attributes.origin]}`,
    ...(attributes.med === null ? [] : [`metric ${attributes.med}`]),
    ...(attributes.localPreference === null ? [] : [`localpref ${attributes.localPreference}`]),
    ...(attributes.weight === 0 ? [] : [`weight ${attributes.weight}`]),
    ...(attributes.tag === 0 ? [] : [`tag ${attributes.tag}`]),
    ...(path.valid ? (path.history ? [] : ['valid']) : ['invalid']),
    kindWords(instance, path),
    ...(attributes.atomicAggregate ? ['atomic-aggregate'] : []),
    ...(isMultipath(instance, path) ? ['multipath'] : []),
    ...(path.bestOfAs ? [`bestpath-from-AS ${leftmostAs(attributes.asPath) ?? 'Local'}`] : []),
    ...(path.selected ? [`best (${destination.reason ?? 'Nothing to Select'})`] : []),
  ];
  return `      ${words.join(', ')}\n`;
}

/** Lines of communities. */
export function communityLines(path: Path): string {
  const { communities, extendedCommunities, largeCommunities } = path.attributes;
  return [
    ...(communities === null ? [] : [`      Community: ${formatCommunities(communities)}\n`]),
    ...(extendedCommunities === null
      ? []
      : [`      Extended Community: ${extendedCommunities.map(formatExtendedCommunity).join(' ')}\n`]),
    ...(largeCommunities === null
      ? []
      : [`      Large Community: ${largeCommunities.map(formatLargeCommunity).join(' ')}\n`]),
  ].join('');
}

/** The line of a reflected route. */
export function reflectionLine(path: Path): string {
  const { clusterList, originatorId: originator } = path.attributes;
  if (originator === null && clusterList === null) return '';
  const clusters =
    clusterList === null ? '' : `, Cluster list: ${clusterList.map((one) => `${formatIpv4(one)} `).join('')}`;
  return `${originator === null ? '' : `      Originator: ${formatIpv4(originator)}`}${clusters}\n`;
}

/** The route distinguisher of an instance: of `rd vpn export`, else made of its router id and its number. */
function distinguisherOf(context: ShowContext, vrf: string, family: BgpFamily): string | undefined {
  const instance = context.bgp.instances.get(vrf);
  const typed = instance?.config.families[family].options.rdVpnExport;
  const configured = typed === undefined ? undefined : parseDistinguisher(typed);
  if (configured !== undefined) return formatDistinguisher(configured);
  return instance && `${formatIpv4(instance.routerId)}:${instance.number}`;
}

/** VNIs that a route of EVPN names. */
export const labelsText = ({ attributes: { overlay } }: Path): string => (overlay?.labels ?? []).join('/');

/** The route of EVPN that a path came from; undefined: it came from none. */
export function evpnImportLine(path: Path): string | undefined {
  if (path.source.kind !== 'imported') return undefined;
  const { prefix } = path.source.parent.destination;
  if (prefix.evpn === undefined) return undefined;
  return `  Imported from ${formatDistinguisher(prefix.distinguisher ?? 0n)}:${formatEvpnRoute(prefix.evpn)}, VNI ${labelsText(path)}\n`;
}

function importedLine(context: ShowContext, { family }: Rib, path: Path): string {
  const fromEvpn = evpnImportLine(path);
  if (fromEvpn !== undefined) return fromEvpn;
  if (path.source.kind !== 'imported') return '';
  const distinguisher = distinguisherOf(context, path.source.vrf, family);
  if (distinguisher === undefined) return '';
  return `  Imported from ${distinguisher}:${formatPrefix(path.source.parent.destination.prefix)}
`;
}

function staleLine(context: ShowContext, path: Path): string {
  const due = path.peer.timers.gracefulRestart;
  if (!path.stale || due === null) return '';
  return `      Time until Graceful Restart stale route deleted: ${secondsUntil(due, context.clock.now())}\n`;
}

function pathText(
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  destination: Destination,
  path: Path,
): string {
  return [
    importedLine(context, rib, path),
    firstLine(rib, path),
    nextHopLines(context, instance, path, destination.prefix.family),
    originLine(instance, destination, path),
    communityLines(path),
    reflectionLine(path),
    `      Last update: ${formatCtime(epochOf(context.clock, path.receivedAt))}\n`,
    staleLine(context, path),
  ].join('');
}

/** The whole text; `which` picks the paths that are shown. */
export const destinationText = (
  context: ShowContext,
  instance: BgpInstance,
  rib: Rib,
  destination: Destination,
  which: (path: Path) => boolean,
): string =>
  `${head(instance, rib, destination)}${destination.paths
    .filter(which)
    .map((path) => pathText(context, instance, rib, destination, path))
    .join('')}`;
