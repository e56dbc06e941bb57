/** The links that a switch makes for its internal ports; they keep their identity when moved to another namespace. */
import { parseMac } from '../../base/address.ts';
import type { StepId } from '../../base/step.ts';
import { namespaceOf, setMac, type DrivenLink, type Kernel, type Link } from '../../linux/index.ts';
import type { OvsDatabase } from '../../ovsdb/index.ts';

/** The device that a userspace datapath makes for itself. */
const USERSPACE_DATAPATH = 'ovs-netdev';

interface InternalPort {
  readonly mac: string | null;
  readonly isUserspace: boolean;
}

interface Outside {
  readonly kernel: Kernel;
  /** Where new links are made; '' is the root one. */
  readonly namespace: string;
  readonly ovs: OvsDatabase;
  /** Takes what the machine sends through one of the links. */
  transmit(link: Link, octets: Uint8Array, parent: StepId | null): boolean;
}

export class InternalPorts {
  readonly #outside: Outside;
  readonly #links = new Map<string, Link>();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  get(name: string): Link | undefined {
    return this.#links.get(name);
  }

  /** Makes and removes links, and gives them addresses, as the database says. */
  follow(): void {
    const { kernel, namespace } = this.#outside;
    const wanted = this.#wanted();
    for (const [name, link] of this.#links)
      if (!wanted.has(name) || link.deleted) {
        if (!link.deleted) kernel.removeLink(link);
        this.#links.delete(name);
      }
    const userspace = [...wanted.values()].some((port) => port.isUserspace);
    if (userspace && kernel.findLink(namespace, USERSPACE_DATAPATH) === undefined)
      kernel.addTap(namespace, {
        name: USERSPACE_DATAPATH,
        driver: { transmit: () => false },
      }).promiscFlag = true;
    for (const [name, { mac, isUserspace }] of wanted) {
      const asked = mac === null ? undefined : parseMac(mac);
      const link = this.#links.get(name);
      if (link) {
        if (asked !== undefined && link.mac !== asked) setMac(namespaceOf(kernel.machine, link), link, asked);
      } else if (kernel.findLink(namespace, name) === undefined)
        this.#links.set(name, this.#make(name, asked, isUserspace));
    }
  }

  /** Names of interfaces that this switch owns as internal ports, with the MAC that they ask for and their datapath. */
  #wanted(): Map<string, InternalPort> {
    const { ovs } = this.#outside;
    const wanted = new Map<string, InternalPort>();
    for (const bridge of ovs.rows('Bridge'))
      for (const uuid of bridge.ports)
        for (const ifaceUuid of ovs.get('Port', uuid)?.interfaces ?? []) {
          const iface = ovs.get('Interface', ifaceUuid);
          if (!iface || (iface.type !== 'internal' && iface.name !== bridge.name)) continue;
          const own = iface.name === bridge.name ? (bridge.other_config.get('hwaddr') ?? null) : null;
          wanted.set(iface.name, { mac: iface.mac ?? own, isUserspace: bridge.datapath_type === 'netdev' });
        }
    return wanted;
  }

  /** A port of the kernel's datapath, or the tap device that stands for it in the userspace datapath. */
  #make(name: string, mac: bigint | undefined, isUserspace: boolean): Link {
    const { kernel, namespace, transmit } = this.#outside;
    const driven: DrivenLink = { name, ...(mac === undefined ? {} : { mac }), driver: { transmit } };
    if (!isUserspace) return kernel.addInternal(namespace, driven);
    const link = kernel.addTap(namespace, driven);
    link.promiscFlag = true;
    return link;
  }
}
