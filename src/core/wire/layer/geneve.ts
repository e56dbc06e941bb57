/** Geneve (RFC 8926) and the option by which OVN carries the logical ports (class 0x0102, type 0x80). */
import { invariant } from '../../base/assert.ts';
import { toHex } from '../../base/bytes.ts';
import { readU16, readU24, writeU16, writeU24 } from '../octets.ts';
import { ETHERTYPE, ethertypeText, protocolOfEthertype } from './ethertype.table.ts';
import { bitField, field, hex, type HeaderNode } from './header-node.ts';
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

const GENEVE_SIZE = 8;
const OVN_OPTION_CLASS = 0x0102;
const OVN_OPTION_TYPE = 0x80;

/** `type` includes the critical bit (0x80). */
export interface GeneveOptionValue {
  readonly optionClass: number;
  readonly type: number;
  readonly value: Uint8Array;
}

type GeneveOption = GeneveOptionValue & Range;

export interface GeneveLayer extends LayerBase {
  readonly kind: 'geneve';
  readonly version: number;
  readonly oam: boolean;
  readonly critical: boolean;
  readonly protocol: number;
  readonly vni: number;
  readonly options: readonly GeneveOption[];
}

/** Logical ingress and egress port keys as OVN puts them into its Geneve option. */
export interface OvnKeys {
  readonly ingress: number;
  readonly egress: number;
}

/** Keys of OVN's option: one reserved bit, 15 bits of ingress key, 16 bits of egress key. */
export function ovnKeys({ options }: { readonly options: readonly GeneveOptionValue[] }): OvnKeys | null {
  const option = options.find(isOvnOption);
  return option === undefined ? null : keysOf(option);
}

const isOvnOption = (option: GeneveOptionValue): boolean =>
  option.optionClass === OVN_OPTION_CLASS && option.type === OVN_OPTION_TYPE && option.value.length === 4;

const keysOf = ({ value }: GeneveOptionValue): OvnKeys => ({
  ingress: readU16(value, 0) & 0x7fff,
  egress: readU16(value, 2),
});

function decodeOptions(context: DecodeContext, from: number, end: number): GeneveOption[] {
  const { octets } = context;
  const options: GeneveOption[] = [];
  for (let at = from; at < end;) {
    const size = at + 4 <= end ? 4 + 4 * ((octets[at + 3] as number) & 31) : 0;
    if (size === 0 || at + size > end) {
      report(context, 'Geneve option runs over the header', at);
      break;
    }
    options.push({
      optionClass: readU16(octets, at),
      type: octets[at + 2] as number,
      value: octets.subarray(at + 4, at + size),
      offset: at,
      size,
    });
    at += size;
  }
  return options;
}

export function decodeGeneve(context: DecodeContext, target: Target): Parsed<GeneveLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'Geneve', target, GENEVE_SIZE)) return cutAt(target);
  const first = octets[offset] as number;
  const flags = octets[offset + 1] as number;
  const claimed = GENEVE_SIZE + 4 * (first & 63);
  const isOver = offset + claimed > end;
  if (isOver)
    report(context, `Geneve options of ${claimed - GENEVE_SIZE} octets run over the packet`, offset);
  const headerSize = isOver ? GENEVE_SIZE : claimed;
  const protocol = readU16(octets, offset + 2);
  const version = first >>> 6;
  if (version !== 0) report(context, `Geneve version ${version}`, offset);
  const layer: GeneveLayer = {
    kind: 'geneve',
    offset,
    headerSize,
    size: end - offset,
    version,
    oam: (flags & 0x80) !== 0,
    critical: (flags & 0x40) !== 0,
    protocol,
    vni: readU24(octets, offset + 4),
    options: decodeOptions(context, offset + GENEVE_SIZE, offset + headerSize),
  };
  const body = offset + headerSize;
  if (isOver || version !== 0) return { layer, next: payloadFrom(body, end) };
  return { layer, next: { protocol: protocolOfEthertype(protocol), offset: body, end, selector: protocol } };
}

/** What a Geneve header needs. `critical` defaults to whether an option is. */
export interface GeneveFields {
  readonly vni: number;
  readonly protocol?: number;
  readonly oam?: boolean;
  readonly critical?: boolean;
  readonly options?: readonly GeneveOptionValue[];
}

/** A Geneve header around `payload`, by default an Ethernet frame. Option values are whole 32-bit words. */
export function encodeGeneve(header: GeneveFields, payload: Uint8Array): Uint8Array {
  const options = header.options ?? [];
  const optionsSize = options.reduce((sum, option) => sum + 4 + option.value.length, 0);
  invariant(
    optionsSize % 4 === 0 && optionsSize <= 252,
    'Geneve options are whole words, 252 octets at most',
  );
  const headerSize = GENEVE_SIZE + optionsSize;
  const octets = new Uint8Array(headerSize + payload.length);
  const critical = header.critical ?? options.some((option) => (option.type & 0x80) !== 0);
  octets[0] = optionsSize / 4;
  octets[1] = (header.oam ? 0x80 : 0) | (critical ? 0x40 : 0);
  writeU16(octets, 2, header.protocol ?? ETHERTYPE.transparentEthernet);
  writeU24(octets, 4, header.vni);
  let at = GENEVE_SIZE;
  for (const { optionClass, type, value } of options) {
    writeU16(octets, at, optionClass);
    octets[at + 2] = type;
    octets[at + 3] = value.length / 4;
    octets.set(value, at + 4);
    at += 4 + value.length;
  }
  octets.set(payload, headerSize);
  return octets;
}

/** OVN's option for a pair of port keys. */
export function ovnOption({ ingress, egress }: OvnKeys): {
  optionClass: number;
  type: number;
  value: Uint8Array;
} {
  const value = new Uint8Array(4);
  writeU16(value, 0, ingress & 0x7fff);
  writeU16(value, 2, egress);
  return { optionClass: OVN_OPTION_CLASS, type: OVN_OPTION_TYPE, value };
}

function optionNode(option: GeneveOption): HeaderNode {
  const { offset, size } = option;
  const name = `${hex(option.optionClass, 4)} / ${hex(option.type, 2)}`;
  if (!isOvnOption(option))
    return field('option', name, offset, size, [
      field('value', toHex(option.value, ' '), offset + 4, size - 4),
    ]);
  const { ingress, egress } = keysOf(option);
  return field('option', name, offset, size, [
    bitField('ingress key', `${ingress}`, offset + 4, 1, 15),
    field('egress key', `${egress}`, offset + 6, 2),
  ]);
}

export function geneveTree(layer: GeneveLayer): HeaderNode {
  const { offset } = layer;
  const flags = [
    ...(layer.oam ? ['O'] : []),
    ...(layer.critical ? ['C'] : []),
    `optlen ${layer.headerSize - GENEVE_SIZE}`,
  ];
  return field('Geneve', `VNI ${layer.vni}`, offset, layer.headerSize, [
    field('flags', flags.join(', '), offset, 2),
    field('protocol', ethertypeText(layer.protocol), offset + 2, 2),
    field('vni', `${layer.vni}`, offset + 4, 3),
    ...layer.options.map(optionNode),
  ]);
}
