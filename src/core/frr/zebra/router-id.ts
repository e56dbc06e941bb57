/** The router id that zebra offers: the highest loopback address, else the highest address of all. */
import { parseIpv4 } from '../../base/address.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import type { KernelInterface } from './kernel-port.ts';

/** 0 when there is none. A typed one (`ip router-id`) counts for the default VRF. */
export function routerIdOf(config: FrrConfig, interfaces: readonly KernelInterface[], vrf: string): number {
  const typed = config.globals.get('zebra ip router-id');
  if (typed !== undefined && vrf === 'default') return parseIpv4(typed.split(' ').at(-1) ?? '') ?? 0;
  let best = 0;
  let loopback = 0;
  for (const one of interfaces)
    if (one.vrf === vrf)
      for (const { family, address } of one.addresses) {
        if (family !== 4 || address >> 24n === 127n) continue;
        best = Math.max(best, Number(address));
        if (one.isLoopback) loopback = Math.max(loopback, Number(address));
      }
  return loopback === 0 ? best : loopback;
}
