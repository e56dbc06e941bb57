/** What zebra tells bgpd: VRFs, interfaces, neighbours heard on them, routes to redistribute, and how next hops are reached. */
import { isLinkLocal, type Address, type Prefix } from '../prefix.ts';
import type { Daemon } from './configured-daemon.ts';
import type { Evpn } from './evpn/evpn.ts';
import type { Neighbour } from './neighbour.ts';
import { applyImportCheck, redistributeRoute, withdrawRedistributed } from './originate.ts';
import { applyAnswer } from './path-next-hop.ts';
import { interfaceAddress } from './peer-options.ts';
import type { StoredPath } from './rib-table.ts';
import type { Speaker } from './speaker.ts';
import { vrfBack, vrfGone } from './vrf-state.ts';
import {
  ROUTER_ADVERTISEMENT_INTERVAL,
  type NextHopAnswer,
  type RedistributedRoute,
  type ZebraInterfaceChange,
  type ZebraListener,
} from './zebra-port.ts';

/** The daemon as far as zebra's news concern it. */
interface NewsDaemon extends Daemon {
  readonly evpn: Evpn;
  /** Opens, or closes, the port of an instance whose VRF came or went. */
  listen(speaker: Speaker): void;
}

export class ZebraNews implements ZebraListener {
  readonly #daemon: NewsDaemon;
  /** Link-local addresses that were heard on interfaces, by VRF and interface. */
  readonly #heard = new Map<string, Map<string, bigint>>();

  /** VRFs of instances that were there and are not now. */
  readonly #gone = new Set<string>();

  constructor(daemon: NewsDaemon) {
    this.#daemon = daemon;
  }

  get evpn(): Evpn {
    return this.#daemon.evpn;
  }

