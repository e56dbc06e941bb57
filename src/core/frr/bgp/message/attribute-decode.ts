/**
 * The path attributes of an UPDATE from the wire, one after another, with bgpd's verdict on a damaged one: the session ends,
 * (RFC 7606) the routes count as withdrawn, or the attribute is passed over.
 */
import { ok, type Result } from '../../../base/result.ts';
import type { LargeCommunity, MpNextHop } from '../attributes.ts';
import { readAsPath } from './as-path-octets.ts';
import type { AttributeDraft } from './attribute-draft.ts';
import { ATTRIBUTE, ATTRIBUTE_FLAGS, FLAG } from './attribute.table.ts';
import type { DecodeOptions } from './decode-options.ts';
import { familyOf } from './family.table.ts';
import { MALFORMED_LIST, UPDATE_ERROR, updateError, type Notification } from './notification.ts';
import type { OctetReader } from './octet-reader.ts';

/** How one attribute went: `malformed` is judged by type and neighbour, `fatal` always ends the session. */
type Outcome =
  | 'ok'
  | 'withdraw'
  | 'end-of-rib'
  | { readonly malformed: number; readonly withData: boolean }
  | { readonly fatal: number };

/**
 * Reads all attributes into `draft`, or up to the one that decides: the reader then stands behind that one.
 * `messageEnd`: where the UPDATE ends, behind the attributes and the prefixes.
 */
export function readAttributes(
  reader: OctetReader,
  draft: AttributeDraft,
  options: DecodeOptions,
  messageEnd: number,
): Result<'ok' | 'withdraw' | 'end-of-rib', Notification> {
  const seen = new SeenTypes();
  while (reader.left > 0) {
    if (!reader.has(3)) return updateError(UPDATE_ERROR.attributeLength);
    const start = reader.at;
    const flags = reader.u8() & 0xf0;
    const type = reader.u8();
    const isLong = (flags & FLAG.extendedLength) !== 0;
    if (isLong && !reader.has(2)) return updateError(UPDATE_ERROR.attributeLength);
    const size = isLong ? reader.u16() : reader.u8();
    if (!seen.isFirst(type)) return MALFORMED_LIST;
    const value = reader.at;
    if (!reader.has(size)) {
      // bgpd counts the attribute's head twice, and reads on into the prefixes.
      const told = Math.min(value + (value - start) + size, messageEnd);
      return updateError(UPDATE_ERROR.attributeLength, reader.octets.slice(start + 1, told));
    }
    const end = reader.narrow(size);
    const outcome: Outcome = flagsAreWrong(type, flags)
      ? { malformed: UPDATE_ERROR.attributeFlags, withData: true }
      : readAttribute(draft, type, flags, reader, options);
    const { left } = reader;
    reader.widen(end);
    reader.at = value + size;
    if (outcome !== 'ok') {
      const judged = judge(outcome, type, flags, reader.octets.slice(start, reader.at), options);
      if (!judged.ok) return judged;
      if (judged.value === 'next') continue;
      if (judged.value !== 'ok') return ok(judged.value);
    }
    if (left > 0 && type !== ATTRIBUTE.mpReach && type !== ATTRIBUTE.mpUnreach)
      return updateError(UPDATE_ERROR.attributeLength);
  }
  return ok('ok');
}

/** The types of the attributes so far. */
class SeenTypes {
  #low = 0;
  readonly #high: number[] = [];

  isFirst(type: number): boolean {
    if (type < 31) {
      const bit = 1 << type;
      if ((this.#low & bit) !== 0) return false;
      this.#low |= bit;
      return true;
    }
    if (this.#high.includes(type)) return false;
    this.#high.push(type);
    return true;
  }
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
  if (options.sort !== 'external') return updateError(outcome.malformed, data);
  if (HARMLESS.includes(type)) return ok('next');
  if (WITHDRAWING.includes(type)) return ok('withdraw');
  if (type === ATTRIBUTE.mpReach || type === ATTRIBUTE.mpUnreach) return updateError(outcome.malformed, data);
  const partial = FLAG.optional | FLAG.transitive | FLAG.partial;
  return (flags & partial) === partial ? ok('withdraw') : MALFORMED_LIST;
}

const lengthError: Outcome = { malformed: UPDATE_ERROR.attributeLength, withData: true };

function readAttribute(
  draft: AttributeDraft,
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
      draft.asPath = options.asPaths?.shared(path) ?? path;
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
      if (options.sort === 'external') {
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
      if (options.sort === 'external') draft.originatorId = null;
      return 'ok';
    case ATTRIBUTE.clusterList: {
      if (value.left % 4 !== 0 || value.left === 0) return lengthError;
      const clusters: number[] = [];
      while (value.left > 0) clusters.push(value.u32());
      if (options.sort !== 'external') draft.clusterList = clusters;
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
      draft.mpUnreach = { family, octets: value.part(value.left) };
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
function readPmsiTunnel(draft: AttributeDraft, value: OctetReader): Outcome {
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

function readMpReach(draft: AttributeDraft, value: OctetReader): Outcome {
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
  const isEmpty = value.left === 0;
  draft.mpReach = { family, nextHop, octets: value.part(value.left) };
  return isEmpty ? 'end-of-rib' : 'ok';
}
