/** The key of one packet: a fixed array of 32-bit words in which every field of the table has its place. */
import type { Brand } from '../base/brand.ts';
import type { Field } from './field.ts';
import { FLOW_WORDS, WORD } from './words.table.ts';

/** `FLOW_WORDS` unsigned words. As a key: values. As a mask: one bits are significant. */
export type Flow = Brand<Uint32Array, 'Flow'>;

/** All words zero: metadata of no packet, or a mask that matches anything. */
export const createFlow = (): Flow => new Uint32Array(FLOW_WORDS) as Flow;

export const copyFlow = (flow: Flow): Flow => flow.slice() as Flow;

/** Bits `shift` to `shift + width - 1` of a run of words, most significant word first. */
export function readBits(
  words: ArrayLike<number>,
  word: number,
  count: number,
  shift: number,
  width: number,
): bigint {
  if (count === 1) return BigInt(((words[word] as number) >>> shift) & mask32(width)) & 0xffffffffn;
  let value = 0n;
  for (let i = 0; i < count; i += 1) value = (value << 32n) | BigInt(words[word + i] as number);
  return (value >> BigInt(shift)) & ((1n << BigInt(width)) - 1n);
}

/** All ones in the low `width` bits (0 to 32), as an unsigned number. */
function mask32(width: number): number {
  return width >= 32 ? 0xffffffff : (1 << width) - 1;
}

/** Replaces bits of a run of words; `value` must fit. */
export function writeBits(
  words: Uint32Array,
  word: number,
  count: number,
  shift: number,
  width: number,
  value: bigint,
): void {
  if (count === 1) {
    const mask = (mask32(width) << shift) >>> 0;
    words[word] = ((words[word] as number) & ~mask) | ((Number(value) << shift) & mask);
    return;
  }
  let keep = ~(((1n << BigInt(width)) - 1n) << BigInt(shift));
  let rest = value << BigInt(shift);
  for (let i = count - 1; i >= 0; i -= 1) {
    words[word + i] = ((words[word + i] as number) & Number(keep & 0xffffffffn)) | Number(rest & 0xffffffffn);
    keep >>= 32n;
    rest >>= 32n;
  }
}

const OFPP_MAX_10 = 0xff00;
const OFPP11_OFFSET = 0xffff0000;

/** A 16-bit OpenFlow port in the 32-bit numbering of OpenFlow 1.1 and later. */
export const portToOxm = (port: number): number => (port < OFPP_MAX_10 ? port : port + OFPP11_OFFSET);

/** The reverse of `portToOxm`; undefined when no 16-bit port has that number. */
export function portFromOxm(port: number): number | undefined {
  if (port < OFPP_MAX_10) return port;
  return port >= OFPP11_OFFSET + OFPP_MAX_10 ? port - OFPP11_OFFSET : undefined;
}

/** The value of `field` in `flow`. Meaningful only where the field's prerequisite holds. */
export function getField(flow: Flow, field: Field): bigint {
  const value = readBits(flow, field.word, field.words, field.shift, field.width);
  switch (field.name) {
    case 'in_port_oxm':
    case 'actset_output':
      return BigInt(portToOxm(Number(value)));
    case 'nw_tos':
      return value & 0xfcn;
    case 'icmp_type':
    case 'icmp_code':
    case 'icmpv6_type':
    case 'icmpv6_code':
    case 'nd_options_type':
      return value & 0xffn;
    default:
      return value;
  }
}

/** `getField` for a field of at most 32 bits, without a bigint. */
export const getFieldNumber = (flow: Flow, field: Field): number =>
  field.words === 1
    ? (((flow[field.word] as number) >>> field.shift) & mask32(field.width)) >>> 0
    : Number(getField(flow, field));

/**
 * Writes `value` (at most `field.bits` bits; a VLAN id may carry the present bit 0x1000) into `flow`.
 * A VLAN id or priority makes the VLAN header present; `dl_vlan` 0xffff removes it.
 */
export function setField(flow: Flow, field: Field, value: bigint | number): void {
  const bits = BigInt(value);
  const { word, words, shift, width } = field;
  switch (field.name) {
    case 'in_port_oxm':
    case 'actset_output':
      writeBits(flow, word, words, shift, width, BigInt(portFromOxm(Number(bits)) ?? 0));
      return;
    case 'nw_tos':
      writeBits(flow, word, words, shift + 2, 6, (bits & 0xffn) >> 2n);
      return;
    case 'ipv6_label':
      flow[word] = Number(bits & 0xfffffn);
      return;
    case 'vlan_tci':
    case 'vlan_vid':
    case 'dl_vlan':
    case 'dl_vlan_pcp':
    case 'vlan_pcp':
      flow[WORD.vlan] = withTpid(vlanHeader(field.name, flow[WORD.vlan] as number, Number(bits)));
      return;
    default:
      if (field.option !== undefined) markOption(flow, field.option);
      writeBits(flow, word, words, shift, width, bits & ((1n << BigInt(width)) - 1n));
  }
}

function vlanHeader(
  name: 'vlan_tci' | 'vlan_vid' | 'dl_vlan' | 'dl_vlan_pcp' | 'vlan_pcp',
  qtag: number,
  value: number,
): number {
  switch (name) {
    case 'vlan_tci':
      return (qtag & 0xffff0000) | (value & 0xffff);
    case 'vlan_vid':
      return (qtag & 0xffffe000) | (value & 0x1fff);
    case 'dl_vlan':
      return value === 0xffff ? qtag & 0xffff0000 : (qtag & 0xfffff000) | 0x1000 | (value & 0xfff);
    default:
      return (qtag & 0xffff1fff) | ((value & 7) << 13) | 0x1000;
  }
}

const withTpid = (qtag: number): number =>
  (qtag >>> 16 === 0 && (qtag & 0xffff) !== 0 ? qtag | 0x81000000 : qtag) >>> 0;

function markOption(flow: Flow, option: number): void {
  const word = WORD.tunPresent + (option >>> 5);
  flow[word] = (flow[word] as number) | (1 << (option & 31));
}
