/**
 * Which of two paths to a prefix is better, and why (RFC 4271 9.1.2.2, with the steps and the order of FRR).
 * A pure comparison: it reads paths and options, nothing else.
 */
import type { BgpOptions } from '../config/bgp-config.ts';
import { confederationHopCount, equalPaths, hopCount, sameFirstAs } from './as-path.ts';
import type { PathAttributes } from './attributes.ts';
import { isSticky, sequenceOf } from './evpn/communities.ts';
import type { Path, SelectionReason } from './path.ts';

export interface DecisionOptions {
  readonly options: BgpOptions;
  /** With multipath over internal paths of equal cluster length only (`maximum-paths ibgp N equal-cluster-length`). */
  readonly sameClusterLength: boolean;
}

export interface Comparison {
  readonly better: boolean;
  readonly reason: SelectionReason;
  /** Good enough to be used beside the other. */
  readonly equal: boolean;
}

const ORIGIN_RANK = { igp: 0, egp: 1, incomplete: 2 } as const;

/** The path that an imported one was made from, through all VRFs. */
export function originalPath(path: Path): Path {
  let current = path;
  while (current.source.kind === 'imported') current = current.source.parent;
  return current;
}

const isLocal = (path: Path): boolean => path.source.kind !== 'received' && path.source.kind !== 'imported';

const clusterLength = (attributes: PathAttributes): number => attributes.clusterList?.length ?? 0;

/** MED as it counts: a missing one is 0, or the worst with `bestpath med missing-as-worst`. */
function medOf(attributes: PathAttributes, options: BgpOptions): number {
  if (attributes.med !== null) return attributes.med;
  return options.bestpathMed?.missingAsWorst === true ? 0xffffffff : 0;
}

/** Same neighbouring AS, so that MEDs may be compared. */
export const sameNeighbouringAs = (a: PathAttributes, b: PathAttributes): boolean =>
  sameFirstAs(a.asPath, b.asPath);

const verdict = (better: boolean, reason: SelectionReason, equal = false): Comparison => ({
  better,
  reason,
  equal,
});

/** Is `candidate` better than `current`? One of the two always is: the order is strict. */
export function comparePathsTo(candidate: Path, current: Path, decision: DecisionOptions): Comparison {
  const { options } = decision;
  const a0 = candidate.weighed;
  const b0 = current.weighed;
  if (candidate.destination.prefix.evpn?.type === 2) {
    const moved = compareMobility(candidate.attributes, current.attributes);
    if (moved !== null) return moved;
  }
  if (a0.weight !== b0.weight) return verdict(a0.weight > b0.weight, 'Weight');
  const preference = (attributes: PathAttributes): number =>
    attributes.localPreference ?? options.defaultLocalPreference ?? 100;
  if (preference(a0) !== preference(b0)) return verdict(preference(a0) > preference(b0), 'Local Pref');
  if (isLocal(candidate) !== isLocal(current)) return verdict(isLocal(candidate), 'Local Route');

  const a = originalPath(candidate);
  const b = originalPath(current);
  const left = a.weighed;
  const right = b.weighed;
  if (options.bestpathAsPathIgnore !== true) {
    const withConfederation = options.bestpathAsPathConfed === true;
    const length = (attributes: PathAttributes): number =>
      hopCount(attributes.asPath) + (withConfederation ? confederationHopCount(attributes.asPath) : 0);
    if (length(left) !== length(right))
      return verdict(
        length(left) < length(right),
        withConfederation ? 'Confederation based AS Path' : 'AS Path',
      );
  }
  if (left.origin !== right.origin)
    return verdict(ORIGIN_RANK[left.origin] < ORIGIN_RANK[right.origin], 'Origin');
  if (medsCount(left, right, options)) {
    const leftMed = medOf(left, options);
    const rightMed = medOf(right, options);
    if (leftMed !== rightMed) return verdict(leftMed < rightMed, 'MED');
  }
  const leftExternal = isExternal(a);
  const rightExternal = isExternal(b);
  const relaxed = options.bestpathPeerTypeMultipathRelax === true;
  let byPeer: Comparison | null = null;
  if (leftExternal !== rightExternal && a.peer.config !== null && b.peer.config !== null) {
    byPeer = verdict(leftExternal, 'Peer Type');
    if (!relaxed) return byPeer;
  }
  let leftMetric = a.igpMetric;
  let rightMetric = b.igpMetric;
  if (leftMetric === rightMetric && isInternal(a) && isInternal(b) && decision.sameClusterLength) {
    leftMetric = clusterLength(left);
    rightMetric = clusterLength(right);
  }
  if (options.confederationIdentifier !== undefined) {
    const [here, there] = [isMember(a), isMember(b)];
    if ((here && isInternal(b)) || (there && isInternal(a))) {
      byPeer = verdict(here, 'Confed Peer Type');
      if (!relaxed) return byPeer;
    }
  }
  if (leftMetric !== rightMetric) return byPeer ?? verdict(leftMetric < rightMetric, 'IGP Metric');
  const equal = mayShare(a, b, options);
  return byPeer === null ? breakTie(a, b, equal, options) : { ...byPeer, equal };
}

