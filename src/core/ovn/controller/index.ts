/** Face of ovn-controller. */
export { OvnController, type ControllerStatus } from './controller.ts';
export { readSettings } from './settings.ts';
export { ControllerLog } from './controller-log.ts';
export { RTPROT_OVN } from './route-exchange/route-kernel.ts';
export type {
  AdvertisedRoute,
  KernelAnswer,
  KernelRoute,
  RouteKernel,
} from './route-exchange/route-kernel.ts';
export type { KernelNeighbour, NeighbourFamily, NeighbourKernel } from './evpn/neighbour-kernel.ts';
export { ipText } from './evpn/neighbour-exchange.ts';
export type { ConnectionPattern } from './connection-flush.ts';
export { injectedPacket } from './injected-packet.ts';
export { isRelated } from './related-ports.ts';
export { agingMacBindings } from './mac-cache.ts';
export type { LocalDatapath } from './local-datapaths.ts';
export { templateValues } from './template-values.ts';
export { Pinctrl } from './pinctrl/pinctrl.ts';
export type { OvnRelease, ReleaseFault } from './release/release.ts';
