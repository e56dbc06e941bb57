/** Equality of attributes, by a key that is made once an object. */
import type { PathAttributes } from './attributes.ts';

const list = (values: readonly (number | bigint)[] | null): string =>
  values === null ? '-' : values.join(',');

function makeKey(attributes: PathAttributes): string {
  const { mpNextHop, aggregator, largeCommunities, unknown } = attributes;
  let path = '';
  for (const { kind, asns } of attributes.asPath) path += `${kind} ${asns.join(',')};`;
  let large = '-';
  if (largeCommunities !== null) {
    large = '';
    for (const one of largeCommunities) large += `${one.globalAdministrator}:${one.local1}:${one.local2},`;
  }
  let rest = '';
  for (const { flags, type, octets } of unknown) rest += `${flags} ${type} ${octets.join(',')};`;
  return [
    attributes.origin,
    path,
    attributes.nextHop,
    mpNextHop === null ? '-' : `${mpNextHop.global} ${mpNextHop.linkLocal}`,
    attributes.med,
    attributes.localPreference,
    attributes.atomicAggregate,
    aggregator === null ? '-' : `${aggregator.asn} ${aggregator.address}`,
    list(attributes.communities),
    large,
    list(attributes.extendedCommunities),
    attributes.originatorId,
    list(attributes.clusterList),
    rest,
    attributes.weight,
    attributes.tag,
    attributes.nextHopSetBy,
    attributes.distance,
    attributes.preferGlobal,
  ].join('|');
}

/** Equal for equal attributes. `keys` remembers what was worked out. */
export function attributeKey(keys: WeakMap<PathAttributes, string>, attributes: PathAttributes): string {
  const known = keys.get(attributes);
  if (known !== undefined) return known;
  const key = makeKey(attributes);
  keys.set(attributes, key);
  return key;
}

export const sameAttributes = (
  keys: WeakMap<PathAttributes, string>,
  a: PathAttributes,
  b: PathAttributes,
): boolean => a === b || attributeKey(keys, a) === attributeKey(keys, b);
