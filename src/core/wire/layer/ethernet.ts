/** Ethernet II and 802.3 (IEEE 802.3): two addresses and an ethertype, or the length of an LLC frame. */
import { formatMac } from '../../base/address.ts';
import { readMac, readU16, writeMac, writeU16 } from '../octets.ts';
import { ethertypeText, MINIMUM_ETHERTYPE, protocolOfEthertype } from './ethertype.table.ts';
import { field, type HeaderNode } from './header-node.ts';
import { cutAt, isCut, type DecodeContext, type LayerBase, type Parsed, type Target } from './layer-base.ts';

const ETHERNET_SIZE = 14;

/** `type` below 0x600 is the length of an 802.3 frame. */
export interface EthernetLayer extends LayerBase {
  readonly kind: 'ethernet';
  readonly destination: bigint;
  readonly source: bigint;
  readonly type: number;
}

export function decodeEthernet(context: DecodeContext, target: Target): Parsed<EthernetLayer> {
  const { offset, end } = target;
  if (isCut(context, 'Ethernet', target, ETHERNET_SIZE)) return cutAt(target);
  const type = readU16(context.octets, offset + 12);
  const layer: EthernetLayer = {
    kind: 'ethernet',
    offset,
    headerSize: ETHERNET_SIZE,
    size: end - offset,
    destination: readMac(context.octets, offset),
    source: readMac(context.octets, offset + 6),
    type,
  };
  const body = offset + ETHERNET_SIZE;
  const bodyEnd = type < MINIMUM_ETHERTYPE ? Math.min(end, body + type) : end;
  return { layer, next: { protocol: protocolOfEthertype(type), offset: body, end: bodyEnd, selector: type } };
}

/** An Ethernet frame around `payload`; no padding, no frame check sequence. */
export function encodeEthernet(
  header: { readonly destination: bigint; readonly source: bigint; readonly type: number },
  payload: Uint8Array,
): Uint8Array {
  const octets = new Uint8Array(ETHERNET_SIZE + payload.length);
  writeMac(octets, 0, header.destination);
  writeMac(octets, 6, header.source);
  writeU16(octets, 12, header.type);
  octets.set(payload, ETHERNET_SIZE);
  return octets;
}

export function ethernetTree(layer: EthernetLayer): HeaderNode {
  const { offset, type } = layer;
  const isLength = type < MINIMUM_ETHERTYPE;
  return field(
    isLength ? 'Ethernet 802.3' : 'Ethernet II',
    `${formatMac(layer.source)} → ${formatMac(layer.destination)}`,
    offset,
    layer.headerSize,
    [
      field('dst', formatMac(layer.destination), offset, 6),
      field('src', formatMac(layer.source), offset + 6, 6),
      isLength
        ? field('length', `${type}`, offset + 12, 2)
        : field('type', ethertypeText(type), offset + 12, 2),
    ],
  );
}
