/** Route targets of a VNI or VRF: those configured, or one made of the AS number and the VNI. */
import { isRouteTarget } from '../../distinguisher.ts';
import { readRouteTargets } from '../../policy/communities.ts';
import type { PathAttributes } from '../attributes.ts';
import { withoutAdministrator } from './communities.ts';

const ROUTE_TARGET = 0x02n;

/** Of the AS number the low two octets count, whatever it is. */
export const automaticTarget = (asn: number, vni: number): bigint =>
  (ROUTE_TARGET << 48n) | (BigInt(asn & 0xffff) << 32n) | BigInt(vni);

/** Targets as typed, in the order of their texts. */
export const parseTargets = (texts: readonly string[]): readonly bigint[] =>
  [...texts].sort().flatMap((text) => readRouteTargets(text, 'rt') ?? []);

export interface ImportTargets {
  readonly targets: readonly bigint[];
  /** Made of the VNI: the AS number in front is not looked at. */
  readonly automatic: boolean;
}

/** Whether a route with these attributes is for those who import these targets. */
export function matchesTargets({ extendedCommunities }: PathAttributes, wanted: ImportTargets): boolean {
  const sought = wanted.automatic ? wanted.targets.map(withoutAdministrator) : wanted.targets;
  return (extendedCommunities ?? []).some(
    (community) =>
      isRouteTarget(community) &&
      (sought.includes(community) || sought.includes(withoutAdministrator(community))),
  );
}
