/** Devices of the host that are ports of a switch: they give all their frames to it. */
import type { StepId } from '../../base/step.ts';
import type { Kernel, Link } from '../../linux/index.ts';
import type { Vswitch } from '../../ofproto/vswitch/vswitch.ts';

interface Outside {
  readonly kernel: Kernel;
  /** Where devices are looked for; '' is the root namespace. */
  readonly namespace: string;
  readonly vswitch: Vswitch;
  isUserspace(bridge: string): boolean;
  /** Takes what came in through a device; whether a port stands for it. */
  receive(link: Link, octets: Uint8Array, parent: StepId | null): boolean;
}

export class AttachedDevices {
  readonly #outside: Outside;
  readonly #links = new Map<string, Link>();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  get(name: string): Link | undefined {
    return this.#links.get(name);
  }

  /** Takes up devices that became ports and lets those go that are none any more. */
  follow(): void {
    const { kernel, namespace, vswitch, isUserspace, receive } = this.#outside;
    const wanted = new Map<string, Link>();
    const shared = new Set<string>();
    for (const bridge of vswitch.bridges.values())
      for (const port of bridge.ports.values()) {
        const link = port.type === '' ? kernel.findLink(namespace, port.name) : undefined;
        if (link) wanted.set(port.name, link);
        if (link && isUserspace(bridge.name)) shared.add(port.name);
      }
    for (const [name, link] of this.#links)
      if (wanted.get(name) !== link) {
        if (!link.deleted) kernel.attachReceiver(link, null);
        this.#links.delete(name);
      }
    for (const [name, link] of wanted) {
      if (this.#links.has(name)) continue;
      this.#links.set(name, link);
      // The userspace datapath reads a packet socket: the kernel's own stack sees every frame as well.
      const isShared = shared.has(name);
      if (isShared) link.promiscFlag = true;
      kernel.attachReceiver(link, (from, octets, parent) =>
        receive(from, octets, parent) && !isShared ? 'consumed' : 'pass',
      );
    }
  }
}
