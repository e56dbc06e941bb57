/** ICMPv6 (RFC 4443) with Neighbor Discovery (RFC 4861) and Multicast Listener Discovery (RFC 2710, RFC 3810). */
import { writeTransportChecksum, type Pseudo } from '../checksum.ts';
import { readIpv6, readU16, readU32, writeIpv6, writeU32 } from '../octets.ts';
import { IP_PROTOCOL } from './ip-protocol.table.ts';
import {
  cutAt,
  isCut,
  payloadFrom,
  report,
  type Checksum,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Range,
  type Target,
} from './layer-base.ts';
import { decodeNdOptions, type NdOption } from './nd-option.ts';
import { checkTransport } from './transport-checksum.ts';

export const ICMPV6_TYPE = {
  unreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echo: 128,
  echoReply: 129,
  mldQuery: 130,
  mldReport: 131,
  mldDone: 132,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
  redirect: 137,
  mld2Report: 143,
} as const;

/** One record of an MLDv2 report. */
export interface MldRecord extends Range {
  readonly type: number;
  readonly group: bigint;
  readonly sources: readonly bigint[];
}

/** What the type makes of the message body. `rest` is the second 32-bit word. Times in milliseconds, lifetimes in seconds. */
type Icmpv6Message =
  | { readonly kind: 'error'; readonly rest: number; readonly quoted: Range }
  | { readonly kind: 'echo'; readonly id: number; readonly sequence: number }
  | { readonly kind: 'router-solicitation'; readonly options: readonly NdOption[] }
  | {
      readonly kind: 'router-advertisement';
      readonly hopLimit: number;
      readonly flags: number;
      readonly lifetime: number;
      readonly reachableTime: number;
      readonly retransTimer: number;
      readonly options: readonly NdOption[];
    }
  | { readonly kind: 'neighbor-solicitation'; readonly target: bigint; readonly options: readonly NdOption[] }
  | {
      readonly kind: 'neighbor-advertisement';
      readonly router: boolean;
      readonly solicited: boolean;
      readonly override: boolean;
      readonly target: bigint;
      readonly options: readonly NdOption[];
    }
  | {
      readonly kind: 'redirect';
      readonly target: bigint;
      readonly destination: bigint;
      readonly options: readonly NdOption[];
    }
  | {
      readonly kind: 'listener';
      readonly maximumDelay: number;
      readonly group: bigint;
      readonly sources: readonly bigint[];
    }
  | { readonly kind: 'listener-report'; readonly records: readonly MldRecord[] }
  | { readonly kind: 'other'; readonly rest: number };

export interface Icmpv6Layer extends LayerBase {
  readonly kind: 'icmpv6';
  readonly type: number;
  readonly code: number;
  readonly checksum: Checksum;
  readonly message: Icmpv6Message;
}

function readAddresses(octets: Uint8Array, from: number, count: number, end: number): bigint[] {
  const addresses: bigint[] = [];
  for (let at = from; addresses.length < count && at + 16 <= end; at += 16)
    addresses.push(readIpv6(octets, at));
  return addresses;
}

function decodeRecords(context: DecodeContext, offset: number, end: number): MldRecord[] {
  const { octets } = context;
  const records: MldRecord[] = [];
  const count = readU16(octets, offset + 6);
  let at = offset + 8;
  while (records.length < count) {
    const sources = at + 20 <= end ? readU16(octets, at + 2) : 0;
    const size = 20 + 16 * sources + (at + 20 <= end ? 4 * (octets[at + 1] as number) : 0);
    if (at + size > end) {
      report(context, 'MLDv2 report cut', at);
      break;
    }
    records.push({
      type: octets[at] as number,
      group: readIpv6(octets, at + 4),
      sources: readAddresses(octets, at + 20, sources, end),
      offset: at,
      size,
    });
    at += size;
  }
  return records;
}

/** Octets of the fixed part of the message, the first 8 included. */
function fixedSize(type: number): number {
  switch (type) {
    case ICMPV6_TYPE.routerAdvertisement:
      return 16;
    case ICMPV6_TYPE.neighborSolicitation:
    case ICMPV6_TYPE.neighborAdvertisement:
    case ICMPV6_TYPE.mldQuery:
    case ICMPV6_TYPE.mldReport:
    case ICMPV6_TYPE.mldDone:
      return 24;
    case ICMPV6_TYPE.redirect:
      return 40;
    default:
      return 8;
  }
}

