/** Face of ovn-controller. */
export { OvnController, type ControllerStatus } from './controller.ts';
export { readSettings } from './settings.ts';
