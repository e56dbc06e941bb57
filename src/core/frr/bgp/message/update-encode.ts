/** UPDATE from routes: attributes in bgpd's order, prefixes packed until a message is full. */
import type { BgpFamily } from '../../config/bgp-config.ts';
import { NO_OVERLAY, type MpNextHop, type PathAttributes } from '../attributes.ts';
import { withoutConfederation } from '../as-path.ts';
import { ATTRIBUTE, FLAG } from './attribute.table.ts';
import { encodeAsPath, needsFourOctets } from './as-path-octets.ts';
import { FAMILY_NUMBERS } from './family.table.ts';
import { encodeMessage, HEADER_SIZE, MESSAGE_TYPE } from './header.ts';
import { writeEvpnRoute, writeLabel } from './evpn-nlri.ts';
import { prefixSize, writePrefix, type Nlri } from './nlri.ts';
import { writeVpnPrefix } from './vpn-nlri.ts';
import { OctetWriter } from './octet-writer.ts';
import { AS_TRANS } from './open.ts';

const ORIGINS = { igp: 0, egp: 1, incomplete: 2 } as const;

export interface EncodeOptions {
  /** The neighbour takes AS numbers of four octets. */
  readonly as4: boolean;
  /** Prefixes carry path identifiers. */
  readonly addPath: boolean;
  readonly maximumSize: number;
}

/** Which of the attributes that may stay at home go out. */
export interface OutgoingAttributes {
  readonly attributes: PathAttributes;
  /** LOCAL_PREF goes to internal neighbours only. */
  readonly localPreference: number | null;
}

function attribute(writer: OctetWriter, flags: number, type: number, value: Uint8Array): void {
  if (value.length > 255 || (flags & FLAG.extendedLength) !== 0)
    writer
      .u8(flags | FLAG.extendedLength)
      .u8(type)
      .u16(value.length);
  else writer.u8(flags).u8(type).u8(value.length);
  writer.bytes(value);
}

const valueOf = (write: (writer: OctetWriter) => void): Uint8Array => {
  const writer = new OctetWriter();
  write(writer);
  return writer.finish();
};

/** All attributes but MP_REACH. `nextHop`: NEXT_HOP for prefixes in the body of the message; null without. */
function encodeAttributes(
  outgoing: OutgoingAttributes,
  nextHop: number | null,
  options: EncodeOptions,
): Uint8Array {
  const { attributes } = outgoing;
  const writer = new OctetWriter();
  attribute(writer, FLAG.transitive, ATTRIBUTE.origin, Uint8Array.of(ORIGINS[attributes.origin]));
  attribute(
    writer,
    FLAG.transitive | FLAG.extendedLength,
    ATTRIBUTE.asPath,
    encodeAsPath(attributes.asPath, options.as4),
  );
  const u32 = (value: number): Uint8Array =>
    Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  if (nextHop !== null) attribute(writer, FLAG.transitive, ATTRIBUTE.nextHop, u32(nextHop));
  if (attributes.med !== null) attribute(writer, FLAG.optional, ATTRIBUTE.med, u32(attributes.med));
  if (outgoing.localPreference !== null)
    attribute(writer, FLAG.transitive, ATTRIBUTE.localPreference, u32(outgoing.localPreference));
  if (attributes.atomicAggregate)
    attribute(writer, FLAG.transitive, ATTRIBUTE.atomicAggregate, new Uint8Array(0));
  const { aggregator } = attributes;
  if (aggregator !== null)
    attribute(
      writer,
      FLAG.optional | FLAG.transitive,
      ATTRIBUTE.aggregator,
      valueOf((inner) => {
        if (options.as4) inner.u32(aggregator.asn);
        else inner.u16(aggregator.asn > 0xffff ? AS_TRANS : aggregator.asn);
        inner.u32(aggregator.address);
      }),
    );
  encodeCommunities(writer, attributes);
  encodeReflection(writer, attributes);
  const { extendedCommunities } = attributes;
  if (extendedCommunities !== null && extendedCommunities.length > 0)
    attribute(
      writer,
      FLAG.optional | FLAG.transitive,
      ATTRIBUTE.extendedCommunities,
      valueOf((inner) => {
        for (const community of extendedCommunities) inner.u64(community);
      }),
    );
  if (!options.as4) encodeFourOctetNumbers(writer, attributes);
  const { pmsiTunnel } = attributes;
  if (pmsiTunnel !== null)
    attribute(
      writer,
      FLAG.optional | FLAG.transitive,
      ATTRIBUTE.pmsiTunnel,
      valueOf((inner) => {
        inner.u8(0).u8(pmsiTunnel.type);
        writeLabel(inner, pmsiTunnel.label);
        inner.u32(attributes.nextHop ?? 0);
      }),
    );
  for (const unknown of attributes.unknown)
    attribute(writer, unknown.flags & ~FLAG.extendedLength, unknown.type, unknown.octets);
  return writer.finish();
}

