/** ovn-controller's netlink socket for neighbours: the forwarding databases and neighbour tables of devices. */
import { ok } from '../base/result.ts';
import { addUserFdb, deleteFdb, fdbEntries, findFdb, userFdbVlans } from '../linux/bridge/fdb.ts';
import { STRERROR, type Kernel, type Link, type Namespace } from '../linux/index.ts';
import { vxlanEntries } from '../linux/links/vxlan.ts';
import type {
  KernelAnswer,
  KernelNeighbour,
  NeighbourFamily,
  NeighbourKernel,
} from '../ovn/controller/index.ts';

type Ip = KernelNeighbour['ip'];

const UNTAGGED = 0;

const refused = (errno: 'ENODEV' | 'ENOENT' | 'EOPNOTSUPP'): KernelAnswer => ({
  ok: false,
  error: { errno, text: STRERROR[errno] },
});

export class ControllerNeighbours implements NeighbourKernel {
  readonly #kernel: Kernel;
  readonly #namespace: string;

  constructor(kernel: Kernel, namespace: string) {
    this.#kernel = kernel;
    this.#namespace = namespace;
  }

  get #net(): Namespace {
    return this.#kernel.namespace(this.#namespace);
  }

  /** Tells the device of every entry that changed, and every device that came or went. */
  onChange(told: (device: string) => void): void {
    this.#kernel.subscribe((event) => {
      if (event.kind === 'namespace' || event.namespace !== this.#namespace) return;
      if (event.kind === 'fdb' || event.kind === 'vxlan-fdb' || event.kind === 'link') told(event.link.name);
      if (event.kind === 'neighbour') told(this.#net.links.get(event.neighbour.ifindex)?.name ?? '');
    });
  }

  neighbours(device: string, family: NeighbourFamily): readonly KernelNeighbour[] | null {
    const link = this.#kernel.findLink(this.#namespace, device);
    if (link === undefined) return null;
    if (family === 'bridge') return [...this.#bridged(link), ...this.#behindVteps(link)];
    return this.#net.neighbours.all(family).flatMap((one): KernelNeighbour[] =>
      one.ifindex !== link.index || one.proxy
        ? []
        : [
            {
              mac: one.mac ?? 0n,
              ip: { family, address: one.address },
              isNoArp: one.state === 'NOARP',
              isPermanent: one.state === 'PERMANENT',
              isExternal: one.externLearn,
              port: 0,
              vlan: 0,
            },
          ],
    );
  }

  #bridged(link: Link): KernelNeighbour[] {
    const bridge = link.master?.bridge;
    if (bridge == null) return [];
    return fdbEntries(bridge)
      .filter((entry) => entry.port === link.index)
      .map(({ mac, vlan, isLocal, isStatic, externLearn }) => ({
        mac,
        ip: null,
        isNoArp: isStatic && !isLocal,
        isPermanent: isLocal,
        isExternal: externLearn,
        port: 0,
        vlan,
      }));
  }

  #behindVteps({ vxlan }: Link): KernelNeighbour[] {
    if (vxlan === null) return [];
    return vxlanEntries(this.#net, vxlan).flatMap(({ mac, state, noArp, externLearn, remotes }) =>
      remotes.map(({ family, address, port }) => ({
        mac,
        ip: { family, address },
        isNoArp: noArp || state === 'static',
        isPermanent: state === 'permanent',
        isExternal: externLearn,
        port: port === vxlan.port ? 0 : port,
        vlan: 0,
      })),
    );
  }

  addNeighbour(device: string, family: NeighbourFamily, mac: bigint, ip: Ip): KernelAnswer {
    const link = this.#kernel.findLink(this.#namespace, device);
    if (link === undefined) return refused('ENODEV');
    if (family !== 'bridge') return this.#addAddress(link, mac, ip);
    const bridge = link.master?.bridge;
    if (link.master === null || bridge == null) return refused('EOPNOTSUPP');
    for (const vlan of userFdbVlans(bridge, link.index, UNTAGGED))
      addUserFdb(this.#net, link.master, bridge, link.index, mac, vlan, 'static', {
        sticky: false,
        externLearn: false,
      });
    return ok(undefined);
  }

  #addAddress(link: Link, mac: bigint, ip: Ip): KernelAnswer {
    if (ip === null) return refused('EOPNOTSUPP');
    const net = this.#net;
    const now = this.#kernel.context.clock.now();
    const entry =
      net.neighbours.find(ip.family, link.index, ip.address) ??
      net.neighbours.create(ip.family, link.index, ip.address, now);
    entry.externLearn = false;
    this.#kernel.stack.neighbours.update(net, link, entry, mac, 'NOARP', null, {
      admin: true,
      override: true,
    });
    return ok(undefined);
  }

  deleteNeighbour(device: string, family: NeighbourFamily, mac: bigint, ip: Ip): KernelAnswer {
    const link = this.#kernel.findLink(this.#namespace, device);
    if (link === undefined) return refused('ENODEV');
    const net = this.#net;
    if (family !== 'bridge') {
      const entry = ip === null ? undefined : net.neighbours.find(family, link.index, ip.address);
      if (entry === undefined) return refused('ENOENT');
      this.#kernel.stack.neighbours.remove(net, entry);
      return ok(undefined);
    }
    const bridge = link.master?.bridge;
    if (link.master === null || bridge == null) return refused('EOPNOTSUPP');
    for (const vlan of userFdbVlans(bridge, link.index, UNTAGGED)) {
      const entry = findFdb(bridge, mac, vlan);
      if (entry?.port === link.index) deleteFdb(net, link.master, bridge, entry);
    }
    return ok(undefined);
  }
}
