/** Takes a neighbour's configuration into its state: own and its group's options, AS numbers, timers, TTL, families. */
import { isLinkLocal, parseAddress } from '../prefix.ts';
import { BGP_FAMILIES } from '../config/bgp-config.ts';
import { effectiveFamilyOptions, effectiveOptions, effectiveRemoteAs } from '../config/effective.ts';
import { hasInboundPolicy } from './inbound.ts';
import { Neighbour, NeighbourFamily } from './neighbour.ts';
import type { PeerSort } from './peer.ts';
import { hasOutboundPolicy } from './outbound.ts';
import type { Speaker } from './speaker.ts';
import { updateGroup } from './update-group.ts';

const HOLD_TIME = 180;
const KEEPALIVE_TIME = 60;
const CONNECT_RETRY_TIME = 120;
const MULTIHOP_TTL = 255;

export function newNeighbour(speaker: Speaker, name: string): Neighbour | undefined {
  const config = speaker.config.peers.get(name);
  if (config === undefined) return undefined;
  const interfaceName = config.kind === 'interface' ? config.name : null;
  const neighbour = new Neighbour(
    name,
    config,
    speaker.asn,
    interfaceName,
    speaker.now,
    speaker.host.messages,
  );
  if (config.kind === 'address') neighbour.address = parseAddress(name) ?? null;
  readOptions(speaker, neighbour);
  // The neighbour's own timers count from the first end of a session, or attempt at one.
  const { timers } = speaker.config.options;
  neighbour.session.holdTime = timers?.holdtime ?? HOLD_TIME;
  neighbour.session.keepaliveTime = timers?.keepalive ?? KEEPALIVE_TIME;
  return neighbour;
}

/** Reads all options anew. */
export function readOptions(speaker: Speaker, neighbour: Neighbour): void {
  const configured = speaker.config.peers.get(neighbour.name);
  const config = configured ?? (neighbour.range === null ? null : neighbour.config);
  if (config === null) return;
  const { options } = speaker.config;
  neighbour.config = config;
  neighbour.options = effectiveOptions(speaker.config, config);
  const remoteAs = effectiveRemoteAs(speaker.config, config);
  neighbour.remoteAsKind = remoteAs === null ? 'none' : typeof remoteAs === 'number' ? 'specified' : remoteAs;
  neighbour.configuredRemoteAs =
    typeof remoteAs === 'number' ? remoteAs : remoteAs === 'internal' ? speaker.asn : 0;
  neighbour.localAs = localAsFor(speaker, neighbour.configuredRemoteAs);
  neighbour.sort = sortOf(speaker, neighbour, remoteAs === 'internal' || remoteAs === speaker.asn);
  neighbour.ttl = neighbour.isInternal ? MULTIHOP_TTL : (neighbour.options.ebgpMultihop ?? 1);
  if (neighbour.options.ttlSecurityHops !== undefined) neighbour.ttl = MULTIHOP_TTL;
  neighbour.mustBeConnected =
    neighbour.isExternal &&
    neighbour.ttl === 1 &&
    neighbour.options.disableConnectedCheck !== true &&
    options.disableEbgpConnectedRouteCheck !== true;
  neighbour.configuredHoldTime = neighbour.options.timers?.holdtime ?? options.timers?.holdtime ?? HOLD_TIME;
  neighbour.configuredKeepaliveTime =
    neighbour.options.timers?.keepalive ?? options.timers?.keepalive ?? KEEPALIVE_TIME;
  neighbour.connectRetryTime = neighbour.options.connectTimer ?? CONNECT_RETRY_TIME;
  neighbour.advertisementInterval = neighbour.options.advertisementInterval ?? 0;
  const own = neighbour.options.gracefulRestart;
  neighbour.gracefulRestartInherited = own === undefined;
  neighbour.gracefulRestartMode = own ?? options.gracefulRestart ?? 'helper';
  for (const family of BGP_FAMILIES) {
    const wanted = effectiveFamilyOptions(speaker.config, config, family);
    const known = neighbour.families.get(family);
    if (known !== undefined) {
      known.options = wanted;
      known.groupNumber = null;
    } else neighbour.families.set(family, new NeighbourFamily(family, wanted));
  }
  for (const family of neighbour.families.values())
    family.membership?.move(speaker.host.updateGroups, updateGroup(speaker.groupNumbers, neighbour, family));
  setPolicyFlags(speaker, neighbour);
}

/** Outside a confederation its members go by its number (RFC 5065 4). */
function localAsFor({ asn, config }: Speaker, remoteAs: number): number {
  const { confederationIdentifier, confederationPeers } = config.options;
  const isOutside = remoteAs !== 0 && remoteAs !== asn && confederationPeers?.includes(remoteAs) !== true;
  return isOutside ? (confederationIdentifier ?? asn) : asn;
}

function sortOf({ asn, config }: Speaker, neighbour: Neighbour, isOwnAs: boolean): PeerSort {
  const { confederationIdentifier: identifier, confederationPeers } = config.options;
  if (identifier === undefined) return isOwnAs ? 'internal' : 'external';
  const { localAs, configuredRemoteAs } = neighbour;
  if (localAs === configuredRemoteAs) {
    const isMember = asn === identifier ? localAs === asn : localAs !== identifier;
    return isMember ? 'internal' : 'external';
  }
  return confederationPeers?.includes(configuredRemoteAs) === true ? 'confederation' : 'external';
}

/** Directions in which RFC 8212 lets nothing through. */
export function setPolicyFlags(speaker: Speaker, neighbour: Neighbour): void {
  const isAsked = (speaker.config.options.ebgpRequiresPolicy ?? true) && !neighbour.isInternal;
  for (const family of neighbour.families.values()) {
    family.inboundPolicyMissing = isAsked && !hasInboundPolicy(neighbour, family.options);
    family.outboundPolicyMissing = isAsked && !hasOutboundPolicy(neighbour, family.options);
  }
}

/** The address of an unnumbered neighbour, from what its interface has heard; or from a /30 or /31 on the interface. */
export function interfaceAddress(
  speaker: Speaker,
  neighbour: Neighbour,
  heard: ReadonlyMap<string, bigint>,
): void {
  if (neighbour.interface === null) return;
  const link = speaker.interfaceNamed(neighbour.interface);
  const linkLocal = heard.get(neighbour.interface);
  if (link === undefined) {
    neighbour.address = null;
    return;
  }
  if (neighbour.config?.v6only !== true)
    for (const { family, address, length } of link.addresses)
      if (family === 4 && (length === 30 || length === 31)) {
        const other = length === 31 ? address ^ 1n : (address & ~3n) | (3n - (address & 3n));
        neighbour.address = { family: 4, address: other };
        return;
      }
  neighbour.address = linkLocal === undefined ? null : { family: 6, address: linkLocal };
  if (neighbour.address !== null && !isLinkLocal(neighbour.address)) neighbour.address = null;
}
