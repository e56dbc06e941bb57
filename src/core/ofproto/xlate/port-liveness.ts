/** Whether a port can be chosen, which may change with every packet. */
import { isLive, type Port } from '../bridge/port.ts';
import type { Xlate } from './xlate.ts';

/** As `isLive`; the translation counts only as long as that stays so. */
export function liveNow(x: Xlate, port: Port): boolean {
  const live = isLive(port);
  x.onlyWhile(() => isLive(port) === live);
  return live;
}
