/** SCTP (RFC 9260): the common header and its chunks. */
import { crc32c } from '../checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../octets.ts';
import { field, hex, withProblem, type HeaderNode } from './header-node.ts';
import {
  compareChecksum,
  cutAt,
  isCut,
  report,
  uncheckedChecksum,
  type Checksum,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Range,
  type Target,
} from './layer-base.ts';

const SCTP_SIZE = 12;

/** `length` as the chunk says it, header included and padding not. */
interface SctpChunk extends Range {
  readonly type: number;
  readonly flags: number;
  readonly length: number;
}

export interface SctpLayer extends LayerBase {
  readonly kind: 'sctp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly verificationTag: number;
  readonly checksum: Checksum;
  readonly chunks: readonly SctpChunk[];
}

const swapped = (value: number): number =>
  (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;

/** The CRC is sent with its low octet first. */
function checksumFor(octets: Uint8Array): number {
  const copy = octets.slice();
  writeU32(copy, 8, 0);
  return swapped(crc32c([copy]));
}

function decodeChunks(context: DecodeContext, from: number, end: number): SctpChunk[] {
  const { octets } = context;
  const chunks: SctpChunk[] = [];
  for (let at = from; at + 4 <= end;) {
    const length = readU16(octets, at + 2);
    if (length < 4 || at + length > end) {
      report(context, `SCTP chunk length ${length} is wrong`, at + 2);
      break;
    }
    const size = Math.min((length + 3) & ~3, end - at);
    chunks.push({
      type: octets[at] as number,
      flags: octets[at + 1] as number,
      length,
      offset: at,
      size,
    });
    at += size;
  }
  return chunks;
}

export function decodeSctp(context: DecodeContext, target: Target): Parsed<SctpLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'SCTP', target, SCTP_SIZE)) return cutAt(target);
  const value = readU32(octets, offset + 8);
  const checksum =
    context.network?.whole === true
      ? compareChecksum(value, checksumFor(octets.subarray(offset, end)))
      : uncheckedChecksum(value);
  if (checksum.verdict === 'wrong') report(context, 'wrong SCTP checksum', offset + 8);
  return {
    layer: {
      kind: 'sctp',
      offset,
      headerSize: end - offset,
      size: end - offset,
      sourcePort: readU16(octets, offset),
      destinationPort: readU16(octets, offset + 2),
      verificationTag: readU32(octets, offset + 4),
      checksum,
      chunks: decodeChunks(context, offset + SCTP_SIZE, end),
    },
    next: null,
  };
}

export interface SctpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly verificationTag: number;
}

/** One chunk, padded to four octets. */
export function encodeSctpChunk(type: number, flags: number, value: Uint8Array): Uint8Array {
  const octets = new Uint8Array((value.length + 7) & ~3);
  octets[0] = type;
  octets[1] = flags;
  writeU16(octets, 2, value.length + 4);
  octets.set(value, 4);
  return octets;
}

/** A packet of chunks that are already encoded one after the other. */
export function encodeSctp(header: SctpFields, chunks: Uint8Array): Uint8Array {
  const octets = new Uint8Array(SCTP_SIZE + chunks.length);
  writeU16(octets, 0, header.sourcePort);
  writeU16(octets, 2, header.destinationPort);
  writeU32(octets, 4, header.verificationTag);
  octets.set(chunks, SCTP_SIZE);
  writeU32(octets, 8, checksumFor(octets));
  return octets;
}

const CHUNK_NAMES = new Map<number, string>([
  [0, 'DATA'],
  [1, 'INIT'],
  [2, 'INIT ACK'],
  [3, 'SACK'],
  [4, 'HEARTBEAT'],
  [5, 'HEARTBEAT ACK'],
  [6, 'ABORT'],
  [7, 'SHUTDOWN'],
  [8, 'SHUTDOWN ACK'],
  [9, 'ERROR'],
  [10, 'COOKIE ECHO'],
  [11, 'COOKIE ACK'],
  [14, 'SHUTDOWN COMPLETE'],
]);

export function sctpTree(layer: SctpLayer): HeaderNode {
  const { offset, checksum } = layer;
  const wrong = checksum.verdict === 'wrong';
  const verdict = wrong ? `wrong, should be ${hex(checksum.expected, 8)}` : checksum.verdict;
  return field('SCTP', `${layer.sourcePort} → ${layer.destinationPort}`, offset, layer.headerSize, [
    field('src port', `${layer.sourcePort}`, offset, 2),
    field('dst port', `${layer.destinationPort}`, offset + 2, 2),
    field('verification tag', hex(layer.verificationTag, 8), offset + 4, 4),
    withProblem(
      field('checksum', `${hex(checksum.value, 8)} ${verdict}`, offset + 8, 4),
      wrong ? 'wrong checksum' : undefined,
    ),
    ...layer.chunks.map((chunk) =>
      field('chunk', CHUNK_NAMES.get(chunk.type) ?? `type ${chunk.type}`, chunk.offset, chunk.size, [
        field('flags', hex(chunk.flags, 2), chunk.offset + 1, 1),
        field('length', `${chunk.length}`, chunk.offset + 2, 2),
      ]),
    ),
  ]);
}
