/** IPv4 (RFC 791): header, options, fragments, checksum. */
import { formatIpv4 } from '../../base/address.ts';
import { invariant } from '../../base/assert.ts';
import { toHex } from '../../base/bytes.ts';
import { checksumOf, internetChecksum, sumOctets } from '../checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../octets.ts';
import { bitField, checksumField, field, flagNames, withProblem, type HeaderNode } from './header-node.ts';
import { ipProtocolText, protocolOfIp } from './ip-protocol.table.ts';
import {
  compareChecksum,
  cutAt,
  isCut,
  payloadFrom,
  report,
  type Checksum,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Range,
  type Target,
} from './layer-base.ts';

const IPV4_SIZE = 20;

/** One option; `value` is what follows type and length. */
interface Ipv4Option extends Range {
  readonly type: number;
  readonly value: Uint8Array;
}

/** `fragmentOffset` in octets. `size` stops at the total length or at the end of the frame. */
export interface Ipv4Layer extends LayerBase {
  readonly kind: 'ipv4';
  readonly tos: number;
  readonly totalLength: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly checksum: Checksum;
  readonly source: number;
  readonly destination: number;
  readonly options: readonly Ipv4Option[];
}

const OPTION_NAMES = new Map([
  [0, 'end of options'],
  [1, 'no operation'],
  [7, 'record route'],
  [68, 'timestamp'],
  [131, 'loose source route'],
  [137, 'strict source route'],
  [148, 'router alert'],
]);

function decodeOptions(context: DecodeContext, from: number, end: number): Ipv4Option[] {
  const { octets } = context;
  const options: Ipv4Option[] = [];
  for (let at = from; at < end;) {
    const type = octets[at] as number;
    if (type <= 1) {
      options.push({ type, offset: at, size: 1, value: octets.subarray(at, at) });
      if (type === 0) break;
      at += 1;
      continue;
    }
    const size = at + 1 < end ? (octets[at + 1] as number) : 0;
    if (size < 2 || at + size > end) {
      report(context, `IPv4 option ${type} runs over the header`, at);
      break;
    }
    options.push({ type, offset: at, size, value: octets.subarray(at + 2, at + size) });
    at += size;
  }
  return options;
}

export function decodeIpv4(context: DecodeContext, target: Target): Parsed<Ipv4Layer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'IPv4', target, IPV4_SIZE)) return cutAt(target);
  const first = octets[offset] as number;
  const headerSize = (first & 15) * 4;
  if (first >>> 4 !== 4) {
    report(context, `IP version ${first >>> 4} where 4 was announced`, offset);
    return cutAt(target);
  }
  if (headerSize < IPV4_SIZE || offset + headerSize > end) {
    report(context, `IPv4 header length ${headerSize} is wrong`, offset);
    return cutAt(target);
  }
  const totalLength = readU16(octets, offset + 2);
  if (totalLength < headerSize)
    report(context, `IPv4 total length ${totalLength} is below the header length`, offset + 2);
  if (totalLength > end - offset)
    report(context, `IPv4 total length ${totalLength}, but ${end - offset} octets are there`, offset + 2);
  const size = totalLength < headerSize ? end - offset : Math.min(totalLength, end - offset);
  const flags = readU16(octets, offset + 6);
  const value = readU16(octets, offset + 10);
  const checksum = compareChecksum(value, checksumOf(sumOctets(octets, offset, headerSize) - value));
  if (checksum.verdict === 'wrong') report(context, 'wrong IPv4 header checksum', offset + 10);
  const layer: Ipv4Layer = {
    kind: 'ipv4',
    offset,
    headerSize,
    size,
    tos: octets[offset + 1] as number,
    totalLength,
    identification: readU16(octets, offset + 4),
    dontFragment: (flags & 0x4000) !== 0,
    moreFragments: (flags & 0x2000) !== 0,
    fragmentOffset: (flags & 0x1fff) * 8,
    ttl: octets[offset + 8] as number,
    protocol: octets[offset + 9] as number,
    checksum,
    source: readU32(octets, offset + 12),
    destination: readU32(octets, offset + 16),
    options: decodeOptions(context, offset + IPV4_SIZE, offset + headerSize),
  };
  const { source } = layer;
  const destination = finalDestination(layer);
  const whole = totalLength === size && !layer.moreFragments && layer.fragmentOffset === 0;
  context.network = { family: 4, source, destination, whole };
  const body = offset + headerSize;
  if (layer.fragmentOffset > 0) return { layer, next: payloadFrom(body, offset + size) };
  return {
    layer,
    next: {
      protocol: protocolOfIp(layer.protocol, 4),
      offset: body,
      end: offset + size,
      selector: layer.protocol,
    },
  };
}

