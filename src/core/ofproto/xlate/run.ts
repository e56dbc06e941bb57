/** Runs a list of actions, one after the other. */
import type { FieldChange } from '../../base/step.ts';
import { formatField, formatHex } from '../../flow/field-text.ts';
import { getField } from '../../flow/flow.ts';
import { popVlan, pushVlan } from '../../flow/header-stack.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { fragmentOf, isIp, markBits, meetsPrerequisite, rawEthTypeOf } from '../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';
import type { ActOf, OfpAct } from '../actions/ofpact.ts';
import type { RunAct } from '../bridge/recirculation.ts';
import { changeField, fieldOf, isAnyMetadata, isNetworkOrHigher, loadSubfield } from './change-field.ts';
import { changeLabels, decapsulate, encapsulate } from './encapsulation.ts';
import { toController, unroll } from './freeze.ts';
import { runGroup } from './group.ts';
import { bundleMember, multipath } from './hash-actions.ts';
import { learn } from './learn.ts';
import { goToTable } from './look-up.ts';
import { checkPacketLarger, reportActionSet, runCloned, writeActions } from './nested.ts';
import { normal } from './normal.ts';
import {
  enqueue,
  output,
  outputToField,
  outputTruncated,
  queuePriority,
  type OutputContext,
} from './output.ts';
import { clearTracking, track } from './track.ts';
import type { Xlate } from './xlate.ts';

/** Actions that can follow a popped MPLS label without knowing what was underneath. */
const FINE_AFTER_MPLS: ReadonlySet<RunAct['kind']> = new Set([
  'output',
  'output_trunc',
  'enqueue',
  'output_reg',
  'set_vlan_vid',
  'set_vlan_pcp',
  'mod_dl_src',
  'mod_dl_dst',
  'set_tunnel',
  'set_queue',
  'group',
]);

/** Once the last label is popped, actions on what was underneath need the packet to be looked at anew. */
function freezeForMpls(x: Xlate, act: RunAct): void {
  if (x.exit || !x.wasMpls || FINE_AFTER_MPLS.has(act.kind)) return;
  if (act.kind === 'set_field' && !isNetworkOrHigher(act.field)) return;
  x.freeze();
}

const ALWAYS_REWRITES: ReadonlySet<RunAct['kind']> = new Set([
  'strip_vlan',
  'push_vlan',
  'mod_dl_src',
  'mod_dl_dst',
  'push_mpls',
  'pop_mpls',
  'set_mpls_label',
  'set_mpls_tc',
  'set_mpls_ttl',
  'dec_mpls_ttl',
  'dec_nsh_ttl',
  'dec_ttl',
  'set_vlan_vid',
  'set_vlan_pcp',
  'encap',
  'decap',
  'nat',
]);

/** A packet that was rewritten is mirrored anew. */
function forgetMirrors(x: Xlate, act: RunAct): void {
  if (x.mirrors === 0) return;
  const { flow } = x;
  const ip = isIp(flow);
  switch (act.kind) {
    case 'set_field':
      if (meetsPrerequisite(flow, act.field.prerequisite) && !isAnyMetadata(act.field)) x.mirrors = 0;
      return;
    case 'mod_nw_src':
    case 'mod_nw_dst':
      if (rawEthTypeOf(flow) === ETH_TYPE.ip) x.mirrors = 0;
      return;
    case 'mod_nw_tos':
    case 'mod_nw_ecn':
    case 'mod_nw_ttl':
      if (ip) x.mirrors = 0;
      return;
    case 'mod_tp_src':
    case 'mod_tp_dst':
      if (ip && (fragmentOf(flow) & 2) === 0) x.mirrors = 0;
      return;
    default:
      if (ALWAYS_REWRITES.has(act.kind)) x.mirrors = 0;
  }
}

const NO_DATA = new Uint8Array(0);

function executeQueue(x: Xlate, queue: number | null): void {
  markBits(x.mask, WORD.skbPriority, 0xffffffff);
  const { flow } = x;
  const priority = queue === null ? x.originalPriority : queuePriority(queue);
  if (flow[WORD.skbPriority] === priority) return;
  flow[WORD.skbPriority] = priority;
  if (queue === null) x.detail(`queue = ${formatHex(priority)}`);
}

