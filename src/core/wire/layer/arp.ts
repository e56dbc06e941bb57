/** ARP and RARP for IPv4 on Ethernet (RFC 826, RFC 903). */
import { formatIpv4, formatMac } from '../../base/address.ts';
import { readMac, readU16, readU32, writeMac, writeU16, writeU32 } from '../octets.ts';
import { ethertypeText } from './ethertype.table.ts';
import { field, type HeaderNode } from './header-node.ts';
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

const ARP_SIZE = 28;

/** Operations 1 request, 2 reply, 3 and 4 the reverse ones. */
export interface ArpLayer extends LayerBase {
  readonly kind: 'arp';
  readonly operation: number;
  readonly senderMac: bigint;
  readonly senderIp: number;
  readonly targetMac: bigint;
  readonly targetIp: number;
}

const OPERATIONS = new Map([
  [1, 'request'],
  [2, 'reply'],
  [3, 'reverse request'],
  [4, 'reverse reply'],
]);

export function decodeArp(context: DecodeContext, target: Target): Parsed<ArpLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'ARP', target, ARP_SIZE)) return cutAt(target);
  const hardware = readU16(octets, offset);
  const protocol = readU16(octets, offset + 2);
  const sizes = readU16(octets, offset + 4);
  if (hardware !== 1 || protocol !== 0x0800 || sizes !== 0x0604) {
    report(
      context,
      `ARP of hardware type ${hardware}, protocol ${ethertypeText(protocol)}: not IPv4 on Ethernet`,
      offset,
    );
    return cutAt(target);
  }
  const operation = readU16(octets, offset + 6);
  if (!OPERATIONS.has(operation)) report(context, `unknown ARP operation ${operation}`, offset + 6);
  const layer: ArpLayer = {
    kind: 'arp',
    offset,
    headerSize: ARP_SIZE,
    size: end - offset,
    operation,
    senderMac: readMac(octets, offset + 8),
    senderIp: readU32(octets, offset + 14),
    targetMac: readMac(octets, offset + 18),
    targetIp: readU32(octets, offset + 24),
  };
  return { layer, next: payloadFrom(offset + ARP_SIZE, end) };
}

/** The 28 octets of an ARP packet for IPv4 on Ethernet. */
export function encodeArp(header: {
  readonly operation: number;
  readonly senderMac: bigint;
  readonly senderIp: number;
  readonly targetMac: bigint;
  readonly targetIp: number;
}): Uint8Array {
  const octets = new Uint8Array(ARP_SIZE);
  writeU16(octets, 0, 1);
  writeU16(octets, 2, 0x0800);
  writeU16(octets, 4, 0x0604);
  writeU16(octets, 6, header.operation);
  writeMac(octets, 8, header.senderMac);
  writeU32(octets, 14, header.senderIp);
  writeMac(octets, 18, header.targetMac);
  writeU32(octets, 24, header.targetIp);
  return octets;
}

export function arpTree(layer: ArpLayer): HeaderNode {
  const { offset, operation } = layer;
  const name = OPERATIONS.get(operation);
  const summary =
    operation === 1
      ? `who has ${formatIpv4(layer.targetIp)}, tell ${formatIpv4(layer.senderIp)}`
      : operation === 2
        ? `${formatIpv4(layer.senderIp)} is at ${formatMac(layer.senderMac)}`
        : '';
  return field(name === undefined ? 'ARP' : `ARP ${name}`, summary, offset, layer.headerSize, [
    field('hardware type', '1 Ethernet', offset, 2),
    field('protocol type', '0x0800 IPv4', offset + 2, 2),
    field('sizes', '6, 4', offset + 4, 2),
    field('operation', name === undefined ? `${operation}` : `${operation} ${name}`, offset + 6, 2),
    field('sender MAC', formatMac(layer.senderMac), offset + 8, 6),
    field('sender IP', formatIpv4(layer.senderIp), offset + 14, 4),
    field('target MAC', formatMac(layer.targetMac), offset + 18, 6),
    field('target IP', formatIpv4(layer.targetIp), offset + 24, 4),
  ]);
}
