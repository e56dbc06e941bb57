/** What zebra knows of its host beside routes: devices, neighbours, and what the kernel is set to. For those who ask. */
import type { Family } from '../prefix.ts';
import type { KernelDevice, KernelInterface, KernelNeighbour, KernelPort } from './kernel-port.ts';
import type { LinkHistory, LinkTimes } from './link-history.ts';

/** Of addresses that more than one listens to. */
const GROUP_BIT = 1n << 40n;

/** What zebra wants for its netlink sockets unless `-s` says otherwise, in bytes (`RCVBUFSIZE_MIN`). */
export const USUAL_SOCKET_BUFFER = 4_194_304;

export class HostState {
  /** Bytes that it wants for its netlink sockets. */
  socketBuffer = USUAL_SOCKET_BUFFER;
  readonly #kernel: KernelPort;
  readonly #history: LinkHistory;

  constructor(kernel: KernelPort, history: LinkHistory) {
    this.#kernel = kernel;
    this.#history = history;
  }

  /** As `uname -r` says it. */
  get kernelRelease(): string {
    return this.#kernel.release;
  }

  /** VRFs are namespaces, not devices. */
  get usesVrfNamespaces(): boolean {
    return this.#kernel.usesVrfNamespaces;
  }

  /** What the kernel says of a device; undefined when it is gone. */
  device(one: KernelInterface): KernelDevice | undefined {
    return this.#kernel.device(one.name, one.vrf);
  }

  /** How often an interface came up and went down since zebra started. */
  linkTimes(one: KernelInterface): LinkTimes {
    return this.#history.of(one.vrf, one.name);
  }

  /** Neighbours of the default VRF's namespace that the kernel found by itself. */
  neighbours(): KernelNeighbour[] {
    return this.#kernel.evpn
      .neighbours()
      .filter((one) => !one.isExternal && !one.isOwn && (one.mac & GROUP_BIT) === 0n);
  }

  /** Whether the kernel forwards the family. */
  forwards(family: Family): boolean {
    return this.#kernel.forwards(family);
  }

  /** Whether routes over links without a carrier are skipped: on all devices, or on those that come. */
  ignoresLinkDown(family: Family, of: 'all' | 'default'): boolean {
    return this.#kernel.ignoresLinkDown(family, of);
  }
}
