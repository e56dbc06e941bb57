/**
 * UPDATE from the wire, with bgpd's verdict on what is damaged: a NOTIFICATION, or (RFC 7606) its routes count as
 * withdrawn, or the attribute is passed over.
 */
import { err, ok, type Result } from '../../../base/result.ts';
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
import { hasConfederation } from '../as-path.ts';
import { ATTRIBUTE, ATTRIBUTE_FLAGS, FLAG } from './attribute.table.ts';
import { readAsPath, reconcile } from './as-path-octets.ts';
import { familyOf } from './family.table.ts';
import { readEvpnRoutes } from './evpn-nlri.ts';
import { readPrefixes, type Nlri, type NlriProblem } from './nlri.ts';
import { readVpnPrefixes } from './vpn-nlri.ts';
import { NOTIFICATION, notification, UPDATE_ERROR, type Notification } from './notification.ts';
import { OctetReader } from './octet-reader.ts';
import { AS_TRANS } from './open.ts';

export interface DecodeOptions {
  readonly as4: boolean;
  /** Errors in attributes are forgiven to external neighbours only. */
  readonly isExternal: boolean;
  /** Families whose prefixes carry path identifiers. */
  readonly addPath: readonly BgpFamily[];
  /** The neighbour sent the graceful restart capability: an update without attributes is then an End-of-RIB. */
  readonly gracefulRestart: boolean;
  /** Families that are configured for the neighbour; prefixes of others are passed over. */
  readonly families: readonly BgpFamily[];
}

interface MpReach {
  readonly family: BgpFamily;
  readonly nextHop: MpNextHop | null;
  readonly nlris: readonly Nlri[];
}

export interface Update {
  readonly withdrawn: readonly Nlri[];
  readonly announced: readonly Nlri[];
  readonly mpReach: MpReach | null;
  readonly mpUnreach: { readonly family: BgpFamily; readonly nlris: readonly Nlri[] } | null;
  /** Null: no attributes; or they are damaged and what is announced counts as withdrawn. */
  readonly attributes: PathAttributes | null;
  readonly endOfRib: BgpFamily | null;
}

