/**
 * The attributes of an UPDATE while they are read, and what can be judged only when all are there: a next hop that is no
 * host's address, attributes that are missing, four-octet AS numbers put together again (RFC 6793).
 */
import { ok, type Result } from '../../../base/result.ts';
import type { BgpFamily } from '../../config/bgp-config.ts';
import type {
  Aggregator,
  AsPath,
  LargeCommunity,
  MpNextHop,
  Origin,
  PathAttributes,
  PmsiTunnel,
  UnknownAttribute,
} from '../attributes.ts';
import { hasConfederation, hasSet } from '../as-path.ts';
import { reconcile } from './as-path-octets.ts';
import { ATTRIBUTE, FLAG } from './attribute.table.ts';
import type { DecodeOptions } from './decode-options.ts';
import { UPDATE_ERROR, updateError, type Notification } from './notification.ts';
import type { OctetReader } from './octet-reader.ts';
import { AS_TRANS } from './open.ts';

/** What was read so far; null: not there. */
export interface AttributeDraft {
  origin: Origin | null;
  asPath: AsPath | null;
  as4Path: AsPath | null;
  nextHop: number | null;
  med: number | null;
  localPreference: number | null;
  atomicAggregate: boolean;
  aggregator: Aggregator | null;
  as4Aggregator: Aggregator | null;
  communities: number[] | null;
  largeCommunities: LargeCommunity[] | null;
  extendedCommunities: bigint[] | null;
  originatorId: number | null;
  clusterList: number[] | null;
  pmsiTunnel: PmsiTunnel | null;
  unknown: UnknownAttribute[];
  mpReach: {
    readonly family: BgpFamily;
    readonly nextHop: MpNextHop | null;
    readonly octets: OctetReader;
  } | null;
  mpUnreach: { readonly family: BgpFamily; readonly octets: OctetReader } | null;
}

/** Nothing was read yet. */
export const emptyDraft = (): AttributeDraft => ({
  origin: null,
  asPath: null,
  as4Path: null,
  nextHop: null,
  med: null,
  localPreference: null,
  atomicAggregate: false,
  aggregator: null,
  as4Aggregator: null,
  communities: null,
  largeCommunities: null,
  extendedCommunities: null,
  originatorId: null,
  clusterList: null,
  pmsiTunnel: null,
  unknown: [],
  mpReach: null,
  mpUnreach: null,
});

/** What a path keeps of them. */
const NOTHING: readonly UnknownAttribute[] = [];

export function attributesOf(draft: AttributeDraft): PathAttributes {
  return {
    origin: draft.origin ?? 'igp',
    asPath: draft.asPath ?? [],
    nextHop: draft.nextHop,
    mpNextHop: draft.mpReach?.nextHop ?? null,
    med: draft.med,
    localPreference: draft.localPreference,
    atomicAggregate: draft.atomicAggregate,
    aggregator: draft.aggregator,
    communities: draft.communities,
    largeCommunities: draft.largeCommunities,
    extendedCommunities: draft.extendedCommunities,
    originatorId: draft.originatorId,
    clusterList: draft.clusterList,
    pmsiTunnel: draft.pmsiTunnel,
    unknown: draft.unknown.length === 0 ? NOTHING : draft.unknown,
    overlay: null,
    weight: 0,
    tag: 0,
    nextHopSetBy: null,
    distance: null,
    preferGlobal: false,
  };
}

/** The checks that need all attributes: next hop, what must be there, four-octet AS numbers. */
export function finishAttributes(
  draft: AttributeDraft,
  options: DecodeOptions,
  hasBodyPrefixes: boolean,
): Result<'ok' | 'withdraw', Notification> {
  const { nextHop } = draft;
  if (nextHop !== null && (draft.mpReach === null || hasBodyPrefixes) && isMartian(nextHop))
    return updateError(
      UPDATE_ERROR.invalidNextHop,
      Uint8Array.of(
        FLAG.transitive,
        ATTRIBUTE.nextHop,
        4,
        nextHop >>> 24,
        (nextHop >>> 16) & 255,
        (nextHop >>> 8) & 255,
        nextHop & 255,
      ),
    );
  if (draft.mpUnreach !== null && draft.mpReach === null) return ok('ok');
  const isMissing =
    draft.origin === null ||
    draft.asPath === null ||
    (nextHop === null && draft.mpReach === null) ||
    (options.sort === 'internal' && draft.localPreference === null);
  if (isMissing) return ok('withdraw');
  if (draft.asPath !== null) {
    const { aggregator, as4Aggregator } = draft;
    const distrust = aggregator !== null && as4Aggregator !== null && aggregator.asn !== AS_TRANS;
    if (!distrust) {
      if (aggregator !== null && as4Aggregator !== null) draft.aggregator = as4Aggregator;
      if (draft.as4Path !== null) draft.asPath = reconcile(draft.asPath, draft.as4Path);
    }
    // bgpd stops reading at such a path, and takes the attributes behind it for prefixes.
    if (options.rejectsAsSets === true && hasSet(draft.asPath))
      return updateError(
        options.sort === 'external' ? UPDATE_ERROR.invalidNetwork : UPDATE_ERROR.malformedAsPath,
      );
    if (options.sort === 'confederation' && draft.asPath[0]?.kind !== 'confed-sequence')
      return ok('withdraw');
    if (options.sort === 'external' && (hasConfederation(draft.asPath) || hasZero(draft.asPath)))
      return ok('withdraw');
  }
  return ok('ok');
}

const hasZero = (path: AsPath): boolean => path.some((segment) => segment.asns.includes(0));

/** Not a host's address: 0/8, 127/8, 224/4 and beyond. */
const isMartian = (address: number): boolean => {
  const first = address >>> 24;
  return first === 0 || first === 127 || first >= 224;
};
