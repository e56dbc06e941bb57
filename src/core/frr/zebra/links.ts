/** The interfaces and VRFs that zebra knows of. */
import { parseAddress } from '../prefix.ts';
import type { KernelInterface, KernelVrf } from './kernel-port.ts';

export class ZebraLinks {
  readonly #interfaces = new Map<string, KernelInterface>();
  /** VRFs by name, the default one first. */
  readonly vrfs = new Map<string, KernelVrf>();

  interfaces(): IterableIterator<KernelInterface> {
    return this.#interfaces.values();
  }

  interface(vrf: string, name: string): KernelInterface | undefined {
    return this.#interfaces.get(keyOf(vrf, name));
  }

  withIndex(vrf: string, index: number): KernelInterface | undefined {
    for (const one of this.#interfaces.values()) if (one.vrf === vrf && one.index === index) return one;
    return undefined;
  }

  set(one: KernelInterface): void {
    this.#interfaces.set(keyOf(one.vrf, one.name), one);
  }

  delete(vrf: string, name: string): void {
    this.#interfaces.delete(keyOf(vrf, name));
  }

  /** The address is one of an interface of the VRF. */
  isOwn(vrf: string, address: string): boolean {
    const asked = parseAddress(address);
    for (const one of this.#interfaces.values())
      if (
        one.vrf === vrf &&
        one.addresses.some((own) => own.family === asked?.family && own.address === asked.address)
      )
        return true;
    return false;
  }

  /** The kernel's number of the VRF's table; undefined: there is no such VRF. */
  tableOf(vrf: string): number | undefined {
    return this.vrfs.get(vrf)?.table;
  }
}

const keyOf = (vrf: string, name: string): string => `${vrf} ${name}`;
