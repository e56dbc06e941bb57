/** The decision process for one prefix: choose, mark, tell zebra and the neighbours (RFC 4271 9.1.2, 9.1.3). */
import { comparePathsTo, sameNeighbouringAs, type DecisionOptions } from './decision.ts';
import { announceToZebra, goesToZebra, withdrawFromZebra } from './install.ts';
import { announceToAll } from './outbound.ts';
import { forwardingAddress } from './path-next-hop.ts';
import type { SelectionReason } from './path.ts';
import type { StoredDestination, StoredPath } from './rib-table.ts';
import type { Speaker } from './speaker.ts';

/** What bgpd was built with. */
const MAXIMUM_PATHS = 256;

const isUsable = (speaker: Speaker, path: StoredPath): boolean =>
  path.valid &&
  !path.removed &&
  !path.history &&
  !path.damped &&
  (path.peer === speaker.self || path.peer.isEstablished || path.peer.awaitsRestart);

interface Choice {
  readonly best: StoredPath | undefined;
  readonly reason: SelectionReason;
  readonly beside: readonly StoredPath[];
}

/** The best of the paths, why, and those that are as good. */
function choose(speaker: Speaker, destination: StoredDestination): Choice {
  const { options, families } = speaker.config;
  const limits = families[destination.table.family].options;
  const decision: DecisionOptions = {
    options,
    sameClusterLength: limits.maximumPathsIbgp?.equalClusterLength ?? false,
  };
  const usable = destination.paths.filter((path) => isUsable(speaker, path));
  const candidates = options.deterministicMed === true ? bestPerAs(usable, decision) : usable;
  for (const path of destination.paths)
    path.bestOfAs = options.deterministicMed === true && candidates.includes(path);
  let best: StoredPath | undefined;
  let reason: SelectionReason = 'Nothing to Select';
  for (const path of candidates) {
    if (best === undefined) {
      best = path;
      reason = 'First path received';
      continue;
    }
    const comparison = comparePathsTo(path, best, decision);
    reason = comparison.reason;
    if (comparison.better) best = path;
  }
  if (best === undefined) return { best, reason, beside: [] };
  const winner = best;
  const limit = Math.min(
    MAXIMUM_PATHS,
    winner.peer.isInternal
      ? (limits.maximumPathsIbgp?.paths ?? MAXIMUM_PATHS)
      : (limits.maximumPaths ?? MAXIMUM_PATHS),
  );
  if (limit <= 1) return { best, reason, beside: [] };
  const equals: StoredPath[] = [];
  for (const path of usable) {
    if (path === winner || sameNextHop(path, winner)) continue;
    const comparison = comparePathsTo(path, winner, decision);
    reason = comparison.reason;
    if (comparison.equal) equals.push(path);
  }
  equals.sort(compareForMultipath);
  return { best, reason, beside: equals.slice(0, limit - 1) };
}

/** Deterministic MED: first the best of each neighbouring AS, then the best of these. */
function bestPerAs(paths: readonly StoredPath[], decision: DecisionOptions): StoredPath[] {
  const winners: StoredPath[] = [];
  const seen = new Set<StoredPath>();
  for (const path of paths) {
    if (seen.has(path)) continue;
    let best = path;
    for (const other of paths) {
      if (other === path || seen.has(other)) continue;
      if (!sameNeighbouringAs(path.weighed, other.weighed)) continue;
      if (paths.indexOf(other) < paths.indexOf(path)) continue;
      if (comparePathsTo(other, best, decision).better) best = other;
      seen.add(other);
    }
    seen.add(path);
    winners.push(best);
  }
  return paths.filter((path) => winners.includes(path));
}

function sameNextHop(a: StoredPath, b: StoredPath): boolean {
  const left = forwardingAddress(a);
  const right = forwardingAddress(b);
  return (
    left.family === right.family && left.address === right.address && a.peer.interface === b.peer.interface
  );
}

function compareForMultipath(a: StoredPath, b: StoredPath): number {
  const left = forwardingAddress(a);
  const right = forwardingAddress(b);
  if (left.family !== right.family) return left.family - right.family;
  return left.address < right.address ? -1 : left.address > right.address ? 1 : 0;
}

/** Decides anew and carries out what follows. */
export function decideDestination(speaker: Speaker, destination: StoredDestination): void {
  const old = destination.selected;
  const { best, reason, beside } = choose(speaker, destination);
  destination.reason = reason;
  let multipathChanged = false;
  for (const path of destination.paths) {
    const multipath = beside.includes(path);
    if (path.multipath !== multipath) multipathChanged = true;
    if (path !== best && path.multipath && path.attributesChanged) multipathChanged = true;
    path.multipath = multipath;
  }
  // Of paths that are told as a set each one counts.
  if (multipathChanged && best !== undefined && speaker.config.options.bestpathMultipathRelax === 'as-set')
    best.attributesChanged = true;
  const isNew = old !== best || old?.attributesChanged === true;
  if (old !== undefined && !isNew) {
    if ((multipathChanged || old.multipathChanged) && destination.table.chosen === null && goesToZebra(old))
      announceToZebra(speaker, destination, old);
  } else {
    change(speaker, destination, old, best);
  }
  if ((isNew || multipathChanged) && destination.table.chosen === null)
    speaker.host.observer?.decided(speaker, destination.table.family, destination, old, best);
  for (const path of destination.paths) {
    path.attributesChanged = false;
    path.multipathChanged = false;
  }
  for (let at = destination.paths.length - 1; at >= 0; at -= 1) {
    const path = destination.paths[at] as StoredPath;
    if (!path.removed) continue;
    speaker.host.nextHops.leavePath(path);
    destination.paths.splice(at, 1);
  }
}

function change(
  speaker: Speaker,
  destination: StoredDestination,
  old: StoredPath | undefined,
  best: StoredPath | undefined,
): void {
  if (old !== undefined || best !== undefined) destination.table.bump(destination);
  if (old !== undefined) old.selected = false;
  if (best !== undefined) {
    best.selected = true;
    best.attributesChanged = false;
  }
  if (destination.table.chosen !== null) {
    destination.table.chosen(destination, old, best);
    return;
  }
  speaker.chosen(destination, best);
  announceToAll(speaker, destination, best);
  if (best !== undefined && goesToZebra(best)) announceToZebra(speaker, destination, best);
  else if (old !== undefined && goesToZebra(old)) withdrawFromZebra(speaker, destination.prefix);
}
