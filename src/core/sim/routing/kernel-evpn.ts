/** zebra's netlink socket as EVPN uses it: forwarding databases of bridges and VXLAN devices, and neighbour tables. */
import type { Address } from '../../frr/prefix.ts';
import type { EvpnKernel, KernelMac, KernelNeighbour, KernelVxlan } from '../../frr/zebra/kernel-port.ts';
import { addUserFdb, deleteFdb, fdbEntries, findFdb, userFdbVlans } from '../../linux/bridge/fdb.ts';
import type { FdbEntry } from '../../linux/bridge/state.ts';
import type { Kernel, KernelEvent, Link, Namespace } from '../../linux/index.ts';
import { addVxlanEntry, deleteVxlanEntry } from '../../linux/links/vxlan.ts';
import { isValid, type Neighbour } from '../../linux/neighbour-state.ts';

/** `proto zebra` of `ip neigh`. */
const ZEBRA = 11;
const UNTAGGED = 0;

const macOf = (ifindex: number, entry: FdbEntry): KernelMac => ({
  ifindex,
  mac: entry.mac,
  vlan: entry.vlan,
  isSticky: entry.isSticky,
  isPermanent: entry.isLocal,
});

/** Undefined for an entry without an address. */
export const neighbourOf = (entry: Neighbour): KernelNeighbour | undefined =>
  entry.proxy
    ? undefined
    : {
        ifindex: entry.ifindex,
        ip: { family: entry.family, address: entry.address },
        mac: entry.mac ?? 0n,
        isExternal: entry.externLearn,
        isRouter: entry.router,
        isOwn: entry.protocol === ZEBRA && !entry.externLearn,
      };

const ipv4 = (address: { readonly family: 4 | 6; readonly address: bigint } | null): number =>
  address?.family === 4 ? Number(address.address) : 0;

export const vxlanOf = ({ vxlan }: Link): KernelVxlan | null =>
  vxlan === null || vxlan.collectMetadata
    ? null
    : { vni: vxlan.vni, local: ipv4(vxlan.local), group: ipv4(vxlan.remote) };

export class KernelEvpn implements EvpnKernel {
  readonly #kernel: Kernel;
  readonly #home: () => Namespace;

  constructor(kernel: Kernel, home: () => Namespace) {
    this.#kernel = kernel;
    this.#home = home;
  }

  /** The entry that an event tells of, as it is now. */
  macOf({ bridge, link, mac, vlan }: Extract<KernelEvent, { readonly kind: 'fdb' }>): KernelMac {
    const entry = bridge.bridge === null ? undefined : findFdb(bridge.bridge, mac, vlan);
    return entry === undefined
      ? { ifindex: link.index, mac, vlan, isSticky: false, isPermanent: false }
      : macOf(link.index, entry);
  }

  macs(): readonly KernelMac[] {
    return [...this.#home().links.values()].flatMap(({ bridge }) =>
      bridge === null
        ? []
        : fdbEntries(bridge).flatMap((entry) => (entry.port === null ? [] : [macOf(entry.port, entry)])),
    );
  }

  neighbours(): readonly KernelNeighbour[] {
    return this.#home()
      .neighbours.all()
      .flatMap((entry) => {
        const neighbour = isValid(entry.state) ? neighbourOf(entry) : undefined;
        return neighbour === undefined ? [] : [neighbour];
      });
  }

  installMac(vxlan: number, mac: bigint, vtep: number, sticky: boolean): void {
    const link = this.#home().links.get(vxlan);
    const bridge = link?.master?.bridge;
    if (link?.master == null || bridge == null) return;
    for (const vlan of userFdbVlans(bridge, vxlan, UNTAGGED))
      addUserFdb(this.#home(), link.master, bridge, vxlan, mac, vlan, sticky ? 'static' : 'dynamic', {
        sticky,
        externLearn: !sticky,
      });
    const state = sticky ? 'static' : 'reachable';
    this.#addVtep(link, { mac, state, noArp: sticky, externLearn: !sticky }, vtep, false);
  }

  removeMac(vxlan: number, mac: bigint, vtep: number): void {
    const link = this.#home().links.get(vxlan);
    const bridge = link?.master?.bridge;
    if (link === undefined) return;
    if (bridge != null && link.master !== null)
      for (const vlan of userFdbVlans(bridge, vxlan, UNTAGGED)) {
        const entry = findFdb(bridge, mac, vlan);
        if (entry?.port === vxlan) deleteFdb(this.#home(), link.master, bridge, entry);
      }
    deleteVxlanEntry(this.#home(), link, mac, BigInt(vtep));
  }

  addFlood(vxlan: number, vtep: number): void {
    const link = this.#home().links.get(vxlan);
    if (link !== undefined)
      this.#addVtep(link, { mac: 0n, state: 'permanent', noArp: true, externLearn: false }, vtep, true);
  }

  removeFlood(vxlan: number, vtep: number): void {
    const link = this.#home().links.get(vxlan);
    if (link !== undefined) deleteVxlanEntry(this.#home(), link, 0n, BigInt(vtep));
  }

  #addVtep(link: Link, entry: Parameters<typeof addVxlanEntry>[2], vtep: number, append: boolean): void {
    if (link.vxlan === null) return;
    const { port, vni } = link.vxlan;
    const remote = { family: 4 as const, address: BigInt(vtep), port, vni, ifindex: 0 };
    addVxlanEntry(this.#home(), link, entry, remote, append);
  }

  installNeighbour(ifindex: number, ip: Address, mac: bigint, router: boolean): void {
    const net = this.#home();
    const link = net.links.get(ifindex);
    if (link === undefined) return;
    const now = this.#kernel.context.clock.now();
    const entry =
      net.neighbours.find(ip.family, ifindex, ip.address) ??
      net.neighbours.create(ip.family, ifindex, ip.address, now);
    entry.externLearn = true;
    entry.protocol = ZEBRA;
    this.#kernel.stack.neighbours.update(net, link, entry, mac, 'NOARP', null, {
      admin: true,
      override: true,
      isRouter: router,
    });
  }

  removeNeighbour(ifindex: number, ip: Address): void {
    const net = this.#home();
    const entry = net.neighbours.find(ip.family, ifindex, ip.address);
    if (entry?.externLearn === true) this.#kernel.stack.neighbours.remove(net, entry);
  }
}
