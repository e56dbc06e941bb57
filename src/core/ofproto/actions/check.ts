/** Whether a list of actions fits the packets that a match lets through, as ovs-ofctl and the switch both check it. */
import { createMatch, matchFlow, matchMask, setMatchField, type Match } from '../../flow/match.ts';
import type { Subfield } from '../../flow/field.ts';
import { createFlow, type Flow } from '../../flow/flow.ts';
import type { Warn } from '../../flow/ofport-text.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import {
  ctStateOf,
  ethTypeOf,
  fragmentOf,
  ipProtoOf,
  isIp,
  isIpType,
  isMplsType,
  meetsPrerequisite,
  packetTypeOf,
  setWordBits,
  vlanTciOf,
  word,
} from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';
import { PROTOCOLS, type Protocols } from '../protocol.table.ts';
import type { LearnAct, OfpAct } from './ofpact.ts';

export interface CheckOptions {
  /** The table that the flow goes to; null when not known. */
  readonly table?: number | null;
  /** First port number that does not exist. */
  readonly maxPorts?: number;
  readonly tables?: number;
  /** Gets what is logged of fields that do not fit. */
  readonly warn?: Warn | undefined;
}

/** `error` is the OpenFlow error name; without one, the formats in which the list is consistent. */
export interface Checked {
  readonly error?: string;
  readonly protocols: Protocols;
}

/** The state of one check: the packets' key as far as the match and earlier actions tell. */
interface State {
  readonly flow: Flow;
  readonly looked: Flow;
  readonly options: CheckOptions;
  protocols: Protocols;
}

const INCONSISTENT = 'OFPBAC_MATCH_INCONSISTENT';

function checkSubfield(subfield: Subfield, state: State, write: boolean): string | undefined {
  const { field, offset, length } = subfield;
  if (length === 0) return 'OFPBAC_BAD_SET_LEN';
  if (!field.variable && offset + length > field.bits) return 'OFPBAC_BAD_SET_LEN';
  if (!meetsPrerequisite(state.flow, field.prerequisite, undefined, state.looked)) {
    const role = write ? 'destination' : 'source';
    state.options.warn?.('meta_flow', `${role} field ${field.name} lacks correct prerequisites`);
    return INCONSISTENT;
  }
  if (!write || field.writable) return undefined;
  state.options.warn?.('meta_flow', `destination field ${field.name} is not writable`);
  return 'OFPBAC_BAD_SET_ARGUMENT';
}

const checkSource = (subfield: Subfield, state: State): string | undefined =>
  checkSubfield(subfield, state, false);
const checkDestination = (subfield: Subfield, state: State): string | undefined =>
  checkSubfield(subfield, state, true);

function checkPort(port: number, state: State): string | undefined {
  const reserved: readonly number[] = [
    OFPP.inPort,
    OFPP.table,
    OFPP.normal,
    OFPP.flood,
    OFPP.all,
    OFPP.controller,
    OFPP.local,
  ];
  if (reserved.includes(port)) return undefined;
  return port < (state.options.maxPorts ?? OFPP.max) ? undefined : 'OFPBAC_BAD_OUT_PORT';
}

/** The rest is possible in OpenFlow 1.0 only, where a mismatch is ignored at run time. */
function inconsistent(state: State): undefined {
  state.protocols &= PROTOCOLS.of10Any;
  return undefined;
}

const demand = (state: State, holds: boolean): undefined => (holds ? undefined : inconsistent(state));

const tagged = (state: State): boolean => (vlanTciOf(state.flow) & 0x1000) !== 0;

function pushVlan(flow: Flow): void {
  flow[WORD.vlan + 1] = word(flow, WORD.vlan);
  flow[WORD.vlan] = 0x1000;
}

function popVlan(flow: Flow): void {
  flow[WORD.vlan] = word(flow, WORD.vlan + 1);
  flow[WORD.vlan + 1] = 0;
}

