/** Whether the neighbour's address can be reached, as zebra answers (`bgp_find_or_add_nexthop` for peers). */
import type { Neighbour } from './neighbour.ts';
import type { Speaker } from './speaker.ts';

/** Zebra's word about the way to a neighbour; null: none yet. */
export type WayAnswer = ReturnType<Speaker['host']['nextHops']['followNeighbour']>;

export function isReachable(neighbour: Neighbour, answer: WayAnswer): boolean {
  if (answer === null || answer.nextHops.length === 0) return false;
  if (answer.nextHops.length === 1 && answer.nextHops[0]?.kind === 'blackhole') return false;
  return !neighbour.mustBeConnected || answer.connected;
}

/** What is known of the way to the neighbour. */
export function trackedWay(speaker: Speaker, neighbour: Neighbour): WayAnswer {
  const { address } = neighbour;
  return address === null ? null : speaker.host.nextHops.followNeighbour(neighbour, speaker.vrf, address);
}
