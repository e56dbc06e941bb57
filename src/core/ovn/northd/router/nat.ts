/** NAT rules of a router, one after the other: the way in, the way out, and the loop back of traffic that meets itself. */
import type { AddFlow } from '../flows.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { Nat } from '../model/nat.ts';
import { optionBool, optionInt } from '../model/options.ts';
import type { RouterPort } from '../model/ports.ts';
import { ROUTER_BIT, ROUTER_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { addMtuCheck } from './admission.ts';
import { isBridged } from './resolve.ts';

/** Logical registers, cleared when a packet goes round. */
const REGISTERS = 10;
const UNTRACKED = ' && (!ct.trk || !ct.rpl)';

/** What a rule works with. */
interface Rule {
  readonly nat: Nat;
  readonly lr: Router;
  /** The gateway port at which it works; undefined on a gateway router. */
  readonly port: RouterPort | undefined;
  /** The condition that this chassis is the gateway's, or the one of a distributed rule's port. */
  readonly redirect: string | undefined;
  readonly ip: 'ip4' | 'ip6';
  readonly commonZone: boolean;
  readonly hint: { readonly hint: Nat['row']['_uuid'] };
}

function ruleOf(m: Model, lr: Router, nat: Nat, port: RouterPort | undefined): Rule {
  return {
    nat,
    lr,
    port,
    redirect: port === undefined ? undefined : m.redirectOf(port.uuid)?.quoted,
    ip: nat.isIpv6 ? 'ip6' : 'ip4',
    commonZone: m.config().commonZone && lr.gatewayChassis === undefined,
    hint: { hint: nat.row._uuid },
  };
}

/** The flows of one rule. `seen` has the external addresses of the rules before it. */
export function addNatRule(
  m: Model,
  lr: Router,
  nat: Nat,
  seen: Set<string>,
  commitAll: boolean,
  add: AddFlow,
): void {
  const port = nat.gatewayPort === undefined ? undefined : m.lrp(nat.gatewayPort);
  const rule = ruleOf(m, lr, nat, port);
  addUnsnat(rule, add);
  addDnat(m, rule, add);
  if (port !== undefined && !seen.has(nat.row.external_ip)) addResolve(m, rule, port, add);
  seen.add(nat.row.external_ip);
  if (m.config().commonZone) addIsLocal(rule, add);
  addUndnat(rule, add);
  addSnat(m, rule, commitAll, add);
  addIngress(m, rule, add);
  if (nat.distributed && port !== undefined) addDistributedRedirect(m, rule, port, add);
  if (port !== undefined) {
    const [match, actions] = loopOf(m, lr, nat, port);
    add(STAGE.lr_out_egr_loop, 100, match, actions, 18423, rule.hint);
  }
}

const isSnat = ({ row }: Nat): boolean => row.type !== 'dnat';
const isDnat = ({ row }: Nat): boolean => row.type !== 'snat';

/** At the rule's gateway port, on its chassis unless the rule is distributed. */
function atGateway({ nat, port, redirect }: Rule, side: 'inport' | 'outport'): string {
  if (port === undefined) return '';
  const resident = nat.distributed || redirect === undefined ? '' : ` && is_chassis_resident(${redirect})`;
  return ` && ${side} == ${port.quoted}${resident}`;
}

/** The way back of source NAT. */
function addUnsnat(rule: Rule, add: AddFlow): void {
  const { nat, ip, lr, commonZone, hint } = rule;
  if (!isSnat(nat)) return;
  const stage = STAGE.lr_in_unsnat;
  const match = `ip && ${ip}.dst == ${nat.row.external_ip}${atGateway(rule, 'inport')}`;
  const priority = lr.gatewayChassis === undefined ? 100 : 90;
  if (nat.stateless) {
    add(stage, priority, match, 'next;', 17349, hint);
  } else if (commonZone) {
    add(stage, 100, `${match} && flags.loopback == 0`, 'ct_snat_in_czone;', 17376, hint);
    add(stage, 100, `${match} && flags.loopback == 1 && flags.use_snat_zone == 1`, 'ct_snat;', 17383, hint);
  } else {
    add(stage, priority, match, 'ct_snat;', 17405, hint);
  }
}

/** The priority of a rule: one with a match of its own goes first, then the longer network. */
function priorityOf({ nat, port }: Rule, isDestination: boolean): number {
  if (nat.row.match !== '') return 300 + nat.row.priority;
  if (isDestination) return 100;
  return nat.prefix + 1 + (port === undefined ? 0 : 128);
}

/** External addresses for which a rule is meant; those that are exempt get a flow of their own. */
function externalCondition(m: Model, rule: Rule, match: string, isSource: boolean, add: AddFlow): string {
  const { nat, ip, hint } = rule;
  const name = (uuid: Nat['row']['allowed_ext_ips']): string | undefined =>
    m.nb.row('Address_Set', uuid)?.name;
  const side = `${ip}.${isSource ? 'src' : 'dst'}`;
  const allowed = name(nat.row.allowed_ext_ips);
  if (allowed !== undefined) return ` && ${side} == $${allowed}`;
  const exempt = name(nat.row.exempted_ext_ips);
  if (exempt === undefined) return '';
  const stage = isSource ? STAGE.lr_in_dnat : STAGE.lr_out_snat;
  add(stage, priorityOf(rule, isSource) + 2, `${match} && ${side} == $${exempt}`, 'next;', 13797, hint);
  return '';
}

const ownMatch = ({ nat }: Rule): string => (nat.row.match === '' ? '' : ` && (${nat.row.match})`);
const portRange = ({ nat }: Rule): string =>
  nat.row.external_port_range === '' ? '' : `,${nat.row.external_port_range}`;

/** Destination NAT. */
function addDnat(m: Model, rule: Rule, add: AddFlow): void {
  const { nat, lr, ip, commonZone, hint } = rule;
  if (!isDnat(nat)) return;
  const to = `ip && ${ip}.dst == ${nat.row.external_ip}${atGateway(rule, 'inport')}`;
  const match = to + externalCondition(m, rule, to, true, add) + ownMatch(rule);
  let before = '';
  if (lr.gatewayChassis !== undefined) {
    const { v4, v6 } = m.routerNat(lr.uuid).dnatForceSnat;
    before = `${v4.length + v6.length > 0 ? 'flags.force_snat_for_dnat = 1; ' : ''}flags.loopback = 1; `;
  }
  const change = nat.stateless
    ? `${ip}.dst=${nat.row.logical_ip}; next;`
    : `${commonZone ? 'ct_dnat_in_czone' : 'ct_dnat'}(${nat.row.logical_ip}${portRange(rule)});`;
  add(STAGE.lr_in_dnat, priorityOf(rule, true), match, before + change, 17484, hint);
}

/** On a distributed router: the MAC that goes with an external address. */
function addResolve(m: Model, rule: Rule, port: RouterPort, add: AddFlow): void {
  const { nat, lr, ip, hint } = rule;
  const stage = STAGE.lr_in_arp_resolve;
  const external = nat.row.external_ip;
  const out = `outport == ${port.quoted}`;
  add(
    stage,
    150,
    `inport == ${port.quoted} && ${out} && ${ip}.dst == ${external}`,
    m.config().drop,
    18256,
    hint,
  );
  const register = nat.isIpv6 ? ROUTER_REG.nextHop6 : ROUTER_REG.nextHop4;
  const mac = nat.distributed ? (nat.row.external_mac ?? '') : port.networks.mac;
  add(stage, 100, `${out} && ${register} == ${external}`, `eth.dst = ${mac}; next;`, 18273, hint);
  const bridged = m.routerPorts(lr.uuid).some((uuid) => {
    const other = m.lrp(uuid);
    return other !== undefined && isBridged(other);
  });
  const first = m.gatewayPorts(lr.uuid)[0];
  const firstPort = first === undefined ? undefined : m.lrp(first);
  if (!bridged || !nat.distributed || firstPort === undefined) return;
  const match =
    `outport == ${firstPort.quoted} && ${ip}.src == ${nat.row.logical_ip} ` +
    `&& is_chassis_resident("${nat.row.logical_port}")`;
  add(stage, 90, match, `${nat.isIpv6 ? 'get_nd' : 'get_arp'}(outport, ${register}); next;`, 18294, hint);
}

/** This chassis, or the one of the port of a distributed rule. */
const residentOf = ({ nat, redirect }: Rule): string =>
  `is_chassis_resident(${nat.distributed ? `"${nat.row.logical_port}"` : (redirect ?? '')})`;

function addIsLocal(rule: Rule, add: AddFlow): void {
  if (rule.port === undefined) return;
  const match = `ip && ${rule.ip}.dst == ${rule.nat.row.external_ip} && ${residentOf(rule)}`;
  add(STAGE.lr_out_chk_dnat_local, 50, match, `${ROUTER_BIT.dnatLocal} = 1; next;`, 17581, rule.hint);
}

/** The way back of destination NAT. */
function addUndnat(rule: Rule, add: AddFlow): void {
  const { nat, ip, port, commonZone, hint } = rule;
  if (port === undefined || !isDnat(nat)) return;
  const match = `ip && ${ip}.src == ${nat.row.logical_ip}${atGateway(rule, 'outport')}`;
  const undo = nat.stateless ? 'next;' : commonZone ? 'ct_dnat_in_czone;' : 'ct_dnat;';
  add(STAGE.lr_out_undnat, 100, match, ownSource(rule) + undo, 17550, hint);
}

/** A distributed rule sends with its own MAC. */
const ownSource = ({ nat }: Rule): string => (nat.distributed ? `eth.src = ${nat.mac}; ` : '');

/** Source NAT. */
function addSnat(m: Model, rule: Rule, commitAll: boolean, add: AddFlow): void {
  const { nat, ip, commonZone, hint } = rule;
  if (!isSnat(nat)) return;
  const stage = STAGE.lr_out_snat;
  const priority = priorityOf(rule, false);
  const side = (which: 'src' | 'dst', port: 'outport' | 'inport'): string => {
    const at = rule.port === undefined ? '' : ` && ${port} == ${rule.port.quoted} && ${residentOf(rule)}`;
    const to = `ip && ${ip}.${which} == ${nat.row.logical_ip}${at}`;
    return to + externalCondition(m, rule, to, which === 'dst', add) + ownMatch(rule);
  };
  const match = side('src', 'outport');
  const mac = ownSource(rule);
  if (nat.stateless) {
    add(stage, priority, match, `${mac}${ip}.src=${nat.row.external_ip}; next;`, 17658, hint);
    return;
  }
  const change = `(${nat.row.external_ip}${portRange(rule)});`;
  if (commonZone) {
    add(stage, priority, match + UNTRACKED, `${mac}ct_snat_in_czone${change}`, 17707, hint);
    const local = `${match}${UNTRACKED} && ${ROUTER_BIT.dnatLocal} == 1`;
    add(stage, priority + 1, local, `${mac}${ROUTER_BIT.dnatLocal} = 0; ct_snat${change}`, 17712, hint);
    return;
  }
  add(stage, priority, match + UNTRACKED, `${mac}ct_snat${change}`, 17753, hint);
  const features = m.features();
  if (!features.ctCommitToZone || !features.ctNextZone || rule.port === undefined || commitAll) return;
  // Replies that meet no rule still have to find their connection.
  const zone = nat.row.type === 'snat' ? 'snat' : 'dnat';
  const offset = zone === 'snat' ? 0 : 5;
  add(STAGE.lr_out_post_undnat, 70 + offset, match + UNTRACKED, `ct_next(${zone});`, 17780);
  const back = side('dst', 'inport');
  add(stage, priority + offset, back + UNTRACKED, `ct_${zone};`, 17791);
  add(STAGE.lr_out_post_snat, priority + offset, `${back} && ct.new`, `ct_commit_to_zone(${zone});`, 17801);
}

/** What comes from outside: with an SNAT address as its source, and to the MAC of a distributed rule. */
function addIngress(m: Model, rule: Rule, add: AddFlow): void {
  const { nat, lr, ip, port, hint } = rule;
  if (port === undefined) return;
  if (nat.row.type === 'snat') {
    const match = `inport == ${port.quoted} && ${ip}.src == ${nat.row.external_ip}`;
    add(STAGE.lr_in_ip_input, 120, match, 'next;', 17893, hint);
  }
  if (!nat.distributed) return;
  const match = `eth.dst == ${nat.mac} && inport == ${port.quoted} && ${residentOf(rule)}`;
  const take = `${ROUTER_REG.inportMac} = ${port.networks.mac}; next;`;
  addMtuCheck(m, port, STAGE.lr_in_admission, 50, 55, match, take, nat.row._uuid, add);
  const mtu = optionInt(port.options, 'gateway_mtu', 0);
  if (mtu === 0) return;
  const { packetLarger, egressLoopback } = ROUTER_BIT;
  const external = nat.row.external_ip;
  const large = `inport == ${port.quoted} && ${packetLarger} && ${egressLoopback} == 0 && ${ip} && ${ip}.dst == ${external}`;
  const kind = nat.isIpv6
    ? 'icmp6.type = 2; /* Packet Too Big. */ icmp6.code = 0; '
    : 'icmp4.type = 3; /* Destination Unreachable. */ icmp4.code = 4; /* Frag Needed and DF was Set. */ ';
  const icmp = nat.isIpv6 ? 'icmp6' : 'icmp4';
  const actions =
    `${icmp}_error {${egressLoopback} = 1; ${packetLarger} = 0; eth.dst = eth.src; eth.src = ${nat.row.external_mac}; ` +
    `${ip}.dst = ${ip}.src; ${ip}.src = ${external}; ip.ttl = 254; ${kind}${icmp}.frag_mtu = ${mtu}; ` +
    `outport = ${port.quoted}; flags.loopback = 1; output; };`;
  const meter = m.copp(lr.copp, nat.isIpv6 ? 'icmp6-error' : 'icmp4-error');
  add(STAGE.lr_in_ip_input, 160, large, actions, nat.isIpv6 ? 17867 : 17842, { ...hint, meter });
}

/** A distributed rule's traffic leaves from the chassis of its port, not by the gateway. */
function addDistributedRedirect(m: Model, rule: Rule, port: RouterPort, add: AddFlow): void {
  const { nat, ip, hint } = rule;
  const from = `${ip}.src == ${nat.row.logical_ip} && outport == ${port.quoted}`;
  const lsp = nat.row.logical_port === null ? undefined : m.lspNamed(nat.row.logical_port);
  if (lsp !== undefined && m.lsp(lsp)?.type === 'virtual')
    add(STAGE.lr_in_gw_redirect, 80, from, m.config().drop, 18372, hint);
  const source = nat.isIpv6 ? ROUTER_REG.source6 : ROUTER_REG.source4;
  const actions = `eth.src = ${nat.row.external_mac}; ${source} = ${nat.row.external_ip}; next;`;
  add(STAGE.lr_in_gw_redirect, 100, `${from} && ${residentOf(rule)}`, actions, 18382, hint);
}

/** Match and actions of the flow by which traffic to an external address of this very chassis comes in again. */
export function loopOf(
  m: Model,
  lr: Router,
  nat: Nat,
  port: RouterPort,
): readonly [match: string, actions: string] {
  const rule = ruleOf(m, lr, nat, port);
  const match = `${rule.ip}.dst == ${rule.nat.row.external_ip} && outport == ${port.quoted} && ${residentOf(rule)}`;
  const zone = m.config().commonZone ? `flags.use_snat_zone = ${ROUTER_BIT.dnatLocal}; ` : '';
  const clear = Array.from({ length: REGISTERS }, (_none, at) => `reg${at} = 0; `).join('');
  const actions =
    'clone { ct_clear; inport = outport; outport = ""; eth.dst <-> eth.src; flags = 0; flags.loopback = 1; ' +
    `${zone}${clear}${ROUTER_BIT.egressLoopback} = 1; ` +
    `next(pipeline=ingress, table=${STAGE.lr_in_admission.table}); };`;
  return [match, actions];
}

/** Whether all connections of a router are to be committed. */
export const commitsAll = (lr: Router): boolean => optionBool(lr.options, 'ct-commit-all', false);
