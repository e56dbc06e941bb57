/**
 * zebra's EVPN: finds VNIs in the kernel's VXLAN devices, and gives what bgpd and the kernel say of hosts to the VNI that it
 * concerns (`zebra_evpn.c`).
 */
import type { Clock } from '../../../base/context.ts';
import { sameValue } from '../../same-value.ts';
import type { MacIp, RemoteMacIp, ZebraEvpn, ZebraEvpnListener, ZebraVni } from '../../bgp/zebra-evpn.ts';
import type { EvpnKernel, KernelMac, KernelNeighbour } from '../kernel-port.ts';
import type { ZebraLink } from '../links.ts';
import { HostNews } from './host-news.ts';
import { L3Vnis, type VrfVni } from './l3-vnis.ts';
import { LocalHosts } from './local-hosts.ts';
import { RemoteHosts } from './remote-hosts.ts';
import { VniTables, type VniDevices } from './vni-tables.ts';

const SECOND = 1_000_000_000;
/** `evpn mh startup-delay`, in seconds. */
const STARTUP_DELAY = 180;

type Tell = (say: (listener: ZebraEvpnListener) => void) => void;

/** What EVPN asks of the rest of zebra. */
export interface EvpnHost {
  readonly kernel: EvpnKernel;
  readonly clock: Clock;
  readonly tell: Tell;
  interfaces(): Iterable<ZebraLink>;
  hasVrf(name: string): boolean;
  /** The lines `vni N` of VRFs. */
  vrfVnis(): readonly VrfVni[];
}

export class ZebraEvpnTables implements ZebraEvpn {
  readonly #host: EvpnHost;
  readonly #kernel: EvpnKernel;
  readonly #clock: Clock;
  readonly #tell: Tell;
  readonly #remote: RemoteHosts;
  readonly #local: LocalHosts;
  readonly vnis = new Map<number, VniTables>();
  readonly l3: L3Vnis;
  #wanted = false;
  /** When it was switched on first, in nanoseconds. */
  #since: number | null = null;

  constructor(host: EvpnHost) {
    this.#host = host;
    this.#kernel = host.kernel;
    this.#clock = host.clock;
    this.#tell = host.tell;
    const news = new HostNews(host.tell);
    this.#remote = new RemoteHosts(host.kernel, host.clock, news);
    this.#local = new LocalHosts(host.clock, news, this.#remote);
    this.l3 = new L3Vnis(host.kernel, host.tell);
  }

  /** Whether bgpd asked for it. */
  get enabled(): boolean {
    return this.#wanted;
  }

  /** How long ports of multihomed hosts are still held down, in seconds; null: no longer. */
  get startupDelayLeft(): number | null {
    const left =
      this.#since === null ? 0 : STARTUP_DELAY - Math.floor((this.#clock.now() - this.#since) / SECOND);
    return left > 0 ? left : null;
  }

  // What bgpd asks.

