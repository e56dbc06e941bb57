/** Evaluation of ACLs: hints from the connection's state, then one or two flows for each ACL, then the defaults. */
import type { AddFlow } from '../flows.ts';
import { aclStageKind, tierOf } from '../model/access.ts';
import type { Acl, AclStageKind } from '../model/access.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { optionBool } from '../model/options.ts';
import { SWITCH_BIT, SWITCH_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import type { Stage } from '../stages.table.ts';
import { aclLog, addRelatedLog } from './acl-log.ts';
import { addSamples, labelActions } from './acl-sample.ts';
import { addVerdicts } from './acl-verdict.ts';

const PRIORITY_OFFSET = 1000;
const EVAL: Readonly<Record<AclStageKind, Stage>> = {
  ingress: STAGE.ls_in_acl_eval,
  afterLb: STAGE.ls_in_acl_after_lb_eval,
  egress: STAGE.ls_out_acl_eval,
};
const NEIGHBOUR_DISCOVERY = 'nd || nd_ra || nd_rs || mldv1 || mldv2';
const ALLOW = `${SWITCH_BIT.verdictAllow} = 1; `;
const SERVICE_PRIORITY = 34000;

/** What the connection's state leaves possible, so that an ACL needs no more than one bit of it. */
export function addAclHints(m: Model, ls: Switch, add: AddFlow): void {
  const state = m.switchState(ls.uuid);
  const { hintAllowNew, hintAllow, hintDrop, hintBlock, conntrackCommit } = SWITCH_BIT;
  const set = (...bits: readonly string[]): string => `${bits.map((bit) => `${bit} = 1; `).join('')}next;`;
  for (const stage of [STAGE.ls_in_acl_hint, STAGE.ls_out_acl_hint]) {
    if (!state.hasAcls && !state.hasVip) add(stage, 65535, '1', 'next;', 6794);
    else add(stage, 0, '1', 'next;', 6797);
    if (!state.hasStatefulAcl && !state.hasVip) continue;
    const fresh = set(hintAllowNew, hintDrop, conntrackCommit);
    add(stage, 7, 'ct.new && !ct.est', fresh, 6814);
    add(stage, 6, '!ct.new && ct.est && !ct.rpl && ct_mark.blocked == 1', fresh, 6829);
    add(stage, 5, '!ct.trk', set(hintAllow, hintDrop), 6837);
    add(stage, 4, '!ct.new && ct.est && !ct.rpl && ct_mark.blocked == 0', set(hintAllow, hintBlock), 6850);
    add(stage, 3, '!ct.est', set(hintDrop), 6859);
    add(stage, 2, 'ct.est && ct_mark.blocked == 1', set(hintDrop), 6862);
    add(stage, 1, 'ct.est && ct_mark.blocked == 0', set(hintBlock), 6871);
  }
}

export function addAcls(m: Model, ls: Switch, add: AddFlow): void {
  const state = m.switchState(ls.uuid);
  const stateful = state.hasStatefulAcl || state.hasVip;
  addDefaults(state.hasAcls, state.hasVip, add);
  if (stateful) addConnectionState(m, ls, add);
  add(STAGE.ls_in_acl_eval, 65532, NEIGHBOUR_DISCOVERY, `${ALLOW}next;`, 8103);
  add(STAGE.ls_out_acl_eval, 65532, NEIGHBOUR_DISCOVERY, `${ALLOW}next;`, 8107);
  add(STAGE.ls_in_acl_after_lb_eval, 65532, NEIGHBOUR_DISCOVERY, `${ALLOW}next;`, 8111);
  add(STAGE.ls_in_acl_sample, 0, '1', 'next;', 7399);
  add(STAGE.ls_out_acl_sample, 0, '1', 'next;', 7401);
  add(STAGE.ls_in_acl_after_lb_sample, 0, '1', 'next;', 7403);
  for (const acl of m.acls(ls.uuid)) {
    if (stateful) addRelatedLog(m, acl, add);
    addAcl(m, acl, stateful, tierOf(state, aclStageKind(acl)), add);
    addSamples(m, acl, state.hasStatefulAcl, add);
  }
  if (hasDnsRecords(m, ls))
    add(
      STAGE.ls_out_acl_eval,
      SERVICE_PRIORITY,
      'flags.from_ctrl && udp.src == 53',
      stateful ? `${ALLOW}ct_commit; next;` : `${ALLOW}next;`,
      8173,
    );
  if (state.hasAcls || state.hasVip) {
    add(STAGE.ls_in_acl_eval, SERVICE_PRIORITY, 'eth.dst == $svc_monitor_mac', `${ALLOW}next;`, 8182);
    add(STAGE.ls_out_acl_eval, SERVICE_PRIORITY, 'eth.src == $svc_monitor_mac', `${ALLOW}next;`, 8189);
  }
  addVerdicts(m, ls, add);
}

/** Whether any DNS row of the switch has records. */
export const hasDnsRecords = (m: Model, ls: Switch): boolean =>
  m.nb.rows('DNS', ls.dnsRecords).some((row) => row.records.size > 0);

function addDefaults(hasAcls: boolean, hasVip: boolean, add: AddFlow): void {
  if (hasAcls) {
    add(STAGE.ls_in_acl_eval, 0, '1', 'next;', 7935);
    add(STAGE.ls_out_acl_eval, 0, '1', 'next;', 7937);
    add(STAGE.ls_in_acl_after_lb_eval, 0, '1', 'next;', 7939);
    return;
  }
  const priority = hasVip ? 0 : 65535;
  add(STAGE.ls_in_acl_eval, priority, '1', 'next;', hasVip ? 7927 : 7922);
  add(STAGE.ls_out_acl_eval, priority, '1', 'next;', hasVip ? 7929 : 7924);
  add(STAGE.ls_in_acl_after_lb_eval, 0, '1', 'next;', 7932);
}

/** Replies, related traffic and persistent connections are let through; invalid and blocked ones are not. */
function addConnectionState(m: Model, ls: Switch, add: AddFlow): void {
  const [ingress, egress, afterLb] = [
    STAGE.ls_in_acl_eval,
    STAGE.ls_out_acl_eval,
    STAGE.ls_in_acl_after_lb_eval,
  ];
  const both = (priority: number, match: string, actions: string, lines: readonly [number, number]): void => {
    add(ingress, priority, match, actions, lines[0]);
    add(egress, priority, match, actions, lines[1]);
  };
  const { hintDrop, hintBlock, hintAllowRelated, hintAllowPersisted, networkFunction, verdictDrop } =
    SWITCH_BIT;
  const keepFunction = `${networkFunction} = ct_label.nf; `;
  both(1, 'ip && ct.est && ct_mark.blocked == 1', `${ALLOW}next;`, [7969, 7973]);
  both(1, 'ip && !ct.est', 'next;', [7978, 7980]);
  const blocked = '(ct.est && ct.rpl && ct_mark.blocked == 1)';
  const invalid = m.config().useCtInv && !ls.statelessAclWithLb ? `ct.inv || ${blocked}` : blocked;
  both(65532, invalid, `${verdictDrop} = 1; next;`, [7999, 8002]);

  const reply = 'ct.est && !ct.rel && ct.rpl && ct_mark.blocked == 0';
  const seen = `${hintAllowRelated} = 1; ${keepFunction}${ALLOW}`;
  add(ingress, 65532, reply, `${hintDrop} = 0; ${hintBlock} = 0; ${seen}next;`, 8018);
  add(egress, 65532, reply, `${keepFunction}${ALLOW}next;`, 8025);
  const related = '!ct.est && ct.rel && !ct.new && ct_mark.blocked == 0';
  add(ingress, 65532, related, `${seen}ct_commit_nat;`, 8053);
  add(egress, 65532, related, `${keepFunction}${ALLOW}ct_commit_nat;`, 8055);
  add(afterLb, 65532, `${hintAllowRelated} == 1`, `${ALLOW}next;`, 8059);

  const persistent = 'ct.est && ct_mark.allow_established == 1';
  add(ingress, 65532, persistent, `${hintAllowPersisted} = 1; ${keepFunction}${ALLOW}next;`, 8081);
  add(egress, 65532, persistent, `${keepFunction}${ALLOW}next;`, 8085);
  add(afterLb, 65532, `${hintAllowPersisted} == 1`, `${ALLOW}next;`, 8089);
}

/** The flows of one ACL. */
function addAcl(m: Model, acl: Acl, stateful: boolean, maxTier: number, add: AddFlow): void {
  const kind = aclStageKind(acl);
  const stage = EVAL[kind];
  const priority = acl.priority + PRIORITY_OFFSET;
  const tier = maxTier > 0 ? `${SWITCH_REG.aclTier} == ${acl.tier} && ` : '';
  const verdict = aclLog(m, acl) + verdictOf(acl);
  const match = `(${acl.match})`;
  const extras = { hint: acl._uuid };
  const functions = acl.network_function_group !== null;
  const { action } = acl;
  if (!stateful || action === 'pass' || action === 'allow-stateless') {
    if (functions) return;
    add(stage, priority, tier + match, `${verdict}${labelActions(m, acl, false, kind)}next;`, 7480, extras);
    return;
  }
  const tracked = { ...extras, ctTranslation: m.config().aclCtTranslation };
  if (action === 'allow' || action === 'allow-related') {
    const label = labelActions(m, acl, true, kind);
    const redirect = functions ? functionActions(m, acl) : '';
    const allowNew = `${tier}${SWITCH_BIT.hintAllowNew} == 1 && ${match}`;
    add(
      stage,
      priority,
      allowNew,
      `${verdict}${persistActions(m, acl)}${label}${redirect}next;`,
      7548,
      tracked,
    );
    const again = acl.label !== 0 || acl.sample_est !== null || functions;
    const commit = again ? `${SWITCH_BIT.conntrackCommit} = 1; ` : '';
    const allow = `${tier}${SWITCH_BIT.hintAllow} == 1 && ${match}`;
    add(stage, priority, allow, `${verdict}${commit}${label}${redirect}next;`, 7580, tracked);
    return;
  }
  if (functions) return;
  const label = labelActions(m, acl, false, kind);
  add(
    stage,
    priority,
    `${tier}${SWITCH_BIT.hintDrop} == 1 && ${match}`,
    `${verdict}${label}next;`,
    7608,
    tracked,
  );
  const point = m.nb.row('Sample', acl.sample_est)?.metadata ?? 0;
  const block = `ct_commit { ct_mark.blocked = 1; ct_label.obs_point_id = ${point}; }; next;`;
  add(
    stage,
    priority,
    `${tier}${SWITCH_BIT.hintBlock} == 1 && ${match}`,
    verdict + label + block,
    7636,
    tracked,
  );
}

function verdictOf(acl: Acl): string {
  switch (acl.action) {
    case 'drop':
      return `${SWITCH_BIT.verdictDrop} = 1; `;
    case 'reject':
      return `${SWITCH_BIT.verdictReject} = 1; `;
    case 'pass':
      return '';
    default:
      return ALLOW;
  }
}

/** A persistent ACL is remembered in the connection by its number. */
function persistActions(m: Model, acl: Acl): string {
  if (!optionBool(acl.options, 'persist-established', false) || !m.features().ctLabelFlush) return '';
  const id = m.aclId(acl._uuid);
  return id === undefined ? '' : `${SWITCH_REG.aclId} = ${id}; ${SWITCH_BIT.persistId} = 1; `;
}

function functionActions(m: Model, acl: Acl): string {
  const id = m.nb.row('Network_Function_Group', acl.network_function_group)?.id ?? 0;
  const { networkFunction, networkFunctionOriginal } = SWITCH_BIT;
  return `${networkFunction} = 1; ${networkFunctionOriginal} = 1; ${SWITCH_REG.networkFunctionGroup} = ${id}; `;
}
