/** UDP (RFC 768). */
import { writeTransportChecksum, type Pseudo } from '../checksum.ts';
import { readU16, writeU16 } from '../octets.ts';
import { checksumField, field, withProblem, type HeaderNode } from './header-node.ts';
import { IP_PROTOCOL } from './ip-protocol.table.ts';
import {
  cutAt,
  isCut,
  report,
  uncheckedChecksum,
  type Checksum,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Target,
} from './layer-base.ts';
import { protocolOfUdpPorts } from './port.table.ts';
import { checkTransport } from './transport-checksum.ts';

const UDP_SIZE = 8;

export interface UdpLayer extends LayerBase {
  readonly kind: 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly length: number;
  readonly checksum: Checksum;
}

export function decodeUdp(context: DecodeContext, target: Target): Parsed<UdpLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'UDP', target, UDP_SIZE)) return cutAt(target);
  const length = readU16(octets, offset + 4);
  const there = end - offset;
  if (length < UDP_SIZE) report(context, `UDP length ${length} is below the header length`, offset + 4);
  const isPart = context.network?.whole === false;
  if (length > there && !isPart)
    report(context, `UDP length ${length}, but ${there} octets are there`, offset + 4);
  const size = length < UDP_SIZE ? there : Math.min(length, there);
  const value = readU16(octets, offset + 6);
  const checksum: Checksum =
    value === 0
      ? { value, expected: 0, verdict: 'absent' }
      : size === length
        ? udpVerdict(checkTransport(context, IP_PROTOCOL.udp, offset, size, offset + 6))
        : uncheckedChecksum(value);
  if (checksum.verdict === 'wrong') report(context, 'wrong UDP checksum', offset + 6);
  const layer: UdpLayer = {
    kind: 'udp',
    offset,
    headerSize: UDP_SIZE,
    size,
    sourcePort: readU16(octets, offset),
    destinationPort: readU16(octets, offset + 2),
    length,
    checksum,
  };
  const protocol = protocolOfUdpPorts(layer.sourcePort, layer.destinationPort);
  return { layer, next: { protocol, offset: offset + UDP_SIZE, end: offset + size } };
}

/** A sum of zero is sent as 0xffff, because zero says "no checksum". */
const udpVerdict = (checksum: Checksum): Checksum =>
  checksum.verdict === 'wrong' && checksum.expected === 0
    ? { ...checksum, expected: 0xffff, verdict: checksum.value === 0xffff ? 'correct' : 'wrong' }
    : checksum;

/** `checksum`: `compute` (the default), or `none` for zero as tunnels send it, or a number to send as it is. */
export interface UdpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly checksum?: 'compute' | 'none' | number;
}

export function encodeUdp(header: UdpFields, payload: Uint8Array, pseudo: Pseudo): Uint8Array {
  const octets = new Uint8Array(UDP_SIZE + payload.length);
  writeU16(octets, 0, header.sourcePort);
  writeU16(octets, 2, header.destinationPort);
  writeU16(octets, 4, octets.length);
  octets.set(payload, UDP_SIZE);
  const { checksum = 'compute' } = header;
  if (checksum === 'compute') writeTransportChecksum(octets, 6, pseudo, IP_PROTOCOL.udp, 0xffff);
  else if (checksum !== 'none') writeU16(octets, 6, checksum);
  return octets;
}

export function udpTree(layer: UdpLayer): HeaderNode {
  const { offset } = layer;
  return field('UDP', `${layer.sourcePort} → ${layer.destinationPort}`, offset, layer.headerSize, [
    field('src port', `${layer.sourcePort}`, offset, 2),
    field('dst port', `${layer.destinationPort}`, offset + 2, 2),
    withProblem(
      field('length', `${layer.length}`, offset + 4, 2),
      layer.length === layer.size ? undefined : `${layer.size} octets are there`,
    ),
    checksumField('checksum', layer.checksum, offset + 6),
  ]);
}
