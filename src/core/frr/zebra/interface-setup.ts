/** What the configuration of an interface does in the kernel: addresses, up and down. */
import { formatPrefix } from '../prefix.ts';
import type { FrrConfig } from '../config/frr-config.ts';
import type { InterfaceConfig } from '../config/host-config.ts';
import type { KernelInterface, KernelPort } from './kernel-port.ts';

export class InterfaceSetup {
  readonly #config: FrrConfig;
  readonly #kernel: KernelPort;
  /** What was applied last, so that only differences go to the kernel. */
  readonly #applied = new Map<string, InterfaceConfig>();

  constructor(config: FrrConfig, kernel: KernelPort) {
    this.#config = config;
    this.#kernel = kernel;
  }

  /** `device`: the interface of that name as it is now; undefined: there is none. */
  apply(name: string, device: KernelInterface | undefined): void {
    const wanted = this.#config.interfaces.get(name);
    if (!device) {
      this.#applied.delete(name);
      return;
    }
    const before = this.#applied.get(name);
    const now = wanted?.addresses ?? [];
    const old = before?.addresses ?? [];
    const texts = (list: InterfaceConfig['addresses']): Set<string> =>
      new Set(list.map((one) => formatPrefix(one.prefix)));
    const [kept, had] = [texts(now), texts(old)];
    for (const { prefix } of old)
      if (!kept.has(formatPrefix(prefix))) this.#kernel.deleteAddress(name, device.vrf, prefix);
    for (const { prefix } of now)
      if (!had.has(formatPrefix(prefix))) this.#kernel.addAddress(name, device.vrf, prefix);
    if (wanted && wanted.shutdown !== (before?.shutdown ?? false))
      this.#kernel.setUp(name, device.vrf, !wanted.shutdown);
    if (
      wanted &&
      (wanted.ndSuppressRa !== (before?.ndSuppressRa ?? null) ||
        wanted.ndRaInterval !== (before?.ndRaInterval ?? null))
    )
      this.#kernel.advertiseRouter(
        name,
        device.vrf,
        wanted.ndSuppressRa === false ? (wanted.ndRaInterval ?? 600_000) : null,
      );
    if (wanted) this.#applied.set(name, wanted);
    else this.#applied.delete(name);
  }
}
