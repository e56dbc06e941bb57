/** Paths of this router itself in tables of EVPN. */
import type { PathAttributes } from '../attributes.ts';
import { sameAttributes } from '../equal-attributes.ts';
import type { PathSource } from '../path.ts';
import type { StoredDestination, StoredPath } from '../rib-table.ts';
import type { Speaker } from '../speaker.ts';
import { addPath, findPath, restorePath } from '../table-change.ts';

const OWN: PathSource = { kind: 'network' };

export const ownPath = (speaker: Speaker, destination: StoredDestination): StoredPath | undefined =>
  findPath(destination, speaker.self, OWN);

/** Puts an own path into a table, or changes the one that is there; what is decided of it is the caller's. */
export function placeOwn(
  speaker: Speaker,
  destination: StoredDestination,
  attributes: PathAttributes,
): StoredPath {
  const known = ownPath(speaker, destination);
  if (known === undefined) {
    const path = addPath(speaker, destination, speaker.self, OWN, attributes);
    path.valid = true;
    path.nextHopAccessible = true;
    return path;
  }
  if (!known.removed && sameAttributes(known.attributes, attributes)) return known;
  if (known.removed) restorePath(known);
  known.valid = true;
  known.attributes = attributes;
  known.attributesChanged = true;
  known.receivedAt = speaker.now;
  return known;
}