/** Where a host is, before anything else counts: a sticky address, the greater sequence number, the lower VTEP. */
function compareMobility(left: PathAttributes, right: PathAttributes): Comparison | null {
  if (isSticky(left) !== isSticky(right)) return verdict(isSticky(left), 'EVPN Sticky Mac');
  const [a, b] = [sequenceOf(left), sequenceOf(right)];
  if (a !== b) return verdict(a > b, 'EVPN sequence number');
  const [here, there] = [left.nextHop ?? 0, right.nextHop ?? 0];
  return here === there ? null : verdict(here < there, 'EVPN lower IP');
}

const isExternal = (path: Path): boolean => path.peer.config !== null && path.peer.isExternal;
const isMember = (path: Path): boolean => path.peer.config !== null && path.peer.sort === 'confederation';
const isInternal = (path: Path): boolean => path.peer.config !== null && path.peer.isInternal;

function medsCount(left: PathAttributes, right: PathAttributes, options: BgpOptions): boolean {
  if (options.alwaysCompareMed === true || sameNeighbouringAs(left, right)) return true;
  // So it is among members of a confederation, whether or not `bestpath med confed` asks for it.
  const noHops = hopCount(left.asPath) === 0 && hopCount(right.asPath) === 0;
  return noHops;
}

function mayShare(a: Path, b: Path, options: BgpOptions): boolean {
  if (options.bestpathMultipathRelax !== undefined) return true;
  if (isInternal(a)) return equalPaths(a.weighed.asPath, b.weighed.asPath);
  return a.peer.remoteAs === b.peer.remoteAs;
}

/** What decides between paths that are equally good: age, router id, cluster list, address. */
function breakTie(a: Path, b: Path, equal: boolean, options: BgpOptions): Comparison {
  if (options.bestpathCompareRouterid !== true && isExternal(a) && isExternal(b)) {
    if (a.selected) return verdict(true, 'Older Path', equal);
    if (b.selected) return verdict(false, 'Older Path', equal);
  }
  const identifier = (path: Path): number => path.weighed.originatorId ?? path.peer.remoteRouterId;
  if (identifier(a) !== identifier(b)) return verdict(identifier(a) < identifier(b), 'Router ID', equal);
  const leftClusters = clusterLength(a.weighed);
  const rightClusters = clusterLength(b.weighed);
  if (leftClusters !== rightClusters) return verdict(leftClusters < rightClusters, 'Cluster length', equal);
  if (b.stale) return verdict(true, 'Path Staleness', equal);
  if (a.stale) return verdict(false, 'Path Staleness', equal);
  const leftAddress = a.peer.ends?.remote ?? null;
  const rightAddress = b.peer.ends?.remote ?? null;
  if (leftAddress === null) return verdict(false, 'Locally configured route', equal);
  if (rightAddress === null) return verdict(true, 'Locally configured route', equal);
  if (leftAddress.family !== rightAddress.family)
    return verdict(leftAddress.family < rightAddress.family, 'Neighbor IP', equal);
  if (leftAddress.address !== rightAddress.address)
    return verdict(leftAddress.address < rightAddress.address, 'Neighbor IP', equal);
  return verdict(true, 'Nothing left to compare', equal);
}
