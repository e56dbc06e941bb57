/** The next hop of a path: which address counts, whether it can be reached, and what zebra is told of it. */
import { isLinkLocal, type Address } from '../prefix.ts';
import type { PathAttributes } from './attributes.ts';
import type { StoredPath } from './rib-table.ts';
import type { Speaker } from './speaker.ts';
import type { NextHopAnswer } from './zebra-port.ts';

const isLinkLocal6 = (address: bigint): boolean => isLinkLocal({ family: 6, address });

/** The address that must be reachable. */
export function trackedAddress(attributes: PathAttributes): Address {
  const { mpNextHop } = attributes;
  if (mpNextHop === null) return { family: 4, address: BigInt(attributes.nextHop ?? 0) };
  const { global, linkLocal } = mpNextHop;
  if (linkLocal !== null && (global === 0n || isLinkLocal6(global))) return { family: 6, address: linkLocal };
  return { family: 6, address: global };
}

/** The address that goes into the routing table: the link-local one when two came. */
export function forwardingAddress(attributes: PathAttributes): Address {
  const { mpNextHop } = attributes;
  if (mpNextHop === null) return { family: 4, address: BigInt(attributes.nextHop ?? 0) };
  if (mpNextHop.linkLocal !== null && !attributes.preferGlobal)
    return { family: 6, address: mpNextHop.linkLocal };
  return { family: 6, address: mpNextHop.global };
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

/** Follows the next hop of a received path and sets what is known of it. */
export function followNextHop(speaker: Speaker, path: StoredPath): void {
  const target = trackedAddress(path.attributes);
  const name = isLinkLocal(target) ? nextHopInterface(speaker, path) : null;
  applyAnswer(path, speaker.host.nextHops.followPath(path, 'next-hop', speaker.vrf, target, name));
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