  /** Where an unnumbered neighbour is, as far as it is known by now; whether that is new. */
  findAddress(speaker: Speaker, neighbour: Neighbour): boolean {
    if (neighbour.interface === null) return false;
    const before = neighbour.address;
    interfaceAddress(speaker, neighbour, this.#heard.get(speaker.vrf) ?? new Map());
    return before?.address !== neighbour.address?.address;
  }

  vrfChanged(name: string): void {
    const speaker = this.#daemon.instances.get(name);
    if (speaker === undefined) return;
    this.#daemon.listen(speaker);
    if (speaker.vrfId === null) {
      this.#gone.add(name);
      vrfGone(this.#daemon, speaker);
      return;
    }
    if (this.#gone.delete(name)) vrfBack(this.#daemon, speaker);
    for (const neighbour of speaker.peers.values()) this.#daemon.machine(neighbour)?.begin();
  }

  routerIdChanged(vrf: string, routerId: number): void {
    const speaker = this.#daemon.instances.get(vrf);
    if (speaker === undefined || speaker.config.options.routerId !== undefined) return;
    const hasSessions = [...speaker.peers.values()].some((neighbour) => neighbour.isEstablished);
    if (speaker.routerId !== 0 && hasSessions) return;
    speaker.routerId = routerId;
    this.#daemon.evpn.refresh();
  }

  interfaceChanged(change: ZebraInterfaceChange): void {
    const { interface: link } = change;
    for (const one of this.#daemon.instances.values()) one.links.changed();
    const speaker = this.#daemon.instances.get(link.vrf);
    const affected = this.#daemon.host.nextHops.interfaceChanged(link.name, link.vrf);
    this.#answered(affected.paths, affected.neighbours, null);
    if (speaker === undefined) return;
    for (const neighbour of speaker.peers.values()) {
      if (change.kind === 'down' || change.kind === 'removed')
        this.#interfaceDown(speaker, neighbour, link.name);
      if (neighbour.interface === link.name) {
        if (change.kind === 'up' || change.kind === 'added')
          this.#daemon.host.zebra.advertiseRouter(link.name, link.vrf, ROUTER_ADVERTISEMENT_INTERVAL);
        if (this.findAddress(speaker, neighbour) && neighbour.address !== null)
          this.#daemon.machine(neighbour)?.begin();
      }
      if (change.kind === 'up') this.#daemon.machine(neighbour)?.begin();
      if (change.kind === 'address-added') this.#daemon.refreshBfd(speaker, neighbour);
    }
  }

  /** `fast-external-failover`: sessions of external neighbours on the interface end with it. */
  #interfaceDown(speaker: Speaker, neighbour: Neighbour, name: string): void {
    if (neighbour.isInternal || (neighbour.ttl !== 1 && neighbour.options.ttlSecurityHops !== 1)) return;
    if (speaker.config.options.fastExternalFailover === false) return;
    if (neighbour.interface !== name && neighbour.link !== name) return;
    const { state } = neighbour;
    if (state === 'Idle') return;
    this.#daemon.machine(neighbour)?.end(null, 'interface-down');
  }

  neighbourChanged(interfaceName: string, vrf: string, address: Address, present: boolean): void {
    if (!isLinkLocal(address)) return;
    let heard = this.#heard.get(vrf);
    if (heard === undefined) {
      heard = new Map();
      this.#heard.set(vrf, heard);
    }
    if (present) heard.set(interfaceName, address.address);
    else heard.delete(interfaceName);
    const speaker = this.#daemon.instances.get(vrf);
    if (speaker === undefined) return;
    for (const neighbour of speaker.peers.values()) {
      if (neighbour.interface !== interfaceName) continue;
      const changed = this.findAddress(speaker, neighbour);
      if (!changed) continue;
      const machine = this.#daemon.machine(neighbour);
      if (!present) {
        if (neighbour.state !== 'Idle') machine?.end(null, 'neighbor-address-lost');
        continue;
      }
      machine?.begin();
      machine?.tryNow();
      this.#daemon.refreshBfd(speaker, neighbour);
    }
  }

  redistributed(vrf: string, route: RedistributedRoute, present: boolean): void {
    const speaker = this.#daemon.instances.get(vrf);
    if (speaker === undefined) return;
    if (present) redistributeRoute(speaker, this.#daemon.listener, route);
    else withdrawRedistributed(speaker, this.#daemon.listener, route);
  }

  nextHopChanged(answer: NextHopAnswer, kind: 'next-hop' | 'import-check'): void {
    const affected = this.#daemon.host.nextHops.take(answer, kind);
    if (affected !== undefined) this.#answered(affected.paths, affected.neighbours, answer);
  }

  #answered(
    paths: readonly StoredPath[],
    neighbours: readonly Neighbour[],
    given: NextHopAnswer | null,
  ): void {
    for (const path of paths) {
      const speaker = this.#speakerOf(path);
      if (speaker === undefined) continue;
      const answer = given ?? this.#daemon.host.nextHops.answerFor(path);
      const changed =
        path.source.kind === 'network' ? applyImportCheck(path, answer) : applyAnswer(path, answer);
      if (!changed) continue;
      if (path.valid) this.#daemon.listener.pathChanged(speaker, path);
      else this.#daemon.listener.pathRemoved(speaker, path);
      path.attributesChanged = path.attributesChanged || path.selected;
      speaker.schedule(path.destination);
    }
    for (const neighbour of neighbours) {
      this.#daemon.machine(neighbour)?.addressAnswered(given);
    }
  }

  #speakerOf(path: StoredPath): Speaker | undefined {
    for (const speaker of this.#daemon.instances.values())
      if (speaker.rib(path.destination.table.family) === path.destination.table) return speaker;
    return undefined;
  }

  routeInstalled(
    vrf: string,
    prefix: Prefix,
    outcome: 'installed' | 'failed' | 'better-elsewhere' | 'removed',
  ): void {
    const speaker = this.#daemon.instances.get(vrf);
    const destination = speaker?.rib(prefix.family === 4 ? 'ipv4-unicast' : 'ipv6-unicast').find(prefix);
    if (destination !== undefined) destination.ribFailure = outcome === 'failed';
  }
}
