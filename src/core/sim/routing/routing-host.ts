/** The FRR daemons of one host (or one namespace): configuration, zebra, bgpd, over the host's kernel. */
import type { Context } from '../../base/context.ts';
import { Bfdd } from '../../frr/bfd/daemon.ts';
import { Bgpd } from '../../frr/bgp/daemon.ts';
import type { Evpn } from '../../frr/bgp/evpn/evpn.ts';
import type { ZebraNews } from '../../frr/bgp/zebra-news.ts';
import type { ConfigEnvironment } from '../../frr/config/command.ts';
import { emptyConfig, type ConfigChange, type FrrConfig } from '../../frr/config/frr-config.ts';
import { DaemonLog } from '../../frr/log/daemon-log.ts';
import { NO_LOG_FILES, type LogFiles } from '../../frr/log/log-files.ts';
import { ConfiguredPolicy } from '../../frr/policy/configured-policy.ts';
import { parseAddress } from '../../frr/prefix.ts';
import { USUAL_SOCKET_BUFFER } from '../../frr/zebra/host-state.ts';
import { Zebra } from '../../frr/zebra/zebra.ts';
import type { Kernel } from '../../linux/index.ts';
import { Lifetime } from '../lifetime.ts';
import { Pausable } from '../pausable.ts';
import { bfdTransport, type ClosableBfdTransport } from './bfd-transport.ts';
import { socketBufferOf } from './daemons-file.ts';
import type { FrrDaemon } from './frr-daemon.ts';
import { KernelRoutes } from './kernel-routes.ts';
import { KernelTransport, type BgpGate } from './kernel-transport.ts';
import { LateBfd } from './late-bfd.ts';
import type { RouteJournal } from './route-journal.ts';
import { RouterAdvertising, type HeardRouter } from './router-advertising.ts';
import { DEFAULT_VRF, VrfScopes } from './vrf-scope.ts';

export interface RoutingHostOptions {
  readonly hostname: string;
  readonly kernel: Kernel;
  readonly context: Context;
  /** The namespace of the default VRF. */
  readonly namespace: string;
  /** Namespaces by VRF name, as with zebra's `--vrfwnetns`; null: VRFs are devices. */
  readonly vrfNamespaces: ReadonlyMap<string, string> | null;
  /** Where BGP messages may be held back; without it none is. */
  readonly gate?: BgpGate;
  /** Where the daemons log to. */
  readonly logs?: LogFiles;
  /** Where what bgpd decides is taken down; `daemons`: their machine and pathspace. */
  readonly journal?: { readonly routes: RouteJournal; readonly daemons: string };
  /** Daemons that run from the start; all of those that are modelled when it says nothing. */
  readonly daemons?: readonly FrrDaemon[];
}

/** What zebra puts in for an IPv4 route over an IPv6 next hop. */
const UNNUMBERED = 0xa9fe0001n;
const ZEBRA = 11;

export class RoutingHost {
  readonly config: FrrConfig;
  readonly policy: ConfiguredPolicy;
  readonly zebra: Zebra;
  readonly environment: ConfigEnvironment;
  readonly context: Context;
  readonly #options: RoutingHostOptions;
  readonly #scopes: VrfScopes;
  readonly #transport: KernelTransport;
  readonly #advertising: RouterAdvertising;
  readonly #routes: KernelRoutes;
  readonly #process = new Pausable();
  readonly #lifetime = new Lifetime();
  readonly #running = new Set<FrrDaemon>();
  readonly #bfd = new LateBfd();
  readonly #closers: (() => void)[] = [];
  #bfdTransport: ClosableBfdTransport | null = null;
  #bfdd: Bfdd | null = null;
  #bgpd: Bgpd | null = null;

