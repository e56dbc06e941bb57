/** Neighbours that are told the same: what goes to one of them need be worked out once (`updgrp_hash_key_make`). */
import type { Neighbour, NeighbourFamily } from './neighbour.ts';

function describe(neighbour: Neighbour, { family, options }: NeighbourFamily): string {
  const { routeMapOut, prefixListOut, distributeListOut, filterListOut, unsuppressMap } = options;
  const { advertisementInterval, sort, sentCapabilities, receivedCapabilities } = neighbour;
  const isLonely = neighbour.options.solo === true || options.maximumPrefixOut !== undefined;
  return JSON.stringify([
    [routeMapOut, prefixListOut, distributeListOut, filterListOut, unsuppressMap],
    [options.nextHopSelf, options.nextHopLocalUnchanged, options.attributeUnchanged, options.sendCommunity],
    [options.defaultOriginate, options.removePrivateAs, options.asOverride],
    [options.routeReflectorClient, options.routeServerClient],
    [sort, advertisementInterval, neighbour.options.localAs, neighbour.config?.group],
    family,
    receivedCapabilities?.as4 != null,
    sentCapabilities?.extendedMessage === true && receivedCapabilities?.extendedMessage === true,
    neighbour.hasExtendedNextHop(family),
    // bgpd looks for this at what was agreed on for the family itself.
    neighbour.sharedNetwork && (family === 'ipv6-unicast' || family === 'ipv6-vpn'),
    isLonely ? [neighbour.name, options.maximumPrefixOut] : null,
  ]);
}

/** Numbers of update groups, by what sets them apart. */
export type GroupNumbers = Map<string, number>;

/** Equal for neighbours of one update group. Kept until options or the session change. */
export function updateGroup(numbers: GroupNumbers, neighbour: Neighbour, family: NeighbourFamily): number {
  if (family.groupNumber !== null) return family.groupNumber;
  const key = describe(neighbour, family);
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  family.groupNumber = number;
  return number;
}
