/** Load balancing on routers: on gateway routers everywhere, on others at their gateway ports. */
import type { Uuid } from '../../../base/uuid.ts';
import type { AddFlow, FlowList } from '../flows.ts';
import type { LoadBalancer, Vip } from '../model/load-balancers.ts';
import type { Model } from '../model/model.ts';
import { isEmptyAddresses } from '../model/nat.ts';
import { LB_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { addRouterAffinity } from './affinity.ts';
import { emptyEvent, FORCE_SNAT, SKIP_SNAT, vipActions } from './vip-actions.ts';
import type { VipActions } from './vip-actions.ts';

/** What becomes of the source address of balanced connections. */
type Way = 'plain' | 'skipSnat' | 'forceSnat';
const WAYS: readonly Way[] = ['plain', 'skipSnat', 'forceSnat'];
const FLAGS: Readonly<Record<Way, string>> = { plain: '', skipSnat: SKIP_SNAT, forceSnat: FORCE_SNAT };

interface GatewayPort {
  readonly quoted: string;
  readonly redirect: string;
}

function wayOf(m: Model, lb: LoadBalancer, router: Uuid): Way {
  if (lb.skipSnat) return 'skipSnat';
  const nat = m.routerNat(router);
  return !isEmptyAddresses(nat.lbForceSnat) || nat.lbForceSnatRouterIp ? 'forceSnat' : 'plain';
}

export function addRouterVips(m: Model, lb: LoadBalancer, flows: FlowList): void {
  const routers = m.lbRouters(lb.uuid);
  const hint = { hint: lb.uuid };
  for (const vip of lb.vips) {
    addTracking(lb, vip, flows.toAll(routers));
    addVip(m, lb, vip, routers, flows);
    const to = `ip${vip.family}.dst == ${vip.ip}`;
    if (vip.isTemplate)
      for (const lr of routers) flows.to(lr)(STAGE.lr_in_ip_input, 100, to, 'next;', 13552, hint);
    const event = emptyEvent(m, lb, vip);
    if (event === undefined) continue;
    for (const lr of routers) {
      const meter = m.copp(m.router(lr)?.copp ?? null, 'event-elb');
      flows.to(lr)(STAGE.lr_in_dnat, 130, event.match, event.actions, 13598, { ...hint, meter });
    }
  }
  if (!lb.skipSnat) return;
  for (const lr of routers)
    flows.to(lr)(STAGE.lr_out_snat, 120, 'flags.skip_snat_for_lb == 1 && ip', 'next;', 13611);
}

/** Packets to a virtual address go through conntrack; without connections, the backend is drawn for each packet. */
function addTracking(lb: LoadBalancer, vip: Vip, add: AddFlow): void {
  const match = `ip && ip${vip.family}.dst == ${vip.ip}`;
  const hint = { hint: lb.uuid };
  if (!lb.statelessNat) {
    add(STAGE.lr_in_defrag, 100, match, 'ct_dnat;', 13521, hint);
    return;
  }
  const indexes = vip.backends.map((_backend, at) => at).join(',');
  const list =
    lb.selectionFields === undefined ? indexes : `values=(${indexes}); hash_fields="${lb.selectionFields}"`;
  const actions = vip.backends.length > 1 ? `${LB_REG.statelessIndex} = select(${list});` : 'next;';
  add(STAGE.lr_in_ct_extract, 120, match, actions, 13521, hint);
}

function addVip(m: Model, lb: LoadBalancer, vip: Vip, routers: readonly Uuid[], flows: FlowList): void {
  const actions = vipActions(m, lb, vip, false);
  const ip = `ip${vip.family}`;
  const toPort =
    vip.port === undefined
      ? ''
      : ` && ${LB_REG.ctProtocol} == ${lb.protocolNumber} && ${LB_REG.ctPort} == ${vip.port}`;
  const match = `ct.new && !ct.rel && ${ip} && ${ip}.dst == ${vip.ip}${toPort}`;
  const hint = { hint: lb.uuid };
  const unbound: Record<Way, Uuid[]> = { plain: [], skipSnat: [], forceSnat: [] };
  const sticky: Record<Way, Uuid[]> = { plain: [], skipSnat: [], forceSnat: [] };
  for (const lr of routers) {
    const way = wayOf(m, lb, lr);
    const gateways = m.gatewayPorts(lr);
    if (gateways.length === 0) unbound[way].push(lr);
    for (const uuid of gateways) {
      const port = m.lrp(uuid);
      const redirect = m.redirectOf(uuid);
      if (port === undefined || redirect === undefined) continue;
      const gateway = { quoted: port.quoted, redirect: redirect.quoted };
      const add = flows.to(lr);
      if (gateways.length > 1 && lb.statelessNat) addStateless(m, lb, vip, lr, gateway, actions, add);
      else addAtGateway(m, lb, vip, lr, gateway, way, match, actions, add);
    }
    sticky[way].push(lr);
    if (!m.routerNat(lr).externalIps.has(vip.ip)) continue;
    const port = vip.port === undefined ? '' : ` && ${lb.protocol}.dst == ${vip.port}`;
    const unsnat = `${ip} && ${ip}.dst == ${vip.ip} && ${lb.protocol}${port}`;
    flows.to(lr)(STAGE.lr_in_unsnat, 120, unsnat, 'next;', 13373, hint);
  }
  for (const way of WAYS) {
    const meterOf = (lr: Uuid): string | undefined =>
      actions.rejects ? m.copp(m.router(lr)?.copp ?? null, 'reject') : undefined;
    for (const lr of unbound[way]) {
      const meter = meterOf(lr);
      if (meter !== undefined)
        flows.to(lr)(STAGE.lr_in_dnat, priorityOf(vip), match, actions[way], 13195, { ...hint, meter });
    }
    const rest = unbound[way].filter((lr) => meterOf(lr) === undefined);
    flows.toAll(rest)(STAGE.lr_in_dnat, priorityOf(vip), match, actions[way], 13202, hint);
    addRouterAffinity(lb, vip, match, FLAGS[way], flows.toAll(sticky[way]));
  }
}

const priorityOf = (vip: Vip): number => (vip.port === undefined ? 110 : 120);

/** What comes back from the backends, without the closing parenthesis. */
function fromBackends(lb: LoadBalancer, vip: Vip): string {
  const ip = `ip${vip.family}`;
  const each = vip.backends.map((backend) => {
    const port = backend.portText === undefined ? '' : ` && ${lb.protocol}.src == ${backend.portText}`;
    return `(${ip}.src == ${backend.ip}${port})`;
  });
  return `${ip} && (${each.join(' || ')}`;
}

function addAtGateway(
  m: Model,
  lb: LoadBalancer,
  vip: Vip,
  lr: Uuid,
  gateway: GatewayPort,
  way: Way,
  match: string,
  actions: VipActions,
  add: AddFlow,
): void {
  const hint = { hint: lb.uuid };
  const meter = actions.rejects ? m.copp(m.router(lr)?.copp ?? null, 'reject') : undefined;
  const resident = lb.distributed ? '' : ` && is_chassis_resident(${gateway.redirect})`;
  const answers = vip.backends.length > 0 || !lb.rejectsEmpty;
  add(STAGE.lr_in_dnat, priorityOf(vip), match + (answers ? resident : ''), actions[way], 13109, {
    ...hint,
    meter,
  });
  if (vip.backends.length === 0) return;
  const back = fromBackends(lb, vip);
  const out = lb.distributed ? gateway.quoted : gateway.redirect;
  add(
    STAGE.lr_in_gw_redirect,
    200,
    `${back}) && outport == ${gateway.quoted}`,
    `outport = ${out}; next;`,
    13145,
    hint,
  );
  const through = `${back}) && (inport == ${gateway.quoted} || outport == ${gateway.quoted})${resident}`;
  const undo = m.config().commonZone ? 'ct_dnat_in_czone;' : 'ct_dnat;';
  add(STAGE.lr_out_undnat, 120, through, way === 'plain' ? undo : `${FLAGS[way]}next;`, 13157, hint);
}

/** With several gateway ports, replies may come by another one than the request: addresses are changed packet by packet. */
function addStateless(
  m: Model,
  lb: LoadBalancer,
  vip: Vip,
  lr: Uuid,
  gateway: GatewayPort,
  actions: VipActions,
  add: AddFlow,
): void {
  const ip = `ip${vip.family}`;
  const hint = { hint: lb.uuid };
  const extras = {
    ...hint,
    meter: actions.rejects ? m.copp(m.router(lr)?.copp ?? null, 'reject') : undefined,
  };
  const answers = vip.backends.length > 0 || !lb.rejectsEmpty;
  const port = vip.port === undefined ? '' : ` && ${lb.protocol} && ${lb.protocol}.dst == ${vip.port}`;
  const match = `${answers ? `is_chassis_resident(${gateway.redirect})` : ''} && ${ip} && ${ip}.dst == ${vip.ip}${port}`;
  vip.backends.forEach((backend, at) => {
    const chosen = vip.backends.length > 1 ? ` && ${LB_REG.statelessIndex} == ${at}` : '';
    const toPort = vip.port === undefined ? '' : `${lb.protocol}.dst = ${backend.portText}; `;
    const line = vip.backends.length > 1 ? 12995 : 12974;
    add(
      STAGE.lr_in_dnat,
      priorityOf(vip),
      match + chosen,
      `${ip}.dst = ${backend.ip}; ${toPort}next;`,
      line,
      extras,
    );
  });
  if (vip.backends.length === 0) return;
  const back = fromBackends(lb, vip);
  const redirect = `outport = ${gateway.redirect}; next;`;
  add(STAGE.lr_in_gw_redirect, 200, `${back}) && outport == ${gateway.quoted}`, redirect, 13023, hint);
  const through =
    `${back}) && (inport == ${gateway.quoted} || outport == ${gateway.quoted})` +
    ` && is_chassis_resident(${gateway.redirect}) && ${lb.protocol}`;
  add(STAGE.lr_out_undnat, 120, through, 'next;', 13039, hint);
  const fromPort = vip.port === undefined ? '' : `${lb.protocol}.src = ${vip.port}; `;
  add(STAGE.lr_out_snat, 160, through, `${ip}.src = ${vip.ip}; ${fromPort}next;`, 13064, hint);
}
