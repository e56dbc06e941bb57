/** The next hop of a path: which address counts, whether it can be reached, and what zebra is told of it. */
import type { Address } from '../prefix.ts';
import type { StoredPath } from './rib-table.ts';
import type { Speaker } from './speaker.ts';
import type { NextHopAnswer } from './zebra-port.ts';

/** The address that goes into the routing table: the link-local one when two came, unless a route map prefers the other. */
export function forwardingAddress({ hop, weighed }: StoredPath): Address {
  return hop.mpNextHop !== null && weighed.preferGlobal
    ? { family: 6, address: hop.mpNextHop.global }
    : hop.forwarding;
}

/** The interface on which a link-local next hop of this neighbour lives. */
export function nextHopInterface(speaker: Speaker, path: StoredPath): string | null {
  const { peer } = path;
  if (peer.interface !== null) return peer.interface;
  const local = peer.ends?.local;
  if (local === undefined) return null;
  const link = speaker
    .interfaces()
    .find((one) => one.addresses.some((own) => own.family === local.family && own.address === local.address));
  return link?.name ?? null;
}

/** External neighbours one hop away must name a next hop on a connected network; VTEPs may be anywhere. */
const mustBeConnected = ({ peer, destination }: StoredPath): boolean =>
  peer.config !== null && peer.mustBeConnected && destination.table.family !== 'l2vpn-evpn';

/** Follows the next hop of a received path, on whatever interface it is, and sets what is known of it. */
export function followNextHop(speaker: Speaker, path: StoredPath): void {
  applyAnswer(path, speaker.host.nextHops.followHop(path, speaker.vrf));
}

/** Whether anything changed. */
export function applyAnswer(path: StoredPath, answer: NextHopAnswer | null): boolean {
  const reachable =
    answer !== null && answer.nextHops.length > 0 && (answer.connected || !mustBeConnected(path));
  const metric = reachable ? answer.metric : 0;
  const changed =
    path.valid !== reachable || path.igpMetric !== metric || path.nextHopAccessible !== reachable;
  path.nextHopAccessible = reachable;
  path.valid = reachable;
  path.igpMetric = metric;
  return changed;
}
