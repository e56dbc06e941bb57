/** IEEE 802.2 LLC and its SNAP extension: service access points, control, organisation and protocol. */
import { readU16, readU24 } from '../octets.ts';
import { ethertypeText, protocolOfEthertype } from './ethertype.table.ts';
import { field, hex, type HeaderNode } from './header-node.ts';
import {
  cutAt,
  isCut,
  payloadFrom,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Target,
} from './layer-base.ts';

/** `snap` is there when both access points are 0xaa. */
export interface LlcLayer extends LayerBase {
  readonly kind: 'llc';
  readonly destinationSap: number;
  readonly sourceSap: number;
  readonly control: number;
  readonly snap: { readonly oui: number; readonly protocol: number } | null;
}

const SPANNING_TREE_SAP = 0x42;
const SNAP_SAP = 0xaa;
const CISCO_OUI = 0x00000c;
const PVST = 0x010b;

export function decodeLlc(context: DecodeContext, target: Target): Parsed<LlcLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'LLC', target, 3)) return cutAt(target);
  const destinationSap = octets[offset] as number;
  const sourceSap = octets[offset + 1] as number;
  const control = octets[offset + 2] as number;
  const hasSnap = destinationSap === SNAP_SAP && sourceSap === SNAP_SAP && end - offset >= 8;
  const snap = hasSnap ? { oui: readU24(octets, offset + 3), protocol: readU16(octets, offset + 6) } : null;
  // Numbered frames (both low bits set) have one control octet, all others two.
  const headerSize = hasSnap ? 8 : Math.min((control & 3) === 3 ? 3 : 4, end - offset);
  const layer: LlcLayer = {
    kind: 'llc',
    offset,
    headerSize,
    size: end - offset,
    destinationSap,
    sourceSap,
    control,
    snap,
  };
  const body = offset + headerSize;
  if (destinationSap === SPANNING_TREE_SAP && control === 3)
    return { layer, next: { protocol: 'stp', offset: body, end } };
  if (snap !== null && snap.oui === CISCO_OUI && snap.protocol === PVST)
    return { layer, next: { protocol: 'stp', offset: body, end } };
  if (snap !== null && snap.oui === 0)
    return {
      layer,
      next: { protocol: protocolOfEthertype(snap.protocol), offset: body, end, selector: snap.protocol },
    };
  return { layer, next: payloadFrom(body, end) };
}

export function llcTree(layer: LlcLayer): HeaderNode {
  const { offset, snap } = layer;
  const children = [
    field('DSAP', hex(layer.destinationSap, 2), offset, 1),
    field('SSAP', hex(layer.sourceSap, 2), offset + 1, 1),
    field('control', hex(layer.control, 2), offset + 2, 1),
  ];
  if (snap !== null) {
    children.push(
      field('OUI', hex(snap.oui, 6), offset + 3, 3),
      field('protocol', snap.oui === 0 ? ethertypeText(snap.protocol) : hex(snap.protocol, 4), offset + 6, 2),
    );
  }
  return field(snap === null ? 'LLC' : 'LLC SNAP', '', offset, layer.headerSize, children);
}
