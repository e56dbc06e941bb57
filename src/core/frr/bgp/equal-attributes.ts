/** Equality of attributes; and a key by which those are found that go into one message. */
import { sameValue } from '../same-value.ts';
import type { AsPath, PathAttributes } from './attributes.ts';

const list = (values: readonly (number | bigint)[] | null): string =>
  values === null ? '-' : values.join(',');

/** Equal for equal attributes, and for those that differ only in what goes with their prefix. */
export function sharedKey(attributes: PathAttributes): string {
  const { mpNextHop, aggregator, largeCommunities, unknown, pmsiTunnel } = attributes;
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
  ].join('|');
}

const sameList = (a: readonly (number | bigint)[] | null, b: readonly (number | bigint)[] | null): boolean =>
  a === b ||
  (a !== null && b !== null && a.length === b.length && a.every((value, index) => value === b[index]));

const samePath = (a: AsPath, b: AsPath): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every(({ kind, asns }, index) => b[index]?.kind === kind && sameList(asns, b[index].asns)));

/** What few routes have. */
const sameRest = (a: PathAttributes, b: PathAttributes): boolean =>
  sameValue(
    [a.aggregator, a.largeCommunities, a.unknown, a.pmsiTunnel, a.overlay],
    [b.aggregator, b.largeCommunities, b.unknown, b.pmsiTunnel, b.overlay],
  );

const isPlain = ({ aggregator, largeCommunities, unknown, pmsiTunnel, overlay }: PathAttributes): boolean =>
  aggregator === null &&
  largeCommunities === null &&
  unknown.length === 0 &&
  pmsiTunnel === null &&
  overlay === null;

/** Whether all that a route is told with is the same. */
export const sameAttributes = (a: PathAttributes, b: PathAttributes): boolean =>
  a === b ||
  (a.nextHop === b.nextHop &&
    a.mpNextHop?.global === b.mpNextHop?.global &&
    a.mpNextHop?.linkLocal === b.mpNextHop?.linkLocal &&
    sameButNextHop(a, b));

/** As `sameAttributes`, whatever the next hops are. */
export const sameButNextHop = (a: PathAttributes, b: PathAttributes): boolean =>
  a === b ||
  (a.origin === b.origin &&
    a.med === b.med &&
    a.localPreference === b.localPreference &&
    a.atomicAggregate === b.atomicAggregate &&
    a.originatorId === b.originatorId &&
    a.weight === b.weight &&
    a.tag === b.tag &&
    a.nextHopSetBy === b.nextHopSetBy &&
    a.distance === b.distance &&
    a.preferGlobal === b.preferGlobal &&
    samePath(a.asPath, b.asPath) &&
    sameList(a.communities, b.communities) &&
    sameList(a.extendedCommunities, b.extendedCommunities) &&
    sameList(a.clusterList, b.clusterList) &&
    ((isPlain(a) && isPlain(b)) || sameRest(a, b)));
