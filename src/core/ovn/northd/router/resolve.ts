/** From the next hop to its MAC: neighbours that are known from the configuration, those learned, and questions for the rest. */
import { formatIpv6, formatMac } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { AddFlow, FlowList } from '../flows.ts';
import { memberAddress, parseCidr, solicitedNode } from '../model/addresses.ts';
import type { Router, Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { optionBool } from '../model/options.ts';
import type { RouterPort, SwitchPort } from '../model/ports.ts';
import { ROUTER_BIT, ROUTER_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { addresses4, addresses6 } from './networks.ts';

const RESOLVE = STAGE.lr_in_arp_resolve;
const isIpv4 = (yes: 0 | 1): string => `${ROUTER_BIT.nextHopIsIpv4} == ${yes}`;
const to = (mac: string): string => `eth.dst = ${mac}; next;`;

/** Whether a gateway port sends packets for elsewhere as they are, over the provider network. */
export const isBridged = (port: RouterPort): boolean =>
  port.options.get('redirect-type')?.toLowerCase() === 'bridged';

export function addResolveDefaults(m: Model, add: AddFlow): void {
  add(RESOLVE, 500, 'ip4.mcast || ip6.mcast', 'next;', 15370);
  add(RESOLVE, 1, isIpv4(1), `get_arp(outport, ${ROUTER_REG.nextHop4}); next;`, 15374);
  add(RESOLVE, 1, isIpv4(0), `get_nd(outport, ${ROUTER_REG.nextHop6}); next;`, 15379);
  add(RESOLVE, 0, '1', m.config().drop, 15384);
}

/** The addresses of a router port, for the router at its other end. */
export function addPortResolve(m: Model, lr: Router, port: RouterPort, flows: FlowList): void {
  const hint = { hint: port.uuid };
  const peer = m.lrpPeer(port.uuid);
  const other = peer?.kind === 'router' ? m.lrp(peer.port) : undefined;
  const router = peer?.kind === 'router' ? m.routerOfPort(peer.port) : undefined;
  if (other !== undefined && router !== undefined) {
    const add = flows.to(router);
    const out = `outport == ${other.quoted} && `;
    if (port.networks.v4.length > 0)
      add(
        RESOLVE,
        100,
        `${out}${ROUTER_REG.nextHop4}== ${addresses4(port)}`,
        to(port.networks.mac),
        15425,
        hint,
      );
    add(
      RESOLVE,
      100,
      `${out}${ROUTER_REG.nextHop6} == ${addresses6(port)}`,
      to(port.networks.mac),
      15440,
      hint,
    );
  }
  const redirect = m.redirectOf(port.uuid);
  if (redirect === undefined || !isBridged(port)) return;
  const match = `outport == ${port.quoted} && !is_chassis_resident(${redirect.quoted})`;
  flows.to(lr.uuid)(RESOLVE, 50, match, to(port.networks.mac), 15464, hint);
}

/** The addresses of a switch port, for the routers on its switch. */
export function addSwitchPortResolve(m: Model, ls: Switch, port: SwitchPort, flows: FlowList): void {
  if (!port.enabled) return;
  const towards = m.routerPortsOf(ls.uuid).flatMap((uuid) => routerPortOf(m, uuid) ?? []);
  if (port.type === 'router') addOtherRouters(m, port, towards, flows);
  else if (port.type !== 'virtual') addHost(m, port, towards, flows);
}

interface Towards {
  readonly port: RouterPort;
  readonly router: Uuid;
}

function routerPortOf(m: Model, lsp: Uuid): Towards | undefined {
  const lrp = m.lspPeer(lsp);
  const port = lrp === undefined ? undefined : m.lrp(lrp);
  const router = lrp === undefined ? undefined : m.routerOfPort(lrp);
  return port === undefined || router === undefined ? undefined : { port, router };
}

function addHost(m: Model, lsp: SwitchPort, towards: readonly Towards[], flows: FlowList): void {
  const hint = { hint: lsp.uuid };
  for (const own of towards.length === 0 ? [] : m.lspAddresses(lsp.uuid)) {
    for (const { text: ip } of own.v4)
      for (const { port, router } of towards) {
        if (
          (m.redirectOf(port.uuid) !== undefined && isBridged(port)) ||
          memberAddress(port.networks, ip) === undefined
        )
          continue;
        const match = `outport == ${port.quoted} && ${ROUTER_REG.nextHop4} == ${ip}`;
        flows.to(router)(RESOLVE, 100, match, to(own.mac), 15759, hint);
      }
    for (const { text: ip } of own.v6)
      for (const { port, router } of towards) {
        if (memberAddress(port.networks, ip) === undefined) continue;
        const match = `outport == ${port.quoted} && ${ROUTER_REG.nextHop6} == ${ip}`;
        flows.to(router)(RESOLVE, 100, match, to(own.mac), 15788, hint);
      }
  }
}

/** Routers on one switch know one another, unless they are to find out. */
function addOtherRouters(m: Model, lsp: SwitchPort, towards: readonly Towards[], flows: FlowList): void {
  const own = routerPortOf(m, lsp.uuid);
  const options = own === undefined ? undefined : m.router(own.router)?.options;
  if (own === undefined || options === undefined || optionBool(options, 'dynamic_neigh_routers', false))
    return;
  const hint = { hint: lsp.uuid };
  const add = flows.to(own.router);
  const out = `outport == ${own.port.quoted} && `;
  for (const { port } of towards) {
    if (port.uuid === own.port.uuid) continue;
    const { mac, v4 } = port.networks;
    if (v4.length > 0)
      add(RESOLVE, 100, `${out}${ROUTER_REG.nextHop4} == ${addresses4(port)}`, to(mac), 15833, hint);
    add(RESOLVE, 100, `${out}${ROUTER_REG.nextHop6} == ${addresses6(port)}`, to(mac), 15848, hint);
  }
}

/** Questions for next hops that nobody knows. */
export function addNeighbourRequests(m: Model, lr: Router, add: AddFlow): void {
  const stage = STAGE.lr_in_arp_request;
  const unknown = 'eth.dst == 00:00:00:00:00:00 && ';
  const meter = m.copp(lr.copp, 'nd-ns-resolve');
  for (const row of m.nb.rows('Logical_Router_Static_Route', lr.staticRoutes)) {
    const hop = parseCidr(row.nexthop);
    if (hop?.family !== 6 || hop.prefix !== 128) continue;
    const solicited = solicitedNode(hop.address);
    const mac = formatMac((0x3333n << 32n) | (solicited & 0xffffffffn));
    const match = `${unknown}${isIpv4(0)} && ${ROUTER_REG.nextHop6} == ${row.nexthop}`;
    const actions = `nd_ns { eth.dst = ${mac}; ip6.dst = ${formatIpv6(solicited)}; nd.target = ${row.nexthop}; output; }; next;`;
    add(stage, 200, match, actions, 16252, { hint: row._uuid, meter });
  }
  const arp =
    `arp { eth.dst = ff:ff:ff:ff:ff:ff; arp.spa = ${ROUTER_REG.source4}; arp.tpa = ${ROUTER_REG.nextHop4}; ` +
    'arp.op = 1; output; }; next;';
  add(stage, 100, unknown + isIpv4(1), arp, 16260, { meter: m.copp(lr.copp, 'arp-resolve') });
  add(
    stage,
    100,
    unknown + isIpv4(0),
    `nd_ns { nd.target = ${ROUTER_REG.nextHop6}; output; }; next;`,
    16273,
    { meter },
  );
  add(stage, 0, '1', 'next;', 16283);
}