  advertiseAllVni(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) this.#since ??= this.#clock.now();
    if (!wanted) for (const tables of [...this.vnis.values()]) this.#forget(tables, false);
    this.interfacesChanged();
  }

  remoteVtep(vni: number, address: number, floods: boolean): void {
    const tables = this.vnis.get(vni);
    if (tables === undefined) return;
    const known = tables.vteps.find((vtep) => vtep.address === address);
    if (known?.floods === floods) return;
    if (known === undefined) tables.vteps.unshift({ address, floods });
    else known.floods = floods;
    if (floods) this.#kernel.addFlood(tables.devices.vxlan, address);
    else if (known !== undefined) this.#kernel.removeFlood(tables.devices.vxlan, address);
  }

  remoteVtepGone(vni: number, address: number): void {
    const tables = this.vnis.get(vni);
    const known = tables?.vteps.find((vtep) => vtep.address === address);
    if (tables === undefined || known === undefined) return;
    tables.vteps = tables.vteps.filter((vtep) => vtep !== known);
    this.#kernel.removeFlood(tables.devices.vxlan, address);
  }

  remoteMac(host: RemoteMacIp): void {
    const tables = this.vnis.get(host.vni);
    if (tables === undefined) return;
    this.#remote.found(tables, host);
  }

  remoteMacGone(host: MacIp & { readonly vtep: number }): void {
    const tables = this.vnis.get(host.vni);
    if (tables !== undefined) this.#remote.gone(tables, host);
  }

  // What the kernel tells.

  /** Links or VRFs came, went or changed, or lines `vni N` did: which VNIs there are, and of which layer. */
  interfacesChanged(): void {
    const layer3 = this.#host.vrfVnis();
    if (!this.#wanted && layer3.length === 0 && this.l3.list().length === 0) return;
    const interfaces = [...this.#host.interfaces()];
    const found = new Map<number, VniDevices>();
    if (this.#wanted)
      for (const one of interfaces) {
        const devices = devicesOf(one, interfaces);
        if (devices !== undefined && !layer3.some(({ vni }) => vni === devices.vni))
          found.set(devices.vni, devices);
      }
    for (const tables of [...this.vnis.values()])
      if (found.get(tables.vni)?.vxlan !== tables.devices.vxlan) this.#forget(tables, true);
    for (const devices of found.values()) this.#found(devices);
    this.l3.update(layer3, interfaces, (vrf) => this.#host.hasVrf(vrf), this.#wanted);
  }

  #found(devices: VniDevices): void {
    const known = this.vnis.get(devices.vni);
    if (known !== undefined) {
      if (sameValue(known.devices, devices)) return;
      const { svi } = known.devices;
      known.devices = devices;
      this.#tell((listener) => listener.vniChanged(described(devices)));
      if (svi === null && devices.svi !== null) {
        for (const neighbour of known.neighbours.values())
          if (!neighbour.isLocal) this.#remote.installNeighbour(known, neighbour);
        this.#readNeighbours(known);
      }
      return;
    }
    const tables = new VniTables(devices);
    this.vnis.set(devices.vni, tables);
    this.#tell((listener) => listener.vniChanged(described(devices)));
    for (const mac of this.#kernel.macs()) this.macChanged(mac, true);
    this.#readNeighbours(tables);
  }

  #readNeighbours({ devices }: VniTables): void {
    for (const neighbour of this.#kernel.neighbours())
      if (neighbour.ifindex === devices.svi?.ifindex) this.neighbourChanged(neighbour, true);
  }

  /** A VNI is no more: what was installed for it goes, as far as its devices are there. */
  #forget(tables: VniTables, tells: boolean): void {
    const { devices, vni } = tables;
    this.vnis.delete(vni);
    if (tells) this.#tell((listener) => listener.vniGone(vni));
    for (const neighbour of tables.neighbours.values())
      if (!neighbour.isLocal && devices.svi !== null)
        this.#kernel.removeNeighbour(devices.svi.ifindex, neighbour.ip);
    for (const mac of tables.macs.values())
      if (mac.isRemote) this.#kernel.removeMac(devices.vxlan, mac.mac, mac.vtep);
    for (const { address, floods } of tables.vteps)
      if (floods) this.#kernel.removeFlood(devices.vxlan, address);
  }

  /** The VNI whose bridge has this port. */
  #ofPort(ifindex: number): VniTables | undefined {
    let bridge = 0;
    for (const one of this.#host.interfaces()) if (one.index === ifindex) ({ bridge } = one);
    if (bridge === 0) return undefined;
    return [...this.vnis.values()].find(({ devices }) => devices.bridge === bridge);
  }

  /** An address came to, or left, a bridge's forwarding database. */
  macChanged(entry: KernelMac, present: boolean): void {
    if (!this.#wanted || this.vnis.size === 0) return;
    const tables = this.#ofPort(entry.ifindex);
    if (tables === undefined || (present && entry.isPermanent)) return;
    const known = tables.macs.get(entry.mac);
    const isRemotePort = entry.ifindex === tables.devices.vxlan;
    if (isRemotePort) {
      if (present && known?.isLocal === true) this.#local.goneMac(tables, known);
      // Whoever took it out: it is zebra's, and is put back.
      if (!present && known?.isRemote === true) this.#remote.installMac(tables, known);
    } else if (present) this.#local.foundMac(tables, entry, known);
    else if (known?.isLocal === true) this.#local.goneMac(tables, known);
  }

  /** A neighbour of a bridge's own interface. */
  neighbourChanged(entry: KernelNeighbour, present: boolean): void {
    if (!this.#wanted || this.l3.neighbourChanged(entry, present)) return;
    const tables = [...this.vnis.values()].find(({ devices }) => devices.svi?.ifindex === entry.ifindex);
    if (tables === undefined) return;
    if (present) {
      if (!entry.isExternal) this.#local.foundNeighbour(tables, entry);
      return;
    }
    const known = tables.neighbourAt(entry.ip);
    if (known === undefined) return;
    if (!known.isLocal) {
      this.#remote.installNeighbour(tables, known);
      return;
    }
    this.#local.goneNeighbour(tables, known);
  }
}

/** The devices of the VNI of a VXLAN device that is up and on a bridge. */
function devicesOf(one: ZebraLink, all: readonly ZebraLink[]): VniDevices | undefined {
  const { vxlan } = one;
  if (vxlan === null || !one.operative || one.bridge === 0) return undefined;
  const bridge = all.find((other) => other.index === one.bridge && other.isBridge);
  const isUp = bridge?.operative === true;
  return {
    vni: vxlan.vni,
    vxlan: one.index,
    bridge: one.bridge,
    svi: isUp ? { ifindex: bridge.index, name: bridge.name, vrf: bridge.vrf } : null,
    local: vxlan.local,
    group: vxlan.group,
  };
}

const described = ({ vni, local, svi, group }: VniDevices): ZebraVni => ({
  vni,
  originator: local,
  tenantVrf: svi?.vrf ?? 'default',
  bridgeInterface: svi?.name ?? null,
  multicastGroup: group,
});
