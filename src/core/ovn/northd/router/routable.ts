/** Addresses of NAT rules and load balancers that other routers on the same switch are to know: routes to them, and their MACs. */
import type { FlowList } from '../flows.ts';
import { isLinkLocal, parsePortAddresses } from '../model/addresses.ts';
import type { Addresses } from '../model/addresses.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { optionBool } from '../model/options.ts';
import type { RouterPort } from '../model/ports.ts';
import { ROUTER_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { addWay } from './routes.ts';

export function addRoutable(m: Model, lr: Router, port: RouterPort, flows: FlowList): void {
  const peer = m.lrpPeer(port.uuid);
  const ls = peer?.kind === 'switch' ? m.switchOfPort(peer.port) : undefined;
  if (ls === undefined) return;
  const lists = m
    .natAddresses(port.uuid, true, true)
    .map(parsePortAddresses)
    .filter((list) => list !== undefined);
  if (lists.length === 0) return;
  for (const lsp of m.routerPortsOf(ls)) {
    const uuid = m.lspPeer(lsp);
    const other = uuid === undefined || uuid === port.uuid ? undefined : m.lrp(uuid);
    const owner = uuid === undefined ? undefined : m.routerOfPort(uuid);
    const router = owner === undefined ? undefined : m.router(owner);
    if (other === undefined || router === undefined) continue;
    const isCentral = port.wantsGateway || lr.gatewayChassis !== undefined;
    if (!addRoutesTo(m, router, other, isCentral ? lists : [], flows)) continue;
    addNeighbours(m, router, other, lists, flows);
  }
}

/** False when the other router has no address to route by. */
function addRoutesTo(
  m: Model,
  router: Router,
  other: RouterPort,
  lists: readonly Addresses[],
  flows: FlowList,
): boolean {
  const v4 = other.networks.v4[0]?.text;
  const own = v4 ?? other.networks.v6.filter((net) => isLinkLocal(net.address & net.mask)).at(-1)?.text;
  if (own === undefined) return false;
  for (const net of lists.flatMap((list) => list.v4)) {
    const match = `ip4.dst == ${net.network}/${net.prefix}`;
    const priority = net.prefix * 8 + 6;
    const families = [4, v4 === undefined ? 6 : 4] as const;
    addWay(
      m,
      { match, priority, port: other, hop: 'ip4.dst', families, ownAddress: own, hint: other.uuid },
      flows.to(router.uuid),
    );
  }
  return true;
}

function addNeighbours(
  m: Model,
  router: Router,
  other: RouterPort,
  lists: readonly Addresses[],
  flows: FlowList,
): void {
  if (optionBool(router.options, 'dynamic_neigh_routers', false)) return;
  if (router.gatewayChassis === undefined && m.redirectOf(other.uuid) === undefined) return;
  for (const list of lists) {
    const addresses = list.v4.map((net) => net.text).join(', ');
    const match = `outport == ${other.quoted} && ${ROUTER_REG.nextHop4} == {${addresses}}`;
    flows.to(router.uuid)(STAGE.lr_in_arp_resolve, 100, match, `eth.dst = ${list.mac}; next;`, 18635);
  }
}
