/** BGP speakers of the world and the sessions between them, each session once, paired by the addresses of both ends. */
import { formatIpv4, formatIpv6 } from '../../core/base/address.ts';
import type { BgpInstance } from '../../core/frr/bgp/instance.ts';
import type { Peer } from '../../core/frr/bgp/peer.ts';
import { BGP_FAMILIES } from '../../core/frr/config/bgp-config.ts';
import { formatAddress } from '../../core/frr/prefix.ts';
import { isShutdown } from '../../core/frr/show/bgp-neighbor-facts.ts';
import type { Host, RoutingHost, World } from '../../core/sim/index.ts';
import type { BgpSessionEnd, BgpSessionSnapshot, RoutingSnapshot, SpeakerSnapshot } from '../snapshot.ts';

/** A speaker's name: its machine, its set of daemons, its VRF. */
const speakerId = (host: string, daemons: string, vrf: string): string => `${host}/${daemons}/${vrf}`;

/** A speaker with what it was read from. */
export interface FoundSpeaker {
  readonly snapshot: SpeakerSnapshot;
  readonly routing: RoutingHost;
  readonly instance: BgpInstance;
}

/** Every instance that was configured, in the order of machines, sets of daemons and instances. */
export function findSpeakers(world: World): readonly FoundSpeaker[] {
  const found: FoundSpeaker[] = [];
  for (const host of world.hosts.values())
    for (const [daemons, routing] of host.routing)
      for (const instance of routing.bgpd?.instances.values() ?? []) {
        if (instance.config.automatic) continue;
        const place = routing.placeOf(instance.vrf);
        const snapshot: SpeakerSnapshot = {
          id: speakerId(host.name, daemons, instance.vrf),
          host: host.name,
          daemons,
          vrf: instance.vrf,
          namespace: place?.namespace ?? '',
          vrfDevice: place?.device ?? null,
          asn: instance.asn,
          routerId: formatIpv4(instance.routerId),
          evpn: instance.rib('l2vpn-evpn').nodeCount > 0,
          redistributed: inFamilies(instance, ({ redistribute }) => [...redistribute.keys()]),
          imported: inFamilies(instance, ({ options }) => options.importVrf ?? []),
          prefixes: BGP_FAMILIES.reduce((sum, family) => sum + instance.rib(family).destinations.size, 0),
        };
        found.push({ snapshot, routing, instance });
      }
  return found;
}

/** What the configuration of any address family names, once each. */
const inFamilies = (
  { config }: BgpInstance,
  names: (family: BgpInstance['config']['families'][(typeof BGP_FAMILIES)[number]]) => readonly string[],
): readonly string[] => [...new Set(BGP_FAMILIES.flatMap((family) => names(config.families[family])))];

/** ` vrf NAME` as show commands take it; nothing for the default VRF. */
export const inVrf = ({ snapshot: { vrf } }: FoundSpeaker): string =>
  vrf === 'default' ? '' : ` vrf ${vrf}`;

/** A command as it is typed at the vtysh of a speaker's daemons. */
export const vtyshWords = ({ snapshot: { daemons } }: FoundSpeaker, command: string): readonly string[] => [
  'vtysh',
  ...(daemons === '' ? [] : ['-N', daemons]),
  '-c',
  command,
];

/** Null when no bgpd of the world has an instance. */
export function routingSnapshot(world: World): RoutingSnapshot | null {
  const speakers = findSpeakers(world);
  return speakers.length === 0
    ? null
    : { speakers: speakers.map(({ snapshot }) => snapshot), sessions: pairSessions(world, speakers) };
}

interface Half {
  readonly end: BgpSessionEnd;
  /** Of the other end: where it was met last, or is expected. */
  readonly address: string | null;
  readonly peer: Peer;
}

function pairSessions(world: World, speakers: readonly FoundSpeaker[]): readonly BgpSessionSnapshot[] {
  const halves: Half[] = [];
  const own = new Map<string, ReadonlySet<string>>();
  for (const { snapshot, instance } of speakers) {
    const host = world.hosts.get(snapshot.host);
    own.set(snapshot.id, host ? addressesOf(host, snapshot) : new Set());
    for (const peer of instance.sortedPeers()) {
      const met = peer.metAt ?? peer.address;
      const address = met && formatAddress(met);
      halves.push({ end: endOf(snapshot.id, instance, peer), address, peer });
    }
  }
  const byAddress = new Map<string, Half[]>();
  for (const half of halves) {
    const { address } = half;
    if (address === null) continue;
    const list = byAddress.get(address);
    if (list) list.push(half);
    else byAddress.set(address, [half]);
  }
  const taken = new Set<Half>();
  const sessions: BgpSessionSnapshot[] = [];
  for (const near of halves) {
    if (taken.has(near)) continue;
    taken.add(near);
    const far = otherEnd(near, byAddress, own, taken);
    if (far) taken.add(far);
    sessions.push({
      id: `${near.end.speaker}/${near.end.neighbour}`,
      near: near.end,
      far: far?.end ?? null,
      established: near.peer.state === 'Established' && far?.peer.state === 'Established',
    });
  }
  return sessions;
}

/** The neighbour that is configured for this end: each has the other's address as its own. */
function otherEnd(
  near: Half,
  byAddress: ReadonlyMap<string, readonly Half[]>,
  own: ReadonlyMap<string, ReadonlySet<string>>,
  taken: ReadonlySet<Half>,
): Half | undefined {
  const { address } = near;
  const { speaker } = near.end;
  if (address === null) return undefined;
  for (const mine of own.get(speaker) ?? [])
    for (const half of byAddress.get(mine) ?? [])
      if (!taken.has(half) && half.end.speaker !== speaker && own.get(half.end.speaker)?.has(address))
        return half;
  return undefined;
}

/** Addresses of the links in a speaker's VRF; of one that is down, the link-local address that it has when it is up. */
function addressesOf(host: Host, { namespace, vrfDevice }: SpeakerSnapshot): ReadonlySet<string> {
  const found = new Set<string>();
  for (const link of host.kernel.namespaces.get(namespace)?.links.values() ?? []) {
    const vrf = link.kind === 'vrf' ? link.name : link.master?.kind === 'vrf' ? link.master.name : null;
    if (vrf !== vrfDevice) continue;
    for (const { local } of link.addresses4) found.add(formatIpv4(local));
    for (const { address } of link.ipv6.addresses) found.add(formatIpv6(address));
    if (!link.up || link.ipv6.addresses.length === 0) found.add(formatIpv6(linkLocalOf(link.mac)));
  }
  return found;
}

/** The address that a link makes of its MAC address (RFC 4291 appendix A). */
const linkLocalOf = (mac: bigint): bigint =>
  (0xfe80n << 112n) | ((((mac >> 24n) << 40n) | (0xfffen << 24n) | (mac & 0xffffffn)) ^ (2n << 56n));

function endOf(speaker: string, instance: BgpInstance, peer: Peer): BgpSessionEnd {
  const families = [...peer.families.values()];
  return {
    speaker,
    neighbour: peer.name,
    state: isShutdown(instance, peer) ? 'Idle (Admin)' : peer.prefixOverflow ? 'Idle (PfxCt)' : peer.state,
    interface: peer.interface,
    address: peer.address === null ? null : formatAddress(peer.address),
    remoteAs: peer.remoteAs,
    accepted: families.reduce((sum, { acceptedCount }) => sum + acceptedCount, 0),
    sent: families.reduce((sum, { sentCount }) => sum + sentCount, 0),
    since: peer.upSince,
  };
}
