/** IPv6 extension headers (RFC 8200, RFC 8754): hop-by-hop, routing, fragment, destination options. */
import { formatIpv6 } from '../../base/address.ts';
import { toHex } from '../../base/bytes.ts';
import { readIpv6, readU16, readU32, writeU16, writeU32 } from '../octets.ts';
import { bitField, field, hex, type HeaderNode } from './header-node.ts';
import { ipProtocolText, protocolOfIp } from './ip-protocol.table.ts';
import {
  cutAt,
  isCut,
  payloadFrom,
  report,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Range,
  type Target,
} from './layer-base.ts';

interface Ipv6Option extends Range {
  readonly type: number;
  readonly value: Uint8Array;
}

interface ExtensionBase extends LayerBase {
  readonly kind: 'ipv6-extension';
  readonly nextHeader: number;
}

export type Ipv6ExtensionLayer =
  | (ExtensionBase & {
      readonly header: 'hop-by-hop' | 'destination-options';
      readonly options: readonly Ipv6Option[];
    })
  | (ExtensionBase & {
      readonly header: 'routing';
      readonly type: number;
      readonly segmentsLeft: number;
      readonly addresses: readonly bigint[];
    })
  | (ExtensionBase & {
      readonly header: 'fragment';
      /** In octets. */
      readonly fragmentOffset: number;
      readonly moreFragments: boolean;
      readonly identification: number;
    });

const OPTION_NAMES = new Map([
  [0, 'pad'],
  [1, 'padN'],
  [5, 'router alert'],
  [0xc2, 'jumbo payload'],
  [0xc9, 'home address'],
]);

function decodeOptions(context: DecodeContext, from: number, end: number): Ipv6Option[] {
  const { octets } = context;
  const options: Ipv6Option[] = [];
  for (let at = from; at < end;) {
    const type = octets[at] as number;
    const size = type === 0 ? 1 : at + 1 < end ? 2 + (octets[at + 1] as number) : 0;
    if (size === 0 || at + size > end) {
      report(context, `IPv6 option ${type} runs over its header`, at);
      break;
    }
    options.push({ type, offset: at, size, value: octets.subarray(Math.min(at + 2, at + size), at + size) });
    at += size;
  }
  return options;
}

function decodeBody(context: DecodeContext, selector: number, base: ExtensionBase): Ipv6ExtensionLayer {
  const { octets } = context;
  const { offset, headerSize } = base;
  if (selector === 44) {
    const word = readU16(octets, offset + 2);
    return {
      ...base,
      header: 'fragment',
      fragmentOffset: word & 0xfff8,
      moreFragments: (word & 1) !== 0,
      identification: readU32(octets, offset + 4),
    };
  }
  if (selector === 43) {
    const addresses: bigint[] = [];
    for (let at = offset + 8; at + 16 <= offset + headerSize; at += 16) addresses.push(readIpv6(octets, at));
    return {
      ...base,
      header: 'routing',
      type: octets[offset + 2] as number,
      segmentsLeft: octets[offset + 3] as number,
      addresses,
    };
  }
  return {
    ...base,
    header: selector === 0 ? 'hop-by-hop' : 'destination-options',
    options: decodeOptions(context, offset + 2, offset + headerSize),
  };
}

export function decodeIpv6Extension(context: DecodeContext, target: Target): Parsed<Ipv6ExtensionLayer> {
  const { octets } = context;
  const { offset, end, selector = 0 } = target;
  if (isCut(context, 'IPv6 extension', target, 8)) return cutAt(target);
  const headerSize = selector === 44 ? 8 : 8 + 8 * (octets[offset + 1] as number);
  if (isCut(context, 'IPv6 extension', target, headerSize)) return cutAt(target);
  const nextHeader = octets[offset] as number;
  const base: ExtensionBase = { kind: 'ipv6-extension', offset, headerSize, size: end - offset, nextHeader };
  const layer = decodeBody(context, selector, base);
  const body = offset + headerSize;
  if (layer.header === 'routing' && layer.segmentsLeft > 0 && context.network?.family === 6) {
    // Checksums of transports count with the end of the route; a segment routing header lists it first.
    const last = layer.addresses.at(layer.type === 4 ? 0 : -1);
    if (last !== undefined) context.network = { ...context.network, destination: last };
  }
  if (layer.header === 'fragment' && context.network !== null) {
    const { network } = context;
    if (layer.moreFragments || layer.fragmentOffset > 0) context.network = { ...network, whole: false };
    if (layer.fragmentOffset > 0) return { layer, next: payloadFrom(body, end) };
  }
  return { layer, next: { protocol: protocolOfIp(nextHeader, 6), offset: body, end, selector: nextHeader } };
}

/** A fragment header; `fragmentOffset` in octets. */
export function encodeIpv6Fragment(
  header: {
    readonly nextHeader: number;
    readonly fragmentOffset: number;
    readonly moreFragments: boolean;
    readonly identification: number;
  },
  payload: Uint8Array,
): Uint8Array {
  const octets = new Uint8Array(8 + payload.length);
  octets[0] = header.nextHeader;
  writeU16(octets, 2, (header.fragmentOffset & 0xfff8) | (header.moreFragments ? 1 : 0));
  writeU32(octets, 4, header.identification);
  octets.set(payload, 8);
  return octets;
}

function bodyNodes(layer: Ipv6ExtensionLayer): HeaderNode[] {
  const { offset } = layer;
  switch (layer.header) {
    case 'fragment':
      return [
        bitField('fragment offset', `${layer.fragmentOffset}`, offset + 2, 0, 13),
        bitField('flags', layer.moreFragments ? 'M' : 'none', offset + 3, 7, 1),
        field('identification', hex(layer.identification, 8), offset + 4, 4),
      ];
    case 'routing':
      return [
        field('type', `${layer.type}`, offset + 2, 1),
        field('segments left', `${layer.segmentsLeft}`, offset + 3, 1),
        ...layer.addresses.map((address, index) =>
          field('address', formatIpv6(address), offset + 8 + 16 * index, 16),
        ),
      ];
    default:
      return layer.options.map((option) =>
        field(
          'option',
          `${OPTION_NAMES.get(option.type) ?? hex(option.type, 2)} ${toHex(option.value, ' ')}`.trim(),
          option.offset,
          option.size,
        ),
      );
  }
}

const TITLES = {
  'hop-by-hop': 'IPv6 hop-by-hop options',
  'destination-options': 'IPv6 destination options',
  routing: 'IPv6 routing header',
  fragment: 'IPv6 fragment header',
} as const;

export function ipv6ExtensionTree(layer: Ipv6ExtensionLayer): HeaderNode {
  const { offset } = layer;
  const size =
    layer.header === 'fragment' ? [] : [field('header length', `${layer.headerSize}`, offset + 1, 1)];
  return field(TITLES[layer.header], '', offset, layer.headerSize, [
    field('next header', ipProtocolText(layer.nextHeader), offset, 1),
    ...size,
    ...bodyNodes(layer),
  ]);
}
