/** IGMP versions 1 to 3 (RFC 2236, RFC 3376). */
import { formatIpv4 } from '../../base/address.ts';
import { checksumOf, internetChecksum, sumOctets } from '../checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../octets.ts';
import { checksumField, field, type HeaderNode } from './header-node.ts';
import {
  compareChecksum,
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

const IGMP_TYPE = {
  query: 0x11,
  reportV1: 0x12,
  reportV2: 0x16,
  leave: 0x17,
  reportV3: 0x22,
} as const;

/** One group of a version 3 report. */
interface IgmpRecord extends Range {
  readonly type: number;
  readonly group: number;
  readonly sources: readonly number[];
}

/** `maximumResponse` as it stands in the header, in tenths of a second up to 127. `sources` of a version 3 query. */
export interface IgmpLayer extends LayerBase {
  readonly kind: 'igmp';
  readonly type: number;
  readonly maximumResponse: number;
  readonly checksum: Checksum;
  readonly group: number;
  readonly sources: readonly number[];
  readonly records: readonly IgmpRecord[];
}

const IGMP_SIZE = 8;
const QUERY_V3_SIZE = 12;

function readSources(octets: Uint8Array, from: number, count: number, end: number): number[] {
  const sources: number[] = [];
  for (let at = from; sources.length < count && at + 4 <= end; at += 4) sources.push(readU32(octets, at));
  return sources;
}

function decodeRecords(context: DecodeContext, offset: number, end: number): IgmpRecord[] {
  const { octets } = context;
  const records: IgmpRecord[] = [];
  const count = readU16(octets, offset + 6);
  let at = offset + IGMP_SIZE;
  while (records.length < count) {
    const sources = at + 8 <= end ? readU16(octets, at + 2) : 0;
    const size = 8 + 4 * sources + (at + 8 <= end ? 4 * (octets[at + 1] as number) : 0);
    if (at + size > end) {
      report(context, 'IGMPv3 report cut', at);
      break;
    }
    const group = readU32(octets, at + 4);
    records.push({
      type: octets[at] as number,
      group,
      sources: readSources(octets, at + 8, sources, end),
      offset: at,
      size,
    });
    at += size;
  }
  return records;
}

export function decodeIgmp(context: DecodeContext, target: Target): Parsed<IgmpLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'IGMP', target, IGMP_SIZE)) return cutAt(target);
  const size = end - offset;
  const type = octets[offset] as number;
  const value = readU16(octets, offset + 2);
  const checksum = compareChecksum(value, checksumOf(sumOctets(octets, offset, size) - value));
  if (checksum.verdict === 'wrong') report(context, 'wrong IGMP checksum', offset + 2);
  const isReport = type === IGMP_TYPE.reportV3;
  const isQuery3 = type === IGMP_TYPE.query && size >= QUERY_V3_SIZE;
  const headerSize = isReport || isQuery3 ? size : IGMP_SIZE;
  return {
    layer: {
      kind: 'igmp',
      offset,
      headerSize,
      size,
      type,
      maximumResponse: octets[offset + 1] as number,
      checksum,
      group: isReport ? 0 : readU32(octets, offset + 4),
      sources: isQuery3 ? readSources(octets, offset + QUERY_V3_SIZE, readU16(octets, offset + 10), end) : [],
      records: isReport ? decodeRecords(context, offset, end) : [],
    },
    next: payloadFrom(offset + headerSize, end),
  };
}

export interface IgmpFields {
  readonly type: number;
  readonly maximumResponse?: number;
  readonly group: number;
}

/** A message of version 1 or 2. */
export function encodeIgmp(header: IgmpFields): Uint8Array {
  const octets = new Uint8Array(IGMP_SIZE);
  octets[0] = header.type;
  octets[1] = header.maximumResponse ?? 0;
  writeU32(octets, 4, header.group);
  writeU16(octets, 2, internetChecksum(octets));
  return octets;
}

const TYPE_NAMES = new Map<number, string>([
  [IGMP_TYPE.query, 'membership query'],
  [IGMP_TYPE.reportV1, 'version 1 report'],
  [IGMP_TYPE.reportV2, 'version 2 report'],
  [IGMP_TYPE.leave, 'leave group'],
  [IGMP_TYPE.reportV3, 'version 3 report'],
]);

const RECORD_NAMES = ['', 'is include', 'is exclude', 'to include', 'to exclude', 'allow', 'block'];

function recordNode(record: IgmpRecord): HeaderNode {
  const name = RECORD_NAMES[record.type] ?? `type ${record.type}`;
  return field(
    'group record',
    `${formatIpv4(record.group)} ${name}`,
    record.offset,
    record.size,
    record.sources.map((source, i) => field('source', formatIpv4(source), record.offset + 8 + 4 * i, 4)),
  );
}

export function igmpTree(layer: IgmpLayer): HeaderNode {
  const { offset, type } = layer;
  const name = TYPE_NAMES.get(type) ?? `type ${type}`;
  const isReport = type === IGMP_TYPE.reportV3;
  const group = formatIpv4(layer.group);
  const records = layer.records.map(recordNode);
  const sources = layer.sources.map((source, i) =>
    field('source', formatIpv4(source), offset + QUERY_V3_SIZE + 4 * i, 4),
  );
  return field(
    `IGMP ${name}`,
    isReport ? `${layer.records.length} groups` : group,
    offset,
    layer.headerSize,
    [
      field('type', `${type} ${name}`, offset, 1),
      field('max response', `${layer.maximumResponse}`, offset + 1, 1),
      checksumField('checksum', layer.checksum, offset + 2),
      ...(isReport ? records : [field('group', group, offset + 4, 4), ...sources]),
    ],
  );
}
