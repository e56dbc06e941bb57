/** BFD control packets (RFC 5880). */
import { BFD_DIAGNOSTICS } from '../bfd-diagnostics.ts';
import { readU32, writeU32 } from '../octets.ts';
import { bitField, field, flagNames, hex, type HeaderNode } from './header-node.ts';
import {
  cutAt,
  isCut,
  payloadFrom,
  report,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Target,
} from './layer-base.ts';

const BFD_SIZE = 24;

/** By their numbers. */
export const BFD_STATES = ['AdminDown', 'Down', 'Init', 'Up'] as const;
type BfdState = (typeof BFD_STATES)[number];

/** Bits of `flags`. */
const BFD_FLAG = {
  poll: 0x20,
  final: 0x10,
  controlPlaneIndependent: 0x08,
  authentication: 0x04,
  demand: 0x02,
  multipoint: 0x01,
} as const;

/** Intervals in microseconds. */
export interface BfdFields {
  readonly diagnostic: number;
  readonly state: BfdState;
  readonly flags: number;
  readonly multiplier: number;
  readonly myDiscriminator: number;
  readonly yourDiscriminator: number;
  readonly desiredMinTx: number;
  readonly requiredMinRx: number;
  readonly requiredMinEchoRx: number;
}

export interface BfdLayer extends LayerBase, BfdFields {
  readonly kind: 'bfd';
  readonly version: number;
  readonly length: number;
}

export function decodeBfd(context: DecodeContext, target: Target): Parsed<BfdLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'BFD', target, BFD_SIZE)) return cutAt(target);
  const first = octets[offset] as number;
  const second = octets[offset + 1] as number;
  const length = octets[offset + 3] as number;
  if (first >>> 5 !== 1) report(context, `BFD version ${first >>> 5} is not known`, offset);
  if (length < BFD_SIZE || offset + length > end)
    report(context, `BFD length ${length} is wrong`, offset + 3);
  const headerSize = Math.min(Math.max(length, BFD_SIZE), end - offset);
  return {
    layer: {
      kind: 'bfd',
      offset,
      headerSize,
      size: end - offset,
      version: first >>> 5,
      diagnostic: first & 31,
      state: BFD_STATES[second >>> 6] ?? 'AdminDown',
      flags: second & 0x3f,
      multiplier: octets[offset + 2] as number,
      length,
      myDiscriminator: readU32(octets, offset + 4),
      yourDiscriminator: readU32(octets, offset + 8),
      desiredMinTx: readU32(octets, offset + 12),
      requiredMinRx: readU32(octets, offset + 16),
      requiredMinEchoRx: readU32(octets, offset + 20),
    },
    next: payloadFrom(offset + headerSize, end),
  };
}

/** A version 1 packet without authentication. */
export function encodeBfd(header: BfdFields): Uint8Array {
  const octets = new Uint8Array(BFD_SIZE);
  octets[0] = (1 << 5) | header.diagnostic;
  octets[1] = (BFD_STATES.indexOf(header.state) << 6) | header.flags;
  octets[2] = header.multiplier;
  octets[3] = BFD_SIZE;
  writeU32(octets, 4, header.myDiscriminator);
  writeU32(octets, 8, header.yourDiscriminator);
  writeU32(octets, 12, header.desiredMinTx);
  writeU32(octets, 16, header.requiredMinRx);
  writeU32(octets, 20, header.requiredMinEchoRx);
  return octets;
}

const FLAG_NAMES = [
  [BFD_FLAG.poll, 'poll'],
  [BFD_FLAG.final, 'final'],
  [BFD_FLAG.controlPlaneIndependent, 'control plane independent'],
  [BFD_FLAG.authentication, 'authentication'],
  [BFD_FLAG.demand, 'demand'],
  [BFD_FLAG.multipoint, 'multipoint'],
] as const;

export function bfdTree(layer: BfdLayer): HeaderNode {
  const { offset, diagnostic } = layer;
  const interval = (name: string, value: number, at: number): HeaderNode =>
    field(name, `${value} µs`, offset + at, 4);
  return field('BFD', layer.state, offset, layer.headerSize, [
    bitField('version', `${layer.version}`, offset, 0, 3),
    bitField(
      'diagnostic',
      `${diagnostic} ${BFD_DIAGNOSTICS[diagnostic]?.toLowerCase() ?? ''}`.trim(),
      offset,
      3,
      5,
    ),
    bitField('state', layer.state, offset + 1, 0, 2),
    bitField('flags', flagNames(layer.flags, FLAG_NAMES), offset + 1, 2, 6),
    field('multiplier', `${layer.multiplier}`, offset + 2, 1),
    field('length', `${layer.length}`, offset + 3, 1),
    field('my discriminator', hex(layer.myDiscriminator, 8), offset + 4, 4),
    field('your discriminator', hex(layer.yourDiscriminator, 8), offset + 8, 4),
    interval('desired min tx', layer.desiredMinTx, 12),
    interval('required min rx', layer.requiredMinRx, 16),
    interval('required min echo rx', layer.requiredMinEchoRx, 20),
  ]);
}
