/** The packet of a trace: reading and writing fields of its key, some of them by other names. */
import { FIELDS } from '../../flow/fields.table.ts';
import type { Field, Subfield } from '../../flow/field.ts';
import { type Flow, getField, setField } from '../../flow/flow.ts';
import { ethTypeOf, meetsPrerequisite, setWordBits, tpDstOf, tpSrcOf } from '../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';
import { type FieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import { ones } from '../expr/number.ts';
import { CT } from './ct-state.ts';

export function readSubfield(flow: Flow, { field, offset, length }: Subfield): bigint {
  return (getField(flow, field) >> BigInt(offset)) & ones(length);
}

/** Replaces bits of a field, whether the packet has the field or not. */
export function writeSubfield(flow: Flow, { field, offset, length }: Subfield, value: bigint): void {
  const mask = ones(length) << BigInt(offset);
  setField(flow, field, (getField(flow, field) & ~mask) | ((value << BigInt(offset)) & mask));
}

export const readRef = (flow: Flow, ref: FieldRef): bigint => readSubfield(flow, resolveFieldRef(ref));

export function writeRef(flow: Flow, ref: FieldRef, value: bigint | number): void {
  writeSubfield(flow, resolveFieldRef(ref), BigInt(value));
}

/** Whether the packet has this field. */
export const hasField = (flow: Flow, field: Field): boolean => meetsPrerequisite(flow, field.prerequisite);

export const isRegister = (field: Field): boolean => /^x{0,2}reg\d+$/.test(field.name);

/** Copies the value of one field into another, as it stands. */
function copyField(from: Flow, source: Field, to: Flow, target: Field): void {
  setField(to, target, getField(from, source));
}

export function swapFields(flow: Flow, a: Field, b: Field): void {
  const value = getField(flow, a);
  setField(flow, a, getField(flow, b));
  setField(flow, b, value);
}

export const isIpv4 = (flow: Flow): boolean => ethTypeOf(flow) === ETH_TYPE.ip;
export const isIpv6 = (flow: Flow): boolean => ethTypeOf(flow) === ETH_TYPE.ipv6;

/** Writes the 16 bits that are a source port or an ICMP type. */
export const setTpSrc = (flow: Flow, value: number): void =>
  setWordBits(flow, WORD.tpPorts, value << 16, 0xffff_0000);

/** Writes the 16 bits that are a destination port or an ICMP code. */
export const setTpDst = (flow: Flow, value: number): void => setWordBits(flow, WORD.tpPorts, value, 0xffff);

export const setTcpFlags = (flow: Flow, flags: number): void =>
  setWordBits(flow, WORD.arpSha + 3, flags << 16, 0xffff_0000);

export const tcpFlagsOf = (flow: Flow): number => (flow[WORD.arpSha + 3] as number) >>> 16;

export const ctStateOf = (flow: Flow): number => (flow[WORD.ctState] as number) & 0xff;
export const setCtState = (flow: Flow, state: number): void => setWordBits(flow, WORD.ctState, state, 0xff);
export const isTracked = (flow: Flow): boolean => (ctStateOf(flow) & CT.trk) !== 0;

/** The connection's original tuple is taken to be that of `original`. */
export function setOriginalTuple(flow: Flow, original: Flow): void {
  copyField(original, FIELDS.nw_proto, flow, FIELDS.ct_nw_proto);
  if (isIpv4(original)) {
    copyField(original, FIELDS.ip_src, flow, FIELDS.ct_nw_src);
    copyField(original, FIELDS.ip_dst, flow, FIELDS.ct_nw_dst);
  } else if (isIpv6(original)) {
    copyField(original, FIELDS.ipv6_src, flow, FIELDS.ct_ipv6_src);
    copyField(original, FIELDS.ipv6_dst, flow, FIELDS.ct_ipv6_dst);
  }
  flow[WORD.ctTpPorts] = ((tpSrcOf(original) << 16) | tpDstOf(original)) >>> 0;
}

/** The packet is no longer tracked. */
export function clearConnection(flow: Flow): void {
  flow[WORD.ctState] = 0;
  flow[WORD.ctMark] = 0;
  flow.fill(0, WORD.ctLabel, WORD.ctLabel + 4);
  flow[WORD.ctTpPorts] = 0;
  if (isIpv4(flow)) {
    setField(flow, FIELDS.ct_nw_src, 0);
    setField(flow, FIELDS.ct_nw_dst, 0);
  } else if (isIpv6(flow)) {
    setField(flow, FIELDS.ct_ipv6_src, 0n);
    setField(flow, FIELDS.ct_ipv6_dst, 0n);
  }
}