function executeController(x: Xlate, act: ActOf<'controller'>): void {
  toController(x, act);
}

function executeFinTimeout(x: Xlate, { idleTimeout, hardTimeout }: ActOf<'fin_timeout'>): void {
  markBits(x.mask, WORD.nwProto, 0xff);
  const { rule } = x;
  const { tables } = x.bridge;
  if (!rule) return;
  x.count(({ tcpFlags }) => {
    if ((tcpFlags & 5) !== 0) tables.reduceTimeouts(rule, idleTimeout, hardTimeout);
  });
}

/** What comes of one action: go on, or end the list. */
type Outcome = 'next' | 'end';

interface Position {
  readonly isLast: boolean;
  readonly inBucket: boolean;
}

function sendingAct(x: Xlate, act: RunAct, { isLast, inBucket }: Position): Outcome | undefined {
  const context: OutputContext = {
    isLast,
    truncated: false,
    maxLen: 0,
    mayPacketIn: true,
    inBucket,
    normal,
  };
  switch (act.kind) {
    case 'output':
      output(x, act.port, { ...context, maxLen: act.maxLen });
      return 'next';
    case 'output_reg':
      outputToField(x, act, context);
      return 'next';
    case 'output_trunc':
      outputTruncated(x, act, context);
      return 'next';
    case 'enqueue':
      markBits(x.mask, WORD.skbPriority, 0xffffffff);
      enqueue(x, act, context);
      return 'next';
    case 'bundle': {
      const port = bundleMember(x, act);
      if (!act.destination) {
        output(x, port, { ...context, mayPacketIn: false });
        return 'next';
      }
      loadSubfield(x, act.destination, BigInt(port));
      x.reportSubfield(act.destination);
      return 'next';
    }
    case 'group':
      return runGroup(x, act.group, isLast) ? 'end' : 'next';
    case 'controller':
      executeController(x, act);
      return 'next';
    default:
      return undefined;
  }
}

function goingAct(x: Xlate, act: RunAct, isLast: boolean): Outcome | undefined {
  switch (act.kind) {
    case 'resubmit': {
      const internal = x.rule?.internal === true;
      goToTable(x, act.table === 255 ? x.table : act.table, {
        inPort: act.port === OFPP.inPort ? x.inPort : act.port,
        mayPacketIn: internal,
        honorTableMiss: internal,
        withConnection: act.ct,
        isLast,
      });
      return 'next';
    }
    case 'goto_table':
      goToTable(x, act.table, {
        inPort: x.inPort,
        mayPacketIn: true,
        honorTableMiss: true,
        withConnection: false,
        isLast,
      });
      return 'next';
    case 'ct':
      track(x, act, isLast);
      return 'next';
    case 'ct_clear':
      clearTracking(x);
      return 'next';
    case 'nat':
      x.nat = act;
      return 'next';
    case 'clone':
      runCloned(x, act.actions, isLast);
      return 'next';
    case 'learn':
      learn(x, act);
      return 'next';
    case 'unroll':
      x.table = act.table;
      x.cookie = act.cookie;
      x.thaw(`restored state: table=${act.table}, cookie=${formatHex(act.cookie)}`);
      return 'next';
    default:
      return undefined;
  }
}

