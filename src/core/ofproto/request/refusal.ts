/**
 * What a switch finds wrong in a flow_mod while it still reads the message: terms without their prerequisites, actions that
 * the version has no form for or that never fit. Such a request is refused before any table is looked at.
 */
import { isFieldValueValid } from '../../flow/field-text.ts';
import type { Field } from '../../flow/field.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import type { Flow } from '../../flow/flow.ts';
import { matchFieldMask, matchFieldValue, matchFlow, matchMask, type Match } from '../../flow/match.ts';
import {
  fragmentOf,
  ipProtoOf,
  isIpType,
  isMplsType,
  meetsPrerequisite,
  rawEthTypeOf,
} from '../../flow/packet-kind.ts';
import { ETH_TYPE, IP_PROTO } from '../../flow/protocol.table.ts';
import type { ActKind, CtAct, OfpAct } from '../actions/ofpact.ts';
import { checkActions } from '../actions/check.ts';
import { matchViaOpenFlow, viaOpenFlow } from '../actions/via-openflow.ts';
import type { FlowMod } from '../flow-parse.ts';
import { normalizeMatch } from '../normalize-match.ts';
import type { OfVersion } from '../protocol.table.ts';

/** An OpenFlow error name, and what the reader of the message logs as a warning: module and text. */
export interface Refusal {
  readonly error: string;
  readonly log: readonly (readonly [module: string, text: string])[];
}

const refuse = (error: string, ...log: Refusal['log']): Refusal => ({ error, log });

const VLAN_PRESENT = 0x1000n;
const bits = (match: Match, field: Field): boolean => matchFieldMask(match, field) !== 0n;
const CT_V4 = [FIELDS.ct_nw_src, FIELDS.ct_nw_dst];
const NSH = Object.values(FIELDS).filter((field) => field.prerequisite === 'nsh');
const CT_V6 = [FIELDS.ct_ipv6_src, FIELDS.ct_ipv6_dst];
/** Fields that travel whether or not they have a meaning beside the others. */
const UNCONDITIONAL = [...CT_V4, ...CT_V6, FIELDS.ct_nw_proto, ...NSH];

/** Since OpenFlow 1.2 a VLAN priority stands behind an id that says that there is a VLAN. */
function lonelyPriority(match: Match, version: OfVersion): boolean {
  if (version < 3 || !bits(match, FIELDS.vlan_pcp)) return false;
  const present = matchFieldValue(match, FIELDS.vlan_vid) & matchFieldMask(match, FIELDS.vlan_vid);
  return (present & VLAN_PRESENT) === 0n;
}

/** A label beside IPv4, or headers behind Ethernet on what is no Ethernet. */
function strayTerms(asked: Match): boolean {
  const type = Number(matchFieldValue(asked, FIELDS.eth_type));
  if (type === ETH_TYPE.ip && bits(asked, FIELDS.ipv6_label)) return true;
  const bare = matchFieldValue(asked, FIELDS.packet_type) !== 0n;
  return bare && Object.values(FIELDS).some((field) => field.prerequisite !== 'none' && bits(asked, field));
}

const LATER_FRAGMENT = 2;
const PORTS_OF: ReadonlySet<number> = new Set([IP_PROTO.tcp, IP_PROTO.udp, IP_PROTO.sctp]);

/** Ports or TCP flags of a packet's later fragment, which does not carry them. */
const beyondFragment = (match: Match, flow: Flow): boolean =>
  (fragmentOf(flow) & LATER_FRAGMENT) !== 0 &&
  isIpType(rawEthTypeOf(flow)) &&
  PORTS_OF.has(ipProtoOf(flow)) &&
  [FIELDS.tcp_src, FIELDS.tcp_dst, FIELDS.tcp_flags].some((field) => bits(match, field));

/** Fields whose values a reader looks at: not all that fit are right. */
const VALUED = [...NSH, FIELDS.ipv6_label];

/** Why a switch does not take a match that came in a message of `version`; null when it can be read. */
export function matchRefusal(said: Match, version: OfVersion): Refusal | null {
  const asked = matchViaOpenFlow(said, version);
  const match = normalizeMatch(asked);
  const isWrong = VALUED.some(
    (field) => bits(match, field) && !isFieldValueValid(field, matchFieldValue(match, field)),
  );
  if (isWrong) return refuse('OFPBMC_BAD_VALUE');
  const flow = matchFlow(match);
  const looked = matchMask(match);
  const lost = UNCONDITIONAL.some(
    (field) => bits(match, field) && !meetsPrerequisite(flow, field.prerequisite, undefined, looked),
  );
  if (lost || lonelyPriority(match, version) || strayTerms(asked) || beyondFragment(match, flow))
    return refuse('OFPBMC_BAD_PREREQ');
  return null;
}

/** A flow's addresses of connections are of the family that its packets are of. */
function mixesFamilies(match: Match): boolean {
  const type = Number(matchFieldValue(match, FIELDS.eth_type));
  return (
    (CT_V4.some((field) => bits(match, field)) && type !== ETH_TYPE.ip) ||
    (CT_V6.some((field) => bits(match, field)) && type !== ETH_TYPE.ipv6)
  );
}

