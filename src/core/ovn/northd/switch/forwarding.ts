/** Forwarding groups (one address for several ports) and VTEP gateways, which bring frames from switches in hardware. */
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { quote } from '../model/ports.ts';
import { SWITCH_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { arpReply } from './arp-nd.ts';

export function addForwardingGroups(m: Model, ls: Switch, add: AddFlow): void {
  for (const group of m.nb.rows('Forwarding_Group', ls.forwardingGroups)) {
    if (group.child_port.length === 0) continue;
    const hint = { hint: group._uuid };
    add(
      STAGE.ls_in_arp_rsp,
      50,
      `arp.tpa == ${group.vip} && arp.op == 1`,
      arpReply(group.vmac, group.vip),
      9227,
      hint,
    );
    const children = group.child_port.map(quote).join(',');
    const liveness = group.liveness ? 'liveness="true",' : '';
    add(
      STAGE.ls_in_l2_lkup,
      50,
      `eth.dst == ${group.vmac}`,
      `fwd_group(${liveness}childports=${children});`,
      9250,
      hint,
    );
  }
}

/** Frames from a VTEP gateway skip what belongs to virtual machines. */
export function addVtep(m: Model, ls: Switch, add: AddFlow): void {
  if (!m.hasVtep(ls.uuid)) return;
  const ramp = `${SWITCH_BIT.fromRamp} == 1`;
  add(STAGE.ls_in_hairpin, 1000, ramp, `next(pipeline=ingress, table=${STAGE.ls_in_l2_lkup.table});`, 9153);
  for (const uuid of m.routerPortsOf(ls.uuid)) {
    const peer = m.lspPeer(uuid);
    const redirect = peer === undefined ? undefined : m.redirectOf(peer);
    if (redirect !== undefined)
      add(STAGE.ls_in_hairpin, 2000, `${ramp} && is_chassis_resident(${redirect.quoted})`, 'next;', 9171);
  }
  add(STAGE.ls_in_arp_rsp, 65535, `${ramp} && (arp || nd_ns)`, 'flags.loopback = 1; next;', 9181);
}
