/** A neighbour's EVPN route as it stands in the table of a VNI or a VRF that takes it. */
import type { PathAttributes } from '../attributes.ts';
import { sameAttributes } from '../equal-attributes.ts';
import type { Path, PathSource } from '../path.ts';
import type { StoredDestination, StoredPath } from '../rib-table.ts';
import type { Speaker } from '../speaker.ts';
import { addPath, findPath, restorePath } from '../table-change.ts';

/** Whether a path of a VRF's table came from an EVPN route of a neighbour. */
export const isFromEvpn = ({ source }: Path): boolean =>
  source.kind === 'imported' && source.parent.destination.prefix.evpn !== undefined;

/** The path in `destination` that was made of `parent`. */
export const importOf = (destination: StoredDestination, parent: StoredPath): StoredPath | undefined =>
  destination.paths.find((path) => path.source.kind === 'imported' && path.source.parent === parent);

/** Puts the path into the table of `target`; undefined: it is there already, and as it should be. */
export function placeImported(
  target: Speaker,
  destination: StoredDestination,
  parent: StoredPath,
  attributes: PathAttributes,
  vrf: string,
): StoredPath | undefined {
  const source: PathSource = { kind: 'imported', vrf, parent };
  let path = findPath(destination, parent.peer, source);
  if (path === undefined) path = addPath(target, destination, parent.peer, source, attributes);
  else if (!path.removed && sameAttributes(path.attributes, attributes)) return undefined;
  else {
    restorePath(path);
    path.attributes = attributes;
    path.attributesChanged = true;
    path.receivedAt = target.now;
  }
  path.valid = true;
  path.nextHopAccessible = true;
  path.igpMetric = parent.igpMetric;
  return path;
}
