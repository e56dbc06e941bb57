/** Load balancing on switches: the virtual addresses of one load balancer, on all switches that use it. */
import type { Uuid } from '../../../base/uuid.ts';
import type { FlowList } from '../flows.ts';
import type { LoadBalancer, Vip } from '../model/load-balancers.ts';
import type { Model } from '../model/model.ts';
import { LB_REG, SWITCH_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { addSwitchAffinity } from './affinity.ts';
import { emptyEvent, keepVip, vipActions } from './vip-actions.ts';

export function addSwitchVips(m: Model, lb: LoadBalancer, flows: FlowList): void {
  const switches = m.lbSwitches(lb.uuid);
  if (switches.length === 0) return;
  const hint = { hint: lb.uuid };
  for (const vip of lb.vips) {
    const event = emptyEvent(m, lb, vip);
    if (event === undefined) continue;
    for (const ls of switches) {
      const meter = m.copp(m.switch(ls)?.copp ?? null, 'event-elb');
      flows.to(ls)(STAGE.ls_in_pre_lb, 130, event.match, event.actions, 13426, { ...hint, meter });
    }
  }
  const stateless = m.lbOwnSwitches(lb.uuid).filter((ls) => m.switch(ls)?.statelessAclWithLb === true);
  for (const vip of lb.vips) {
    addTracking(lb, vip, switches, stateless, flows);
  }
  for (const vip of lb.vips) addBalance(m, lb, vip, switches, flows);
  for (const ls of stateless) {
    const add = flows.to(ls);
    const bit = `${SWITCH_BIT.aclStateless} == 1`;
    add(STAGE.ls_out_pre_lb, 115, bit, `${SWITCH_BIT.conntrackNat} = 1; next;`, 8753);
    add(STAGE.ls_out_stateful, 110, `${bit} && ct.new`, 'next;', 8756);
  }
}

/** Packets to a virtual address go through conntrack, which may undo an earlier choice of backend. */
function addTracking(
  lb: LoadBalancer,
  vip: Vip,
  switches: readonly Uuid[],
  stateless: readonly Uuid[],
  flows: FlowList,
): void {
  const port = vip.port === undefined ? '' : ` && ${lb.protocol}.dst == ${vip.port}`;
  const to = `ip${vip.family}.dst == ${vip.ip}${port}`;
  const actions = `${keepVip(vip)}ct_lb_mark;`;
  const match = `${SWITCH_BIT.conntrackNat} == 1 && ${to}`;
  flows.toAll(switches)(STAGE.ls_in_pre_stateful, 120, match, actions, 8312, { hint: lb.uuid });
  for (const ls of stateless) {
    const add = flows.to(ls);
    add(STAGE.ls_in_pre_stateful, 150, to, actions, 8346);
    if (lb.hairpinSnatIp === undefined && vip.port === undefined) continue;
    const back = `${lb.protocol} && ip${vip.family}.dst == ${lb.hairpinSnatIp ?? vip.ip}`;
    add(STAGE.ls_in_pre_stateful, 105, back, 'ct_lb_mark;', 8359);
  }
}

/** New connections are given a backend. */
function addBalance(m: Model, lb: LoadBalancer, vip: Vip, switches: readonly Uuid[], flows: FlowList): void {
  const { plain, rejects } = vipActions(m, lb, vip, true);
  const port =
    vip.port === undefined
      ? ''
      : ` && ${LB_REG.ctProtocol} == ${lb.protocolNumber} && ${LB_REG.ctPort} == ${vip.port}`;
  const match = `ct.new && ip${vip.family}.dst == ${vip.ip}${port}`;
  const priority = vip.port === undefined ? 110 : 120;
  addSwitchAffinity(lb, vip, flows.toAll(switches));
  const meterOf = (ls: Uuid): string | undefined =>
    rejects ? m.copp(m.switch(ls)?.copp ?? null, 'reject') : undefined;
  for (const ls of switches) {
    const meter = meterOf(ls);
    if (meter !== undefined)
      flows.to(ls)(STAGE.ls_in_lb, priority, match, plain, 8914, { hint: lb.uuid, meter });
  }
  const unmetered = switches.filter((ls) => meterOf(ls) === undefined);
  flows.toAll(unmetered)(STAGE.ls_in_lb, priority, match, plain, 8921, { hint: lb.uuid });
}
