/** GRE version 0 (RFC 2784, RFC 2890): optional checksum, key and sequence number. */
import { checksumOf, internetChecksum, sumOctets } from '../checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../octets.ts';
import { ethertypeText, protocolOfEthertype } from './ethertype.table.ts';
import { checksumField, field, flagNames, type HeaderNode } from './header-node.ts';
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
  type Target,
} from './layer-base.ts';

const HAS_CHECKSUM = 0x8000;
const HAS_KEY = 0x2000;
const HAS_SEQUENCE = 0x1000;

export interface GreLayer extends LayerBase {
  readonly kind: 'gre';
  readonly flags: number;
  readonly version: number;
  readonly protocol: number;
  readonly checksum: Checksum | null;
  readonly key: number | null;
  readonly sequence: number | null;
}

const sizeOf = (flags: number): number =>
  4 + (flags & HAS_CHECKSUM ? 4 : 0) + (flags & HAS_KEY ? 4 : 0) + (flags & HAS_SEQUENCE ? 4 : 0);

export function decodeGre(context: DecodeContext, target: Target): Parsed<GreLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'GRE', target, 4)) return cutAt(target);
  const flags = readU16(octets, offset);
  const headerSize = sizeOf(flags);
  if (isCut(context, 'GRE', target, headerSize)) return cutAt(target);
  const version = flags & 7;
  const protocol = readU16(octets, offset + 2);
  let at = offset + 4;
  let checksum: Checksum | null = null;
  if (flags & HAS_CHECKSUM) {
    const value = readU16(octets, at);
    checksum = compareChecksum(value, checksumOf(sumOctets(octets, offset, end - offset) - value));
    if (checksum.verdict === 'wrong') report(context, 'wrong GRE checksum', at);
    at += 4;
  }
  const key = flags & HAS_KEY ? readU32(octets, at) : null;
  if (key !== null) at += 4;
  const sequence = flags & HAS_SEQUENCE ? readU32(octets, at) : null;
  const layer: GreLayer = {
    kind: 'gre',
    offset,
    headerSize,
    size: end - offset,
    flags,
    version,
    protocol,
    checksum,
    key,
    sequence,
  };
  const body = offset + headerSize;
  if (version !== 0) report(context, `GRE version ${version}`, offset);
  return {
    layer,
    next:
      version === 0
        ? { protocol: protocolOfEthertype(protocol), offset: body, end, selector: protocol }
        : payloadFrom(body, end),
  };
}

/** A GRE header around `payload`. */
export function encodeGre(
  header: {
    readonly protocol: number;
    readonly key?: number;
    readonly sequence?: number;
    readonly checksum?: boolean;
  },
  payload: Uint8Array,
): Uint8Array {
  const flags =
    (header.checksum ? HAS_CHECKSUM : 0) |
    (header.key === undefined ? 0 : HAS_KEY) |
    (header.sequence === undefined ? 0 : HAS_SEQUENCE);
  const headerSize = sizeOf(flags);
  const octets = new Uint8Array(headerSize + payload.length);
  writeU16(octets, 0, flags);
  writeU16(octets, 2, header.protocol);
  let at = header.checksum ? 8 : 4;
  if (header.key !== undefined) {
    writeU32(octets, at, header.key);
    at += 4;
  }
  if (header.sequence !== undefined) writeU32(octets, at, header.sequence);
  octets.set(payload, headerSize);
  if (header.checksum) writeU16(octets, 4, internetChecksum(octets));
  return octets;
}

export function greTree(layer: GreLayer): HeaderNode {
  const { offset } = layer;
  const children = [
    field(
      'flags',
      flagNames(layer.flags, [
        [HAS_CHECKSUM, 'C'],
        [HAS_KEY, 'K'],
        [HAS_SEQUENCE, 'S'],
      ]),
      offset,
      2,
    ),
    field('protocol', ethertypeText(layer.protocol), offset + 2, 2),
  ];
  let at = offset + 4;
  if (layer.checksum !== null) {
    children.push(checksumField('checksum', layer.checksum, at));
    at += 4;
  }
  if (layer.key !== null) {
    children.push(field('key', `${layer.key}`, at, 4));
    at += 4;
  }
  if (layer.sequence !== null) children.push(field('sequence', `${layer.sequence}`, at, 4));
  return field('GRE', layer.key === null ? '' : `key ${layer.key}`, offset, layer.headerSize, children);
}
