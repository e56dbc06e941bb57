/** Hosts on a VNI's own bridge, as the kernel finds them: bgpd hears of each, with a higher sequence number when it moved here. */
import type { Clock } from '../../../base/context.ts';
import type { KernelMac, KernelNeighbour } from '../kernel-port.ts';
import type { HostNews } from './host-news.ts';
import type { RemoteHosts } from './remote-hosts.ts';
import type { EvpnMac, EvpnNeighbour, VniTables } from './vni-tables.ts';

export class LocalHosts {
  readonly #clock: Clock;
  readonly #news: HostNews;
  readonly #remote: RemoteHosts;

  constructor(clock: Clock, news: HostNews, remote: RemoteHosts) {
    this.#clock = clock;
    this.#news = news;
    this.#remote = remote;
  }

  /** An address is at a port of the bridge. `known`: what was known of it. */
  foundMac(tables: VniTables, entry: KernelMac, known: EvpnMac | undefined): void {
    const mac = known ?? tables.addMac(entry.mac, this.#clock.now());
    if (mac.isLocal) {
      const isSame = mac.isSticky === entry.isSticky;
      mac.port = entry.ifindex;
      if (isSame) return;
      mac.isSticky = entry.isSticky;
      this.#news.mac(tables, mac);
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
    this.#news.mac(tables, mac);
    for (const neighbour of mac.neighbours)
      if (neighbour.isLocal && !neighbour.isActive) {
        neighbour.isActive = true;
        neighbour.localSequence = mac.localSequence;
        this.#news.neighbour(tables, neighbour);
      }
  }

  /** An address left the bridge's ports. */
  goneMac(tables: VniTables, mac: EvpnMac): void {
    for (const neighbour of mac.neighbours)
      if (neighbour.isLocal && neighbour.isActive) {
        neighbour.isActive = false;
        neighbour.localSequence = 0;
        this.#news.neighbourGone(tables, neighbour);
      }
    this.#news.macGone(tables, mac);
    mac.port = 0;
    mac.isLocal = false;
    if (mac.neighbours.size === 0) tables.macs.delete(mac.mac);
    else {
      mac.isSticky = false;
      mac.isAutomatic = true;
    }
  }

  /** The bridge's own interface has a neighbour. */
  foundNeighbour(tables: VniTables, entry: KernelNeighbour): void {
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
      if (neighbour.isActive) this.#news.neighbour(tables, neighbour);
      return;
    } else if (neighbour.mac !== mac) {
      const old = neighbour.mac;
      if (neighbour.isLocal && neighbour.isActive) this.#news.neighbourGone(tables, neighbour);
      before = old.isRemote ? old.remoteSequence : old.localSequence;
      hasOther = true;
      isMoved = true;
      tables.relink(neighbour, mac);
      this.#remote.release(tables, old);
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
      this.#news.mac(tables, mac);
      for (const one of mac.neighbours)
        if (one.isLocal) {
          one.isActive = true;
          one.localSequence = sequence;
          this.#news.neighbour(tables, one);
        }
      return;
    }
    neighbour.localSequence = sequence;
    this.#news.neighbour(tables, neighbour);
  }

  /** A neighbour of the bridge's own interface is no more. */
  goneNeighbour(tables: VniTables, known: EvpnNeighbour): void {
    if (known.isActive) this.#news.neighbourGone(tables, known);
    tables.deleteNeighbour(known);
    this.#remote.release(tables, known.mac);
  }
}
