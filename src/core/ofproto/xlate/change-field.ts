/** Actions that write fields of the key: set_field, move, stack, and OpenFlow 1.0's one-field actions. */
import type { Field, Subfield } from '../../flow/field.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { getField, setField, type Flow } from '../../flow/flow.ts';
import {
  fragmentOf,
  isIp,
  markBits,
  meetsPrerequisite,
  packetTypeOf,
  rawEthTypeOf,
  setWordBits,
  ttlOf,
  word,
} from '../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';
import type { ActOf, OfpAct, SetFieldAct, StackAct } from '../actions/ofpact.ts';
import type { Xlate } from './xlate.ts';

const PROTO_MASK = 0xff;

/** Tunnel fields are written without having been looked at. */
const isTunnelField = (field: Field): boolean => field.word < WORD.metadata && field.words > 0;

const markProto = (mask: Flow): void => markBits(mask, WORD.nwProto, PROTO_MASK);

/** Marks bits of a field as looked at. */
export function markSubfield(mask: Flow, { field, offset, length }: Subfield): void {
  const bits = ((1n << BigInt(length)) - 1n) << BigInt(offset);
  markFieldBits(mask, field, bits);
}

function markFieldBits(mask: Flow, field: Field, bits: bigint): void {
  const wanted = field.name === 'dl_vlan' ? bits & 0xfffn : bits;
  setField(mask, field, getField(mask, field) | wanted);
}

export const readSubfield = (flow: Flow, { field, offset, length }: Subfield): bigint =>
  (getField(flow, field) >> BigInt(offset)) & ((1n << BigInt(length)) - 1n);

/** Writes a subfield, other bits of the field staying as they are. */
export function writeSubfield(flow: Flow, { field, offset, length }: Subfield, value: bigint): void {
  const shift = BigInt(offset);
  const bits = ((1n << BigInt(length)) - 1n) << shift;
  setField(flow, field, (getField(flow, field) & ~bits) | ((value << shift) & bits));
}

/** Writes a subfield and marks it, as actions that compute a value do. */
export function loadSubfield(x: Xlate, destination: Subfield, value: bigint): void {
  if (!isTunnelField(destination.field)) markSubfield(x.mask, destination);
  writeSubfield(x.flow, destination, value);
}

const L3_FIELDS: ReadonlySet<Field> = new Set([
  FIELDS.ip_src,
  FIELDS.ip_dst,
  FIELDS.ipv6_src,
  FIELDS.ipv6_dst,
  FIELDS.ipv6_label,
  FIELDS.nw_tos,
  FIELDS.nw_ecn,
  FIELDS.nw_ttl,
]);
const ARP_FIELDS: ReadonlySet<Field> = new Set([
  FIELDS.arp_op,
  FIELDS.arp_sha,
  FIELDS.arp_tha,
  FIELDS.arp_spa,
  FIELDS.arp_tpa,
]);

function executeSetField(x: Xlate, { field, value, mask }: SetFieldAct): void {
  const { flow } = x;
  if (!meetsPrerequisite(flow, field.prerequisite, x.mask)) {
    x.warn(`unmet prerequisites for ${field.name}, set_field ignored`);
    return;
  }
  if ((isIp(flow) && L3_FIELDS.has(field)) || (rawEthTypeOf(flow) === ETH_TYPE.arp && ARP_FIELDS.has(field)))
    markProto(x.mask);
  if (!isTunnelField(field)) markFieldBits(x.mask, field, mask);
  setField(flow, field, (getField(flow, field) & ~mask) | (value & mask));
}

function executeMove(x: Xlate, { source, destination }: ActOf<'move'>): void {
  const { flow, mask } = x;
  if (
    meetsPrerequisite(flow, destination.field.prerequisite, mask) &&
    meetsPrerequisite(flow, source.field.prerequisite, mask)
  ) {
    markSubfield(mask, source);
    if (!isTunnelField(destination.field)) markSubfield(mask, destination);
    writeSubfield(flow, destination, readSubfield(flow, source));
  }
  x.reportSubfield(destination);
}

function executePush(x: Xlate, { subfield }: StackAct): void {
  markSubfield(x.mask, subfield);
  x.stack.push({ value: readSubfield(x.flow, subfield), bytes: Math.ceil(subfield.length / 8) });
}

