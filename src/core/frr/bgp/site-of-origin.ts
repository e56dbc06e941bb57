/** `neighbor X soo`: routes from the neighbour's site are marked, and marked ones do not go back to it (RFC 4364 4.3.1). */
import type { PeerFamilyOptions } from '../config/bgp-config.ts';
import { compareBig, readRouteTargets } from '../policy/communities.ts';
import type { PathAttributes } from './attributes.ts';

const siteOf = ({ siteOfOrigin }: PeerFamilyOptions): readonly bigint[] =>
  siteOfOrigin === undefined ? [] : (readRouteTargets(siteOfOrigin, 'soo') ?? []);

/** A route as it came from the site. */
export function markSite(options: PeerFamilyOptions, attributes: PathAttributes): PathAttributes {
  const site = siteOf(options);
  if (site.length === 0) return attributes;
  const held = attributes.extendedCommunities ?? [];
  return { ...attributes, extendedCommunities: [...new Set([...held, ...site])].sort(compareBig) };
}

/** Whether a route is from the neighbour's own site. */
export function isFromSite(options: PeerFamilyOptions, { extendedCommunities }: PathAttributes): boolean {
  const site = siteOf(options);
  return site.length > 0 && site.every((one) => extendedCommunities?.includes(one) === true);
}
