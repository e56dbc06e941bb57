/**
 * zebra's EVPN: finds VNIs in the kernel's VXLAN devices, tells bgpd of the hosts on their bridges, and puts those of other
 * VTEPs into the bridges' forwarding databases and neighbour tables (`zebra_evpn.c`, `zebra_evpn_mac.c`, `zebra_evpn_neigh.c`).
 */
import type { Clock } from '../../../base/context.ts';
import type { Address } from '../../prefix.ts';
import { sameValue } from '../../same-value.ts';
import type { MacIp, RemoteMacIp, ZebraEvpn, ZebraEvpnListener, ZebraVni } from '../../bgp/zebra-evpn.ts';
import type { EvpnKernel, KernelInterface, KernelMac, KernelNeighbour } from '../kernel-port.ts';
import { L3Vnis, type VrfVni } from './l3-vnis.ts';
import { VniTables, type EvpnMac, type EvpnNeighbour, type VniDevices } from './vni-tables.ts';

const SECOND = 1_000_000_000;
/** `evpn mh startup-delay`, in seconds. */
const STARTUP_DELAY = 180;

type Tell = (say: (listener: ZebraEvpnListener) => void) => void;

/** What EVPN asks of the rest of zebra. */
export interface EvpnHost {
  readonly kernel: EvpnKernel;
  readonly clock: Clock;
  readonly tell: Tell;
  interfaces(): Iterable<KernelInterface>;
  hasVrf(name: string): boolean;
  /** The lines `vni N` of VRFs. */
  vrfVnis(): readonly VrfVni[];
}