function executePop(x: Xlate, { subfield }: StackAct): void {
  const top = x.stack.pop();
  if (!top) {
    x.reportError('stack underflow');
    return;
  }
  if (!isTunnelField(subfield.field)) markSubfield(x.mask, subfield);
  writeSubfield(x.flow, subfield, top.value);
  x.reportSubfield(subfield);
}

const PRESENT = 0x1000;

function executeVlan(x: Xlate, value: number, bits: number, pushIfNeeded: boolean): void {
  markBits(x.mask, WORD.vlan, bits | PRESENT);
  const header = word(x.flow, WORD.vlan);
  if ((header & PRESENT) === 0 && !pushIfNeeded) return;
  const type = header >>> 16 === 0 ? 0x8100 : header >>> 16;
  x.flow[WORD.vlan] = ((type << 16) | (header & 0xffff & ~bits) | value | PRESENT) >>> 0;
}

/** Marks and writes bits of the word that holds protocol, TTL, TOS and fragment flags. */
function executeIpByte(x: Xlate, value: number, bits: number): void {
  if (!isIp(x.flow)) return;
  markProto(x.mask);
  markBits(x.mask, WORD.nwProto, bits);
  setWordBits(x.flow, WORD.nwProto, value, bits);
}

function executePort(x: Xlate, value: number, bits: number): void {
  if (!isIp(x.flow) || (fragmentOf(x.flow) & 2) !== 0) return;
  markProto(x.mask);
  markBits(x.mask, WORD.tpPorts, bits);
  setWordBits(x.flow, WORD.tpPorts, value, bits);
}

function executeIpv4(x: Xlate, at: number, ip: number): void {
  if (rawEthTypeOf(x.flow) !== ETH_TYPE.ip) return;
  markBits(x.mask, at, 0xffffffff);
  markProto(x.mask);
  x.flow[at] = ip;
}

/** Lowers the TTL; true when it has run out and the list of actions ends. `tell` sends the packet to a controller. */
function executeDecTtl(x: Xlate, act: ActOf<'dec_ttl'>, tell: (controllerId: number) => void): boolean {
  const { flow, mask } = x;
  markBits(mask, WORD.nwProto, 0xffff);
  if (!isIp(flow)) return false;
  const ttl = ttlOf(flow);
  if (ttl > 1) {
    setWordBits(flow, WORD.nwProto, (ttl - 1) << 8, 0xff00);
    return false;
  }
  for (const id of act.controllerIds) tell(id);
  x.warn(`IPv${rawEthTypeOf(flow) === ETH_TYPE.ip ? 4 : 6} decrement TTL exception`);
  return true;
}

function executeDecNshTtl(x: Xlate, tell: (controllerId: number) => void): boolean {
  const { flow } = x;
  if (packetTypeOf(flow) === 0x1894f || rawEthTypeOf(flow) === ETH_TYPE.nsh) {
    markBits(x.mask, WORD.nshFlags, 0xff0000);
    const ttl = (word(flow, WORD.nshFlags) >>> 16) & 0xff;
    if (ttl > 1) {
      setWordBits(flow, WORD.nshFlags, (ttl - 1) << 16, 0xff0000);
      return false;
    }
    tell(0);
  }
  x.warn('NSH decrement TTL exception');
  return true;
}

