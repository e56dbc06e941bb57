/** The stages that act on what the ACLs decided: go on, drop, reject, or try the next tier. */
import type { AddFlow } from '../flows.ts';
import { tierOf } from '../model/access.ts';
import type { AclStageKind } from '../model/access.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { SWITCH_BIT, SWITCH_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import type { Stage } from '../stages.table.ts';

const KINDS: readonly { readonly kind: AclStageKind; readonly evaluation: Stage; readonly action: Stage }[] =
  [
    { kind: 'ingress', evaluation: STAGE.ls_in_acl_eval, action: STAGE.ls_in_acl_action },
    { kind: 'afterLb', evaluation: STAGE.ls_in_acl_after_lb_eval, action: STAGE.ls_in_acl_after_lb_action },
    { kind: 'egress', evaluation: STAGE.ls_out_acl_eval, action: STAGE.ls_out_acl_action },
  ];

/** An answer that says no goes back where the packet came from, past the stages it has been through. */
function rejectActions(ingress: boolean): string {
  const back = ingress
    ? `next(pipeline=egress,table=${STAGE.ls_out_qos.table});`
    : `next(pipeline=ingress,table=${STAGE.ls_in_l2_lkup.table});`;
  const swap = '/* eth.dst <-> eth.src; ip.dst <-> ip.src; is implicit. */ outport <-> inport; ';
  return `reg0 = 0; reject { ${swap}${back} };`;
}

export function addVerdicts(m: Model, ls: Switch, add: AddFlow): void {
  const state = m.switchState(ls.uuid);
  const { implicitDrop, defaultAclDrop } = m.config();
  const { verdictAllow, verdictDrop, verdictReject } = SWITCH_BIT;
  const clear = `${verdictAllow} = 0; ${verdictDrop} = 0; ${verdictReject} = 0; `;
  for (const { kind, evaluation, action: stage } of KINDS) {
    if (!state.hasAcls) {
      add(stage, 0, '1', 'next;', 7771);
      continue;
    }
    const maxTier = tierOf(state, kind);
    const reset = maxTier > 0 ? `${clear}${SWITCH_REG.aclTier} = 0; ` : clear;
    add(stage, 1000, `${verdictAllow} == 1`, `${reset}next;`, 7776);
    add(stage, 1000, `${verdictDrop} == 1`, reset + implicitDrop, 7781);
    add(stage, 1000, `${verdictReject} == 1`, reset + rejectActions(kind !== 'egress'), 7790, {
      meter: m.copp(ls.copp, 'reject'),
    });
    add(stage, 0, '1', reset + (defaultAclDrop ? implicitDrop : 'next;'), 7798);
    for (let tier = 0; tier < maxTier; tier += 1) {
      const next = `next(pipeline=${stage.pipeline},table=${evaluation.table});`;
      add(
        stage,
        500,
        `${SWITCH_REG.aclTier} == ${tier}`,
        `${SWITCH_REG.aclTier} = ${tier + 1}; ${next}`,
        7809,
      );
    }
  }
}
