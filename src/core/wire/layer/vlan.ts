/** 802.1Q and 802.1ad tags: priority, drop eligibility, VLAN, and the type of what follows. The tag's own type is before it. */
import { readU16, writeU16 } from '../octets.ts';
import { ethertypeText, MINIMUM_ETHERTYPE, protocolOfEthertype } from './ethertype.table.ts';
import { bitField, field, type HeaderNode } from './header-node.ts';
import { cutAt, isCut, type DecodeContext, type LayerBase, type Parsed, type Target } from './layer-base.ts';

const VLAN_SIZE = 4;

/** `tpid` is the ethertype that announced the tag (0x8100, 0x88a8); `type` announces what follows. */
export interface VlanLayer extends LayerBase {
  readonly kind: 'vlan';
  readonly tpid: number;
  readonly priority: number;
  readonly dropEligible: boolean;
  readonly vlan: number;
  readonly type: number;
}

export function decodeVlan(context: DecodeContext, target: Target): Parsed<VlanLayer> {
  const { offset, end } = target;
  if (isCut(context, '802.1Q', target, VLAN_SIZE)) return cutAt(target);
  const tag = readU16(context.octets, offset);
  const type = readU16(context.octets, offset + 2);
  const layer: VlanLayer = {
    kind: 'vlan',
    offset,
    headerSize: VLAN_SIZE,
    size: end - offset,
    tpid: target.selector ?? 0x8100,
    priority: tag >>> 13,
    dropEligible: (tag & 0x1000) !== 0,
    vlan: tag & 0xfff,
    type,
  };
  const body = offset + VLAN_SIZE;
  const bodyEnd = type < MINIMUM_ETHERTYPE ? Math.min(end, body + type) : end;
  return { layer, next: { protocol: protocolOfEthertype(type), offset: body, end: bodyEnd, selector: type } };
}

/** A tag around `payload`, to follow an Ethernet header (or a tag) whose type is 0x8100 or 0x88a8. */
export function encodeVlan(
  header: {
    readonly vlan: number;
    readonly type: number;
    readonly priority?: number;
    readonly dropEligible?: boolean;
  },
  payload: Uint8Array,
): Uint8Array {
  const octets = new Uint8Array(VLAN_SIZE + payload.length);
  const { priority = 0, dropEligible = false, vlan, type } = header;
  writeU16(octets, 0, (priority << 13) | (dropEligible ? 0x1000 : 0) | vlan);
  writeU16(octets, 2, type);
  octets.set(payload, VLAN_SIZE);
  return octets;
}

export function vlanTree(layer: VlanLayer): HeaderNode {
  const { offset, type } = layer;
  return field(layer.tpid === 0x88a8 ? '802.1ad' : '802.1Q', `VLAN ${layer.vlan}`, offset, layer.headerSize, [
    bitField('priority', `${layer.priority}`, offset, 0, 3),
    bitField('DEI', layer.dropEligible ? '1' : '0', offset, 3, 1),
    bitField('vlan', `${layer.vlan}`, offset, 4, 12),
    type < MINIMUM_ETHERTYPE
      ? field('length', `${type}`, offset + 2, 2)
      : field('type', ethertypeText(type), offset + 2, 2),
  ]);
}
