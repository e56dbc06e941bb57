/** Routing: the way to a network by the longest prefix, with a choice of next hops where several cost the same. */
import type { Uuid } from '../../../base/uuid.ts';
import type { AddFlow, FlowList } from '../flows.ts';
import { isLinkLocal } from '../model/addresses.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { RouterPort } from '../model/ports.ts';
import { normalizedPrefix } from '../model/routes.ts';
import type { EcmpGroup, Route, RouteSource } from '../model/routes.ts';
import { ROUTER_BIT, ROUTER_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

const SOURCE_OFFSET: Readonly<Record<RouteSource, number>> = { learned: 2, static: 4, connected: 6 };
const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;

/** The register of the next hop. */
export const nextHopRegister = (family: 4 | 6): string =>
  family === 4 ? ROUTER_REG.nextHop4 : ROUTER_REG.nextHop6;
/** The register of the router's own address towards it. */
export const sourceRegister = (family: 4 | 6): string =>
  family === 4 ? ROUTER_REG.source4 : ROUTER_REG.source6;
/** The action that notes the family of the next hop. */
export const familyBit = (family: 4 | 6): string => `${ROUTER_BIT.nextHopIsIpv4} = ${family === 4 ? 1 : 0}; `;

/** Route tables of ports, and defaults. */
export function addRoutingDefaults(m: Model, lr: Router, add: AddFlow): void {
  const { drop } = m.config();
  add(STAGE.lr_in_ip_routing_pre, 0, '1', `${ROUTER_REG.routeTable} = 0; next;`, 14915);
  add(STAGE.lr_in_ip_routing_ecmp, 0, '1', drop, 14924);
  add(STAGE.lr_in_ip_routing, 0, '1', drop, 14926);
  add(STAGE.lr_in_ip_routing_ecmp, 150, `${ROUTER_REG.ecmpGroup} == 0`, 'next;', 14928);
  for (const row of m.nb.rows('Logical_Router_Port', m.routerPortRows(lr.uuid))) {
    const table = m.routeTable(row.options.get('route_table') ?? '');
    if (table !== 0)
      add(
        STAGE.lr_in_ip_routing_pre,
        100,
        `inport == "${row.name}"`,
        `${ROUTER_REG.routeTable} = ${table}; next;`,
        11962,
      );
  }
}

export function addRoutes(m: Model, lr: Router, flows: FlowList): void {
  const { single, groups } = m.routes(lr.uuid);
  for (const group of groups) {
    addGroup(m, lr, group, undefined, flows.to(lr.uuid));
    if (group.selectionFields.includes('tp_src') || group.selectionFields.includes('tp_dst'))
      for (const protocol of PROTOCOLS) addGroup(m, lr, group, protocol, flows.to(lr.uuid));
  }
  for (const route of single) addRoute(m, lr, route, flows);
}

function routeMatch(
  route: Route,
  inport: RouterPort | undefined,
  byProtocol: boolean,
): { match: string; priority: number } {
  const { family, prefix } = route.prefix;
  const from = inport === undefined ? '' : `inport == ${inport.quoted} && `;
  const table =
    route.table !== 0 || route.source !== 'connected' ? `${ROUTER_REG.routeTable} == ${route.table} && ` : '';
  const side = route.bySource ? 'src' : 'dst';
  return {
    match: `${from}${table}ip${family}.${side} == ${route.network}/${prefix}`,
    priority: prefix * 8 + (route.bySource ? 0 : SOURCE_OFFSET[route.source]) + (byProtocol ? 1 : 0),
  };
}

/** The last part of routing: next hop, own address and port are set. */
export interface Way {
  readonly match: string;
  readonly priority: number;
  readonly port: RouterPort;
  /** A text, or the field of the packet's own destination. */
  readonly hop: string;
  /** Families of the register of the next hop and of the next hop itself. */
  readonly families: readonly [4 | 6, 4 | 6];
  readonly ownAddress: string | undefined;
  readonly hint: Uuid;
}

export function addWay(m: Model, way: Way, add: AddFlow): void {
  const { match, priority, port, families } = way;
  const hint = { hint: way.hint };
  const source = way.ownAddress === undefined ? '' : `; ${sourceRegister(families[1])} = ${way.ownAddress}`;
  const actions =
    `${ROUTER_REG.ecmpGroup} = 0; ${nextHopRegister(families[0])} = ${way.hop}${source}; ` +
    `eth.src = ${port.networks.mac}; outport = ${port.quoted}; flags.loopback = 1; ${familyBit(families[1])}next;`;
  add(STAGE.lr_in_ip_routing, priority, match, `ip.ttl--; ${actions}`, 12826, hint);
  // The TTL of BFD must arrive as it was sent.
  if (m.hasBfd(port.name))
    add(STAGE.lr_in_ip_routing, priority + 1, `${match} && udp.dst == 3784`, actions, 12831, hint);
}

function addRoute(m: Model, lr: Router, route: Route, flows: FlowList): void {
  const port = route.port === undefined ? undefined : m.lrp(route.port);
  const isLocal = route.prefix.family === 6 && isLinkLocal(route.prefix.address & route.prefix.mask);
  const { match, priority } = routeMatch(route, isLocal ? port : undefined, false);
  if (route.port === undefined || port === undefined) {
    flows.to(lr.uuid)(STAGE.lr_in_ip_routing, priority, match, m.config().drop, 12826, { hint: route.hint });
    return;
  }
  const { family } = route.prefix;
  const { nextHop, ownAddress, hint } = route;
  const hopFamily = nextHop?.family ?? family;
  const way: Way = {
    match,
    priority,
    port,
    hop: nextHop?.text ?? `ip${family}.dst`,
    families: [nextHop === undefined ? family : hopFamily, hopFamily],
    ownAddress,
    hint,
  };
  addWay(m, way, flows.to(m.routerOfPort(route.port) ?? lr.uuid));
}

function choice(group: EcmpGroup, protocol: string | undefined): string {
  if (group.members.length === 1) return '1; next;';
  const ids = group.members.map((_member, at) => at + 1).join(', ');
  if (group.selectionFields.length === 0) return `select(${ids});`;
  const fields = group.selectionFields
    .map((field) =>
      protocol !== undefined && (field === 'tp_src' || field === 'tp_dst')
        ? `${protocol}${field.slice(2)}`
        : field,
    )
    .sort()
    .join(',');
  return `select(values=(${ids}); hash_fields="${fields}");`;
}

function addGroup(m: Model, lr: Router, group: EcmpGroup, protocol: string | undefined, add: AddFlow): void {
  const { match, priority } = routeMatch(group.first, undefined, protocol !== undefined);
  const only = protocol !== undefined && group.members.length > 1 ? ` && ${protocol}` : '';
  const member = `${ROUTER_REG.ecmpGroup} = ${group.id}; ${ROUTER_REG.ecmpMember} = `;
  const full = match + only;
  add(
    STAGE.lr_in_ip_routing,
    priority,
    full,
    `ip.ttl--; flags.loopback = 1; ${member}${choice(group, protocol)}`,
    12699,
  );
  const symmetric = new Set<string>();
  group.members.forEach((route, at) => {
    const chosen = `${ROUTER_REG.ecmpGroup} == ${group.id} && ${ROUTER_REG.ecmpMember} == ${at + 1}`;
    const port = route.port === undefined ? undefined : m.lrp(route.port);
    const { nextHop } = route;
    if (group.discards || port === undefined || nextHop === undefined) {
      add(STAGE.lr_in_ip_routing_ecmp, 100, chosen, m.config().drop, 12717, { hint: route.hint });
      return;
    }
    if (lr.gatewayChassis !== undefined && route.symmetricReply && !symmetric.has(port.name)) {
      symmetric.add(port.name);
      addSymmetricReply(m, route, port, nextHop.family, full, add);
    }
    const source =
      route.ownAddress === undefined ? '' : `; ${sourceRegister(nextHop.family)} = ${route.ownAddress}`;
    const commit = route.symmetricReply ? `${ROUTER_BIT.ecmpCommit} = 1; ` : '';
    const actions =
      `${nextHopRegister(nextHop.family)} = ${nextHop.text}${source}; eth.src = ${port.networks.mac}; ` +
      `outport = ${port.quoted}; ${familyBit(nextHop.family)}${commit}next;`;
    add(STAGE.lr_in_ip_routing_ecmp, 100, chosen, actions, 12757, { hint: route.hint });
  });
}

/** Replies go back to the neighbour from which the connection came. */
function addSymmetricReply(
  m: Model,
  route: Route,
  port: RouterPort,
  family: 4 | 6,
  routed: string,
  add: AddFlow,
): void {
  const hint = { hint: route.hint };
  const router = m.routerOfPort(port.uuid);
  const key = router === undefined ? undefined : m.portKey(router, port.name);
  const side = route.bySource ? 'dst' : 'src';
  const arriving = `inport == ${port.quoted} && ip${route.prefix.family}.${side} == ${normalizedPrefix(route.prefix)}`;
  add(STAGE.lr_in_defrag, 100, arriving, 'ct_next;', 12560, hint);
  add(STAGE.lr_in_defrag, 100, routed, 'ct_next;', 12564, hint);
  const commit = `ct_commit { ct_label.ecmp_reply_eth = eth.src; ct_mark.ecmp_reply_port = ${key};}; next;`;
  add(STAGE.lr_in_ecmp_stateful, 100, `${arriving} && (ct.new || ct.est)`, commit, 12579, hint);
  const reply = `ct_mark.ecmp_reply_port == ${key}`;
  const source = route.ownAddress === undefined ? '' : `${sourceRegister(family)} = ${route.ownAddress}; `;
  const back = `ip.ttl--; flags.loopback = 1; eth.src = ${port.networks.mac}; ${source}outport = ${port.quoted}; next;`;
  add(STAGE.lr_in_ip_routing, 10300, `${reply} && ${routed}`, back, 12602, hint);
  add(STAGE.lr_in_policy, 65535, reply, 'next;', 12606, hint);
  const { ecmpMac, ecmpMacField } = ROUTER_REG;
  const restore = `push(${ecmpMac}); ${ecmpMac} = ct_label; eth.dst = ${ecmpMacField}; pop(${ecmpMac}); next;`;
  add(STAGE.lr_in_arp_resolve, 200, reply, restore, 12621, hint);
}