  constructor(options: RoutingHostOptions) {
    const { kernel, namespace } = options;
    this.#options = options;
    this.context = { ...options.context, clock: this.#lifetime.clock(options.context.clock) };
    this.config = emptyConfig(options.hostname);
    this.policy = new ConfiguredPolicy(this.config);
    this.#scopes = new VrfScopes(kernel, namespace, options.vrfNamespaces);
    this.#advertising = new RouterAdvertising(kernel, (heard) => this.#heard(heard));
    this.#routes = new KernelRoutes(kernel, this.#scopes, this.#advertising);
    this.zebra = new Zebra(this.config, this.#routes, this.context);
    this.#transport = new KernelTransport(kernel, this.#scopes, this.#process, options.gate);
    this.environment = {
      isLocalAddress: (address, vrf) => this.#isLocal(address, vrf),
      vrfExists: (name) => this.#scopes.named(name) !== undefined,
      vrfNamespaces: () =>
        new Map(this.#scopes.all().flatMap(({ vrf, path }) => (path === null ? [] : [[vrf, path] as const]))),
      layer3Vni: (vrf) => {
        const vni = this.zebra.evpn.l3.ofVrf(vrf);
        return vni?.isUp === true ? vni.vni : null;
      },
      forwards: (family) => this.#routes.forwards(family),
    };
    const tell = (say: (news: ZebraNews) => void): void =>
      this.#process.run(() => {
        if (this.#bgpd !== null) say(this.#bgpd.news);
      });
    const evpn = (say: (evpn: Evpn) => void): void => tell((news) => say(news.evpn));
    this.zebra.start({
      evpn: {
        vniChanged: (vni) => evpn((one) => one.vniChanged(vni)),
        vniGone: (vni) => evpn((one) => one.vniGone(vni)),
        l3VniChanged: (vni) => evpn((one) => one.l3VniChanged(vni)),
        l3VniGone: (vni, vrf) => evpn((one) => one.l3VniGone(vni, vrf)),
        localMac: (host) => evpn((one) => one.localMac(host)),
        localMacGone: (host) => evpn((one) => one.localMacGone(host)),
      },
      interfaceChanged: (change) => tell((news) => news.interfaceChanged(change)),
      vrfChanged: (name) => tell((news) => news.vrfChanged(name)),
      routerIdChanged: (vrf, routerId) => tell((news) => news.routerIdChanged(vrf, routerId)),
      neighbourChanged: (name, vrf, address, present) =>
        tell((news) => news.neighbourChanged(name, vrf, address, present)),
      redistributed: (vrf, route, present) => tell((news) => news.redistributed(vrf, route, present)),
      nextHopChanged: (answer, kind) => tell((news) => news.nextHopChanged(answer, kind)),
      routeInstalled: (vrf, prefix, outcome) => tell((news) => news.routeInstalled(vrf, prefix, outcome)),
    });
    this.#closers.push(
      // A namespace lives on while a process is in it; here its processes end with it.
      kernel.subscribe((event) => {
        if (event.kind === 'namespace' && event.deleted && event.name === namespace) this.#end();
      }),
      this.#routes.subscribe((change) => this.zebra.kernelChanged(change)),
    );
    for (const daemon of options.daemons ?? (['zebra', 'bgpd', 'staticd', 'bfdd'] as const))
      this.start(daemon);
  }

  /** Those of the daemons that run. */
  get running(): ReadonlySet<FrrDaemon> {
    return this.#running;
  }

  /** Null: it does not run. */
  get bfdd(): Bfdd | null {
    return this.#bfdd;
  }

  /** The namespace in which they were started. */
  get namespace(): string {
    return this.#options.namespace;
  }

  /** Starts one more daemon; of the words on its line zebra's buffer size counts here. */
  start(daemon: FrrDaemon, words: readonly string[] = []): void {
    if (this.#running.has(daemon)) return;
    this.#running.add(daemon);
    if (daemon === 'zebra') this.zebra.host.socketBuffer = socketBufferOf(words) ?? USUAL_SOCKET_BUFFER;
    this.#options.journal?.routes.configured();
    if (daemon === 'bgpd') this.#bgpd = this.#startBgpd();
    if (daemon !== 'bfdd') return;
    this.#bfdTransport = bfdTransport(this.#options.kernel, this.#scopes);
    this.#bfdd = new Bfdd(this.context, this.config, this.#bfdTransport);
    this.#bfd.started(this.#bfdd);
  }

  /** Ends them all as the init script does: neighbours are told, and what zebra put into the kernel goes. */
  stop(): void {
    if (this.#lifetime.over) return;
    this.#options.journal?.routes.configured();
    this.#process.resume();
    this.#bgpd?.stop(false);
    // First it stops listening: a route of its own that goes would be put back.
    for (const close of this.#closers.splice(0)) close();
    this.#routes.sweep();
    this.#end();
  }

  #end(): void {
    this.#advertising.stop();
    this.#bfdTransport?.close();
    for (const close of this.#closers.splice(0)) close();
    this.#lifetime.end();
    this.#running.clear();
    this.#bgpd = null;
    this.#bfdd = null;
  }

  /** Null while bgpd does not run. */
  get bgpd(): Bgpd | null {
    return this.#bgpd;
  }

  get vrfNames(): readonly string[] {
    return this.#scopes.all().map((scope) => scope.vrf);
  }

  /** Where a VRF is in the kernel: its namespace, and its device unless it is the whole of that; null for one that is not there. */
  placeOf(vrf: string): { readonly namespace: string; readonly device: string | null } | null {
    const scope = this.#scopes.named(vrf);
    return scope ? { namespace: scope.net.name, device: scope.device?.name ?? null } : null;
  }

  #startBgpd(): Bgpd {
    const { journal } = this.#options;
    return new Bgpd({
      context: { ...this.context, clock: this.#process.clock(this.context.clock) },
      config: this.config,
      policy: this.policy,
      zebra: this.zebra,
      transport: this.#transport,
      log: new DaemonLog('BGP', this.config, this.context.clock, this.#options.logs ?? NO_LOG_FILES),
      bfd: this.#bfd,
      ...(journal && { observer: journal.routes.observer(journal.daemons) }),
    });
  }

  /** A line of configuration took effect. */
  configurationChanged(change: ConfigChange): void {
    this.#options.journal?.routes.configured();
    this.zebra.configurationChanged(change);
    this.#bgpd?.configurationChanged(change);
    if (change.kind === 'bfd-peer' || change.kind === 'bfd-profile') this.#bfdd?.configurationChanged();
  }

  /** Reads a file of configuration, as `vtysh -f` does: `read` types its lines. */
  readConfiguration(read: () => void): void {
    this.#bgpd?.beginConfiguration();
    read();
    this.#bgpd?.endConfiguration();
  }

  /** bgpd ends as by a signal: its connections are closed by the kernel, and zebra keeps or drops its routes. */
  killBgpd(): void {
    const staleTimes = this.#bgpd?.staleTimes() ?? new Map<string, number>();
    this.#options.journal?.routes.configured();
    this.#bgpd?.stop(true);
    this.zebra.clientGone(staleTimes);
    this.#bgpd = null;
    this.#running.delete('bgpd');
  }

  /** SIGSTOP and SIGCONT. */
  pauseBgpd(paused: boolean): void {
    if (paused) this.#process.pause();
    else this.#process.resume();
  }

  #isLocal(text: string, vrf: string): boolean {
    const address = parseAddress(text);
    return (
      address !== undefined &&
      this.zebra
        .interfaces()
        .some(
          (link) =>
            link.vrf === vrf &&
            link.addresses.some((own) => own.family === address.family && own.address === address.address),
        )
    );
  }

  /**
   * A router advertisement told of a neighbour, or its link went. Two routers may take turns on one link: the last one
   * heard is the neighbour, but a session that is up keeps the one that it has. False: this one is not the neighbour.
   */
  #heard({ namespace, interface: name, address, mac, present, replaced }: HeardRouter): boolean {
    const { kernel } = this.#options;
    const net = kernel.namespace(namespace);
    const link = kernel.findLink(namespace, name);
    const vrf = (link && this.#scopes.ofLink(net, link))?.vrf ?? DEFAULT_VRF;
    if (link !== undefined) {
      const known = net.neighbours.find(4, link.index, UNNUMBERED);
      if (present) {
        const entry = known ?? net.neighbours.create(4, link.index, UNNUMBERED, this.context.clock.now());
        entry.state = 'PERMANENT';
        entry.mac = mac;
        entry.protocol = ZEBRA;
      } else if (known !== undefined) net.neighbours.delete(known);
    }
    const tell = (told: bigint, isThere: boolean): void =>
      this.zebra.kernelChanged({
        kind: 'router-advertisement',
        interface: name,
        vrf,
        address: { family: 6, address: told },
        present: isThere,
      });
    if (present && replaced !== null) {
      const peers = this.#bgpd?.instances.get(vrf)?.peers.values() ?? [];
      if ([...peers].some((peer) => peer.interface === name && peer.isEstablished)) return false;
      tell(replaced, false);
    }
    tell(address, present);
    return true;
  }
}
