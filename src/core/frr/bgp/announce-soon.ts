/**
 * Going through the whole table for a neighbour, a moment later: a neighbour that asks, a changed option and `clear` come in
 * bursts, and one walk answers them all (`bgp_announce_route`). Neighbours that would be told the same share an update group.
 */
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import { announceTable } from './outbound.ts';
import { MILLISECOND, type Speaker } from './speaker.ts';
import { updateGroup } from './update-group.ts';

/** The wait for a neighbour alone in its update group, and for one among others. */
const DELAY = { alone: 100 * MILLISECOND, among: 500 * MILLISECOND } as const;

function isAlone(speaker: Speaker, neighbour: Neighbour, family: NeighbourFamily): boolean {
  const key = updateGroup(speaker.groupNumbers, neighbour, family);
  for (const other of speaker.peers.values()) {
    if (other === neighbour || !other.isEstablished) continue;
    const theirs = other.family(family.family);
    if (theirs?.negotiated === true && updateGroup(speaker.groupNumbers, other, theirs) === key) return false;
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
