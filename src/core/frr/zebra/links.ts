/** The interfaces and VRFs that zebra knows of. */
import type { FrrConfig } from '../config/frr-config.ts';
import { parseAddress } from '../prefix.ts';
import type { KernelInterface, KernelVrf } from './kernel-port.ts';

export interface ZebraLink extends KernelInterface {
  /** Up, and with a carrier unless that does not count (`no link-detect`). */
  readonly operative: boolean;
}

export class ZebraLinks {
  readonly #config: FrrConfig;
  readonly #interfaces = new Map<string, ZebraLink>();
  /** VRFs by name, the default one first. */
  readonly vrfs = new Map<string, KernelVrf>();

  constructor(config: FrrConfig) {
    this.#config = config;
  }

  interfaces(): IterableIterator<ZebraLink> {
    return this.#interfaces.values();
  }

  interface(vrf: string, name: string): ZebraLink | undefined {
    return this.#interfaces.get(keyOf(vrf, name));
  }

  /** Those of the name: with VRFs that are namespaces there may be more than one. */
  named(name: string): ZebraLink[] {
    return [...this.#interfaces.values()].filter((one) => one.name === name);
  }

  withIndex(vrf: string, index: number): ZebraLink | undefined {
    for (const one of this.#interfaces.values()) if (one.vrf === vrf && one.index === index) return one;
    return undefined;
  }

  /** As the kernel tells of it; whether it is operative, its configuration decides now. */
  set(one: KernelInterface): ZebraLink {
    const detects = this.#config.interfaces.get(one.name)?.linkDetect ?? true;
    const link: ZebraLink = { ...one, operative: one.up && (one.running || !detects) };
    this.#interfaces.set(keyOf(one.vrf, one.name), link);
    return link;
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
