/** MPLS label stack entries (RFC 3032), one layer each. */
import { readU32, writeU32 } from '../octets.ts';
import { bitField, field, type HeaderNode } from './header-node.ts';
import {
  cutAt,
  isCut,
  payloadFrom,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Target,
} from './layer-base.ts';

export interface MplsLayer extends LayerBase {
  readonly kind: 'mpls';
  readonly label: number;
  readonly trafficClass: number;
  readonly bottom: boolean;
  readonly ttl: number;
}

export function decodeMpls(context: DecodeContext, target: Target): Parsed<MplsLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'MPLS', target, 4)) return cutAt(target);
  const word = readU32(octets, offset);
  const bottom = (word & 0x100) !== 0;
  const layer: MplsLayer = {
    kind: 'mpls',
    offset,
    headerSize: 4,
    size: end - offset,
    label: word >>> 12,
    trafficClass: (word >>> 9) & 7,
    bottom,
    ttl: word & 0xff,
  };
  const body = offset + 4;
  if (!bottom) return { layer, next: { protocol: 'mpls', offset: body, end } };
  // Nothing names what is under the stack: the first nibble of an IP packet is its version.
  const version = body < end ? (octets[body] as number) >>> 4 : 0;
  if (version === 4) return { layer, next: { protocol: 'ipv4', offset: body, end } };
  if (version === 6) return { layer, next: { protocol: 'ipv6', offset: body, end } };
  return { layer, next: payloadFrom(body, end) };
}

/** One label stack entry around `payload`. */
export function encodeMpls(
  header: {
    readonly label: number;
    readonly trafficClass?: number;
    readonly bottom: boolean;
    readonly ttl: number;
  },
  payload: Uint8Array,
): Uint8Array {
  const octets = new Uint8Array(4 + payload.length);
  const { label, trafficClass = 0, bottom, ttl } = header;
  writeU32(octets, 0, (label << 12) | (trafficClass << 9) | (bottom ? 0x100 : 0) | ttl);
  octets.set(payload, 4);
  return octets;
}

export function mplsTree(layer: MplsLayer): HeaderNode {
  const { offset } = layer;
  return field('MPLS', `label ${layer.label}`, offset, 4, [
    bitField('label', `${layer.label}`, offset, 0, 20),
    bitField('traffic class', `${layer.trafficClass}`, offset + 2, 4, 3),
    bitField('bottom of stack', layer.bottom ? '1' : '0', offset + 2, 7, 1),
    field('ttl', `${layer.ttl}`, offset + 3, 1),
  ]);
}
