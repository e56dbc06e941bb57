/** The stages before connection tracking: which packets go through it for ACLs and load balancers, and which stay out. */
import type { Uuid } from '../../../base/uuid.ts';
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { SwitchPort } from '../model/ports.ts';
import { SWITCH_BIT, TOO_BIG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import type { Stage } from '../stages.table.ts';

const ACL_PRIORITY_OFFSET = 1000;
const NEIGHBOUR_DISCOVERY = 'nd || nd_rs || nd_ra || mldv1 || mldv2';

/** Stages that every switch has: health checks, multicast and neighbour discovery stay untracked. */
export function addPreDefaults(m: Model, ls: Switch, add: AddFlow): void {
  add(STAGE.ls_in_pre_acl, 0, '1', 'next;', 6394);
  add(STAGE.ls_out_pre_acl, 0, '1', 'next;', 6396);
  add(STAGE.ls_in_pre_acl, 110, 'eth.dst == $svc_monitor_mac', 'next;', 6399);
  add(STAGE.ls_out_pre_acl, 110, 'eth.src == $svc_monitor_mac', 'next;', 6403);

  addInterconnectionSnooping(m, ls, add);
  add(STAGE.ls_in_pre_lb, 110, 'eth.mcast', 'next;', 6608);
  add(STAGE.ls_out_pre_lb, 110, 'eth.mcast', 'next;', 6610);
  add(STAGE.ls_in_pre_lb, 110, NEIGHBOUR_DISCOVERY, 'next;', 6614);
  add(STAGE.ls_out_pre_lb, 110, NEIGHBOUR_DISCOVERY, 'next;', 6617);
  add(STAGE.ls_in_pre_lb, 110, `${TOO_BIG.replace('|| ', '||')} && flags.tunnel_rx == 1`, 'next;', 6621);
  add(STAGE.ls_in_pre_lb, 110, 'eth.dst == $svc_monitor_mac', 'next;', 6628);
  add(STAGE.ls_out_pre_lb, 110, 'eth.src == $svc_monitor_mac', 'next;', 6630);
  add(STAGE.ls_in_pre_lb, 0, '1', 'next;', 6634);
  add(STAGE.ls_out_pre_lb, 0, '1', 'next;', 6635);
  add(STAGE.ls_in_pre_lb, 110, `${SWITCH_BIT.aclStateless} == 1`, 'next;', 6638);
  add(STAGE.ls_out_pre_lb, 110, `${SWITCH_BIT.aclStateless} == 1`, 'next;', 6640);

  add(STAGE.ls_in_pre_stateful, 0, '1', 'next;', 6731);
  add(STAGE.ls_out_pre_stateful, 0, '1', 'next;', 6733);
  const nat = `${SWITCH_BIT.conntrackNat} == 1`;
  add(STAGE.ls_in_pre_stateful, 115, `${nat} && ip.is_frag`, `${SWITCH_BIT.fragment} = 1; ct_lb_mark;`, 6740);
  add(STAGE.ls_in_pre_stateful, 110, nat, 'ct_lb_mark;', 6745);
  add(STAGE.ls_out_pre_stateful, 110, nat, 'ct_lb_mark;', 6749);
  add(STAGE.ls_in_pre_stateful, 100, `${SWITCH_BIT.conntrackDefrag} == 1`, 'ct_next;', 6755);
  add(STAGE.ls_out_pre_stateful, 100, `${SWITCH_BIT.conntrackDefrag} == 1`, 'ct_next;', 6759);
}

function addInterconnectionSnooping(m: Model, ls: Switch, add: AddFlow): void {
  if (!ls.snooping || !ls.config.has('interconn-ts')) return;
  const extras = { meter: m.copp(ls.copp, 'igmp') };
  for (const uuid of m.switchPortRows(ls.uuid)) {
    const port = m.lsp(uuid);
    if (port?.type !== 'remote') continue;
    const report = (match: string, line: number): void =>
      add(
        STAGE.ls_out_pre_lb,
        120,
        `inport == ${port.quoted} && ${match} && flags.igmp_loopback == 0`,
        'clone { igmp; }; next;',
        line,
        extras,
      );
    report('igmp', 6581);
    report('(mldv1 || mldv2)', 6591);
  }
}

/** Packets of a port that never go through conntrack. */
function skipPort(port: SwitchPort, kept: boolean, ingress: Stage, egress: Stage, add: AddFlow): void {
  const extras = { port: port.name, hint: port.uuid };
  add(ingress, 110, `ip && inport == ${port.quoted}`, 'next;', 6303, extras);
  add(egress, 110, `ip && outport == ${port.quoted}`, leave(kept), 6306, extras);
}

/** On the way out, tracking that a load balancer began is forgotten, unless an ACL still needs it. */
const leave = (kept: boolean): string => (kept ? 'next;' : 'flags.pkt_sampled = 0; ct_clear; next;');

function skipEvpn(ls: Switch, kept: boolean, ingress: Stage, egress: Stage, add: AddFlow): void {
  if (!ls.evpn) return;
  add(ingress, 110, 'from_evpn_vtep', 'next;', 6333);
  add(egress, 110, 'to_evpn_vtep', leave(kept), 6335);
}

/** The stages as the ACLs and load balancers of a switch want them. */
export function addPreStateful(m: Model, ls: Switch, add: AddFlow): void {
  const state = m.switchState(ls.uuid);
  if (state.hasStatefulAcl) addPreAcl(m, ls, add);
  else if (state.hasVip) addStatelessFilters(m, ls, add);
  const [ingress, egress] = [STAGE.ls_in_pre_lb, STAGE.ls_out_pre_lb];
  for (const port of ports(m, m.routerPortsOf(ls.uuid)))
    skipPort(port, state.hasStatefulAcl, ingress, egress, add);
  for (const port of ports(m, m.switchPortsOf(ls.uuid))) skipPort(port, true, ingress, egress, add);
  if (!state.hasVip)
    for (const port of ports(m, m.localnets(ls.uuid)))
      skipPort(port, state.hasStatefulAcl, ingress, egress, add);
  skipEvpn(ls, state.hasStatefulAcl, ingress, egress, add);
  if (state.hasVip) {
    add(ingress, 100, 'ip', `${SWITCH_BIT.conntrackNat} = 1; next;`, 6715);
    add(egress, 100, 'ip', `${SWITCH_BIT.conntrackNat} = 1; next;`, 6718);
  }
}

function addPreAcl(m: Model, ls: Switch, add: AddFlow): void {
  const [ingress, egress] = [STAGE.ls_in_pre_acl, STAGE.ls_out_pre_acl];
  for (const port of ports(m, m.routerPortsOf(ls.uuid)))
    if (!m.hasRouterPortAcl(port.uuid)) skipPort(port, true, ingress, egress, add);
  for (const port of ports(m, m.switchPortsOf(ls.uuid))) skipPort(port, true, ingress, egress, add);
  for (const port of ports(m, m.localnets(ls.uuid))) skipPort(port, true, ingress, egress, add);
  skipEvpn(ls, true, ingress, egress, add);
  addStatelessFilters(m, ls, add);
  const untracked = `${NEIGHBOUR_DISCOVERY} || (udp && udp.src == 546 && udp.dst == 547)`;
  add(ingress, 110, untracked, 'next;', 6452);
  add(egress, 110, untracked, 'next;', 6456);
  if (!m.config().aclCtTranslation) {
    add(ingress, 110, 'eth.mcast', 'next;', 6469);
    add(egress, 110, 'eth.mcast', 'next;', 6471);
  }
  add(ingress, 110, `${TOO_BIG} && flags.tunnel_rx == 1`, 'next;', 6485);
  add(ingress, 100, 'ip', `${SWITCH_BIT.conntrackDefrag} = 1; next;`, 6490);
  add(egress, 100, 'ip', `${SWITCH_BIT.conntrackDefrag} = 1; next;`, 6493);
}

/** Traffic that a stateless ACL allows is kept out of conntrack. */
function addStatelessFilters(m: Model, ls: Switch, add: AddFlow): void {
  for (const acl of m.acls(ls.uuid)) {
    if (acl.action !== 'allow-stateless') continue;
    const ingress = acl.direction === 'from-lport';
    const stage = ingress ? STAGE.ls_in_pre_acl : STAGE.ls_out_pre_acl;
    const priority = acl.priority + ACL_PRIORITY_OFFSET;
    add(stage, priority, acl.match, `${SWITCH_BIT.aclStateless} = 1; next;`, ingress ? 6347 : 6351, {
      hint: acl._uuid,
    });
  }
}

function ports(m: Model, uuids: readonly Uuid[]): SwitchPort[] {
  return uuids.map((uuid) => m.lsp(uuid)).filter((port): port is SwitchPort => port !== undefined);
}
