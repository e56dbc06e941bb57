/** What keeps a prefix from the next speaker: the state of the session and what would bring it up, filters by name, communities, limits. */
import { COMMUNITY } from '../../../core/frr/bgp/attributes.ts';
import { NOTIFICATION, OPEN_ERROR } from '../../../core/frr/bgp/message/notification.ts';
import type { Path } from '../../../core/frr/bgp/path.ts';
import type { Peer } from '../../../core/frr/bgp/peer.ts';
import type { BgpFamily } from '../../../core/frr/config/bgp-config.ts';
import { formatPrefix, type Prefix } from '../../../core/frr/prefix.ts';
import { isShutdown } from '../../../core/frr/show/bgp-neighbor-facts.ts';
import type { World } from '../../../core/sim/index.ts';
import type { BgpSessionEnd } from '../../snapshot.ts';
import type { FoundSpeaker } from '../routing-snapshot.ts';

/** One side of a session: the speaker, and what the other is called there. */
interface Side {
  readonly speaker: FoundSpeaker;
  readonly end: BgpSessionEnd;
}

const routerLine = ({ snapshot: { asn, vrf } }: FoundSpeaker): string =>
  `router bgp ${asn}${vrf === 'default' ? '' : ` vrf ${vrf}`}`;

const placeOf = ({ snapshot: { host, namespace } }: FoundSpeaker): string =>
  namespace === '' ? host : `${host}, ${namespace}`;

/** Why a session is not up, and what would bring it up. */
export function whySessionDown(world: World, from: Side, to: Side): string {
  const reasons = [whyThisSide(world, from, to), whyThisSide(world, to, from)].filter((why) => why !== '');
  const states = `The session is ${from.end.state}${from.end.state === to.end.state ? '' : `, at the other end ${to.end.state}`}`;
  return reasons.length === 0
    ? `${states}: see the neighbour.`
    : `${states}. ${[...new Set(reasons)].join(' ')}`;
}

function whyThisSide(world: World, { speaker, end }: Side, other: Side): string {
  const { snapshot, instance } = speaker;
  const peer = instance.peers.get(end.neighbour);
  if (peer === undefined) return '';
  const place = placeOf(speaker);
  const isStopped = world.faults
    .list()
    .some(
      ({ fault, until }) =>
        until === null &&
        fault.kind === 'stopped' &&
        fault.program === 'bgpd' &&
        fault.host === snapshot.host &&
        fault.daemons === snapshot.daemons,
    );
  if (isStopped) return `On ${place}: bgpd stands still; let it go on.`;
  if (isShutdown(instance, peer))
    return `On ${place}: ${routerLine(speaker)}, no neighbor ${peer.name} shutdown.`;
  if (peer.prefixOverflow)
    return `On ${place}: too many prefixes came; raise maximum-prefix, then clear bgp ${peer.name}.`;
  if (peer.interface !== null) {
    const link = world.hosts.get(snapshot.host)?.kernel.findLink(snapshot.namespace, peer.interface);
    if (link === undefined) return `On ${place}: there is no device ${peer.interface}.`;
    if (!link.up) return `On ${place}: ip link set ${peer.interface} up.`;
    if (!link.carrier) return `On ${place}: ${peer.interface} has no carrier; put its cable back.`;
  }
  const { notification } = peer.lastReset;
  const theirs = other.speaker.instance.peers.get(other.end.neighbour)?.localAs;
  const isWrongAs = notification?.code === NOTIFICATION.open && notification.subcode === OPEN_ERROR.badPeerAs;
  if (isWrongAs && theirs !== undefined && peer.remoteAs !== theirs)
    return `On ${place}: ${routerLine(speaker)}, neighbor ${peer.name}${peer.interface === null ? '' : ' interface'} remote-as ${theirs}.`;
  if (peer.interface !== null && peer.address === null)
    return `On ${place}: no router advertisement of the other end has come on ${peer.interface} yet.`;
  return '';
}

/** Which filter of a neighbour in this direction denies the prefix; '' when none does as far as its name can tell. */
function filterOf(
  { routing }: FoundSpeaker,
  peer: Peer,
  family: BgpFamily,
  prefix: Prefix,
  path: Pick<Path['attributes'], 'asPath'> | undefined,
  direction: 'in' | 'out',
): string {
  const options = peer.families.get(family)?.options;
  if (options === undefined) return '';
  const { policy } = routing;
  const [prefixList, accessList, asPathList, routeMap] =
    direction === 'in'
      ? [options.prefixListIn, options.distributeListIn, options.filterListIn, options.routeMapIn]
      : [options.prefixListOut, options.distributeListOut, options.filterListOut, options.routeMapOut];
  const denied = (kind: string, name: string): string =>
    `${kind} ${name} (neighbor ${peer.name} ${direction}) does not permit ${formatPrefix(prefix)}.`;
  if (prefixList !== undefined && policy.prefixList(prefixList, prefix) !== 'permit')
    return denied('prefix-list', prefixList);
  if (accessList !== undefined && policy.accessList(accessList, prefix) !== 'permit')
    return denied('access-list', accessList);
  if (asPathList !== undefined && path && policy.asPathList(asPathList, path.asPath) !== 'permit')
    return denied('as-path access-list', asPathList);
  return routeMap === undefined
    ? ''
    : `See what route-map ${routeMap} (neighbor ${peer.name} ${direction}) denies.`;
}

