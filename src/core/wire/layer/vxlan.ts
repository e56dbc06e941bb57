/** VXLAN (RFC 7348). OVN gateways use the network identifier only. */
import { readU24, writeU24 } from '../octets.ts';
import { field, hex, withProblem, type HeaderNode } from './header-node.ts';
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

const VXLAN_SIZE = 8;

/** `valid` is the I flag: without it the identifier means nothing. */
export interface VxlanLayer extends LayerBase {
  readonly kind: 'vxlan';
  readonly flags: number;
  readonly valid: boolean;
  readonly vni: number;
}

export function decodeVxlan(context: DecodeContext, target: Target): Parsed<VxlanLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'VXLAN', target, VXLAN_SIZE)) return cutAt(target);
  const flags = octets[offset] as number;
  const valid = (flags & 0x08) !== 0;
  if (!valid) report(context, 'VXLAN without the I flag', offset);
  const layer: VxlanLayer = {
    kind: 'vxlan',
    offset,
    headerSize: VXLAN_SIZE,
    size: end - offset,
    flags,
    valid,
    vni: readU24(octets, offset + 4),
  };
  const body = offset + VXLAN_SIZE;
  return { layer, next: valid ? { protocol: 'ethernet', offset: body, end } : payloadFrom(body, end) };
}

/** A VXLAN header around an Ethernet frame. */
export function encodeVxlan(header: { readonly vni: number }, payload: Uint8Array): Uint8Array {
  const octets = new Uint8Array(VXLAN_SIZE + payload.length);
  octets[0] = 0x08;
  writeU24(octets, 4, header.vni);
  octets.set(payload, VXLAN_SIZE);
  return octets;
}

export function vxlanTree(layer: VxlanLayer): HeaderNode {
  const { offset } = layer;
  return field('VXLAN', `VNI ${layer.vni}`, offset, layer.headerSize, [
    withProblem(field('flags', hex(layer.flags, 2), offset, 1), layer.valid ? undefined : 'I flag missing'),
    field('vni', `${layer.vni}`, offset + 4, 3),
  ]);
}
