/** Logging of ACLs: the log action, its meter, and the flows that log replies and related traffic. */
import type { AddFlow } from '../flows.ts';
import type { Acl } from '../model/access.ts';
import type { Model } from '../model/model.ts';
import { optionBool } from '../model/options.ts';
import { SWITCH_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

/** The southbound meter of an ACL: one of its own where the meter is fair. */
export const fairMeterName = (meter: string, acl: Acl): string => `${meter}__${acl._uuid}`;

/** The log action of an ACL, or nothing. */
export function aclLog(m: Model, acl: Acl): string {
  if (!acl.log) return '';
  const parts: string[] = [];
  if (acl.name !== null) parts.push(`name="${acl.name}"`);
  parts.push(`severity=${acl.severity ?? 'info'}`);
  parts.push(`verdict=${acl.action.startsWith('allow') ? 'allow' : acl.action}`);
  if (acl.meter !== null) {
    const fair = m.meter(acl.meter)?.fair === true;
    parts.push(`meter="${fair ? fairMeterName(acl.meter, acl) : acl.meter}"`);
  }
  return `log(${parts.join(', ')}); `;
}

/** With log-related, what an allowed connection brings back is logged as well; the label tells which ACL it was. */
export function addRelatedLog(m: Model, acl: Acl, add: AddFlow): void {
  if (acl.action !== 'allow' && acl.action !== 'allow-related') return;
  if (!acl.log || acl.label === 0 || !optionBool(acl.options, 'log-related', false)) return;
  const actions = `${aclLog(m, acl)}${SWITCH_BIT.networkFunction} = ct_label.nf; ${SWITCH_BIT.verdictAllow} = 1; next;`;
  const stage = acl.direction === 'from-lport' ? STAGE.ls_out_acl_eval : STAGE.ls_in_acl_eval;
  const of = `ct_mark.blocked == 0 && ct_label.label == ${acl.label}`;
  add(stage, 65533, `ct.est && !ct.rel && ct.rpl && ${of}`, actions, 7865, { hint: acl._uuid });
  add(stage, 65533, `!ct.est && ct.rel && !ct.new && ${of}`, actions, 7874, { hint: acl._uuid });
}
