/** Equality of attributes, by a key that is made once an object. */
import type { Overlay, PathAttributes } from './attributes.ts';

const list = (values: readonly (number | bigint)[] | null): string =>
  values === null ? '-' : values.join(',');

const overlayKey = ({ labels, segment, gateway }: Overlay): string =>
  `${labels.join(',')} ${segment} ${gateway === null ? '' : `${gateway.family} ${gateway.address}`}`;

function makeKey(attributes: PathAttributes): string {
  const { mpNextHop, aggregator, largeCommunities, unknown, pmsiTunnel, overlay } = attributes;
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
    pmsiTunnel === null ? '-' : `${pmsiTunnel.type} ${pmsiTunnel.label}`,
    attributes.weight,
    attributes.tag,
    attributes.nextHopSetBy,
    attributes.distance,
    attributes.preferGlobal,
    overlay === null ? '' : overlayKey(overlay),
  ].join('|');
}

/** Equal for equal attributes. `keys` remembers what was worked out. */
function attributeKey(keys: WeakMap<PathAttributes, string>, attributes: PathAttributes): string {
  const known = keys.get(attributes);
  if (known !== undefined) return known;
  const key = makeKey(attributes);
  keys.set(attributes, key);
  return key;
}

/** As `attributeKey`, but equal also for routes that differ only in what goes with their prefix. */
export const sharedKey = (keys: WeakMap<PathAttributes, string>, attributes: PathAttributes): string => {
  const key = attributeKey(keys, attributes);
  return attributes.overlay === null ? key : key.slice(0, key.lastIndexOf('|') + 1);
};

export const sameAttributes = (
  keys: WeakMap<PathAttributes, string>,
  a: PathAttributes,
  b: PathAttributes,
): boolean => a === b || attributeKey(keys, a) === attributeKey(keys, b);
