/** Face of ovn-controller. */
export { OvnController, type ControllerOutside, type ControllerStatus } from './controller.ts';
export type { Bindings } from './binding.ts';
export { unregisterChassis } from './chassis.ts';
export { desiredFlows, type ChassisState } from './desired-flows.ts';
export { TUNNEL_ID } from './encaps.ts';
export { OFTABLE } from '../actions/oftable.table.ts';
export { readSettings, rootRow } from './settings.ts';