export class ZebraEvpnTables implements ZebraEvpn {
  readonly #host: EvpnHost;
  readonly #kernel: EvpnKernel;
  readonly #clock: Clock;
  readonly #tell: Tell;
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
    if (!tables.vteps.some((vtep) => vtep.address === host.vtep))
      tables.vteps.unshift({ address: host.vtep, floods: false });
    const mac = this.#remoteMac(tables, host);
    if (mac === undefined) return;
    mac.remoteSequence = host.sequence;
    if (host.ip === null) mac.isAutomatic = false;
    else this.#remoteNeighbour(tables, mac, host.ip, host);
  }

  /** The entry of a remote address, installed if it is new or changed; undefined: what bgpd says is out of date. */
  #remoteMac(tables: VniTables, host: RemoteMacIp): EvpnMac | undefined {
    let mac = tables.macs.get(host.mac);
    const isCurrent =
      mac?.isRemote === true &&
      mac.isSticky === host.sticky &&
      mac.isRemoteGateway === host.gateway &&
      mac.vtep === host.vtep &&
      mac.remoteSequence === host.sequence;
    if (mac !== undefined && isCurrent) return mac;
    if (mac === undefined) {
      mac = tables.addMac(host.mac, this.#clock.now());
      mac.isAutomatic = host.ip !== null;
    } else if (host.sequence < (mac.isLocal ? mac.localSequence : mac.remoteSequence)) return undefined;
    if (mac.isLocal) this.#tellMacGone(tables, mac);
    mac.isLocal = false;
    mac.port = 0;
    mac.isRemote = true;
    mac.vtep = host.vtep;
    mac.isSticky = host.sticky;
    mac.isRemoteGateway = host.gateway;
    for (const neighbour of mac.neighbours)
      if (neighbour.isLocal && neighbour.isActive) {
        neighbour.isActive = false;
        neighbour.localSequence = 0;
        this.#tellNeighbourGone(tables, neighbour);
      }
    this.#installMac(tables, mac);
    return mac;
  }

  #installMac({ devices }: VniTables, mac: EvpnMac): void {
    this.#kernel.installMac(devices.vxlan, mac.mac, mac.vtep, mac.isSticky || mac.isRemoteGateway);
  }

  #remoteNeighbour(tables: VniTables, mac: EvpnMac, ip: Address, host: RemoteMacIp): void {
    let neighbour = tables.neighbourAt(ip);
    if (
      neighbour !== undefined &&
      !neighbour.isLocal &&
      neighbour.isRouter === host.router &&
      neighbour.mac === mac &&
      neighbour.vtep === host.vtep &&
      neighbour.remoteSequence === host.sequence
    )
      return;
    if (neighbour === undefined) neighbour = tables.addNeighbour(ip, mac, this.#clock.now());
    else {
      if (host.sequence < (neighbour.isLocal ? neighbour.localSequence : neighbour.remoteSequence)) return;
      if (neighbour.isLocal && neighbour.isActive) this.#tellNeighbourGone(tables, neighbour);
      if (neighbour.mac !== mac) {
        const before = neighbour.mac;
        tables.relink(neighbour, mac);
        this.#release(tables, before);
      }
    }
    neighbour.isLocal = false;
    neighbour.isActive = true;
    neighbour.vtep = host.vtep;
    neighbour.isRouter = host.router;
    neighbour.remoteSequence = host.sequence;
    this.#installNeighbour(tables, neighbour);
  }

  #installNeighbour({ devices }: VniTables, neighbour: EvpnNeighbour): void {
    if (devices.svi === null) return;
    this.#kernel.installNeighbour(
      devices.svi.ifindex,
      neighbour.ip,
      neighbour.mac.mac,
      neighbour.isRouter && neighbour.ip.family === 6,
    );
  }

  remoteMacGone(host: MacIp & { readonly vtep: number }): void {
    const tables = this.vnis.get(host.vni);
    const mac = tables?.macs.get(host.mac);
    if (tables === undefined || mac === undefined) return;
    const neighbour = host.ip === null ? undefined : tables.neighbourAt(host.ip);
    if (neighbour !== undefined) {
      if (neighbour.mac !== mac || neighbour.isLocal) return;
      tables.deleteNeighbour(neighbour);
      if (tables.devices.svi !== null) this.#kernel.removeNeighbour(tables.devices.svi.ifindex, neighbour.ip);
      this.#release(tables, mac);
    } else if (mac.isRemote) this.#deleteRemote(tables, mac);
  }

  #deleteRemote(tables: VniTables, mac: EvpnMac): void {
    mac.remoteSequence = 0;
    const isNamed = [...mac.neighbours].some((neighbour) => !neighbour.isLocal);
    if (!isNamed) {
      mac.isRemote = false;
      const { vtep } = mac;
      if (mac.neighbours.size === 0) tables.macs.delete(mac.mac);
      this.#kernel.removeMac(tables.devices.vxlan, mac.mac, vtep);
    }
    if (mac.neighbours.size > 0) mac.isAutomatic = true;
  }

  /** An address that only neighbours named goes with the last of them. */
  #release(tables: VniTables, mac: EvpnMac): void {
    if (!mac.isAutomatic || mac.neighbours.size > 0) return;
    if (mac.isRemote) this.#deleteRemote(tables, mac);
    else if (!mac.isLocal) tables.macs.delete(mac.mac);
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
          if (!neighbour.isLocal) this.#installNeighbour(known, neighbour);
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
      if (present && known?.isLocal === true) this.#deleteLocal(tables, known);
      // Whoever took it out: it is zebra's, and is put back.
      if (!present && known?.isRemote === true) this.#installMac(tables, known);
    } else if (present) this.#localMac(tables, entry, known);
    else if (known?.isLocal === true) this.#deleteLocal(tables, known);
  }

  #localMac(tables: VniTables, entry: KernelMac, known: EvpnMac | undefined): void {
    const mac = known ?? tables.addMac(entry.mac, this.#clock.now());
    if (mac.isLocal) {
      const isSame = mac.isSticky === entry.isSticky;
      mac.port = entry.ifindex;
      if (isSame) return;
      mac.isSticky = entry.isSticky;
      this.#tellMac(tables, mac);
      return;
    }
    // A host that another VTEP holds to be sticky cannot have moved here.
    if (mac.isRemote && mac.isSticky) return;
    if (mac.isRemote) mac.localSequence = Math.max(mac.remoteSequence + 1, mac.localSequence);
    mac.isRemote = false;
    mac.isAutomatic = false;
    mac.isLocal = true;
    mac.vtep = 0;
    mac.port = entry.ifindex;
    mac.isSticky = entry.isSticky;
    this.#tellMac(tables, mac);
    for (const neighbour of mac.neighbours)
      if (neighbour.isLocal && !neighbour.isActive) {
        neighbour.isActive = true;
        neighbour.localSequence = mac.localSequence;
        this.#tellNeighbour(tables, neighbour);
      }
  }

  #deleteLocal(tables: VniTables, mac: EvpnMac): void {
    for (const neighbour of mac.neighbours)
      if (neighbour.isLocal && neighbour.isActive) {
        neighbour.isActive = false;
        neighbour.localSequence = 0;
        this.#tellNeighbourGone(tables, neighbour);
      }
    this.#tellMacGone(tables, mac);
    mac.port = 0;
    mac.isLocal = false;
    if (mac.neighbours.size === 0) tables.macs.delete(mac.mac);
    else {
      mac.isSticky = false;
      mac.isAutomatic = true;
    }
  }

  /** A neighbour of a bridge's own interface. */
  neighbourChanged(entry: KernelNeighbour, present: boolean): void {
    if (!this.#wanted || this.l3.neighbourChanged(entry, present)) return;
    const tables = [...this.vnis.values()].find(({ devices }) => devices.svi?.ifindex === entry.ifindex);
    if (tables === undefined) return;
    if (present) {
      if (!entry.isExternal) this.#localNeighbour(tables, entry);
      return;
    }
    const known = tables.neighbourAt(entry.ip);
    if (known === undefined) return;
    if (!known.isLocal) {
      this.#installNeighbour(tables, known);
      return;
    }
    if (known.isActive) this.#tellNeighbourGone(tables, known);
    tables.deleteNeighbour(known);
    this.#release(tables, known.mac);
  }

  #localNeighbour(tables: VniTables, entry: KernelNeighbour): void {
    const now = this.#clock.now();
    let mac = tables.macs.get(entry.mac);
    if (mac === undefined) {
      mac = tables.addMac(entry.mac, now);
      mac.isAutomatic = true;
    }
    let isMoved = mac.isRemote;
    let before = 0;
    let hasOther = false;
    let neighbour = tables.neighbourAt(entry.ip);
    if (neighbour === undefined) neighbour = tables.addNeighbour(entry.ip, mac, now);
    else if (neighbour.isLocal && neighbour.mac === mac) {
      if (neighbour.isRouter === entry.isRouter) return;
      neighbour.isRouter = entry.isRouter;
      if (neighbour.isActive) this.#tellNeighbour(tables, neighbour);
      return;
    } else if (neighbour.mac !== mac) {
      const old = neighbour.mac;
      if (neighbour.isLocal && neighbour.isActive) this.#tellNeighbourGone(tables, neighbour);
      before = old.isRemote ? old.remoteSequence : old.localSequence;
      hasOther = true;
      isMoved = true;
      tables.relink(neighbour, mac);
      this.#release(tables, old);
    }
    neighbour.isLocal = true;
    neighbour.vtep = 0;
    neighbour.ifindex = entry.ifindex;
    neighbour.isRouter = entry.isRouter;
    let sequence = mac.localSequence;
    if (isMoved)
      sequence = Math.max(
        mac.localSequence,
        mac.isRemote ? mac.remoteSequence + 1 : mac.localSequence,
        hasOther ? before + 1 : 0,
      );
    if (!mac.isLocal) {
      neighbour.isActive = false;
      neighbour.localSequence = 0;
      mac.localSequence = sequence;
      return;
    }
    neighbour.isActive = true;
    if (sequence !== mac.localSequence) {
      mac.localSequence = sequence;
      this.#tellMac(tables, mac);
      for (const one of mac.neighbours)
        if (one.isLocal) {
          one.isActive = true;
          one.localSequence = sequence;
          this.#tellNeighbour(tables, one);
        }
      return;
    }
    neighbour.localSequence = sequence;
    this.#tellNeighbour(tables, neighbour);
  }

  // What bgpd is told.

  #tellMac({ vni }: VniTables, { mac, isSticky, localSequence }: EvpnMac): void {
    const host = {
      vni,
      mac,
      ip: null,
      sticky: isSticky,
      gateway: false,
      router: false,
      sequence: localSequence,
    };
    this.#tell((listener) => listener.localMac(host));
  }

  #tellMacGone({ vni }: VniTables, { mac }: EvpnMac): void {
    this.#tell((listener) => listener.localMacGone({ vni, mac, ip: null }));
  }

  #tellNeighbour({ vni }: VniTables, { ip, mac, isRouter, localSequence }: EvpnNeighbour): void {
    const host = {
      vni,
      mac: mac.mac,
      ip,
      sticky: mac.isSticky,
      gateway: false,
      router: isRouter && ip.family === 6,
      sequence: localSequence,
    };
    this.#tell((listener) => listener.localMac(host));
  }

  #tellNeighbourGone({ vni }: VniTables, { ip, mac }: EvpnNeighbour): void {
    this.#tell((listener) => listener.localMacGone({ vni, mac: mac.mac, ip }));
  }
}

/** The devices of the VNI of a VXLAN device that is up and on a bridge. */
function devicesOf(one: KernelInterface, all: readonly KernelInterface[]): VniDevices | undefined {
  const { vxlan } = one;
  if (vxlan === null || !one.up || !one.running || one.bridge === 0) return undefined;
  const bridge = all.find((other) => other.index === one.bridge && other.isBridge);
  const isUp = bridge !== undefined && bridge.up && bridge.running;
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