function encodeCommunities(writer: OctetWriter, attributes: PathAttributes): void {
  const { communities, largeCommunities } = attributes;
  if (communities !== null && communities.length > 0)
    attribute(
      writer,
      FLAG.optional | FLAG.transitive,
      ATTRIBUTE.communities,
      valueOf((inner) => {
        for (const community of communities) inner.u32(community);
      }),
    );
  if (largeCommunities !== null && largeCommunities.length > 0)
    attribute(
      writer,
      FLAG.optional | FLAG.transitive,
      ATTRIBUTE.largeCommunities,
      valueOf((inner) => {
        for (const one of largeCommunities)
          inner.u32(one.globalAdministrator).u32(one.local1).u32(one.local2);
      }),
    );
}

function encodeReflection(writer: OctetWriter, { originatorId, clusterList }: PathAttributes): void {
  if (originatorId !== null)
    attribute(
      writer,
      FLAG.optional,
      ATTRIBUTE.originatorId,
      valueOf((inner) => inner.u32(originatorId)),
    );
  if (clusterList !== null)
    attribute(
      writer,
      FLAG.optional,
      ATTRIBUTE.clusterList,
      valueOf((inner) => {
        for (const cluster of clusterList) inner.u32(cluster);
      }),
    );
}

/** AS4_PATH and AS4_AGGREGATOR for a neighbour of two octets. */
function encodeFourOctetNumbers(writer: OctetWriter, { asPath, aggregator }: PathAttributes): void {
  const flags = FLAG.optional | FLAG.transitive;
  const path = withoutConfederation(asPath);
  if (needsFourOctets(path))
    attribute(writer, flags | FLAG.extendedLength, ATTRIBUTE.as4Path, encodeAsPath(path, true));
  if (aggregator !== null && aggregator.asn > 0xffff)
    attribute(
      writer,
      flags,
      ATTRIBUTE.as4Aggregator,
      valueOf((inner) => inner.u32(aggregator.asn).u32(aggregator.address)),
    );
}

function writeNlri(writer: OctetWriter, nlri: Nlri, addPath: boolean): void {
  if (addPath) writer.u32(nlri.pathId);
  const { prefix, overlay } = nlri;
  if (prefix.evpn !== undefined) writeEvpnRoute(writer, prefix, overlay ?? NO_OVERLAY);
  else if (prefix.distinguisher !== undefined) writeVpnPrefix(writer, prefix, overlay ?? null);
  else writePrefix(writer, prefix);
}

function nlriSize(nlri: Nlri, addPath: boolean): number {
  if (nlri.prefix.distinguisher === undefined) return prefixSize(nlri.prefix) + (addPath ? 4 : 0);
  return valueOf((writer) => writeNlri(writer, nlri, addPath)).length;
}

/** Cuts prefixes into runs that each fit into `room` octets. */
function* runs(nlris: readonly Nlri[], room: number, addPath: boolean): Generator<readonly Nlri[]> {
  let run: Nlri[] = [];
  let size = 0;
  for (const nlri of nlris) {
    const needed = nlriSize(nlri, addPath);
    if (size + needed > room && run.length > 0) {
      yield run;
      run = [];
      size = 0;
    }
    run.push(nlri);
    size += needed;
  }
  if (run.length > 0) yield run;
}

/**
 * Routes of equal attributes as bgpd packs them: each message begins with the one that waits longest, and goes on with those
 * that came last (`bgp_advertise_add` puts a route in front of the others of its attributes).
 */
function* announcementRuns(
  nlris: readonly Nlri[],
  room: number,
  addPath: boolean,
): Generator<readonly Nlri[]> {
  let first = 0;
  let last = nlris.length - 1;
  while (first <= last) {
    const run = [nlris[first] as Nlri];
    let size = nlriSize(nlris[first] as Nlri, addPath);
    first += 1;
    for (; first <= last; last -= 1) {
      const nlri = nlris[last] as Nlri;
      size += nlriSize(nlri, addPath);
      if (size > room) break;
      run.push(nlri);
    }
    yield run;
  }
}

const body = (withdrawn: Uint8Array, attributes: Uint8Array, announced: Uint8Array): Uint8Array =>
  new OctetWriter()
    .u16(withdrawn.length)
    .bytes(withdrawn)
    .u16(attributes.length)
    .bytes(attributes)
    .bytes(announced)
    .finish();

const NOTHING = new Uint8Array(0);