function checkLearn(act: LearnAct, state: State): string | undefined {
  const learned = createMatch();
  const target: State = { ...state, flow: createFlow(), looked: createFlow() };
  for (const spec of act.specs) {
    if (spec.kind === 'output') {
      const error = checkSource(spec.source, state);
      if (error) return error;
      continue;
    }
    if (spec.source.kind === 'field') {
      const error = checkSource(spec.source.subfield, state);
      if (error) return error;
    }
    const made: State = { ...target, flow: matchFlow(learned), looked: matchMask(learned) };
    const error =
      spec.kind === 'match' ? checkSource(spec.destination, made) : checkDestination(spec.destination, made);
    if (error) return error;
    if (spec.kind === 'match' && spec.source.kind === 'immediate') {
      const { field, offset, length } = spec.destination;
      const mask = ((1n << BigInt(length)) - 1n) << BigInt(offset);
      setMatchField(learned, field, spec.source.value << BigInt(offset), mask);
    }
  }
  return undefined;
}

function checkNested(actions: readonly OfpAct[], state: State, narrow: boolean): string | undefined {
  const inner: State = { ...state, flow: state.flow.slice() as Flow, protocols: PROTOCOLS.any };
  const error = checkAll(actions, inner);
  if (narrow) state.protocols &= inner.protocols;
  return error;
}

