/** The flows of switches, put together: those of a switch as a whole, those of its ACLs and virtual addresses, and those of one port. */
import type { AddFlow, FlowList } from '../flows.ts';
import { addHairpin } from '../balance/hairpin.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { SwitchPort } from '../model/ports.ts';
import { LB_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { addAclHints, addAcls } from './acl.ts';
import { addAdmission, addOutputSecurity, addPortAdmission, addTooBigReturn } from './admission.ts';
import { addArpDefault, addArpNd, addPortHealthChecks } from './arp-nd.ts';
import { addDhcp, addDhcpDnsDefaults, addDhcpRelay } from './dhcp.ts';
import { addDns } from './dns.ts';
import { addExternal } from './external.ts';
import { addFdbDefaults, addFdbLearning, addLocalnetMark, addUnknown } from './fdb.ts';
import { addForwardingGroups, addVtep } from './forwarding.ts';
import { addMulticastLookup, addNatLookup, addUnicastLookup } from './l2-lookup.ts';
import { addMirrorDefaults, addMirrors } from './mirror.ts';
import { addJoinedGroups } from './multicast.ts';
import { addNetworkFunctions } from './network-function.ts';
import { addPreDefaults, addPreStateful } from './pre-conntrack.ts';
import { addQos } from './qos.ts';
import { addStateful } from './stateful.ts';

/** What depends on the switch's own row and on what kinds of ports it has. */
export function addSwitchFlows(m: Model, ls: Switch, flows: FlowList): void {
  const add = flows.to(ls.uuid);
  addMirrorDefaults(add);
  addPreDefaults(m, ls, add);
  addQos(m, ls, add);
  addStateful(add);
  addVtep(m, ls, add);
  addForwardingGroups(m, ls, add);
  addAdmission(m, ls, add);
  addFdbDefaults(ls, add);
  addArpDefault(add);
  addDns(m, ls, add);
  addDhcpDnsDefaults(add);
  addMulticastLookup(m, ls, add);
  addOutputSecurity(m, add);
  addBalanceDefaults(add);
  addUnknown(m, ls, add);
}

function addBalanceDefaults(add: AddFlow): void {
  add(STAGE.ls_in_ct_extract, 0, '1', 'next;', 19363);
  add(STAGE.ls_in_lb_aff_check, 0, '1', 'next;', 8719);
  add(STAGE.ls_in_lb_aff_learn, 0, '1', 'next;', 8721);
}

/** What depends on ACLs and load balancers. */
export function addSwitchStatefulFlows(m: Model, ls: Switch, flows: FlowList): void {
  const add = flows.to(ls.uuid);
  const { hasVip } = m.switchState(ls.uuid);
  addPreStateful(m, ls, add);
  addAclHints(m, ls, add);
  addAcls(m, ls, add);
  if (hasVip) {
    const keep = `${LB_REG.ctProtocol} = ct_proto(); ${LB_REG.ctPort} = ct_tp_dst(); next;`;
    add(STAGE.ls_in_ct_extract, 100, 'ct.new && ip', keep, 18780);
  }
  addHairpin(ls, hasVip, add);
  addNetworkFunctions(m, ls, add);
}

/** Groups that hosts have joined. */
export function addSwitchGroupFlows(m: Model, ls: Switch, flows: FlowList): void {
  if (m.joinedGroups(ls.uuid).length > 0) addJoinedGroups(m, ls, flows.to(ls.uuid));
}

export function addSwitchPortFlows(m: Model, ls: Switch, port: SwitchPort, flows: FlowList): void {
  const add = flows.to(ls.uuid);
  addMirrors(m, ls, port, add);
  addPortAdmission(m, ls, port, add);
  addFdbLearning(port, add);
  addLocalnetMark(port, add);
  addArpNd(m, ls, port, add);
  addDhcp(m, ls, port, add);
  addExternal(m, ls, port, add);
  addTooBigReturn(m, port, add);
  addUnicastLookup(m, ls, port, add);
  addDhcpRelay(m, ls, port, add);
  addPortHealthChecks(m, port, add);
  const redirect = m.switchRedirectOf(port.uuid);
  if (redirect !== undefined) {
    addMirrors(m, ls, { ...port, ...redirect }, add);
    addPortAdmission(m, ls, { ...port, ...redirect }, add);
  }
  addNatLookup(m, ls, port, add);
}
