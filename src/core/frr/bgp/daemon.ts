/** bgpd: its instances, and what reaches them: lines of configuration, connections, `clear`; zebra's news come by `zebra-news`. */
import type { Context } from '../../base/context.ts';
import type { BfdPort } from '../bfd/bfd-port.ts';
import { emptyInstance } from '../config/bgp-edit.ts';
import type { BgpInstanceConfig } from '../config/bgp-config.ts';
import type { ConfigChange, FrrConfig } from '../config/frr-config.ts';
import { aggregateAfterChange } from './aggregate.ts';
import { clearNeighbours } from './clear.ts';
import { applyChange } from './configure.ts';
import type { Daemon } from './configured-daemon.ts';
import { goesToZebra } from './install.ts';
import { dynamicNeighbour } from './dynamic-neighbours.ts';
import { DistinguisherNumbers } from './distinguisher-numbers.ts';
import { Evpn } from './evpn/evpn.ts';
import { FallOver } from './fall-over.ts';
import type { BgpDaemon, ClearRequest } from './instance.ts';
import { leakAfterChange, leakAfterRemoval } from './leak.ts';
import { PacketQueue } from './group-packets.ts';
import type { Neighbour } from './neighbour.ts';
import { NextHopTable, type NextHopView } from './next-hop-table.ts';
import { judgeDefaults } from './default-route.ts';
import { peerEvents } from './peer-events.ts';
import { applyRouteMaps } from './policy-changes.ts';
import type { Policy } from './policy.ts';
import { decideDestination } from './process.ts';
import type { SessionOutput } from './refresh.ts';
import type { RouteObserver } from './route-observer.ts';
import { sendWaiting } from './send.ts';
import type { SessionEvents } from './session-events.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import { Descriptors } from './descriptors.ts';
import { MessageLog } from './session-history.ts';
import { SessionMachine } from './session.ts';
import { SECOND, Speaker, type SpeakerHost } from './speaker.ts';
import type { TableListener } from './table-change.ts';
import type { ConnectionListener, TcpConnection, Transport } from './transport.ts';
import { UpdateGroups } from './update-groups.ts';
import { ZebraNews } from './zebra-news.ts';
import type { Zebra } from './zebra-port.ts';
import { BGP_PORT } from './message/header.ts';
import { CEASE, NOTIFICATION, notification } from './message/notification.ts';

const DEFAULT_VRF = 'default';
/** Changed route maps and lists count this long after the first change. */
const ROUTE_MAP_DELAY = 5 * SECOND;
const CONFIGURATION_DELAY = SECOND;
/** `bgp graceful-restart rib-stale-time`, in seconds. */
const RIB_STALE_TIME = 500;

export interface BgpdOptions {
  readonly context: Context;
  readonly config: FrrConfig;
  readonly policy: Policy;
  readonly zebra: Zebra;
  readonly transport: Transport;
  readonly log: DaemonLog;
  /** Null: bfdd does not run. */
  readonly bfd: BfdPort | null;
  /** Hears of every new choice. */
  readonly observer?: RouteObserver;
}

export class Bgpd implements BgpDaemon, Daemon {
  readonly instances = new Map<string, Speaker>();
  readonly host: SpeakerHost;
  readonly evpn: Evpn;
  readonly listener: TableListener;
  readonly output: SessionOutput;
  readonly #machines = new Map<Neighbour, SessionMachine>();
  readonly #flushing = new Set<Neighbour>();
  readonly #packets = new PacketQueue();
  readonly #sessionEvents: SessionEvents;
  readonly #fallOver: FallOver;
  #readsConfiguration = false;
  /** When changed route maps count, in simulated nanoseconds. */
  #routeMapsDue: number | null = null;
  /** Zebra tells this one. */
  readonly news = new ZebraNews(this);

