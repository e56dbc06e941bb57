/** QoS rules: metering and marking of what matches. */
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { STAGE } from '../stages.table.ts';

const MAX_DSCP = 63;

export function addQos(m: Model, ls: Switch, add: AddFlow): void {
  add(STAGE.ls_in_qos, 0, '1', 'next;', 8209);
  add(STAGE.ls_out_qos, 0, '1', 'next;', 8211);
  for (const rule of m.nb.rows('QoS', ls.qosRules)) {
    const stage = rule.direction === 'from-lport' ? STAGE.ls_in_qos : STAGE.ls_out_qos;
    const rate = rule.bandwidth.get('rate');
    const burst = rule.bandwidth.get('burst');
    let actions = '';
    if (rate !== undefined) actions = `set_meter(${burst === undefined ? rate : `${rate}, ${burst}`}); `;
    for (const [what, value] of rule.action) {
      if (what === 'mark') actions += `pkt.mark = ${value}; `;
      else if (value <= MAX_DSCP) actions += `ip.dscp = ${value}; `;
    }
    add(stage, rule.priority, rule.match, `${actions}next;`, 8260, { hint: rule._uuid });
  }
}