/** Where a source route ends, if it is not used up; checksums of transports count with it. */
function finalDestination({ destination, options }: Ipv4Layer): number {
  const route = options.find(({ type, size }) => (type === 131 || type === 137) && size >= 7);
  if (route === undefined || (route.value[0] as number) > route.size) return destination;
  return readU32(route.value, route.value.length - 4);
}

/** What an IPv4 header needs; `fragmentOffset` in octets, `options` padded by the caller to a multiple of 4. */
export interface Ipv4Fields {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly ttl?: number;
  readonly tos?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  readonly fragmentOffset?: number;
  readonly options?: Uint8Array;
}

/** An IPv4 packet with lengths and header checksum filled in. */
export function encodeIpv4(header: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const options = header.options ?? new Uint8Array(0);
  invariant(
    options.length % 4 === 0 && options.length <= 40,
    'IPv4 options must be padded to 32-bit words, 40 octets at most',
  );
  const headerSize = IPV4_SIZE + options.length;
  const octets = new Uint8Array(headerSize + payload.length);
  octets[0] = 0x40 | (headerSize / 4);
  octets[1] = header.tos ?? 0;
  writeU16(octets, 2, octets.length);
  writeU16(octets, 4, header.identification ?? 0);
  const flags = (header.dontFragment ? 0x4000 : 0) | (header.moreFragments ? 0x2000 : 0);
  writeU16(octets, 6, flags | ((header.fragmentOffset ?? 0) >>> 3));
  octets[8] = header.ttl ?? 64;
  octets[9] = header.protocol;
  writeU32(octets, 12, header.source);
  writeU32(octets, 16, header.destination);
  octets.set(options, IPV4_SIZE);
  writeU16(octets, 10, internetChecksum(octets, 0, headerSize));
  octets.set(payload, headerSize);
  return octets;
}

function optionNode(option: Ipv4Option): HeaderNode {
  return field(
    'option',
    `${OPTION_NAMES.get(option.type) ?? option.type} ${toHex(option.value, ' ')}`.trim(),
    option.offset,
    option.size,
  );
}

export function ipv4Tree(layer: Ipv4Layer): HeaderNode {
  const { offset } = layer;
  const length = field('total length', `${layer.totalLength}`, offset + 2, 2);
  const lengthProblem = layer.totalLength === layer.size ? undefined : `${layer.size} octets are there`;
  const flags = (layer.dontFragment ? 2 : 0) | (layer.moreFragments ? 1 : 0);
  return field(
    'IPv4',
    `${formatIpv4(layer.source)} → ${formatIpv4(layer.destination)}`,
    offset,
    layer.headerSize,
    [
      bitField('version', '4', offset, 0, 4),
      bitField('header length', `${layer.headerSize}`, offset, 4, 4),
      bitField('DSCP', `${layer.tos >>> 2}`, offset + 1, 0, 6),
      bitField('ECN', `${layer.tos & 3}`, offset + 1, 6, 2),
      withProblem(length, lengthProblem),
      field('identification', `${layer.identification}`, offset + 4, 2),
      bitField(
        'flags',
        flagNames(flags, [
          [2, 'DF'],
          [1, 'MF'],
        ]),
        offset + 6,
        0,
        3,
      ),
      bitField('fragment offset', `${layer.fragmentOffset}`, offset + 6, 3, 13),
      field('ttl', `${layer.ttl}`, offset + 8, 1),
      field('protocol', ipProtocolText(layer.protocol), offset + 9, 1),
      checksumField('checksum', layer.checksum, offset + 10),
      field('src', formatIpv4(layer.source), offset + 12, 4),
      field('dst', formatIpv4(layer.destination), offset + 16, 4),
      ...layer.options.map(optionNode),
    ],
  );
}
