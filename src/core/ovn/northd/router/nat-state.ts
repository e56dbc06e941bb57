/** NAT and load balancing of a router as a whole: connection state, forced source addresses, commits, and all its rules. */
import type { AddFlow } from '../flows.ts';
import type { Addresses } from '../model/addresses.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { isEmptyAddresses } from '../model/nat.ts';
import type { RouterPort } from '../model/ports.ts';
import { LB_REG, ROUTER_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { FORCE_SNAT, SKIP_SNAT } from '../balance/vip-actions.ts';
import { residentAt } from './admission.ts';
import { networkId } from './egress.ts';
import { addNatRule, commitsAll, loopOf } from './nat.ts';

const UNTRACKED = '(!ct.trk || !ct.rpl)';

export function addNatDefaults(add: AddFlow): void {
  add(STAGE.lr_in_defrag, 0, '1', 'next;', 17938);
  add(STAGE.lr_in_unsnat, 0, '1', 'next;', 17939);
  add(STAGE.lr_in_post_unsnat, 0, '1', 'next;', 17940);
  add(STAGE.lr_out_chk_dnat_local, 0, '1', `${ROUTER_BIT.dnatLocal} = 0; next;`, 17942);
  add(STAGE.lr_out_snat, 0, '1', 'next;', 17944);
  add(STAGE.lr_in_ct_extract, 0, '1', 'next;', 17945);
  add(STAGE.lr_in_dnat, 0, '1', 'next;', 17947);
  add(STAGE.lr_out_undnat, 0, '1', 'next;', 17948);
  add(STAGE.lr_out_post_undnat, 0, '1', 'next;', 17949);
  add(STAGE.lr_out_post_snat, 0, '1', 'next;', 17951);
  add(STAGE.lr_out_egr_loop, 0, '1', 'next;', 17953);
  add(STAGE.lr_in_ecmp_stateful, 0, '1', 'next;', 17955);
  add(STAGE.lr_in_dhcp_relay_req, 0, '1', 'next;', 17957);
  add(STAGE.lr_in_dhcp_relay_resp_chk, 0, '1', 'next;', 17959);
  add(STAGE.lr_in_dhcp_relay_resp, 0, '1', 'next;', 17961);
  add(STAGE.lr_out_snat, 120, 'nd_ns', 'next;', 17968);
  add(STAGE.lr_in_lb_aff_check, 0, '1', 'next;', 8733);
  add(STAGE.lr_in_lb_aff_learn, 0, '1', 'next;', 8735);
}

/** Flows that depend on NAT rules and load balancers. */
export function addNatState(m: Model, lr: Router, add: AddFlow): void {
  const { hasVip } = m.routerState(lr.uuid);
  if (hasVip) addBalancedState(add);
  const gateways = gatewayPortsOf(m, lr);
  const isGateway = lr.gatewayChassis !== undefined;
  if (!isGateway && gateways.length === 0) return;
  const nat = m.routerNat(lr.uuid);
  const commitAll = commitsAll(lr);
  const stateful =
    hasVip ||
    !isEmptyAddresses(nat.dnatForceSnat) ||
    !isEmptyAddresses(nat.lbForceSnat) ||
    nat.lbForceSnatRouterIp ||
    nat.nats.some((rule) => !rule.stateless);
  const seen = new Set<string>();
  for (const rule of nat.nats) addNatRule(m, lr, rule, seen, commitAll, add);
  if (isGateway && (lr.nats.length > 0 || hasVip)) {
    add(STAGE.lr_out_undnat, 100, 'nd || nd_rs || nd_ra', 'next;', 18440);
    add(STAGE.lr_out_undnat, 50, 'ip', 'flags.loopback = 1; ct_dnat;', 18443);
    if (!(commitAll && stateful))
      add(STAGE.lr_out_post_undnat, 50, 'ip && ct.new', 'ct_commit { } ; next; ', 18447);
  }
  const features = m.features();
  if (commitAll && stateful && features.ctCommitToZone && features.ctNextZone) {
    if (isGateway) addCommitAll('', '', GATEWAY_LINES, add);
    for (const port of gateways) {
      const resident = residentAt(m.redirectOf(port.uuid));
      addCommitAll(
        ` && inport == ${port.quoted}${resident}`,
        ` && outport == ${port.quoted}${resident}`,
        PORT_LINES,
        add,
      );
    }
  }
  if (m.config().commonZone && lr.nats.length > 0) {
    const [match, actions] = NATTED;
    add(STAGE.lr_out_chk_dnat_local, 50, match, actions, 18476, { hint: lr.uuid });
  }
  if (!isGateway) return;
  addForced('dnat', nat.dnatForceSnat, add);
  addForced('lb', nat.lbForceSnat, add);
}

const NATTED = ['ip && ct_mark.natted == 1', `${ROUTER_BIT.dnatLocal} = 1; next;`] as const;

function gatewayPortsOf(m: Model, lr: Router): readonly RouterPort[] {
  return m
    .gatewayPorts(lr.uuid)
    .map((uuid) => m.lrp(uuid))
    .filter((port) => port !== undefined);
}

/** Later packets of connections that a load balancer has set up. */
function addBalancedState(add: AddFlow): void {
  const stage = STAGE.lr_in_dnat;
  const related = 'ct.rel && !ct.est && !ct.new && !ct.rpl';
  add(stage, 70, `${related} && ct_mark.skip_snat == 1`, `${SKIP_SNAT}ct_commit_nat;`, 18128);
  add(stage, 70, `${related} && ct_mark.force_snat == 1`, `${FORCE_SNAT}ct_commit_nat;`, 18134);
  add(stage, 50, related, 'ct_commit_nat;', 18139);
  const established = 'ct.est && !ct.rel && !ct.new && !ct.rpl && ct_mark.natted';
  add(stage, 70, `${established} && ct_mark.skip_snat == 1`, `${SKIP_SNAT}next;`, 18154);
  add(stage, 70, `${established} && ct_mark.force_snat == 1`, `${FORCE_SNAT}next;`, 18160);
  add(stage, 50, established, 'next;', 18165);
  const keep = `${LB_REG.ctProtocol} = ct_proto(); ${LB_REG.ctPort} = ct_tp_dst(); next;`;
  add(STAGE.lr_in_ct_extract, 100, 'ct.new && ip', keep, 17495);
}

/** Lines of the flows below, on gateway routers and at gateway ports. */
type CommitLines = readonly [number, number, number, number, number, number, number, number];
const GATEWAY_LINES: CommitLines = [17986, 17989, 17997, 17999, 18006, 18010, 18013, 18016];
const PORT_LINES: CommitLines = [18040, 18047, 18059, 18065, 18077, 18083, 18091, 18097];

/** Every connection is committed in both zones, whether a rule changes it or not. */
function addCommitAll(into: string, out: string, lines: CommitLines, add: AddFlow): void {
  add(STAGE.lr_in_defrag, 10, `ip && ${UNTRACKED}${into}`, 'ct_next(dnat);', lines[0]);
  add(STAGE.lr_in_dnat, 10, `ip && ct.new${into}`, 'ct_commit_to_zone(dnat);', lines[1]);
  add(STAGE.lr_in_post_unsnat, 10, `ip && ct.new${into}`, 'flags.unsnat_new = 1; next;', lines[2]);
  add(STAGE.lr_in_post_unsnat, 10, `ip && !ct.trk${into}`, 'flags.unsnat_not_tracked = 1; next;', lines[3]);
  const missed = `ip && ${UNTRACKED} && flags.unsnat_not_tracked == 1${out}`;
  add(STAGE.lr_out_post_undnat, 10, missed, 'ct_next(snat);', lines[4]);
  add(STAGE.lr_out_post_undnat, 10, `ip && flags.unsnat_new == 1${out}`, 'next;', lines[5]);
  const fresh = `ip && ${UNTRACKED} && flags.unsnat_new == 1${out}`;
  add(STAGE.lr_out_snat, 10, fresh, 'ct_commit_to_zone(snat);', lines[6]);
  add(STAGE.lr_out_snat, 10, `ip && ct.new${out}`, 'ct_commit_to_zone(snat);', lines[7]);
}

/** Traffic that was balanced, or whose destination was changed, gets a source address of the router's. */
function addForced(context: 'dnat' | 'lb', addresses: Addresses, add: AddFlow): void {
  const one = (ip: 'ip4' | 'ip6', address: string): void => {
    add(STAGE.lr_in_unsnat, 110, `${ip} && ${ip}.dst == ${address}`, 'ct_snat;', 14107);
    add(
      STAGE.lr_out_snat,
      100,
      `flags.force_snat_for_${context} == 1 && ${ip}`,
      `ct_snat(${address});`,
      14117,
    );
  };
  const v4 = addresses.v4[0];
  const v6 = addresses.v6[0];
  if (v4 !== undefined) one('ip4', v4.text);
  if (v6 !== undefined) one('ip6', v6.text);
}

/** The same with the address of the port by which the traffic leaves. */
export function addForcedByPort(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  if (!m.routerNat(lr.uuid).lbForceSnatRouterIp || m.lrpPeer(port.uuid) === undefined) return;
  // The last IPv6 address is the one made from the MAC.
  addForcedFamily(
    port,
    'ip4',
    port.networks.v4.map((net) => net.text),
    [14228, 14255, 14309],
    add,
  );
  addForcedFamily(
    port,
    'ip6',
    port.networks.v6.slice(0, -1).map((net) => net.text),
    [14268, 14295, 14322],
    add,
  );
}

function addForcedFamily(
  port: RouterPort,
  ip: 'ip4' | 'ip6',
  addresses: readonly string[],
  lines: readonly [number, number, number],
  add: AddFlow,
): void {
  addresses.forEach((address, at) => {
    add(STAGE.lr_in_unsnat, 110, `inport == ${port.quoted} && ${ip}.dst == ${address}`, 'ct_snat;', lines[0]);
    const id = networkId(at);
    const match = `flags.force_snat_for_lb == 1 && flags.network_id == ${id} && ${ip} && outport == ${port.quoted}`;
    add(STAGE.lr_out_snat, 110, match, `ct_snat(${addresses[id]});`, lines[1]);
  });
  const first = addresses[0];
  if (first === undefined) return;
  const match = `flags.force_snat_for_lb == 1 && ${ip} && outport == ${port.quoted}`;
  add(STAGE.lr_out_snat, 105, match, `ct_snat(${first});`, lines[2]);
}

/**
 * At gateway ports, rules without connection state that are meant for some external addresses only. The real program
 * takes over match and actions of whatever flow it made last for the router's NAT, and so do we.
 */
export function addExternalRedirects(m: Model, lr: Router, add: AddFlow): void {
  const gateways = gatewayPortsOf(m, lr).filter((port) => !m.isBehindVtep(port.uuid));
  // The real program does not ask here whether a rule is valid.
  const rules = m.routerNat(lr.uuid).limited;
  if (gateways.length === 0 || rules.length === 0) return;
  const [match, actions] = lastNatFlow(m, lr);
  const stage = STAGE.lr_in_gw_redirect;
  const { drop } = m.config();
  for (const port of gateways) {
    let isFirst = true;
    for (const { row, isIpv6 } of rules) {
      const ip = isIpv6 ? 'ip6' : 'ip4';
      const set = m.nb.row('Address_Set', row.allowed_ext_ips ?? row.exempted_ext_ips)?.name ?? '';
      const of = `${match} && ${ip}.src == $${set}`;
      if (row.allowed_ext_ips === null) {
        add(stage, 75, of, drop, 16195, { hint: port.uuid });
        continue;
      }
      add(stage, 75, of, actions, 16181, { hint: port.uuid });
      if (isFirst) add(stage, 70, `ip && ${ip}.dst == ${row.external_ip}`, drop, 16189);
      isFirst = false;
    }
  }
}

function lastNatFlow(m: Model, lr: Router): readonly [match: string, actions: string] {
  const nats = m.routerNat(lr.uuid).nats;
  const last = nats.at(-1);
  const port = last?.gatewayPort === undefined ? undefined : m.lrp(last.gatewayPort);
  if (m.config().commonZone && lr.nats.length > 0) return NATTED;
  const loop = last === undefined || port === undefined ? (['', ''] as const) : loopOf(m, lr, last, port);
  const features = m.features();
  const lastGateway = gatewayPortsOf(m, lr).at(-1);
  const stateful = nats.some((rule) => !rule.stateless) || m.routerState(lr.uuid).hasVip;
  if (
    !commitsAll(lr) ||
    !stateful ||
    !features.ctCommitToZone ||
    !features.ctNextZone ||
    lastGateway === undefined
  )
    return loop;
  return [
    `ip && ct.new && outport == ${lastGateway.quoted}${residentAt(m.redirectOf(lastGateway.uuid))}`,
    loop[1],
  ];
}
