/** Octets that no decoder here takes apart. */
import { field, type HeaderNode } from './header-node.ts';
import type { LayerBase, Parsed, Target } from './layer-base.ts';

export interface PayloadLayer extends LayerBase {
  readonly kind: 'payload';
}

export function decodePayload(_context: unknown, { offset, end }: Target): Parsed<PayloadLayer> {
  return { layer: { kind: 'payload', offset, headerSize: end - offset, size: end - offset }, next: null };
}

export const payloadTree = (layer: PayloadLayer): HeaderNode =>
  field('Payload', `${layer.size} octets`, layer.offset, layer.size);