/** Changes the key as `act` says; undefined when it is no act of this file, true when the list of actions ends. */
export function changeField(
  x: Xlate,
  act: OfpAct,
  tell: (controllerId: number) => void,
): boolean | undefined {
  const { flow, mask } = x;
  switch (act.kind) {
    case 'set_field':
      executeSetField(x, act);
      return false;
    case 'move':
      executeMove(x, act);
      return false;
    case 'push':
      executePush(x, act);
      return false;
    case 'pop':
      executePop(x, act);
      return false;
    case 'set_vlan_vid':
      executeVlan(x, act.vid, 0xfff, act.pushIfNeeded);
      return false;
    case 'set_vlan_pcp':
      executeVlan(x, act.pcp << 13, 0xe000, act.pushIfNeeded);
      return false;
    case 'mod_dl_src':
    case 'mod_dl_dst': {
      const field = act.kind === 'mod_dl_src' ? FIELDS.eth_src : FIELDS.eth_dst;
      setField(mask, field, 0xffffffffffffn);
      setField(flow, field, act.mac);
      return false;
    }
    case 'mod_nw_src':
      executeIpv4(x, WORD.nwSrc, act.ip);
      return false;
    case 'mod_nw_dst':
      executeIpv4(x, WORD.nwDst, act.ip);
      return false;
    case 'mod_nw_tos':
      executeIpByte(x, act.value << 16, 0xfc0000);
      return false;
    case 'mod_nw_ecn':
      executeIpByte(x, act.value << 16, 0x030000);
      return false;
    case 'mod_nw_ttl':
      executeIpByte(x, act.value << 8, 0xff00);
      return false;
    case 'mod_tp_src':
      executePort(x, act.port << 16, 0xffff0000);
      return false;
    case 'mod_tp_dst':
      executePort(x, act.port, 0xffff);
      return false;
    case 'set_tunnel':
      setField(flow, FIELDS.tun_id, act.id);
      return false;
    case 'write_metadata': {
      const value = getField(flow, FIELDS.metadata);
      setField(flow, FIELDS.metadata, (value & ~act.mask) | (act.value & act.mask));
      return false;
    }
    case 'delete_field':
      deleteOption(flow, act.field);
      x.detail(`delete ${act.field.name}`);
      return false;
    case 'dec_ttl':
      return executeDecTtl(x, act, tell);
    case 'dec_nsh_ttl':
      return executeDecNshTtl(x, tell);
    default:
      return undefined;
  }
}

function deleteOption(flow: Flow, field: Field): void {
  if (field.option === undefined) return;
  setField(flow, field, 0n);
  const at = WORD.tunPresent + (field.option >>> 5);
  flow[at] = word(flow, at) & ~(1 << (field.option & 31));
}

/** The field that an action writes, for showing what it changed. */
export function fieldOf(act: OfpAct, flow: Flow): Field | undefined {
  switch (act.kind) {
    case 'set_field':
      return act.field;
    case 'move':
    case 'multipath':
    case 'check_pkt_larger':
      return act.destination.field;
    case 'bundle':
      return act.destination?.field;
    case 'pop':
      return act.subfield.field;
    case 'set_vlan_vid':
    case 'set_vlan_pcp':
    case 'strip_vlan':
    case 'push_vlan':
      return FIELDS.vlan_tci;
    case 'mod_dl_src':
      return FIELDS.eth_src;
    case 'mod_dl_dst':
      return FIELDS.eth_dst;
    case 'mod_nw_src':
      return FIELDS.ip_src;
    case 'mod_nw_dst':
      return FIELDS.ip_dst;
    case 'mod_nw_tos':
      return FIELDS.nw_tos;
    case 'mod_nw_ecn':
      return FIELDS.nw_ecn;
    case 'mod_nw_ttl':
    case 'dec_ttl':
      return isIp(flow) ? FIELDS.nw_ttl : undefined;
    case 'mod_tp_src':
      return FIELDS.tcp_src;
    case 'mod_tp_dst':
      return FIELDS.tcp_dst;
    case 'set_tunnel':
      return FIELDS.tun_id;
    case 'write_metadata':
      return FIELDS.metadata;
    case 'push_mpls':
    case 'pop_mpls':
      return FIELDS.eth_type;
    case 'set_mpls_label':
      return FIELDS.mpls_label;
    case 'set_mpls_tc':
      return FIELDS.mpls_tc;
    case 'set_mpls_ttl':
    case 'dec_mpls_ttl':
      return FIELDS.mpls_ttl;
    default:
      return undefined;
  }
}

/** Whether a field describes something other than the packet's own headers. */
export function isAnyMetadata(field: Field): boolean {
  if (field.name.startsWith('tun_')) return field.option !== undefined || field.name === 'tun_erspan_dir';
  return field.word < WORD.ethDst || field.name.startsWith('ct_');
}

/** Fields that a frozen packet brings back by itself. */
export const isFrozenMetadata = (field: Field): boolean =>
  field.name.startsWith('tun_') ||
  field.name === 'metadata' ||
  field.name.startsWith('in_port') ||
  (field.word >= WORD.reg0 && field.word < WORD.skbPriority);

/** Fields of network headers and above. */
export const isNetworkOrHigher = (field: Field): boolean =>
  field.word >= WORD.nwSrc && !field.name.startsWith('ct_');
