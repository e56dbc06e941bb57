/** Which logical ports are of any use to this chassis: flows for others are left out. */
import type { SbRow } from '../../ovsdb/index.ts';
import type { ChassisState } from './chassis-state.ts';
import { haChassis } from './southbound-index.ts';

/** Ports whose logical flows are of use here: what is bound, and what stands in the way of traffic from and to it. */
export function isRelated(state: ChassisState, port: SbRow<'Port_Binding'>): boolean {
  switch (port.type) {
    case 'patch':
    case 'vtep':
    case 'remote':
      return true;
    case 'localnet':
      return state.datapaths.has(port.datapath);
    case 'chassisredirect':
    case 'external':
      return haChassis(state.sb, port.ha_chassis_group).some(
        ({ chassis }) => chassis === state.chassis._uuid,
      );
    default:
      return state.bindings.bound.has(port.logical_port);
  }
}