function otherAct(x: Xlate, act: RunAct): void {
  switch (act.kind) {
    case 'strip_vlan':
      popVlan(x.flow, x.mask);
      break;
    case 'push_vlan':
      pushVlan(x.flow, x.mask);
      x.flow[WORD.vlan] = ((act.ethertype << 16) | 0x1000) >>> 0;
      break;
    case 'set_queue':
      executeQueue(x, act.queue);
      break;
    case 'pop_queue':
      executeQueue(x, null);
      break;
    case 'multipath':
      multipath(x, act);
      break;
    case 'conjunction':
      x.reportError('executing no-op conjunction action');
      break;
    case 'exit':
      x.exit = true;
      break;
    case 'fin_timeout':
      executeFinTimeout(x, act);
      break;
    case 'clear_actions':
      reportActionSet(x, 'was');
      x.actionSet = [];
      x.flow[WORD.actsetOutput] = OFPP.unset;
      x.actionSetHasGroup = false;
      break;
    case 'write_actions':
      writeActions(x, act.actions);
      reportActionSet(x, 'is');
      break;
    case 'meter': {
      const meter = x.bridge.meters.get(act.meter);
      if (meter) x.emit({ kind: 'meter', meter: meter.dp.number });
      break;
    }
    case 'encap':
      encapsulate(x, act);
      break;
    case 'debug_slow':
      x.slow.add('action');
      break;
    default:
      // Notes do nothing, and samples go nowhere as long as no collector is configured.
      break;
  }
}

/** Whether an action leaves the pipeline for the packet to be looked at anew, taking what follows along. */
function leaves(x: Xlate, act: RunAct): boolean {
  switch (act.kind) {
    case 'controller':
      if (!act.pause) return false;
      x.pause = act;
      return true;
    case 'debug_recirc':
      return true;
    case 'decap':
      return decapsulate(x, act) && x.error === null;
    default:
      return false;
  }
}

function traceAct(x: Xlate, act: RunAct): FieldChange[] {
  const changes: FieldChange[] = [];
  x.nodes?.push({ kind: 'action', text: x.formatAct(act, true), act, changes, children: [] });
  return changes;
}

/** Notes what an action changed, for the page. */
function noteChange(x: Xlate, act: OfpAct, before: bigint, changes: FieldChange[]): void {
  const field = fieldOf(act, x.flow);
  if (!field) return;
  const after = getField(x.flow, field);
  if (after === before) return;
  changes.push({ field: field.name, before: formatField(field, before), after: formatField(field, after) });
}

/** Runs `actions`; `isLast`: nothing comes after them. */
export function runActions(x: Xlate, actions: readonly RunAct[], isLast: boolean, inBucket: boolean): void {
  if (actions.length === 0) {
    x.nodes?.push({ kind: 'action', text: 'drop', act: null, changes: [], children: [] });
    return;
  }
  const tell = (controllerId: number): void => {
    toController(x, { reason: 'invalid_ttl', controllerId, maxLen: 65535, meter: 0, userdata: NO_DATA });
  };
  let ended = false;
  for (let at = 0; at < actions.length; at += 1) {
    const act = actions[at] as RunAct;
    if (x.error !== null) return;
    freezeForMpls(x, act);
    if (x.exit || ended) {
      if (x.freezing) unroll(x, actions.slice(at));
      return;
    }
    const last = isLast && at === actions.length - 1 && x.actionSet.length === 0;
    forgetMirrors(x, act);
    const changes = x.nodes ? traceAct(x, act) : null;
    const field = changes && act.kind !== 'unroll' ? fieldOf(act, x.flow) : undefined;
    const before = field ? getField(x.flow, field) : 0n;
    let next = at;
    if (leaves(x, act)) {
      x.freeze();
      next += 1;
    } else if (act.kind === 'check_pkt_larger') {
      ended = checkPacketLarger(x, act, actions.slice(at + 1));
    } else if (act.kind !== 'decap') {
      const sent = sendingAct(x, act, { isLast: last, inBucket }) ?? goingAct(x, act, last);
      if (sent === 'end') return;
      if (sent === undefined && act.kind !== 'unroll') {
        const done = changeField(x, act, tell) ?? changeLabels(x, act, tell);
        if (done === true) return;
        if (done === undefined) otherAct(x, act);
      }
    }
    if (changes && field && act.kind !== 'unroll') noteChange(x, act, before, changes);
    if (act.kind === 'resubmit' || act.kind === 'goto_table') continue;
    if (x.error === null && x.exit && x.frozenActions.length === 0) {
      // Only what is left to do is kept; an act that made the packet leave is not done twice.
      unroll(x, actions.slice(next));
      return;
    }
  }
}
