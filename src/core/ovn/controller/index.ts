/** Face of ovn-controller. */
export { OvnController, type ControllerStatus } from './controller.ts';
export { readSettings } from './settings.ts';
export { Pinctrl } from './pinctrl/pinctrl.ts';
export type { OvnRelease, ReleaseFault } from './release/release.ts';
