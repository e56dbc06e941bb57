/** `aggregate-address`: one route for all below it, which it may hold back (RFC 4271 9.2.2.2). */
import { covers, formatPrefix, type Prefix } from '../prefix.ts';
import type { AggregateConfig, BgpFamily } from '../config/bgp-config.ts';
import { aggregatePaths } from './as-path.ts';
import { localAttributes, type LargeCommunity, type Origin, type PathAttributes } from './attributes.ts';
import { sameAttributes } from './equal-attributes.ts';
import { markShuttingDown } from './graceful-shutdown.ts';
import type { PathSource } from './path.ts';
import type { StoredPath } from './rib-table.ts';
import { applyMap } from './route-map.ts';
import type { Speaker } from './speaker.ts';
import { addPath, findPath, removePath, type TableListener } from './table-change.ts';

const AGGREGATE: PathSource = { kind: 'aggregate' };

const ORIGIN_RANK: Readonly<Record<Origin, number>> = { igp: 0, egp: 1, incomplete: 2 };

/** Aggregates of an instance that cover a prefix without being it. */
function above(speaker: Speaker, family: BgpFamily, prefix: Prefix): AggregateConfig[] {
  const found: AggregateConfig[] = [];
  for (const aggregate of speaker.config.families[family].aggregates.values())
    if (aggregate.prefix.length < prefix.length && covers(aggregate.prefix, prefix)) found.push(aggregate);
  return found;
}

/** Paths that an aggregate is made of: what is valid below it, other aggregates included. */
function* contributors(
  speaker: Speaker,
  family: BgpFamily,
  aggregate: AggregateConfig,
): Generator<StoredPath> {
  for (const destination of speaker.rib(family).destinations.values()) {
    if (destination.prefix.length <= aggregate.prefix.length || !covers(aggregate.prefix, destination.prefix))
      continue;
    for (const path of destination.paths)
      if (path.valid && !path.removed && !path.history && !path.damped) yield path;
  }
}

/** Works an aggregate out anew: whether it exists, its attributes, and whom it holds back. */
function refreshAggregate(
  speaker: Speaker,
  listener: TableListener,
  family: BgpFamily,
  prefix: Prefix,
): void {
  const aggregate = speaker.config.families[family].aggregates.get(formatPrefix(prefix));
  const destination = speaker.rib(family).find(prefix);
  const known = destination === undefined ? undefined : findPath(destination, speaker.self, AGGREGATE);
  const paths = aggregate === undefined ? [] : [...contributors(speaker, family, aggregate)];
  if (aggregate === undefined || paths.length === 0) {
    if (known !== undefined) removePath(speaker, listener, known);
    return;
  }
  const attributes = aggregateAttributes(speaker, family, aggregate, paths);
  if (attributes === undefined) {
    if (known !== undefined) removePath(speaker, listener, known);
    return;
  }
  if (known !== undefined && !known.removed && sameAttributes(known.attributes, attributes)) return;
  if (known !== undefined) removePath(speaker, listener, known);
  const target = speaker.rib(family).at(prefix);
  const path = addPath(speaker, target, speaker.self, AGGREGATE, attributes);
  path.valid = true;
  path.nextHopAccessible = true;
  listener.pathChanged(speaker, path);
  speaker.schedule(target);
}

function aggregateAttributes(
  speaker: Speaker,
  family: BgpFamily,
  aggregate: AggregateConfig,
  paths: readonly StoredPath[],
): PathAttributes | undefined {
  const all = paths.map((path) => path.attributes);
  if (aggregate.matchingMedOnly && all.some((one) => (one.med ?? 0) !== (all[0]?.med ?? 0))) return undefined;
  let origin: Origin = 'igp';
  for (const one of all) if (ORIGIN_RANK[one.origin] > ORIGIN_RANK[origin]) origin = one.origin;
  const communities = new Set(all.flatMap((one) => one.communities ?? []));
  const extended = new Set(all.flatMap((one) => one.extendedCommunities ?? []));
  const marked = (plain: PathAttributes): PathAttributes =>
    speaker.config.options.gracefulShutdown === true ? markShuttingDown(plain) : plain;
  const attributes = marked({
    ...localAttributes(aggregate.origin ?? origin),
    asPath: aggregate.asSet ? aggregatePaths(all.map((one) => one.asPath)) : [],
    mpNextHop: { global: 0n, linkLocal: null },
    med: 0,
    atomicAggregate: !aggregate.asSet || all.some((one) => one.atomicAggregate),
    aggregator: {
      asn: speaker.config.options.confederationIdentifier ?? speaker.asn,
      address: speaker.routerId,
    },
    communities: aggregate.asSet && communities.size > 0 ? [...communities].sort((a, b) => a - b) : null,
    extendedCommunities:
      aggregate.asSet && extended.size > 0
        ? [...extended].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
        : null,
    largeCommunities: aggregate.asSet ? mergedLarge(all) : null,
  });
  if (aggregate.routeMap === null) return attributes;
  const mapped = applyMap(speaker, aggregate.routeMap, {
    family,
    prefix: aggregate.prefix,
    attributes,
    source: AGGREGATE,
    peer: null,
    direction: 'aggregate',
  });
  return mapped && marked(mapped);
}

function mergedLarge(all: readonly PathAttributes[]): LargeCommunity[] | null {
  const found = new Map<string, LargeCommunity>();
  for (const one of all)
    for (const large of one.largeCommunities ?? [])
      found.set(`${large.globalAdministrator}:${large.local1}:${large.local2}`, large);
  if (found.size === 0) return null;
  return [...found.values()].sort(
    (a, b) => a.globalAdministrator - b.globalAdministrator || a.local1 - b.local1 || a.local2 - b.local2,
  );
}

/** Whether an aggregate keeps a path of a more specific prefix from neighbours. */
function holdsBack(
  speaker: Speaker,
  family: BgpFamily,
  aggregate: AggregateConfig,
  path: StoredPath,
): boolean {
  if (aggregate.summaryOnly) return true;
  if (aggregate.suppressMap === null) return false;
  const verdict = applyMap(speaker, aggregate.suppressMap, {
    family,
    prefix: path.destination.prefix,
    attributes: path.attributes,
    source: path.source,
    peer: path.peer,
    direction: 'aggregate',
  });
  return verdict !== undefined;
}

/** A path was added or changed: aggregates above it follow, and it is held back where they say so. */
export function aggregateAfterChange(speaker: Speaker, listener: TableListener, path: StoredPath): void {
  const { family } = path.destination.table;
  const aggregates = above(speaker, family, path.destination.prefix);
  path.suppressors = aggregates.filter((one) => holdsBack(speaker, family, one, path)).length;
  for (const aggregate of aggregates) refreshAggregate(speaker, listener, family, aggregate.prefix);
}

/** An aggregate was configured, changed or taken away. */
export function aggregateConfigured(
  speaker: Speaker,
  listener: TableListener,
  family: BgpFamily,
  prefix: Prefix,
): void {
  for (const destination of speaker.rib(family).destinations.values()) {
    if (destination.prefix.length <= prefix.length || !covers(prefix, destination.prefix)) continue;
    for (const path of destination.paths) {
      const before = path.suppressed;
      path.suppressors = above(speaker, family, destination.prefix).filter((one) =>
        holdsBack(speaker, family, one, path),
      ).length;
      if (before !== path.suppressed) {
        path.attributesChanged = true;
        speaker.schedule(destination);
      }
    }
  }
  refreshAggregate(speaker, listener, family, prefix);
}
