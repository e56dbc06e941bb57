/** Puts paths into the table of an instance and takes them out, with all that hangs on it: counts, aggregates, leaking. */
import type { PathAttributes } from './attributes.ts';
import type { StoredDestination } from './rib-table.ts';
import { StoredPath } from './rib-table.ts';
import type { Neighbour } from './neighbour.ts';
import type { PathSource } from './path.ts';
import type { Speaker } from './speaker.ts';

/** Told of every change of a path, before the decision: aggregation and leaking follow it. */
export interface TableListener {
  pathChanged(speaker: Speaker, path: StoredPath): void;
  pathRemoved(speaker: Speaker, path: StoredPath): void;
}

function countPath(path: StoredPath, by: 1 | -1): void {
  const family = path.peer.family(path.destination.table.family);
  if (family !== undefined && path.source.kind === 'received') family.acceptedCount += by;
}

export const findPath = (
  destination: StoredDestination,
  peer: Neighbour,
  source: PathSource,
  addpathRxId = 0,
): StoredPath | undefined => {
  for (const path of destination.paths)
    if (path.peer === peer && path.addpathRxId === addpathRxId && sameSource(path.source, source))
      return path;
  return undefined;
};

function sameSource(a: PathSource, b: PathSource): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'redistributed' && b.kind === 'redistributed')
    return a.protocol === b.protocol && a.instance === b.instance;
  if (a.kind === 'imported' && b.kind === 'imported') return a.parent === b.parent;
  return true;
}

const FEW = 4;

/** Adds a path in front of the others. */
export function addPath(
  speaker: Speaker,
  destination: StoredDestination,
  peer: Neighbour,
  source: PathSource,
  attributes: PathAttributes,
  addpathRxId = 0,
): StoredPath {
  const path = new StoredPath(destination, peer, source, attributes, speaker.now, addpathRxId);
  // An array that grows takes room for sixteen more, and most prefixes have few paths.
  if (destination.paths.length < FEW) destination.paths = [path, ...destination.paths];
  else destination.paths.unshift(path);
  countPath(path, 1);
  return path;
}

/** Marks a path as gone; the decision takes it out. */
export function removePath(speaker: Speaker, listener: TableListener, path: StoredPath): void {
  if (path.removed) return;
  listener.pathRemoved(speaker, path);
  countPath(path, -1);
  path.removed = true;
  speaker.schedule(path.destination);
}

/** Takes a path back in that went and came again before a decision. */
export function restorePath(path: StoredPath): void {
  if (!path.removed) return;
  path.removed = false;
  path.valid = false;
  countPath(path, 1);
}
