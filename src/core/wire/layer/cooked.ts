/** Headers of Linux cooked captures (`tcpdump -i any`), versions 1 and 2. */
import { formatMac } from '../../base/address.ts';
import { toHex } from '../../base/bytes.ts';
import { readMac, readU16, readU32 } from '../octets.ts';
import { ethertypeText, MINIMUM_ETHERTYPE, protocolOfEthertype } from './ethertype.table.ts';
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

/** `address` is the sender's; `interfaceIndex` is in version 2 only. */
export interface CookedLayer extends LayerBase {
  readonly kind: 'cooked';
  readonly version: 1 | 2;
  readonly packetType: number;
  readonly interfaceIndex: number | null;
  readonly hardwareType: number;
  readonly address: Uint8Array;
  readonly protocol: number;
}

const SIZES = { 1: 16, 2: 20 } as const;
const LLC = 4;

/** `target.selector` is the version. */
export function decodeCooked(context: DecodeContext, target: Target): Parsed<CookedLayer> {
  const { octets } = context;
  const { offset, end } = target;
  const version = target.selector === 2 ? 2 : 1;
  const headerSize = SIZES[version];
  if (isCut(context, 'cooked', target, headerSize)) return cutAt(target);
  const base = { kind: 'cooked', version, offset, headerSize, size: end - offset } as const;
  const layer: CookedLayer =
    version === 1
      ? {
          ...base,
          packetType: readU16(octets, offset),
          interfaceIndex: null,
          hardwareType: readU16(octets, offset + 2),
          address: octets.slice(offset + 6, offset + 6 + Math.min(8, readU16(octets, offset + 4))),
          protocol: readU16(octets, offset + 14),
        }
      : {
          ...base,
          packetType: octets[offset + 10] as number,
          interfaceIndex: readU32(octets, offset + 4),
          hardwareType: readU16(octets, offset + 8),
          address: octets.slice(offset + 12, offset + 12 + Math.min(8, octets[offset + 11] as number)),
          protocol: readU16(octets, offset),
        };
  const body = offset + headerSize;
  const { protocol } = layer;
  if (protocol === LLC) return { layer, next: { protocol: 'llc', offset: body, end } };
  if (protocol < MINIMUM_ETHERTYPE) return { layer, next: payloadFrom(body, end) };
  return {
    layer,
    next: { protocol: protocolOfEthertype(protocol), offset: body, end, selector: protocol },
  };
}

const PACKET_TYPES = ['in', 'broadcast', 'multicast', 'to another host', 'out'];

export function cookedTree(layer: CookedLayer): HeaderNode {
  const { offset, version, address } = layer;
  const first = version === 1;
  const type = PACKET_TYPES[layer.packetType] ?? `${layer.packetType}`;
  const sender = address.length === 6 ? formatMac(readMac(address, 0)) : toHex(address, ':');
  const index =
    layer.interfaceIndex === null ? [] : [field('interface', `${layer.interfaceIndex}`, offset + 4, 4)];
  return field('Linux cooked', type, offset, layer.headerSize, [
    field('packet type', type, offset + (first ? 0 : 10), first ? 2 : 1),
    ...index,
    field('hardware type', hex(layer.hardwareType, 4), offset + (first ? 2 : 8), 2),
    field('address', sender, offset + (first ? 6 : 12), 8),
    field('protocol', ethertypeText(layer.protocol), offset + (first ? 14 : 0), 2),
  ]);
}
