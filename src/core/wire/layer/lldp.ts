/** LLDP (IEEE 802.1AB): a row of type-length-value fields. */
import { formatIpv4, formatMac } from '../../base/address.ts';
import { toHex } from '../../base/bytes.ts';
import { readMac, readU16, readU24, readU32, writeU16 } from '../octets.ts';
import { field, flagNames, hex, type HeaderNode } from './header-node.ts';
import {
  payloadFrom,
  report,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Range,
  type Target,
} from './layer-base.ts';

/** `value` is what follows type and length. */
interface LldpTlv extends Range {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface LldpLayer extends LayerBase {
  readonly kind: 'lldp';
  readonly tlvs: readonly LldpTlv[];
}

export function decodeLldp(context: DecodeContext, target: Target): Parsed<LldpLayer> {
  const { octets } = context;
  const { offset, end } = target;
  const tlvs: LldpTlv[] = [];
  let at = offset;
  while (at + 2 <= end) {
    const head = readU16(octets, at);
    const size = 2 + (head & 0x1ff);
    if (at + size > end) {
      report(context, 'LLDP field runs over the frame', at);
      break;
    }
    tlvs.push({ type: head >>> 9, value: octets.subarray(at + 2, at + size), offset: at, size });
    at += size;
    if (head >>> 9 === 0) break;
  }
  const headerSize = at - offset;
  return {
    layer: { kind: 'lldp', offset, headerSize, size: end - offset, tlvs },
    next: payloadFrom(at, end),
  };
}

/** One field; `value` has at most 511 octets. */
export function encodeLldpTlv(type: number, value: Uint8Array): Uint8Array {
  const octets = new Uint8Array(2 + value.length);
  writeU16(octets, 0, (type << 9) | value.length);
  octets.set(value, 2);
  return octets;
}

const NAMES = [
  'end',
  'chassis id',
  'port id',
  'time to live',
  'port description',
  'system name',
  'system description',
  'capabilities',
  'management address',
];

const CAPABILITIES = [
  [0x001, 'other'],
  [0x002, 'repeater'],
  [0x004, 'bridge'],
  [0x008, 'access point'],
  [0x010, 'router'],
  [0x020, 'telephone'],
  [0x040, 'cable device'],
  [0x080, 'station'],
] as const;

const textOf = (octets: Uint8Array): string =>
  Array.from(octets, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.')).join('');

/** Addresses where the subtype says so, else text. */
function identifier(value: Uint8Array, macSubtype: number, networkSubtype: number): string {
  const subtype = value[0];
  if (subtype === macSubtype && value.length === 7) return formatMac(readMac(value, 1));
  if (subtype === networkSubtype && value[1] === 1 && value.length === 6)
    return formatIpv4(readU32(value, 2));
  return textOf(value.subarray(1));
}

function tlvText({ type, value }: LldpTlv): string {
  switch (type) {
    case 0:
      return '';
    case 1:
      return identifier(value, 4, 5);
    case 2:
      return identifier(value, 3, 4);
    case 3:
      return value.length >= 2 ? `${readU16(value, 0)} s` : '';
    case 4:
    case 5:
    case 6:
      return textOf(value);
    case 7:
      return value.length >= 4 ? flagNames(readU16(value, 2), CAPABILITIES) : '';
    case 8:
      return value[0] === 5 && value[1] === 1 && value.length >= 6
        ? formatIpv4(readU32(value, 2))
        : toHex(value);
    case 127:
      return value.length >= 4 ? `OUI ${hex(readU24(value, 0), 6)}, subtype ${value[3]}` : '';
    default:
      return toHex(value);
  }
}

export function lldpTree(layer: LldpLayer): HeaderNode {
  const { offset, tlvs } = layer;
  const system = tlvs.find(({ type }) => type === 5);
  const nodes = tlvs.map((tlv) => {
    const name = tlv.type === 127 ? 'organization specific' : (NAMES[tlv.type] ?? `type ${tlv.type}`);
    return field(name, tlvText(tlv), tlv.offset, tlv.size);
  });
  return field('LLDP', system === undefined ? '' : tlvText(system), offset, layer.headerSize, nodes);
}
