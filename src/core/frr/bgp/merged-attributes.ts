/** Attributes of several routes made into one: for aggregates with `as-set`, and for multipath told as a set (RFC 4271 9.2.2.2). */
import { aggregatePaths } from './as-path.ts';
import type { LargeCommunity, Origin, PathAttributes } from './attributes.ts';

const ORIGIN_RANK: Readonly<Record<Origin, number>> = { igp: 0, egp: 1, incomplete: 2 };

/** The origin that the least is known of. */
export function worstOrigin(all: readonly PathAttributes[]): Origin {
  let origin: Origin = 'igp';
  for (const one of all) if (ORIGIN_RANK[one.origin] > ORIGIN_RANK[origin]) origin = one.origin;
  return origin;
}

type Merged = Pick<PathAttributes, 'asPath' | 'communities' | 'extendedCommunities' | 'largeCommunities'>;

/** The path in common with the rest as a set, and every community of any. */
export function mergedAttributes(all: readonly PathAttributes[]): Merged {
  const communities = new Set(all.flatMap((one) => one.communities ?? []));
  const extended = new Set(all.flatMap((one) => one.extendedCommunities ?? []));
  return {
    asPath: aggregatePaths(all.map((one) => one.asPath)),
    communities: communities.size > 0 ? [...communities].sort((a, b) => a - b) : null,
    extendedCommunities:
      extended.size > 0 ? [...extended].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) : null,
    largeCommunities: mergedLarge(all),
  };
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
