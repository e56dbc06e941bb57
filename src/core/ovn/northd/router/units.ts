/** The flows of routers, put together: those of a router as a whole, those of its NAT, and those of one port. */
import type { FlowList } from '../flows.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { RouterPort } from '../model/ports.ts';
import { STAGE } from '../stages.table.ts';
import { addAdmission, addPortAdmission, addTooBigReturn } from './admission.ts';
import { addAdvertisement, addAdvertisementDefaults } from './advertisement.ts';
import { addNatAnswers, addPortNatAnswers, addVipAnswers } from './arp-nd.ts';
import { addRouterDhcpRelay } from './dhcp-relay.ts';
import { addDelivery, addEcmpCommit, addGatewayRedirect, addNetworkIds, addPacketSizes } from './egress.ts';
import { addIpv4Input, addIpv6Input, addLocalDrops, addOwnDrops, addPrefixReplies } from './ip-input.ts';
import { addMulticastRouting, addRouterGroups } from './multicast.ts';
import { addExternalRedirects, addForcedByPort, addNatDefaults, addNatState } from './nat-state.ts';
import { addNeighbourLearning, addPortNeighbourLearning } from './neighbours.ts';
import { addPolicies } from './policies.ts';
import { addNeighbourRequests, addPortResolve, addResolveDefaults } from './resolve.ts';
import { addRoutable } from './routable.ts';
import { addRoutes, addRoutingDefaults } from './routes.ts';
import { addProtocolRedirect } from './routing-protocols.ts';

export function addRouterFlows(m: Model, lr: Router, flows: FlowList): void {
  const add = flows.to(lr.uuid);
  addAdmission(m, add);
  addNeighbourLearning(m, lr, add);
  addAdvertisementDefaults(add);
  addRoutingDefaults(m, lr, add);
  addMulticastRouting(m, lr, add);
  addResolveDefaults(m, add);
  addPacketSizes(m, lr, add);
  addGatewayRedirect(m, lr, add);
  addNeighbourRequests(m, lr, add);
  add(STAGE.lr_in_ecmp_stateful_egr, 0, '1', 'output;', 16312);
  addNetworkIds(m, lr, add);
  addLocalDrops(m, lr, add);
  addNatDefaults(add);
  add(STAGE.lr_out_delivery, 0, '1', m.config().drop, 19426);
}

export function addRouterPolicyFlows(m: Model, lr: Router, flows: FlowList): void {
  addPolicies(m, lr, flows.to(lr.uuid));
}

export function addRouterRouteFlows(m: Model, lr: Router, flows: FlowList): void {
  addRoutes(m, lr, flows);
}

export function addRouterGroupFlows(m: Model, lr: Router, flows: FlowList): void {
  if (lr.multicastRelay) addRouterGroups(m, lr, flows.to(lr.uuid));
}

/** What depends on NAT and load balancers. */
export function addRouterStatefulFlows(m: Model, lr: Router, flows: FlowList): void {
  const add = flows.to(lr.uuid);
  addNatState(m, lr, add);
  addExternalRedirects(m, lr, add);
  addNatAnswers(m, lr, add);
}

export function addRouterPortFlows(m: Model, lr: Router, port: RouterPort, flows: FlowList): void {
  const add = flows.to(lr.uuid);
  addPortAdmission(m, port, add);
  addPortNeighbourLearning(m, lr, port, add);
  addAdvertisement(m, lr, port, add);
  addPortResolve(m, lr, port, flows);
  addDelivery(lr, port, add);
  addPrefixReplies(port, add);
  addRouterDhcpRelay(m, lr, port, add);
  addIpv6Input(m, lr, port, add);
  addIpv4Input(m, lr, port, add);
  addTooBigReturn(m, port, add);
  addProtocolRedirect(m, port, flows);
  addEcmpCommit(m, lr, port, add);
  const redirect = m.redirectOf(port.uuid);
  if (redirect !== undefined) addEcmpCommit(m, lr, { ...port, ...redirect }, add);
}

/** What depends on NAT and load balancers at one port. */
export function addRouterPortNatFlows(m: Model, lr: Router, port: RouterPort, flows: FlowList): void {
  const add = flows.to(lr.uuid);
  if (!m.routerNat(lr.uuid).lbForceSnatRouterIp)
    addOwnDrops(m, lr, port, { stage: STAGE.lr_in_ip_input, priority: 60, shared: false }, add);
  addOwnDrops(m, lr, port, { stage: STAGE.lr_in_arp_resolve, priority: 2, shared: true }, add);
  addVipAnswers(m, lr, port, add);
  addPortNatAnswers(m, lr, port, add);
  addForcedByPort(m, lr, port, add);
  addRoutable(m, lr, port, flows);
}