/** IPv4 prefixes with NEXT_HOP, as whole messages. */
export function encodeAnnouncement4(
  outgoing: OutgoingAttributes,
  nextHop: number,
  nlris: readonly Nlri[],
  options: EncodeOptions,
): Uint8Array[] {
  const attributes = encodeAttributes(outgoing, nextHop, options);
  const room = options.maximumSize - HEADER_SIZE - 4 - attributes.length;
  return [...announcementRuns(nlris, room, options.addPath)].map((run) => {
    const announced = valueOf((writer) => {
      for (const nlri of run) writeNlri(writer, nlri, options.addPath);
    });
    return encodeMessage(MESSAGE_TYPE.update, body(NOTHING, attributes, announced));
  });
}

/** Length and addresses; those of VPNs have a distinguisher of zeros in front (RFC 4364 4.3.2, RFC 4659 3.2.1). */
function writeMpNextHop(writer: OctetWriter, nextHop: MpNextHop | number, isVpn: boolean): void {
  const extra = isVpn ? 8 : 0;
  if (typeof nextHop === 'number') {
    writer.u8(extra + 4);
    if (isVpn) writer.u64(0n);
    writer.u32(nextHop);
    return;
  }
  const addresses = nextHop.linkLocal === null ? [nextHop.global] : [nextHop.global, nextHop.linkLocal];
  writer.u8(addresses.length * (extra + 16));
  for (const address of addresses) {
    if (isVpn) writer.u64(0n);
    writer.u128(address);
  }
}

/** Prefixes of any family in MP_REACH_NLRI, with a next hop of either kind; it comes first, as whole messages. */
export function encodeMpAnnouncement(
  outgoing: OutgoingAttributes,
  family: BgpFamily,
  nextHop: MpNextHop | number,
  nlris: readonly Nlri[],
  options: EncodeOptions,
): Uint8Array[] {
  const others = encodeAttributes(outgoing, null, options);
  const { afi, safi } = FAMILY_NUMBERS[family];
  const head = valueOf((writer) => {
    writer.u16(afi).u8(safi);
    writeMpNextHop(writer, nextHop, family === 'ipv4-vpn' || family === 'ipv6-vpn');
    writer.u8(0);
  });
  const room = options.maximumSize - HEADER_SIZE - 4 - 4 - head.length - others.length;
  return [...announcementRuns(nlris, room, options.addPath)].map((run) => {
    const value = valueOf((writer) => {
      writer.bytes(head);
      for (const nlri of run) writeNlri(writer, nlri, options.addPath);
    });
    const attributes = valueOf((writer) => {
      attribute(writer, FLAG.optional | FLAG.extendedLength, ATTRIBUTE.mpReach, value);
      writer.bytes(others);
    });
    return encodeMessage(MESSAGE_TYPE.update, body(NOTHING, attributes, NOTHING));
  });
}

/** Withdrawals: in the body for plain IPv4, in MP_UNREACH_NLRI otherwise. */
export function encodeWithdrawal(
  family: BgpFamily,
  multiprotocol: boolean,
  nlris: readonly Nlri[],
  options: EncodeOptions,
): Uint8Array[] {
  const room = options.maximumSize - HEADER_SIZE - 4 - (multiprotocol ? 7 : 0);
  return [...runs(nlris, room, options.addPath)].map((run) => {
    const withdrawn = valueOf((writer) => {
      for (const nlri of run) writeNlri(writer, nlri, options.addPath);
    });
    if (!multiprotocol) return encodeMessage(MESSAGE_TYPE.update, body(withdrawn, NOTHING, NOTHING));
    const { afi, safi } = FAMILY_NUMBERS[family];
    const value = valueOf((writer) => writer.u16(afi).u8(safi).bytes(withdrawn));
    const attributes = valueOf((writer) =>
      attribute(writer, FLAG.optional | FLAG.extendedLength, ATTRIBUTE.mpUnreach, value),
    );
    return encodeMessage(MESSAGE_TYPE.update, body(NOTHING, attributes, NOTHING));
  });
}

/** RFC 4724 section 2: an empty UPDATE, or an empty MP_UNREACH_NLRI. */
export function encodeEndOfRib(family: BgpFamily): Uint8Array {
  if (family === 'ipv4-unicast') return encodeMessage(MESSAGE_TYPE.update, body(NOTHING, NOTHING, NOTHING));
  const { afi, safi } = FAMILY_NUMBERS[family];
  const attributes = valueOf((writer) =>
    attribute(writer, FLAG.optional, ATTRIBUTE.mpUnreach, Uint8Array.of(afi >>> 8, afi & 0xff, safi)),
  );
  return encodeMessage(MESSAGE_TYPE.update, body(NOTHING, attributes, NOTHING));
}
