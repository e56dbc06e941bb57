/** The way to a neighbour: how far it may be, and whether zebra says that it can be reached (`bgp_find_or_add_nexthop` for peers). */
import type { Neighbour } from './neighbour.ts';
import type { Speaker } from './speaker.ts';
import type { HopLimits } from './transport.ts';

/** Zebra's word about the way to a neighbour; null: none yet. */
export type WayAnswer = ReturnType<Speaker['host']['nextHops']['followNeighbour']>;

export function isReachable(neighbour: Neighbour, answer: WayAnswer): boolean {
  if (answer === null || answer.nextHops.length === 0) return false;
  if (answer.nextHops.length === 1 && answer.nextHops[0]?.kind === 'blackhole') return false;
  return !neighbour.mustBeConnected || answer.connected;
}

/** Of the neighbour's sockets (`bgp_set_socket_ttl`): with `ttl-security` both ends send 255, and what came farther is dropped. */
export function hopLimits({ ttl, options }: Neighbour): HopLimits {
  const { ttlSecurityHops: hops } = options;
  return hops === undefined ? { ttl, minTtl: 0 } : { ttl: GREATEST_TTL, minTtl: GREATEST_TTL + 1 - hops };
}

const GREATEST_TTL = 255;

/** What is known of the way to the neighbour. */
export function trackedWay(speaker: Speaker, neighbour: Neighbour): WayAnswer {
  const { address } = neighbour;
  return address === null ? null : speaker.host.nextHops.followNeighbour(neighbour, speaker.vrf, address);
}