function checkAct(act: OfpAct, state: State): string | undefined {
  const { flow } = state;
  switch (act.kind) {
    case 'output':
    case 'output_trunc':
      return checkPort(act.port, state);
    case 'enqueue':
      return act.port < (state.options.maxPorts ?? OFPP.max) ||
        act.port === OFPP.inPort ||
        act.port === OFPP.local
        ? undefined
        : 'OFPBAC_BAD_OUT_PORT';
    case 'output_reg':
      return checkSource(act.source, state);
    case 'bundle': {
      const error = act.destination ? checkDestination(act.destination, state) : undefined;
      if (error) return error;
      for (const port of act.members) {
        const problem = port === OFPP.none ? undefined : checkPort(port, state);
        if (problem) return problem;
        if (port === OFPP.controller) return 'OFPBAC_BAD_OUT_PORT';
      }
      return undefined;
    }
    case 'set_vlan_vid':
    case 'set_vlan_pcp':
      demand(state, tagged(state) || act.pushIfNeeded);
      setWordBits(flow, WORD.vlan, 0x1000, 0x1000);
      return undefined;
    case 'strip_vlan':
      demand(state, tagged(state));
      popVlan(flow);
      return undefined;
    case 'push_vlan':
      if ((vlanTciOf(flow, 1) & 0x1000) !== 0) return 'OFPBAC_BAD_TAG';
      pushVlan(flow);
      return undefined;
    case 'mod_nw_src':
    case 'mod_nw_dst':
      return demand(state, ethTypeOf(flow) === ETH_TYPE.ip);
    case 'mod_nw_tos':
    case 'mod_nw_ecn':
    case 'mod_nw_ttl':
    case 'dec_ttl':
      return demand(state, isIp(flow));
    case 'mod_tp_src':
    case 'mod_tp_dst': {
      const proto = ipProtoOf(flow);
      const known = proto === IP_PROTO.tcp || proto === IP_PROTO.udp || proto === IP_PROTO.sctp;
      return demand(state, isIp(flow) && (fragmentOf(flow) & 2) === 0 && known);
    }
    case 'move':
      return checkSource(act.source, state) ?? checkDestination(act.destination, state);
    case 'set_field': {
      const ok = meetsPrerequisite(flow, act.field.prerequisite);
      if (!ok || (act.field.name === 'vlan_vid' && !tagged(state))) {
        state.options.warn?.('ofp_actions', `set_field ${act.field.name} lacks correct prerequisites`);
        return INCONSISTENT;
      }
      if (act.field.name === 'vlan_tci') setWordBits(flow, WORD.vlan, Number(act.value), 0xffff);
      return undefined;
    }
    case 'push':
      return checkSource(act.subfield, state);
    case 'pop':
      return checkDestination(act.subfield, state);
    case 'set_mpls_label':
    case 'set_mpls_tc':
    case 'set_mpls_ttl':
    case 'dec_mpls_ttl':
      return demand(state, isMplsType(ethTypeOf(flow)));
    case 'push_mpls':
      demand(state, packetTypeOf(flow) === 0);
      setWordBits(flow, WORD.ethDst + 3, act.ethertype << 16, 0xffff0000);
      setWordBits(flow, WORD.nwProto, 0, 0xff);
      return undefined;
    case 'pop_mpls':
      demand(state, packetTypeOf(flow) === 0 && isMplsType(ethTypeOf(flow)));
      setWordBits(flow, WORD.ethDst + 3, act.ethertype << 16, 0xffff0000);
      return undefined;
    case 'delete_field':
      return act.field.option === undefined ? 'OFPBAC_BAD_ARGUMENT' : undefined;
    case 'encap':
      flow[WORD.packetType] = act.packetType;
      if (act.packetType >>> 16 === 1)
        setWordBits(flow, WORD.ethDst + 3, (act.packetType & 0xffff) << 16, 0xffff0000);
      if (!isIp(flow)) setWordBits(flow, WORD.nwProto, 0, 0xff);
      return undefined;
    case 'decap':
      if (packetTypeOf(flow) === 0) {
        flow[WORD.packetType] = 0x10000 | ethTypeOf(flow);
      } else {
        flow[WORD.packetType] = 0xffffffff;
        setWordBits(flow, WORD.ethDst + 3, 0xffff0000, 0xffff0000);
      }
      return undefined;
    case 'dec_nsh_ttl':
      return demand(state, packetTypeOf(flow) === 0x1894f || ethTypeOf(flow) === ETH_TYPE.nsh);
    case 'fin_timeout':
      return demand(state, ipProtoOf(flow) === IP_PROTO.tcp);
    case 'resubmit':
      return act.ct && !meetsPrerequisite(flow, 'ct', undefined, state.looked) ? INCONSISTENT : undefined;
    case 'learn':
      return checkLearn(act, state);
    case 'multipath':
      return checkDestination(act.destination, state);
    case 'clone':
      return checkNested(act.actions, state, true);
    case 'write_actions':
      return checkNested(act.actions, state, false);
    case 'ct': {
      const type = ethTypeOf(flow);
      if (
        !isIpType(type) ||
        ((ctStateOf(flow) & 0x10) !== 0 && act.commit) ||
        (act.alg === 21 && ipProtoOf(flow) !== IP_PROTO.tcp) ||
        (act.alg === 69 && ipProtoOf(flow) !== IP_PROTO.udp)
      )
        return INCONSISTENT;
      if (typeof act.zone !== 'number') return checkSource(act.zone, state);
      return (act.nat ? checkAct(act.nat, state) : undefined) ?? checkNested(act.exec, state, true);
    }
    case 'nat': {
      const type = ethTypeOf(flow);
      const wanted = act.addresses?.family === 4 ? ETH_TYPE.ip : ETH_TYPE.ipv6;
      return !isIpType(type) || (act.addresses && type !== wanted) ? INCONSISTENT : undefined;
    }
    case 'meter':
      return act.meter === 0 || act.meter > 0xffff0000 ? 'OFPMMFC_INVALID_METER' : undefined;
    case 'goto_table': {
      const { table = null, tables = 255 } = state.options;
      return (table !== null && act.table <= table) || (tables !== 255 && act.table >= tables)
        ? 'OFPBIC_BAD_TABLE_ID'
        : undefined;
    }
    default:
      return undefined;
  }
}

function checkAll(actions: readonly OfpAct[], state: State): string | undefined {
  for (const act of actions) {
    const error = checkAct(act, state);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** Checks `actions` for packets that `match` lets through. */
export function checkActions(actions: readonly OfpAct[], match: Match, options: CheckOptions = {}): Checked {
  const state: State = {
    flow: matchFlow(match),
    looked: matchMask(match),
    options,
    protocols: PROTOCOLS.any,
  };
  const error = checkAll(actions, state);
  return error === undefined ? { protocols: state.protocols } : { error, protocols: state.protocols };
}
