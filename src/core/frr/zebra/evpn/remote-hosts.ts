/** Hosts behind other VTEPs: what bgpd says of them, and their entries in the kernel (`zebra_evpn_mac.c`, `zebra_evpn_neigh.c`). */
import type { Clock } from '../../../base/context.ts';
import type { MacIp, RemoteMacIp } from '../../bgp/zebra-evpn.ts';
import type { Address } from '../../prefix.ts';
import type { EvpnKernel } from '../kernel-port.ts';
import type { HostNews } from './host-news.ts';
import type { EvpnMac, EvpnNeighbour, VniTables } from './vni-tables.ts';

export class RemoteHosts {
  readonly #kernel: EvpnKernel;
  readonly #clock: Clock;
  readonly #news: HostNews;

  constructor(kernel: EvpnKernel, clock: Clock, news: HostNews) {
    this.#kernel = kernel;
    this.#clock = clock;
    this.#news = news;
  }

  /** bgpd says where a host is. */
  found(tables: VniTables, host: RemoteMacIp): void {
    if (!tables.vteps.some((vtep) => vtep.address === host.vtep))
      tables.vteps.unshift({ address: host.vtep, floods: false });
    const mac = this.#mac(tables, host);
    if (mac === undefined) return;
    mac.remoteSequence = host.sequence;
    if (host.ip === null) mac.isAutomatic = false;
    else this.#neighbour(tables, mac, host.ip, host);
  }

  /** The entry of a remote address, installed if it is new or changed; undefined: what bgpd says is out of date. */
  #mac(tables: VniTables, host: RemoteMacIp): EvpnMac | undefined {
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
    if (mac.isLocal) this.#news.macGone(tables, mac);
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
        this.#news.neighbourGone(tables, neighbour);
      }
    this.installMac(tables, mac);
    return mac;
  }

  /** Puts the address of a host into the bridge and the VXLAN device. */
  installMac({ devices }: VniTables, mac: EvpnMac): void {
    this.#kernel.installMac(devices.vxlan, mac.mac, mac.vtep, mac.isSticky || mac.isRemoteGateway);
  }

  #neighbour(tables: VniTables, mac: EvpnMac, ip: Address, host: RemoteMacIp): void {
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
      if (neighbour.isLocal && neighbour.isActive) this.#news.neighbourGone(tables, neighbour);
      if (neighbour.mac !== mac) {
        const before = neighbour.mac;
        tables.relink(neighbour, mac);
        this.release(tables, before);
      }
    }
    neighbour.isLocal = false;
    neighbour.isActive = true;
    neighbour.vtep = host.vtep;
    neighbour.isRouter = host.router;
    neighbour.remoteSequence = host.sequence;
    this.installNeighbour(tables, neighbour);
  }

  /** Puts a host among the neighbours of the bridge's own interface, where there is one. */
  installNeighbour({ devices }: VniTables, neighbour: EvpnNeighbour): void {
    if (devices.svi === null) return;
    this.#kernel.installNeighbour(
      devices.svi.ifindex,
      neighbour.ip,
      neighbour.mac.mac,
      neighbour.isRouter && neighbour.ip.family === 6,
    );
  }

  /** bgpd says that it is no more. */
  gone(tables: VniTables, host: MacIp): void {
    const mac = tables.macs.get(host.mac);
    if (mac === undefined) return;
    const neighbour = host.ip === null ? undefined : tables.neighbourAt(host.ip);
    if (neighbour !== undefined) {
      if (neighbour.mac !== mac || neighbour.isLocal) return;
      tables.deleteNeighbour(neighbour);
      if (tables.devices.svi !== null) this.#kernel.removeNeighbour(tables.devices.svi.ifindex, neighbour.ip);
      this.release(tables, mac);
    } else if (mac.isRemote) this.#delete(tables, mac);
  }

  #delete(tables: VniTables, mac: EvpnMac): void {
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
  release(tables: VniTables, mac: EvpnMac): void {
    if (!mac.isAutomatic || mac.neighbours.size > 0) return;
    if (mac.isRemote) this.#delete(tables, mac);
    else if (!mac.isLocal) tables.macs.delete(mac.mac);
  }
}
