/**
 * Going through the whole table for a neighbour, a moment later: a neighbour that asks, a changed option and `clear` come in
 * bursts, and one walk answers them all (`bgp_announce_route`). Neighbours that would be told the same share an update group.
 */
import { sameValue } from '../same-value.ts';
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { announceTable } from './outbound.ts';
import { MILLISECOND, type Speaker } from './speaker.ts';

/** The wait for a neighbour alone in its update group, and for one among others. */
const DELAY = { alone: 100 * MILLISECOND, among: 500 * MILLISECOND } as const;

/** What a neighbour must have in common with another to be told in the same words (`updgrp_hash_key_make`). */
function groupKey(neighbour: Neighbour, { family, options }: NeighbourFamily): unknown {
  const { routeMapOut, prefixListOut, distributeListOut, filterListOut, unsuppressMap } = options;
  const { advertisementInterval, isInternal, sentCapabilities, receivedCapabilities } = neighbour;
  return {
    lists: { routeMapOut, prefixListOut, distributeListOut, filterListOut, unsuppressMap },
    nextHopSelf: options.nextHopSelf,
    sendCommunity: options.sendCommunity,
    attributeUnchanged: options.attributeUnchanged,
    defaultOriginate: options.defaultOriginate,
    removePrivateAs: options.removePrivateAs,
    asOverride: options.asOverride,
    nextHopLocalUnchanged: options.nextHopLocalUnchanged,
    reflectorClient: options.routeReflectorClient,
    serverClient: options.routeServerClient,
    isInternal,
    advertisementInterval,
    localAs: neighbour.options.localAs?.as,
    group: neighbour.config?.group,
    as4: receivedCapabilities?.as4 != null,
    extended: sentCapabilities?.extendedMessage === true && receivedCapabilities?.extendedMessage === true,
    extendedNextHop: neighbour.hasExtendedNextHop(family),
    shared: neighbour.sharedNetwork && neighbour.family('ipv6-unicast')?.negotiated === true,
    own:
      neighbour.options.solo === true || options.maximumPrefixOut !== undefined ? neighbour.name : undefined,
  };
}

function isAlone(speaker: Speaker, neighbour: Neighbour, family: NeighbourFamily): boolean {
  const key = groupKey(neighbour, family);
  for (const other of speaker.peers.values()) {
    if (other === neighbour || !other.isEstablished) continue;
    const theirs = other.family(family.family);
    if (theirs?.negotiated === true && sameValue(groupKey(other, theirs), key)) return false;
  }
  return true;
}

/** Announces the table soon, unless that is about to happen. `force`: also what the neighbour has been told. */
export function announceSoon(
  speaker: Speaker,
  neighbour: Neighbour,
  family: NeighbourFamily,
  force = false,
): void {
  if (!family.negotiated || !neighbour.isEstablished || family.announcing !== null) return;
  if (force) family.forceUpdates = true;
  const delay = isAlone(speaker, neighbour, family) ? DELAY.alone : DELAY.among;
  family.announcing = speaker.after(delay, () => {
    family.announcing = null;
    announceTable(speaker, neighbour, family);
  });
}
