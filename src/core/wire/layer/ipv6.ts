/** IPv6 (RFC 8200): the fixed header. Extension headers are layers of their own. */
import { formatIpv6 } from '../../base/address.ts';
import { readIpv6, readU16, readU32, writeIpv6, writeU16, writeU32 } from '../octets.ts';
import { bitField, field, hex, withProblem, type HeaderNode } from './header-node.ts';
import { ipProtocolText, protocolOfIp } from './ip-protocol.table.ts';
import {
  cutAt,
  isCut,
  report,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Target,
} from './layer-base.ts';

const IPV6_SIZE = 40;

/** `nextHeader` is what follows the fixed header, maybe an extension header. */
export interface Ipv6Layer extends LayerBase {
  readonly kind: 'ipv6';
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly payloadLength: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: bigint;
  readonly destination: bigint;
}

export function decodeIpv6(context: DecodeContext, target: Target): Parsed<Ipv6Layer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'IPv6', target, IPV6_SIZE)) return cutAt(target);
  const first = readU32(octets, offset);
  if (first >>> 28 !== 6) {
    report(context, `IP version ${first >>> 28} where 6 was announced`, offset);
    return cutAt(target);
  }
  const payloadLength = readU16(octets, offset + 4);
  const there = end - offset - IPV6_SIZE;
  if (payloadLength > there)
    report(context, `IPv6 payload length ${payloadLength}, but ${there} octets are there`, offset + 4);
  const size = IPV6_SIZE + Math.min(payloadLength, there);
  const layer: Ipv6Layer = {
    kind: 'ipv6',
    offset,
    headerSize: IPV6_SIZE,
    size,
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xfffff,
    payloadLength,
    nextHeader: octets[offset + 6] as number,
    hopLimit: octets[offset + 7] as number,
    source: readIpv6(octets, offset + 8),
    destination: readIpv6(octets, offset + 24),
  };
  const { source, destination, nextHeader } = layer;
  context.network = { family: 6, source, destination, whole: payloadLength <= there };
  return {
    layer,
    next: {
      protocol: protocolOfIp(nextHeader, 6),
      offset: offset + IPV6_SIZE,
      end: offset + size,
      selector: nextHeader,
    },
  };
}

export interface Ipv6Fields {
  readonly source: bigint;
  readonly destination: bigint;
  readonly nextHeader: number;
  readonly hopLimit?: number;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
}

/** An IPv6 packet; extension headers, if any, are part of `payload`. */
export function encodeIpv6(header: Ipv6Fields, payload: Uint8Array): Uint8Array {
  const octets = new Uint8Array(IPV6_SIZE + payload.length);
  writeU32(octets, 0, 0x60000000 | ((header.trafficClass ?? 0) << 20) | (header.flowLabel ?? 0));
  writeU16(octets, 4, payload.length);
  octets[6] = header.nextHeader;
  octets[7] = header.hopLimit ?? 64;
  writeIpv6(octets, 8, header.source);
  writeIpv6(octets, 24, header.destination);
  octets.set(payload, IPV6_SIZE);
  return octets;
}

export function ipv6Tree(layer: Ipv6Layer): HeaderNode {
  const { offset } = layer;
  const there = layer.size - IPV6_SIZE;
  return field(
    'IPv6',
    `${formatIpv6(layer.source)} → ${formatIpv6(layer.destination)}`,
    offset,
    layer.headerSize,
    [
      bitField('version', '6', offset, 0, 4),
      bitField('DSCP', `${layer.trafficClass >>> 2}`, offset, 4, 6),
      bitField('ECN', `${layer.trafficClass & 3}`, offset, 10, 2),
      bitField('flow label', hex(layer.flowLabel, 5), offset, 12, 20),
      withProblem(
        field('payload length', `${layer.payloadLength}`, offset + 4, 2),
        layer.payloadLength > there ? `${there} octets are there` : undefined,
      ),
      field('next header', ipProtocolText(layer.nextHeader), offset + 6, 1),
      field('hop limit', `${layer.hopLimit}`, offset + 7, 1),
      field('src', formatIpv6(layer.source), offset + 8, 16),
      field('dst', formatIpv6(layer.destination), offset + 24, 16),
    ],
  );
}
