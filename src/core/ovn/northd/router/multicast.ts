/** Multicast through a router that relays it, and the multicast that no router forwards. */
import type { AddFlow } from '../flows.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { GROUP } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

const ROUTING = STAGE.lr_in_ip_routing;
const copy = (more: string): string => `clone { outport = "${GROUP.static}"; ${more}next; };`;

export function addMulticastRouting(m: Model, lr: Router, add: AddFlow): void {
  const { drop } = m.config();
  add(ROUTING, 10550, 'nd_rs || nd_ra', drop, 15037);
  if (!lr.multicastRelay) return;
  if (!m.routerFloodStatic(lr.uuid)) {
    add(ROUTING, 10450, 'ip4.mcast || ip6.mcast', drop, 15094);
    return;
  }
  for (const uuid of m.routerPorts(lr.uuid)) {
    const mac = m.lrp(uuid)?.networks.mac;
    if (mac === undefined) continue;
    add(ROUTING, 10550, `eth.src == ${mac} && igmp`, drop, 15059);
    add(ROUTING, 10550, `eth.src == ${mac} && (mldv1 || mldv2)`, drop, 15066);
  }
  add(ROUTING, 10460, 'igmp', copy(''), 15071);
  add(ROUTING, 10460, 'mldv1 || mldv2', copy(''), 15078);
  add(ROUTING, 10450, 'ip4.mcast || ip6.mcast', copy('ip.ttl--; '), 15085);
}

/** Groups that hosts behind the router have joined. */
export function addRouterGroups(m: Model, lr: Router, add: AddFlow): void {
  const fixed = m.routerFloodStatic(lr.uuid) ? copy('ip.ttl--; ') : '';
  for (const { address, family } of m.joinedGroups(lr.uuid)) {
    const match = `ip${family} && ip${family}.dst == ${address} `;
    add(ROUTING, 10500, match, `${fixed}outport = "${address}"; ip.ttl--; next;`, 15018);
  }
}
