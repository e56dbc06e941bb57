/** Switches outside of OVN that speak VXLAN with plain VNIs (ovn-controller-vtep's): their frames name no port. */
import { FIELDS } from '../../../flow/index.ts';
import type { SbRow } from '../../../ovsdb/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { FLAG_BIT, REGISTER } from '../logical-registers.table.ts';
import { loadRegister, matchOf, move, resubmit } from './flow-builder.ts';
import type { PhysicalContext } from './physical-context.ts';

/** A chassis that stands for such a switch. */
export const isRamp = (chassis: SbRow<'Chassis'>): boolean => chassis.other_config.get('is-vtep') === 'true';

/** Table 0: frames of a VTEP gateway's port, by the VNI of its datapath. */
export function addRampInput(context: PhysicalContext): void {
  for (const port of context.sb.find('Port_Binding', 'type', 'vtep')) {
    const chassis = port.chassis === null ? undefined : context.sb.get('Chassis', port.chassis);
    const datapath = context.sb.get('Datapath_Binding', port.datapath);
    if (!chassis || !datapath) continue;
    if (!context.seesAll && !context.datapaths.has(port.datapath)) continue;
    for (const tunnel of context.tunnels) {
      if (tunnel.type !== 'vxlan' || tunnel.chassis !== chassis.name) continue;
      const match = matchOf([FIELDS.in_port, tunnel.ofport], [FIELDS.tun_id, datapath.tunnel_key]);
      const acts = [
        move(FIELDS.tun_id, 0, FIELDS.metadata, 0, 24),
        loadRegister(REGISTER.inport, port.tunnel_key, 0, 15),
        loadRegister(REGISTER.flags, 1, FLAG_BIT.receivedFromRamp, 1),
        resubmit(OFTABLE.ingress),
      ];
      context.sink.add(OFTABLE.phyToLog, 110, match, acts, port._uuid);
    }
  }
}