interface Draft {
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

/** How one attribute went: `malformed` is judged by type and neighbour, `fatal` always ends the session. */
type Outcome =
  | 'ok'
  | 'withdraw'
  | 'end-of-rib'
  | { readonly malformed: number; readonly withData: boolean }
  | { readonly fatal: number };

const READERS: Readonly<
  Record<BgpFamily, (octets: OctetReader, withPathId: boolean) => Result<readonly Nlri[], NlriProblem>>
> = {
  'ipv4-unicast': (octets, withPathId) => readPrefixes(octets, 4, withPathId),
  'ipv6-unicast': (octets, withPathId) => readPrefixes(octets, 6, withPathId),
  'ipv4-vpn': (octets, withPathId) => readVpnPrefixes(octets, 4, withPathId),
  'ipv6-vpn': (octets, withPathId) => readVpnPrefixes(octets, 6, withPathId),
  'l2vpn-evpn': readEvpnRoutes,
};

const updateError = (subcode: number, data?: Uint8Array): { ok: false; error: Notification } =>
  err(notification(NOTIFICATION.update, subcode, data));

const malformedList = updateError(UPDATE_ERROR.malformedAttributeList);

export function decodeUpdate(body: Uint8Array, options: DecodeOptions): Result<Update, Notification> {
  const reader = new OctetReader(body);
  if (!reader.has(2)) return malformedList;
  const withdrawnSize = reader.u16();
  if (!reader.has(withdrawnSize)) return malformedList;
  const withdrawnOctets = reader.part(withdrawnSize);
  if (!reader.has(2)) return malformedList;
  const attributesSize = reader.u16();
  if (!reader.has(attributesSize)) return malformedList;
  const attributesOctets = reader.part(attributesSize);
  const hasBodyPrefixes = reader.left > 0;

  const draft = emptyDraft();
  let verdict: 'ok' | 'withdraw' | 'end-of-rib' = 'ok';
  if (attributesSize > 0) {
    const read = readAttributes(attributesOctets, draft, options);
    if (!read.ok) return read;
    verdict = read.value;
    const checked = verdict === 'ok' ? finishAttributes(draft, options, hasBodyPrefixes) : ok(verdict);
    if (!checked.ok) return checked;
    verdict = checked.value;
  }
  const withPathId = (family: BgpFamily): boolean => options.addPath.includes(family);
  const prefixes = (
    octets: OctetReader,
    family: BgpFamily,
    error: number,
  ): Result<readonly Nlri[], Notification> => {
    if (!options.families.includes(family)) return ok([]);
    const read = READERS[family](octets, withPathId(family));
    return read.ok ? read : updateError(error);
  };
  const announced = prefixes(reader, 'ipv4-unicast', UPDATE_ERROR.invalidNetwork);
  if (!announced.ok) return announced;
  const withdrawn = prefixes(withdrawnOctets, 'ipv4-unicast', UPDATE_ERROR.invalidNetwork);
  if (!withdrawn.ok) return withdrawn;
  let mpReach: MpReach | null = null;
  if (draft.mpReach !== null) {
    const { family, nextHop, octets } = draft.mpReach;
    const nlris = prefixes(octets, family, UPDATE_ERROR.optionalAttribute);
    if (!nlris.ok) return nlris;
    mpReach = { family, nextHop, nlris: nlris.value };
  }
  let mpUnreach: Update['mpUnreach'] = null;
  const mpUnreachIsEmpty = draft.mpUnreach !== null && draft.mpUnreach.octets.left === 0;
  if (draft.mpUnreach !== null) {
    const { family, octets } = draft.mpUnreach;
    const nlris = prefixes(octets, family, UPDATE_ERROR.optionalAttribute);
    if (!nlris.ok) return nlris;
    mpUnreach = { family, nlris: nlris.value };
  }
  let endOfRib: BgpFamily | null = null;
  const hasMpReachPrefixes = draft.mpReach !== null && verdict !== 'end-of-rib';
  if ((!hasBodyPrefixes && withdrawnSize === 0 && !hasMpReachPrefixes) || verdict === 'end-of-rib') {
    if (attributesSize === 0) endOfRib = 'ipv4-unicast';
    else if (mpUnreachIsEmpty && mpUnreach !== null) endOfRib = mpUnreach.family;
    else if (verdict === 'end-of-rib' && mpReach !== null) endOfRib = mpReach.family;
  }
  return ok({
    withdrawn: withdrawn.value,
    announced: announced.value,
    mpReach,
    mpUnreach,
    attributes: attributesSize === 0 || verdict !== 'ok' ? null : attributesOf(draft),
    endOfRib,
  });
}

const emptyDraft = (): Draft => ({
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

function attributesOf(draft: Draft): PathAttributes {
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
    unknown: draft.unknown,
    overlay: null,
    weight: 0,
    tag: 0,
    nextHopSetBy: null,
    distance: null,
    preferGlobal: false,
  };
}

function readAttributes(
  reader: OctetReader,
  draft: Draft,
  options: DecodeOptions,
): Result<'ok' | 'withdraw' | 'end-of-rib', Notification> {
  const seen = new Set<number>();
  while (reader.left > 0) {
    if (!reader.has(3)) return updateError(UPDATE_ERROR.attributeLength);
    const start = reader.at;
    const flags = reader.u8() & 0xf0;
    const type = reader.u8();
    const isLong = (flags & FLAG.extendedLength) !== 0;
    if (isLong && !reader.has(2)) return updateError(UPDATE_ERROR.attributeLength);
    const size = isLong ? reader.u16() : reader.u8();
    if (seen.has(type)) return malformedList;
    seen.add(type);
    if (!reader.has(size))
      return updateError(UPDATE_ERROR.attributeLength, reader.octets.slice(start + 1, reader.end));
    const value = reader.part(size);
    const whole = reader.octets.slice(start, reader.at);
    const outcome: Outcome = flagsAreWrong(type, flags)
      ? { malformed: UPDATE_ERROR.attributeFlags, withData: true }
      : readAttribute(draft, type, flags, value, options);
    const judged = judge(outcome, type, flags, whole, options);
    if (!judged.ok) return judged;
    if (judged.value === 'next') continue;
    if (judged.value !== 'ok') return ok(judged.value);
    if (value.left > 0 && type !== ATTRIBUTE.mpReach && type !== ATTRIBUTE.mpUnreach)
      return updateError(UPDATE_ERROR.attributeLength);
  }
  return ok('ok');
}

function flagsAreWrong(type: number, flags: number): boolean {
  const expected = ATTRIBUTE_FLAGS[type];
  if (expected === undefined) return false;
  const isOptional = (flags & FLAG.optional) !== 0;
  const isTransitive = (flags & FLAG.transitive) !== 0;
  if (!isOptional && !isTransitive) return true;
  if ((flags & FLAG.partial) !== 0 && !(isOptional && isTransitive)) return true;
  const ignored = FLAG.extendedLength | (isOptional && isTransitive ? FLAG.partial : 0);
  return (flags & ~ignored) !== expected;
}

/** Attributes that do not steer the choice of routes: damaged ones are passed over. */
const HARMLESS: readonly number[] = [
  ATTRIBUTE.as4Aggregator,
  ATTRIBUTE.aggregator,
  ATTRIBUTE.atomicAggregate,
];

const WITHDRAWING: readonly number[] = [
  ATTRIBUTE.origin,
  ATTRIBUTE.asPath,
  ATTRIBUTE.nextHop,
  ATTRIBUTE.med,
  ATTRIBUTE.localPreference,
  ATTRIBUTE.communities,
  ATTRIBUTE.extendedCommunities,
  ATTRIBUTE.largeCommunities,
  ATTRIBUTE.originatorId,
  ATTRIBUTE.clusterList,
];

function judge(
  outcome: Outcome,
  type: number,
  flags: number,
  whole: Uint8Array,
  options: DecodeOptions,
): Result<'ok' | 'next' | 'withdraw' | 'end-of-rib', Notification> {
  if (typeof outcome === 'string') return ok(outcome);
  if ('fatal' in outcome) return updateError(outcome.fatal);
  const data = outcome.withData ? whole : undefined;
  if (!options.isExternal) return updateError(outcome.malformed, data);
  if (HARMLESS.includes(type)) return ok('next');
  if (WITHDRAWING.includes(type)) return ok('withdraw');
  if (type === ATTRIBUTE.mpReach || type === ATTRIBUTE.mpUnreach) return updateError(outcome.malformed, data);
  const partial = FLAG.optional | FLAG.transitive | FLAG.partial;
  return (flags & partial) === partial ? ok('withdraw') : malformedList;
}

const lengthError: Outcome = { malformed: UPDATE_ERROR.attributeLength, withData: true };

function readAttribute(
  draft: Draft,
  type: number,
  flags: number,
  value: OctetReader,
  options: DecodeOptions,
): Outcome {
  switch (type) {
    case ATTRIBUTE.origin: {
      if (value.left !== 1) return lengthError;
      const origin = (['igp', 'egp', 'incomplete'] as const)[value.u8()];
      if (origin === undefined) return { malformed: UPDATE_ERROR.invalidOrigin, withData: true };
      draft.origin = origin;
      return 'ok';
    }
    case ATTRIBUTE.asPath: {
      const path = readAsPath(value, options.as4);
      if (path === undefined) return { malformed: UPDATE_ERROR.malformedAsPath, withData: false };
      draft.asPath = path;
      return 'ok';
    }
    case ATTRIBUTE.as4Path: {
      const path = readAsPath(value, true);
      if (path === undefined) return { malformed: UPDATE_ERROR.malformedAsPath, withData: false };
      if (!options.as4) draft.as4Path = path;
      return 'ok';
    }
    case ATTRIBUTE.nextHop:
      if (value.left !== 4) return lengthError;
      draft.nextHop = value.u32();
      return 'ok';
    case ATTRIBUTE.med:
      if (value.left !== 4) return lengthError;
      draft.med = value.u32();
      return 'ok';
    case ATTRIBUTE.localPreference:
      if (options.isExternal) {
        value.at = value.end;
        return 'ok';
      }
      if (value.left !== 4) return lengthError;
      draft.localPreference = value.u32();
      return 'ok';
    case ATTRIBUTE.atomicAggregate:
      if (value.left !== 0) return lengthError;
      draft.atomicAggregate = true;
      return 'ok';
    case ATTRIBUTE.aggregator: {
      if (value.left !== (options.as4 ? 8 : 6)) return lengthError;
      const asn = options.as4 ? value.u32() : value.u16();
      draft.aggregator = { asn, address: value.u32() };
      return 'ok';
    }
    case ATTRIBUTE.as4Aggregator: {
      if (value.left !== 8) return lengthError;
      const aggregator = { asn: value.u32(), address: value.u32() };
      if (!options.as4) draft.as4Aggregator = aggregator;
      return 'ok';
    }
    case ATTRIBUTE.communities: {
      if (value.left % 4 !== 0) return { malformed: UPDATE_ERROR.optionalAttribute, withData: true };
      const found = new Set<number>();
      while (value.left > 0) found.add(value.u32());
      draft.communities = found.size === 0 ? null : [...found].sort((a, b) => a - b);
      return 'ok';
    }
    case ATTRIBUTE.originatorId:
      if (value.left !== 4) return lengthError;
      draft.originatorId = value.u32();
      if (options.isExternal) draft.originatorId = null;
      return 'ok';
    case ATTRIBUTE.clusterList: {
      if (value.left % 4 !== 0 || value.left === 0) return lengthError;
      const clusters: number[] = [];
      while (value.left > 0) clusters.push(value.u32());
      if (!options.isExternal) draft.clusterList = clusters;
      return 'ok';
    }
    case ATTRIBUTE.extendedCommunities: {
      if (value.left % 8 !== 0) return { malformed: UPDATE_ERROR.optionalAttribute, withData: true };
      const found = new Set<bigint>();
      while (value.left > 0) found.add(value.u64());
      draft.extendedCommunities =
        found.size === 0 ? null : [...found].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      return 'ok';
    }
    case ATTRIBUTE.largeCommunities: {
      if (value.left % 12 !== 0) return { malformed: UPDATE_ERROR.optionalAttribute, withData: true };
      draft.largeCommunities = readLargeCommunities(value);
      return 'ok';
    }
    case ATTRIBUTE.pmsiTunnel:
      return readPmsiTunnel(draft, value);
    case ATTRIBUTE.mpReach:
      return readMpReach(draft, value);
    case ATTRIBUTE.mpUnreach: {
      if (!value.has(3)) return { fatal: UPDATE_ERROR.malformedAttributeList };
      const family = familyOf(value.u16(), value.u8());
      if (family === undefined) return { fatal: UPDATE_ERROR.malformedAttributeList };
      draft.mpUnreach = { family, octets: value };
      return 'ok';
    }
    default: {
      const octets = value.bytes(value.left);
      if ((flags & FLAG.optional) === 0)
        return { malformed: UPDATE_ERROR.unrecognisedWellKnown, withData: true };
      if ((flags & FLAG.transitive) !== 0)
        draft.unknown.push({ flags: (flags & ~FLAG.extendedLength) | FLAG.partial, type, octets });
      return 'ok';
    }
  }
}

function readLargeCommunities(value: OctetReader): LargeCommunity[] | null {
  const found = new Map<string, LargeCommunity>();
  while (value.left > 0) {
    const one = { globalAdministrator: value.u32(), local1: value.u32(), local2: value.u32() };
    found.set(`${one.globalAdministrator}:${one.local1}:${one.local2}`, one);
  }
  const sorted = [...found.values()].sort(
    (a, b) => a.globalAdministrator - b.globalAdministrator || a.local1 - b.local1 || a.local2 - b.local2,
  );
  return sorted.length === 0 ? null : sorted;
}

/** What bgpd takes of the attribute: the tunnel's type and label. */
function readPmsiTunnel(draft: Draft, value: OctetReader): Outcome {
  if (value.left < 5) return lengthError;
  value.u8();
  const type = value.u8();
  if (type > GREATEST_TUNNEL_TYPE) return { malformed: UPDATE_ERROR.optionalAttribute, withData: true };
  if (type === INGRESS_REPLICATION && value.left !== 7) return lengthError;
  draft.pmsiTunnel = { type, label: (value.u16() << 8) | value.u8() };
  value.at = value.end;
  return 'ok';
}

const INGRESS_REPLICATION = 6;
const GREATEST_TUNNEL_TYPE = 7;

const isLinkLocal6 = (address: bigint): boolean => address >> 118n === 0x3fan;

function readMpReach(draft: Draft, value: OctetReader): Outcome {
  const bad: Outcome = { fatal: UPDATE_ERROR.malformedAttributeList };
  if (value.left < 5) return bad;
  const family = familyOf(value.u16(), value.u8());
  if (family === undefined) return bad;
  const size = value.u8();
  if (!value.has(size)) return bad;
  let nextHop: MpNextHop | null = null;
  const reader = value.part(size);
  switch (size) {
    case 4:
    case 12: {
      if (size === 12) reader.u64();
      const address = reader.u32();
      draft.nextHop ??= address;
      break;
    }
    case 16:
    case 24:
      if (size === 24) reader.u64();
      nextHop = { global: reader.u128(), linkLocal: null };
      break;
    case 32:
    case 48: {
      if (size === 48) reader.u64();
      const global = reader.u128();
      if (size === 48) reader.u64();
      const second = reader.u128();
      nextHop = { global, linkLocal: isLinkLocal6(second) ? second : null };
      break;
    }
    default:
      return bad;
  }
  if (!value.has(1)) return bad;
  value.u8();
  draft.mpReach = { family, nextHop, octets: value };
  return value.left === 0 ? 'end-of-rib' : 'ok';
}

/** The checks that need all attributes: next hop, what must be there, four-octet AS numbers. */
function finishAttributes(
  draft: Draft,
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
    (!options.isExternal && draft.localPreference === null);
  if (isMissing) return ok('withdraw');
  if (draft.asPath !== null) {
    const { aggregator, as4Aggregator } = draft;
    const distrust = aggregator !== null && as4Aggregator !== null && aggregator.asn !== AS_TRANS;
    if (!distrust) {
      if (aggregator !== null && as4Aggregator !== null) draft.aggregator = as4Aggregator;
      if (draft.as4Path !== null) draft.asPath = reconcile(draft.asPath, draft.as4Path);
    }
    if (options.isExternal && (hasConfederation(draft.asPath) || hasZero(draft.asPath)))
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
