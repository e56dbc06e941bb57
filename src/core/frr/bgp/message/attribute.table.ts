/** Path attributes: type codes and the flags that each must carry (RFC 4271 4.3 and its extensions). */

export const ATTRIBUTE = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  med: 4,
  localPreference: 5,
  atomicAggregate: 6,
  aggregator: 7,
  communities: 8,
  originatorId: 9,
  clusterList: 10,
  mpReach: 14,
  mpUnreach: 15,
  extendedCommunities: 16,
  as4Path: 17,
  as4Aggregator: 18,
  pmsiTunnel: 22,
  largeCommunities: 32,
} as const;

export const FLAG = { optional: 0x80, transitive: 0x40, partial: 0x20, extendedLength: 0x10 } as const;

const WELL_KNOWN = FLAG.transitive;
const OPTIONAL = FLAG.optional;
const OPTIONAL_TRANSITIVE = FLAG.optional | FLAG.transitive;

/** Flags of a known attribute, without Partial and Extended Length. */
export const ATTRIBUTE_FLAGS: Readonly<Record<number, number>> = {
  [ATTRIBUTE.origin]: WELL_KNOWN,
  [ATTRIBUTE.asPath]: WELL_KNOWN,
  [ATTRIBUTE.nextHop]: WELL_KNOWN,
  [ATTRIBUTE.med]: OPTIONAL,
  [ATTRIBUTE.localPreference]: WELL_KNOWN,
  [ATTRIBUTE.atomicAggregate]: WELL_KNOWN,
  [ATTRIBUTE.aggregator]: OPTIONAL_TRANSITIVE,
  [ATTRIBUTE.communities]: OPTIONAL_TRANSITIVE,
  [ATTRIBUTE.originatorId]: OPTIONAL,
  [ATTRIBUTE.clusterList]: OPTIONAL,
  [ATTRIBUTE.mpReach]: OPTIONAL,
  [ATTRIBUTE.mpUnreach]: OPTIONAL,
  [ATTRIBUTE.extendedCommunities]: OPTIONAL_TRANSITIVE,
  [ATTRIBUTE.as4Path]: OPTIONAL_TRANSITIVE,
  [ATTRIBUTE.as4Aggregator]: OPTIONAL_TRANSITIVE,
  [ATTRIBUTE.pmsiTunnel]: OPTIONAL_TRANSITIVE,
  [ATTRIBUTE.largeCommunities]: OPTIONAL_TRANSITIVE,
};