/** What may stand in an action set. */
const SETTABLE: ReadonlySet<ActKind> = new Set<ActKind>([
  'set_field',
  'move',
  'mod_dl_src',
  'mod_dl_dst',
  'mod_nw_src',
  'mod_nw_dst',
  'mod_nw_tos',
  'mod_nw_ecn',
  'mod_nw_ttl',
  'mod_tp_src',
  'mod_tp_dst',
  'set_mpls_label',
  'set_mpls_tc',
  'set_mpls_ttl',
  'set_queue',
  'set_tunnel',
  'set_vlan_pcp',
  'set_vlan_vid',
  'strip_vlan',
  'pop_mpls',
  'decap',
  'encap',
  'push_mpls',
  'push_vlan',
  'dec_ttl',
  'dec_mpls_ttl',
  'dec_nsh_ttl',
  'ct',
  'ct_clear',
  'output',
  'group',
  'resubmit',
]);

/** Numbers of Nicira's actions that came with OpenFlow 1.3. */
const SINCE_13: Readonly<Partial<Record<ActKind, number>>> = { encap: 46, decap: 47, dec_nsh_ttl: 48 };

function refuseCt(act: CtAct): Refusal | null {
  if (typeof act.zone !== 'number' && act.zone.length !== 16)
    return refuse('OFPBAC_BAD_SET_LEN', [
      'ofp_actions',
      `zone n_bits ${act.zone.length} not within valid range [16..16]`,
    ]);
  const plainNat = act.nat === null || act.nat.direction === null;
  const onlyNat = plainNat && act.exec.length === 0;
  if (!act.commit && !onlyNat)
    return refuse('OFPBAC_BAD_ARGUMENT', [
      'ofp_actions',
      'CT action requires commit flag if actions other than NAT without arguments are specified.',
    ]);
  return null;
}

const notWritable = (module: string, field: Field): Refusal =>
  refuse('OFPBAC_BAD_SET_ARGUMENT', [module, `destination field ${field.name} is not writable`]);

/** A field that OpenFlow has no name for. */
const isUnnamed = ({ headers, option }: Field): boolean => headers.length === 0 && option === undefined;

function refuseAct(act: OfpAct, version: OfVersion): Refusal | null {
  const number = SINCE_13[act.kind];
  if (number !== undefined && version < 4)
    return refuse('OFPBAC_BAD_VENDOR_TYPE', [
      'ofp_actions',
      `unknown OpenFlow1${version - 1} action for vendor 0x2320 and type ${number}`,
    ]);
  switch (act.kind) {
    case 'bundle':
      return act.destination !== null && act.destination.length < 16
        ? refuse('OFPBAC_BAD_ARGUMENT', [
            'ofp_actions',
            'bundle_load action requires at least 16 bit destination.',
          ])
        : null;
    case 'push_mpls':
      return isMplsType(act.ethertype) ? null : refuse('OFPBAC_BAD_ARGUMENT');
    case 'output_reg':
      return isUnnamed(act.source.field) ? refuse('OFPBMC_BAD_FIELD') : null;
    case 'move':
      return isUnnamed(act.source.field) || isUnnamed(act.destination.field)
        ? refuse('OFPBMC_BAD_FIELD')
        : null;
    case 'set_field':
      if (isUnnamed(act.field)) return refuse('OFPBAC_BAD_SET_LEN');
      if (act.field === FIELDS.in_port_oxm && !act.load) return refuse('OFPBAC_BAD_SET_ARGUMENT');
      if (version === 6 && (act.value & ~act.mask) !== 0n) return refuse('OFPBMC_BAD_WILDCARDS');
      return act.field.writable ? null : notWritable(act.load ? 'meta_flow' : 'ofp_actions', act.field);
    case 'clone':
      return refuseActs(act.actions, version);
    case 'write_actions': {
      const inner = refuseActs(act.actions, version);
      if (inner !== null) return inner;
      return act.actions.every((one) => SETTABLE.has(one.kind))
        ? null
        : refuse('OFPBAC_BAD_TYPE', ['ofp_actions', 'disallowed action in action set']);
    }
    case 'ct':
      return refuseActs(act.exec, version) ?? refuseCt(act);
    default:
      return null;
  }
}

/** Why a switch does not take a list of actions that came in a message of `version`. */
export function refuseActs(actions: readonly OfpAct[], version: OfVersion): Refusal | null {
  for (const act of actions) {
    const refusal = refuseAct(act, version);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Why a switch does not take `mod` in a message of `version`; null when it can be read. */
export function refusalOf(mod: FlowMod, version: OfVersion): Refusal | null {
  const refused = matchRefusal(mod.match, version);
  if (refused !== null) return refused;
  const match = normalizeMatch(matchViaOpenFlow(mod.match, version));
  if (mixesFamilies(match)) return refuse('OFPBAC_MATCH_INCONSISTENT');
  const actions = viaOpenFlow(mod.actions, version, match);
  const unread = refuseActs(actions, version);
  if (unread !== null) return unread;
  const log: (readonly [string, string])[] = [];
  const { error } = checkActions(actions, match, {
    // In OpenFlow 1.1 and later no table means the first one.
    table: mod.table ?? (version > 1 ? 0 : null),
    warn: (module, text) => void log.push([module, text]),
  });
  return error === undefined ? null : { error, log };
}
