/** A client that reaches itself through a virtual address: its packets turn round on the switch. */
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import { LB_REG, SWITCH_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

export function addHairpin(ls: Switch, hasVip: boolean, add: AddFlow): void {
  const { hairpin, hairpinReply, fragment } = SWITCH_BIT;
  add(STAGE.ls_in_pre_hairpin, 0, '1', 'next;', 9064);
  add(STAGE.ls_in_nat_hairpin, 0, '1', 'next;', 9066);
  add(STAGE.ls_in_hairpin, 0, '1', 'next;', 9068);
  if (!hasVip) return;
  const hint = { hint: ls.uuid };
  const later = `ct.trk && ct.est && !ct.rpl && ${fragment} == 1`;
  const port = `${LB_REG.port} = ct_tp_dst(); next;`;
  add(STAGE.ls_in_lb, 110, `${later} && ip4`, `${LB_REG.v4} = ct_nw_dst(); ${port}`, 9086);
  add(STAGE.ls_in_lb, 110, `${later} && ip6`, `${LB_REG.v6} = ct_ip6_dst(); ${port}`, 9092);
  const look = `${hairpin} = chk_lb_hairpin(); ${hairpinReply} = chk_lb_hairpin_reply(); next;`;
  add(STAGE.ls_in_pre_hairpin, 100, 'ip && ct.trk', look, 9102, hint);
  const turns = `${hairpin} == 1`;
  add(
    STAGE.ls_in_nat_hairpin,
    100,
    `ip && ct.new && ct.trk && ${turns}`,
    'ct_snat_to_vip; next;',
    9110,
    hint,
  );
  add(STAGE.ls_in_nat_hairpin, 100, `ip && ct.est && ct.trk && ${turns}`, 'ct_snat;', 9118, hint);
  add(STAGE.ls_in_nat_hairpin, 90, `ip && ${hairpinReply} == 1`, 'ct_snat;', 9123, hint);
  const back = 'eth.dst <-> eth.src; outport = inport; flags.loopback = 1; output;';
  add(STAGE.ls_in_hairpin, 1, `(${turns} || ${hairpinReply} == 1)`, back, 9131);
}