function decodeMessage(context: DecodeContext, type: number, offset: number, end: number): Icmpv6Message {
  const { octets } = context;
  const rest = readU32(octets, offset + 4);
  const optionsFrom = (size: number): NdOption[] => decodeNdOptions(context, offset + size, end);
  if (type < 128) return { kind: 'error', rest, quoted: { offset: offset + 8, size: end - offset - 8 } };
  switch (type) {
    case ICMPV6_TYPE.echo:
    case ICMPV6_TYPE.echoReply:
      return { kind: 'echo', id: rest >>> 16, sequence: rest & 0xffff };
    case ICMPV6_TYPE.routerSolicitation:
      return { kind: 'router-solicitation', options: optionsFrom(8) };
    case ICMPV6_TYPE.routerAdvertisement:
      return {
        kind: 'router-advertisement',
        hopLimit: octets[offset + 4] as number,
        flags: octets[offset + 5] as number,
        lifetime: readU16(octets, offset + 6),
        reachableTime: readU32(octets, offset + 8),
        retransTimer: readU32(octets, offset + 12),
        options: optionsFrom(16),
      };
    case ICMPV6_TYPE.neighborSolicitation:
      return {
        kind: 'neighbor-solicitation',
        target: readIpv6(octets, offset + 8),
        options: optionsFrom(24),
      };
    case ICMPV6_TYPE.neighborAdvertisement:
      return {
        kind: 'neighbor-advertisement',
        router: rest >>> 31 === 1,
        solicited: (rest & 0x40000000) !== 0,
        override: (rest & 0x20000000) !== 0,
        target: readIpv6(octets, offset + 8),
        options: optionsFrom(24),
      };
    case ICMPV6_TYPE.redirect:
      return {
        kind: 'redirect',
        target: readIpv6(octets, offset + 8),
        destination: readIpv6(octets, offset + 24),
        options: optionsFrom(40),
      };
    case ICMPV6_TYPE.mldQuery:
    case ICMPV6_TYPE.mldReport:
    case ICMPV6_TYPE.mldDone:
      return {
        kind: 'listener',
        maximumDelay: rest >>> 16,
        group: readIpv6(octets, offset + 8),
        sources:
          end - offset >= 28 ? readAddresses(octets, offset + 28, readU16(octets, offset + 26), end) : [],
      };
    case ICMPV6_TYPE.mld2Report:
      return { kind: 'listener-report', records: decodeRecords(context, offset, end) };
    default:
      return { kind: 'other', rest };
  }
}

export function decodeIcmpv6(context: DecodeContext, target: Target): Parsed<Icmpv6Layer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'ICMPv6', target, 8)) return cutAt(target);
  const type = octets[offset] as number;
  const size = end - offset;
  const checksum = checkTransport(context, IP_PROTOCOL.icmpv6, offset, size, offset + 2);
  if (checksum.verdict === 'wrong') report(context, 'wrong ICMPv6 checksum', offset + 2);
  const fixed = fixedSize(type);
  const isShort = size < fixed;
  if (isShort) report(context, `ICMPv6 message cut: ${size} of ${fixed} octets`, offset);
  const message: Icmpv6Message = isShort
    ? { kind: 'other', rest: readU32(octets, offset + 4) }
    : decodeMessage(context, type, offset, end);
  const hasPayload = message.kind === 'echo' || message.kind === 'other';
  const headerSize = hasPayload || message.kind === 'error' ? 8 : size;
  return {
    layer: {
      kind: 'icmpv6',
      offset,
      headerSize,
      size,
      type,
      code: octets[offset + 1] as number,
      checksum,
      message,
    },
    next: hasPayload ? payloadFrom(offset + 8, end) : null,
  };
}

/** An ICMPv6 message; `body` is all that follows type, code and checksum. */
export function encodeIcmpv6(
  header: { readonly type: number; readonly code: number },
  body: Uint8Array,
  pseudo: Pseudo,
): Uint8Array {
  const octets = new Uint8Array(4 + body.length);
  octets[0] = header.type;
  octets[1] = header.code;
  octets.set(body, 4);
  writeTransportChecksum(octets, 2, pseudo, IP_PROTOCOL.icmpv6);
  return octets;
}

/** Body of an ICMPv6 message that names a target: neighbour solicitation (`flags` 0) and advertisement (R, S, O in the top bits). */
export function neighborBody(flags: number, target: bigint, options: readonly Uint8Array[]): Uint8Array {
  const body = new Uint8Array(20 + options.reduce((sum, option) => sum + option.length, 0));
  writeU32(body, 0, flags);
  writeIpv6(body, 4, target);
  let at = 20;
  for (const option of options) {
    body.set(option, at);
    at += option.length;
  }
  return body;
}