/** Why an established session was not told of a prefix. */
export function whyNotSent(
  { speaker, end }: Side,
  family: BgpFamily,
  prefix: Prefix,
  best: Path | undefined,
): string {
  const peer = speaker.instance.peers.get(end.neighbour);
  const own = peer?.families.get(family);
  const words = family === 'ipv4-unicast' ? 'ipv4' : 'ipv6';
  if (peer === undefined || own === undefined || !own.options.activate)
    return `${routerLine(speaker)}, address-family ${words} unicast: neighbor ${end.neighbour} activate`;
  if (own.outboundPolicyMissing)
    return `${routerLine(speaker)}: no bgp ebgp-requires-policy, or a route-map out for ${end.neighbour}`;
  if (best === undefined) return 'None of its paths is chosen: the next hops cannot be reached.';
  const { communities } = best.attributes;
  if (communities?.includes(COMMUNITY.noAdvertise) === true) return 'It carries the community no-advertise.';
  if (peer.isExternal && communities?.includes(COMMUNITY.noExport) === true)
    return 'It carries the community no-export.';
  if (best.peer === peer) return `The chosen path came from ${end.neighbour}.`;
  if (!peer.isExternal && best.peer.isInternal && best.peer !== speaker.instance.self)
    return `It came from a neighbour of the same AS: neighbor ${end.neighbour} route-reflector-client`;
  const filter = filterOf(speaker, peer, family, prefix, best.attributes, 'out');
  return filter === '' ? `It is about to be sent to ${end.neighbour}.` : filter;
}

/** Why what a neighbour was told is not in its table. `told`: as it was sent; undefined: it was not. */
export function whyNotTaken(
  { speaker, end }: Side,
  family: BgpFamily,
  prefix: Prefix,
  told: Path['attributes'] | undefined,
): string {
  const { snapshot, instance } = speaker;
  const peer = instance.peers.get(end.neighbour);
  if (peer?.families.get(family)?.inboundPolicyMissing)
    return `${routerLine(speaker)}: no bgp ebgp-requires-policy, or a route-map in for ${end.neighbour}`;
  if (told?.asPath.some(({ asns }) => asns.includes(snapshot.asn)) && peer?.isInternal === false)
    return `AS ${snapshot.asn} is in its AS path already: neighbor ${end.neighbour} allowas-in`;
  const filter = peer ? filterOf(speaker, peer, family, prefix, told, 'in') : '';
  if (filter !== '') return filter;
  return told === undefined
    ? `${end.neighbour} has not sent it.`
    : `It is under way from ${end.neighbour}, or refused: a next hop of this router itself, or an AS path with a set.`;
}

const familyLine = (speaker: FoundSpeaker, family: BgpFamily): string =>
  `${routerLine(speaker)}, address-family ${family === 'ipv4-unicast' ? 'ipv4' : 'ipv6'} unicast`;

/** Why bgpd did not take the kernel's route over into the table in which a prefix begins. */
export function whyNotRedistributed(speaker: FoundSpeaker, family: BgpFamily): string {
  const taken = speaker.instance.config.families[family].redistribute.get('kernel');
  if (taken === undefined) return `${familyLine(speaker, family)}: redistribute kernel`;
  return taken.routeMap === null
    ? 'bgpd takes it over once zebra has the kernel route as its chosen one.'
    : `See what route-map ${taken.routeMap} (redistribute kernel) denies.`;
}

/** Why a prefix of another VRF of this router is not in the table. */
export function whyNotImported(speaker: FoundSpeaker, family: BgpFamily, vrf: string): string {
  const { importVrf, importVrfRouteMap } = speaker.instance.config.families[family].options;
  if (importVrf?.includes(vrf) !== true) return `${familyLine(speaker, family)}: import vrf ${vrf}`;
  return importVrfRouteMap === undefined
    ? `It comes as soon as it is in the table of ${vrf}.`
    : `See what route-map ${importVrfRouteMap} (import vrf) denies.`;
}