  constructor(options: BgpdOptions) {
    this.#fallOver = new FallOver(options.bfd);
    this.host = {
      ...options,
      nextHops: new NextHopTable(options.zebra, options.context.clock),
      speakers: this.instances,
      messages: new MessageLog(),
      descriptors: new Descriptors(),
      numbers: new DistinguisherNumbers(),
      updateGroups: new UpdateGroups(),
      startedAt: options.context.clock.now(),
      evpnInterface: (vrf) => this.evpn.l3.vrfs.get(vrf)?.zebra.interface ?? null,
    };
    this.listener = {
      pathChanged: (speaker, path) => {
        aggregateAfterChange(speaker, this.listener, path);
        leakAfterChange(speaker, this.listener, path);
        this.evpn.pathChanged(path);
      },
      pathRemoved: (speaker, path) => {
        const wasValid = path.valid;
        path.valid = false;
        aggregateAfterChange(speaker, this.listener, path);
        path.valid = wasValid;
        leakAfterRemoval(speaker, this.listener, path);
        this.evpn.pathRemoved(path);
      },
    };
    this.evpn = new Evpn(this.host, this.listener, {
      need: (vrf, asn) => this.#hiddenInstance(vrf, asn),
      drop: (vrf) => {
        if (!this.config.bgp.has(vrf)) this.removeSpeaker(vrf);
      },
    });
    this.output = {
      send: (neighbour, run, kind) => this.machine(neighbour)?.sendMessages(run, kind),
    };
    this.#sessionEvents = peerEvents({
      listener: this.listener,
      output: this.output,
      restart: (_speaker, neighbour) => this.machine(neighbour)?.rearm(),
      left: (speaker, neighbour) => {
        if (neighbour.range !== null) speaker.after(0, () => this.#dynamicLeft(speaker, neighbour));
      },
      cameUp: (speaker, neighbour) => {
        neighbour.metAt = neighbour.address;
        this.refreshBfd(speaker, neighbour);
      },
    });
    for (const vrf of options.config.bgp.keys()) this.#load(vrf);
  }

  get config(): FrrConfig {
    return this.host.config;
  }

  machine(neighbour: Neighbour): SessionMachine | undefined {
    return this.#machines.get(neighbour);
  }

  /** Whether an instance has prefixes to decide on. */
  get busy(): boolean {
    for (const speaker of this.instances.values()) if (speaker.busy) return true;
    return this.#flushing.size > 0;
  }

  /** An instance that was configured before this daemon began. */
  #load(vrf: string): void {
    const config = this.config.bgp.get(vrf);
    if (config === undefined) return;
    this.configurationChanged({ kind: 'bgp-added', vrf });
    for (const option of Object.keys(config.options) as (keyof typeof config.options)[])
      this.configurationChanged({ kind: 'bgp-option', vrf, option });
    for (const peer of config.peers.keys()) this.configurationChanged({ kind: 'peer-added', vrf, peer });
    for (const [family, block] of Object.entries(config.families) as [
      keyof typeof config.families,
      (typeof config.families)['ipv4-unicast'],
    ][]) {
      for (const { prefix } of block.networks.values())
        this.configurationChanged({ kind: 'network', vrf, family, prefix });
      for (const { prefix } of block.aggregates.values())
        this.configurationChanged({ kind: 'aggregate', vrf, family, prefix });
      for (const key of block.redistribute.keys())
        this.configurationChanged({ kind: 'redistribute', vrf, family, key });
      if (block.options.advertiseAllVni !== undefined)
        this.configurationChanged({ kind: 'bgp-family', vrf, family, option: 'advertiseAllVni' });
      if (block.options.importVrf !== undefined)
        this.configurationChanged({ kind: 'bgp-family', vrf, family, option: 'importVrf' });
      if (block.options.importVpn !== undefined || block.options.exportVpn !== undefined)
        this.configurationChanged({ kind: 'bgp-family', vrf, family, option: 'importVpn' });
    }
  }

  nextHops(): NextHopView[] {
    return this.host.nextHops.view();
  }

  configurationChanged(change: ConfigChange): void {
    this.#packets.clear();
    applyChange(this, change);
    this.evpn.configurationChanged(change);
  }

  routeMapsChanged(): void {
    if (this.#routeMapsDue !== null) return;
    const { clock } = this.host.context;
    this.#routeMapsDue = clock.now() + ROUTE_MAP_DELAY;
    clock.after(ROUTE_MAP_DELAY, () => {
      this.#routeMapsDue = null;
      for (const speaker of this.instances.values()) applyRouteMaps(this, speaker);
    });
  }

  /** A file of configuration is about to be read: neighbours that it makes wait. */
  beginConfiguration(): void {
    this.#readsConfiguration = true;
  }

  /** The file is read. Its neighbours start a second later, or shortly before changed route maps count. */
  endConfiguration(): void {
    const { clock } = this.host.context;
    const left = this.#routeMapsDue === null ? null : (this.#routeMapsDue - clock.now()) / SECOND;
    const wait = left === null ? CONFIGURATION_DELAY : Math.max(0, Math.ceil(left) - 1) * SECOND;
    this.#readsConfiguration = false;
    clock.after(wait, () => {
      if (this.#readsConfiguration) return;
      for (const speaker of this.instances.values())
        for (const neighbour of speaker.peers.values()) {
          if (!neighbour.heldByConfiguration) continue;
          neighbour.heldByConfiguration = false;
          this.machine(neighbour)?.startNow();
        }
    });
  }

  clear(request: ClearRequest): readonly string[] {
    this.host.observer?.clearing();
    return clearNeighbours(this, request);
  }

  /** How long zebra keeps routes when this daemon dies, in seconds by VRF: those whose neighbours know its graceful restart. */
  staleTimes(): ReadonlyMap<string, number> {
    const times = new Map<string, number>();
    for (const [vrf, { peers, config }] of this.instances)
      if ([...peers.values()].some((neighbour) => neighbour.gracefulRestartMode === 'restart'))
        times.set(vrf, config.options.gracefulRestartRibStaleTime ?? RIB_STALE_TIME);
    return times;
  }

  /** Ends the daemon: killed, and its routes are zebra's affair; or as asked, and the neighbours are told. */
  stop(quietly: boolean): void {
    for (const vrf of [...this.instances.keys()]) {
      const speaker = this.instances.get(vrf);
      if (speaker === undefined) continue;
      for (const neighbour of speaker.peers.values())
        this.machine(neighbour)?.end(
          quietly ? null : notification(NOTIFICATION.cease, CEASE.peerUnconfigured),
        );
      for (const rib of quietly ? [] : speaker.ribs())
        for (const destination of rib.destinations.values())
          if (destination.selected !== undefined && goesToZebra(destination.selected))
            this.host.zebra.withdraw(vrf, destination.prefix);
      this.#forget(speaker);
    }
  }

  addSpeaker(vrf: string): Speaker | undefined {
    const config = this.config.bgp.get(vrf);
    return config === undefined ? undefined : this.#makeSpeaker(vrf, config);
  }

  /** Leaking goes through the default VRF's instance: one that is not configured is made, with the same AS number. */
  needDefault(asn: number): void {
    this.#hiddenInstance(DEFAULT_VRF, asn);
  }

  /** The instance of a VRF; one that is not configured is made. */
  #hiddenInstance(vrf: string, asn: number): Speaker {
    return this.instances.get(vrf) ?? this.#makeSpeaker(vrf, emptyInstance(asn, vrf));
  }

  #makeSpeaker(vrf: string, config: BgpInstanceConfig): Speaker {
    const speaker = new Speaker(this.host, config);
    speaker.decide = (destination) => decideDestination(speaker, destination);
    speaker.chosen = (destination, best) => this.evpn.l3.chosen(speaker, destination, best);
    speaker.judgeDefaults = () => judgeDefaults(speaker);
    speaker.restart = (neighbour) => this.machine(neighbour)?.startNow();
    speaker.flush = (neighbour) => this.#flushSoon(speaker, neighbour);
    speaker.routerId = config.options.routerId ?? this.host.zebra.routerId(vrf);
    this.instances.set(vrf, speaker);
    this.listen(speaker);
    return speaker;
  }

  removeSpeaker(vrf: string): void {
    const speaker = this.instances.get(vrf);
    if (speaker === undefined) return;
    for (const neighbour of [...speaker.peers.values()]) this.removeNeighbour(speaker, neighbour);
    for (const rib of speaker.ribs())
      for (const destination of rib.destinations.values())
        for (const path of destination.paths) {
          this.listener.pathRemoved(speaker, path);
          this.host.nextHops.leavePath(path);
          if (path.selected) this.host.zebra.withdraw(vrf, destination.prefix);
        }
    this.#forget(speaker);
  }

  #forget(speaker: Speaker): void {
    this.host.observer?.ended(speaker);
    speaker.removed = true;
    speaker.stopListening?.();
    speaker.stopListening = null;
    this.instances.delete(speaker.vrf);
    this.host.numbers.release(speaker.number);
  }

  /** Opens the port of an instance, or closes it: its VRF came or went. */
  listen(speaker: Speaker): void {
    if (speaker.vrfId === null) {
      speaker.stopListening?.();
      speaker.stopListening = null;
      return;
    }
    if (speaker.stopListening !== null) return;
    speaker.stopListening = this.host.transport.listen(
      speaker.vrf,
      BGP_PORT,
      (remote) => speaker.passwordOf(remote),
      (connection, interfaceName) => this.#accept(speaker, connection, interfaceName),
    );
  }

  #accept(speaker: Speaker, connection: TcpConnection, interfaceName: string): ConnectionListener | null {
    const neighbour = speaker.neighbourAt(connection.remote.address, interfaceName);
    if (neighbour !== undefined) return this.machine(neighbour)?.accept(connection) ?? null;
    const dynamic = dynamicNeighbour(speaker, connection.remote.address);
    if (dynamic === undefined) return null;
    this.addNeighbour(speaker, dynamic);
    return this.machine(dynamic)?.accept(connection) ?? null;
  }

  addNeighbour(speaker: Speaker, neighbour: Neighbour): void {
    neighbour.heldByConfiguration = this.#readsConfiguration;
    speaker.peers.set(neighbour.name, neighbour);
    this.#machines.set(neighbour, new SessionMachine(speaker, neighbour, this.#sessionEvents));
    this.news.findAddress(speaker, neighbour);
    neighbour.lastReset = {
      ...neighbour.lastReset,
      reason: neighbour.address === null ? 'waiting-neighbor-address' : 'no-family-activated',
    };
  }

  /** The neighbour's `bfd`, its address or this end's changed. */
  refreshBfd(speaker: Speaker, neighbour: Neighbour): void {
    const machine = this.machine(neighbour);
    if (machine !== undefined) this.#fallOver.refresh(speaker, neighbour, machine);
  }

  removeNeighbour(speaker: Speaker, neighbour: Neighbour): void {
    this.#fallOver.release(neighbour);
    this.machine(neighbour)?.delete();
    this.#machines.delete(neighbour);
    speaker.peers.delete(neighbour.name);
    if (neighbour.interface !== null) this.host.zebra.advertiseRouter(neighbour.interface, speaker.vrf, null);
  }

  /** A neighbour that is not configured lives as long as its session does. */
  #dynamicLeft(speaker: Speaker, neighbour: Neighbour): void {
    const isGone = neighbour.state === 'Idle' && neighbour.incoming === null && !neighbour.awaitsRestart;
    if (isGone && speaker.peers.get(neighbour.name) === neighbour) this.removeNeighbour(speaker, neighbour);
  }

  #flushSoon(speaker: Speaker, neighbour: Neighbour): void {
    if (this.#flushing.has(neighbour)) return;
    this.#flushing.add(neighbour);
    speaker.after(0, () => this.#flush(speaker, neighbour));
  }

  #flush(speaker: Speaker, neighbour: Neighbour): void {
    this.#flushing.delete(neighbour);
    sendWaiting(speaker, neighbour, this.output, this.#packets);
    if (this.#flushing.size === 0) this.#packets.clear();
  }
}
