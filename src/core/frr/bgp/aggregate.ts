/** `aggregate-address`: one route for all below it, which it may hold back (RFC 4271 9.2.2.2). */
import { covers, formatPrefix, type Prefix } from '../prefix.ts';
import type { AggregateConfig, BgpFamily } from '../config/bgp-config.ts';
import { localAttributes, type PathAttributes } from './attributes.ts';
import { sameAttributes } from './equal-attributes.ts';
import { markShuttingDown } from './graceful-shutdown.ts';
import { mergedAttributes, worstOrigin } from './merged-attributes.ts';
import type { PathSource } from './path.ts';
import type { StoredPath } from './rib-table.ts';
import { applyMap } from './route-map.ts';
import type { Speaker } from './speaker.ts';
import { addPath, findPath, removePath, type TableListener } from './table-change.ts';

const AGGREGATE: PathSource = { kind: 'aggregate' };

const isAggregate = (path: StoredPath): boolean => path.source.kind === 'aggregate';

/** Aggregates of an instance that cover a prefix without being it. */
function above(speaker: Speaker, family: BgpFamily, prefix: Prefix): AggregateConfig[] {
  const found: AggregateConfig[] = [];
  for (const aggregate of speaker.config.families[family].aggregates.values())
    if (aggregate.prefix.length < prefix.length && covers(aggregate.prefix, prefix)) found.push(aggregate);
  return found;
}

/** What is valid below an aggregate; it is made of all of these but other aggregates. */
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
  how: 'typed' | 'whole' | 'in-part',
): void {
  const aggregate = speaker.config.families[family].aggregates.get(formatPrefix(prefix));
  const destination = speaker.rib(family).find(prefix);
  const known = destination === undefined ? undefined : findPath(destination, speaker.self, AGGREGATE);
  const below = aggregate === undefined ? [] : [...contributors(speaker, family, aggregate)];
  const paths = below.filter((path) => !isAggregate(path));
  const isAtomic = how !== 'in-part' && below.some((path) => path.attributes.atomicAggregate);
  if (aggregate === undefined || paths.length === 0) {
    if (known !== undefined) removePath(speaker, listener, known);
    return;
  }
  const plain = aggregateAttributes(speaker, aggregate, paths, isAtomic);
  // bgpd looks at what comes from below only: no map, and nothing that was atomic, makes an aggregate another one.
  if (plain !== undefined && how !== 'typed' && known?.removed === false) {
    const { origin, asPath, communities, extendedCommunities, largeCommunities } = plain;
    const seen = { origin, asPath, communities, extendedCommunities, largeCommunities };
    if (sameAttributes(known.attributes, { ...known.attributes, ...seen })) return;
  }
  const attributes = plain && throughMap(speaker, family, aggregate, plain);
  if (attributes === undefined) {
    if (known !== undefined) removePath(speaker, listener, known);
    return;
  }
  if (known?.removed === false && sameAttributes(known.attributes, attributes)) return;
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
  aggregate: AggregateConfig,
  paths: readonly StoredPath[],
  isAtomic: boolean,
): PathAttributes | undefined {
  const all = paths.map((path) => path.attributes);
  if (aggregate.matchingMedOnly && all.some((one) => (one.med ?? 0) !== (all[0]?.med ?? 0))) return undefined;
  return marked(speaker, {
    ...localAttributes(aggregate.origin ?? worstOrigin(all)),
    ...(aggregate.asSet ? mergedAttributes(all) : {}),
    mpNextHop: { global: 0n, linkLocal: null },
    med: 0,
    atomicAggregate: !aggregate.asSet || isAtomic,
    aggregator: {
      asn: speaker.config.options.confederationIdentifier ?? speaker.asn,
      address: speaker.routerId,
    },
  });
}

const marked = (speaker: Speaker, plain: PathAttributes): PathAttributes =>
  speaker.config.options.gracefulShutdown === true ? markShuttingDown(plain) : plain;

/** As the aggregate's own map leaves it; undefined: denied. */
function throughMap(
  speaker: Speaker,
  family: BgpFamily,
  aggregate: AggregateConfig,
  attributes: PathAttributes,
): PathAttributes | undefined {
  if (aggregate.routeMap === null) return attributes;
  const mapped = applyMap(speaker, aggregate.routeMap, {
    family,
    prefix: aggregate.prefix,
    attributes,
    source: AGGREGATE,
    peer: null,
    direction: 'aggregate',
  });
  return mapped && marked(speaker, mapped);
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
  if (isAggregate(path)) return;
  const { family } = path.destination.table;
  const aggregates = above(speaker, family, path.destination.prefix);
  path.suppressors = aggregates.filter((one) => holdsBack(speaker, family, one, path)).length;
  for (const aggregate of aggregates)
    refreshAggregate(speaker, listener, family, aggregate.prefix, 'in-part');
}

/** An aggregate was typed or taken away, or what its maps say changed (`whole`). */
export function aggregateConfigured(
  speaker: Speaker,
  listener: TableListener,
  family: BgpFamily,
  prefix: Prefix,
  how: 'typed' | 'whole',
): void {
  for (const destination of speaker.rib(family).destinations.values()) {
    if (destination.prefix.length <= prefix.length || !covers(prefix, destination.prefix)) continue;
    for (const path of destination.paths) {
      if (isAggregate(path)) continue;
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
  refreshAggregate(speaker, listener, family, prefix, how);
}
