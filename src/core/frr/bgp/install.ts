/** What zebra is told of the chosen paths. */
import { routerMacOf } from './evpn/communities.ts';
import { isFromEvpn } from './evpn/imported-path.ts';
import type { Neighbour } from './neighbour.ts';
import { forwardingAddress, nextHopInterface } from './path-next-hop.ts';
import { originalPath } from './decision.ts';
import type { Path } from './path.ts';
import type { StoredDestination, StoredPath } from './rib-table.ts';
import { applyMap } from './route-map.ts';
import type { Speaker } from './speaker.ts';
import type { ZebraNextHop } from './zebra-port.ts';
import { isLinkLocal, type Prefix } from '../prefix.ts';
import { routeTakenFromZebra, routeToldToZebra } from './update-log.ts';

const DISTANCE = { external: 20, internal: 200, local: 200 } as const;

/** Paths that zebra hears of: those from neighbours, aggregates, and those leaked from another VRF. */
export function goesToZebra({ source, destination }: StoredPath): boolean {
  const { family } = destination.table;
  if (family !== 'ipv4-unicast' && family !== 'ipv6-unicast') return false;
  return source.kind === 'received' || source.kind === 'aggregate' || source.kind === 'imported';
}

export function announceToZebra(speaker: Speaker, destination: StoredDestination, best: StoredPath): void {
  const { family } = destination.table;
  if (family !== 'ipv4-unicast' && family !== 'ipv6-unicast') return;
  const { tableMap } = speaker.config.families[family].options;
  const nextHops: ZebraNextHop[] = [];
  let { med, tag } = best.weighed;
  const used = [best, ...destination.paths.filter((path) => path !== best && path.multipath)];
  for (const path of used) {
    if (tableMap !== undefined) {
      const mapped = applyMap(speaker, tableMap, {
        family,
        prefix: destination.prefix,
        attributes: path.attributes,
        source: path.source,
        peer: path.peer,
        direction: 'table',
      });
      if (mapped === undefined) continue;
      if (path === best) ({ med, tag } = mapped);
    }
    nextHops.push(nextHopOf(speaker, path));
  }
  if (nextHops.length === 0) {
    withdrawFromZebra(speaker, destination.prefix);
    return;
  }
  const peer = originOf(best);
  const isInternal = !peer.isExternal || best.source.kind === 'aggregate';
  const route = {
    prefix: destination.prefix,
    metric: med ?? 0,
    tag,
    distance: distanceOf(speaker, best, peer),
    internal: isInternal,
    nextHops,
    allowRecursion: isInternal || (peer.config !== null && !peer.mustBeConnected),
  };
  routeToldToZebra(speaker, route);
  speaker.host.zebra.announce(speaker.vrf, route);
}

/** Zebra is to forget a route. */
export function withdrawFromZebra(speaker: Speaker, prefix: Prefix): void {
  routeTakenFromZebra(speaker, prefix);
  speaker.host.zebra.withdraw(speaker.vrf, prefix);
}

/** The neighbour behind a path, also behind a leaked one. */
const originOf = (path: StoredPath): Neighbour =>
  path.source.kind === 'imported' ? (path.source.parent as StoredPath).peer : path.peer;

function distanceOf(speaker: Speaker, path: StoredPath, peer: Neighbour): number {
  const { family } = path.destination.table;
  const set = speaker.config.families[family].options.distance;
  if (path.weighed.distance !== null) return path.weighed.distance;
  if (path.source.kind === 'aggregate') return set?.local ?? DISTANCE.local;
  if (peer.config === null) return LEAKED_LOCAL_DISTANCE;
  // A network behind a back door is known better from elsewhere.
  if (speaker.config.families[family].networks.get(path.destination.key)?.backdoor === true)
    return set?.local ?? DISTANCE.local;
  if (peer.sort === 'confederation') return set?.local ?? DISTANCE.local;
  if (peer.isInternal) return set?.internal ?? DISTANCE.internal;
  return set?.external ?? DISTANCE.external;
}

/** A route of this router itself that was leaked into another VRF. */
const LEAKED_LOCAL_DISTANCE = 1;

/** The VRF that took a path, or what it was leaked from, out of EVPN; undefined: none did. */
function evpnVrf(speaker: Speaker, path: Path): string | undefined {
  let vrf = speaker.vrf;
  let current = path;
  while (current.source.kind === 'imported') {
    if (isFromEvpn(current)) return vrf;
    vrf = current.source.vrf;
    current = current.source.parent;
  }
  return undefined;
}

/** Over the interface of the VRF's layer 3 VNI, whatever the VRF knows of the VTEP's address. */
const vtepNextHop = ({ host }: Speaker, vrf: string, path: StoredPath): ZebraNextHop => ({
  kind: 'gateway',
  gateway: forwardingAddress(path),
  interface: host.evpnInterface(vrf),
  vrf,
  weight: 1,
  routerMac: routerMacOf(path.weighed) ?? 0n,
});

function nextHopOf(speaker: Speaker, path: StoredPath): ZebraNextHop {
  const overEvpn = evpnVrf(speaker, path);
  if (overEvpn !== undefined) return vtepNextHop(speaker, overEvpn, path);
  const vrf = path.source.kind === 'imported' ? path.source.vrf : speaker.vrf;
  if (path.source.kind === 'aggregate') return { kind: 'blackhole', vrf };
  const original = originalPath(path);
  if (original.source.kind === 'redistributed' && original.source.nextHop.kind !== 'gateway') {
    const { nextHop } = original.source;
    if (nextHop.kind === 'blackhole') return { kind: 'blackhole', vrf };
    return { kind: 'interface', interface: nextHop.interface, vrf, weight: 1 };
  }
  if (path.hop.mpNextHop === null && vrf === speaker.vrf) return plainNextHop(speaker, path.hop.nextHop ?? 0);
  const gateway = forwardingAddress(path);
  return {
    kind: 'gateway',
    gateway,
    interface: isLinkLocal(gateway) ? nextHopInterface(speaker, original as StoredPath) : null,
    vrf,
    weight: 1,
  };
}

/** Beyond that many all are forgotten: those in use stay with their routes. */
const MOST_NEXT_HOPS = 2048;

/** An IPv4 address of the instance's own VRF: one for all routes over it. */
function plainNextHop({ plainNextHops, vrf }: Speaker, address: number): ZebraNextHop {
  const known = plainNextHops.get(address);
  if (known !== undefined) return known;
  if (plainNextHops.size >= MOST_NEXT_HOPS) plainNextHops.clear();
  const gateway = { family: 4 as const, address: BigInt(address) };
  const made: ZebraNextHop = { kind: 'gateway', gateway, interface: null, vrf, weight: 1 };
  plainNextHops.set(address, made);
  return made;
}
