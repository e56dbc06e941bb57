/**
 * zebra: takes routes from the kernel, from interfaces, from staticd's lines and from bgpd, selects one a prefix,
 * puts it into the kernel, and tells those who asked about routes and next hops.
 */
import type { Context } from '../../base/context.ts';
import type { RouteProtocol } from '../route-protocol.ts';
import type {
  NextHopAnswer,
  Zebra as ZebraPort,
  ZebraInterface,
  ZebraListener,
  ZebraRoute,
  ZebraVrf,
} from '../bgp/zebra-port.ts';
import type { ConfigChange, FrrConfig } from '../config/frr-config.ts';
import { comparePrefixes, parsePrefix, type Family, type Prefix } from '../prefix.ts';
import { connectedChanged } from './connected-routes.ts';
import type { KernelChange, KernelInterface, KernelPort, KernelVrf } from './kernel-port.ts';
import { HostState } from './host-state.ts';
import { LinkHistory } from './link-history.ts';
import { vrfVnis } from './evpn/l3-vnis.ts';
import { ZebraEvpnTables } from './evpn/zebra-evpn.ts';
import { InterfaceSetup } from './interface-setup.ts';
import { kernelRouteChanged } from './kernel-routes.ts';
import { ZebraLinks, type ZebraLink } from './links.ts';
import { inOrder } from './nexthop-order.ts';
import { NexthopTracker } from './nexthop-tracker.ts';
import { Redistribution } from './redistribution.ts';
import { Rib } from './rib.ts';
import { asNexthop } from './route-forms.ts';
import { NEW_ROUTE, type RouteTable } from './route.ts';
import { routerIdOf } from './router-id.ts';
import { StaticRoutes } from './static-routes.ts';

/** `ZEBRA_RMAP_DEFAULT_UPDATE_TIMER`, in nanoseconds. */
const ROUTE_MAP_DELAY = 5e9;

/** Changes are taken up together after this, and told to the daemons after that. */
const WORK_DELAY_NS = 1_000_000;
const SECOND_NS = 1_000_000_000;

type InterfaceRemoved = Extract<KernelChange, { readonly kind: 'interface-removed' }>;

export class Zebra implements ZebraPort {
  readonly #config: FrrConfig;
  readonly #context: Context;
  readonly #kernel: KernelPort;
  readonly #links: ZebraLinks;
  readonly #rib: Rib;
  readonly #statics: StaticRoutes;
  readonly #tracker: NexthopTracker;
  readonly #redistribution: Redistribution;
  readonly #setup: InterfaceSetup;
  readonly evpn: ZebraEvpnTables;
  readonly #told: ((listener: ZebraListener) => void)[] = [];
  readonly #history = new LinkHistory();
  /** What it knows of the host beside routes. */
  readonly host: HostState;
  /** Interfaces on which bgpd wants router advertisements. */
  readonly #advertised = new Set<string>();
  readonly #neighbourUpdates = new Map<string, number>();
  readonly #routerIds = new Map<string, number>();
  #listener: ZebraListener | undefined;
  #work = false;
  #policyTimer: (() => void) | null = null;

  constructor(config: FrrConfig, kernel: KernelPort, context: Context) {
    this.#config = config;
    this.#kernel = kernel;
    this.#links = new ZebraLinks(config);
    this.host = new HostState(kernel, this.#history);
    this.#context = context;
    this.#rib = new Rib({
      config,
      kernel,
      clock: context.clock,
      links: this.#links,
      selected: (prefix, before, best) => this.#redistribution.selected(prefix, before, best),
      changed: () => this.#schedule(),
    });
    this.#statics = new StaticRoutes(config, this.#rib);
    this.#setup = new InterfaceSetup(config, kernel);
    const tell = (say: (listener: ZebraListener) => void): void => this.#tell(say);
    this.evpn = new ZebraEvpnTables({
      kernel: kernel.evpn,
      clock: context.clock,
      tell: (say) => tell((listener) => say(listener.evpn)),
      interfaces: () => this.#links.interfaces(),
      hasVrf: (name) => this.#links.vrfs.has(name),
      vrfVnis: () => vrfVnis(config),
    });
    this.#tracker = new NexthopTracker(this.#rib.context, tell);
    this.#redistribution = new Redistribution((vrf, family) => this.table(vrf, family), tell);
  }

  /** Reads the kernel's state; `listener` hears of all changes from now on. */
  start(listener: ZebraListener): void {
    this.#listener = listener;
    for (const vrf of this.#kernel.vrfs()) this.#links.vrfs.set(vrf.name, vrf);
    for (const one of this.#kernel.interfaces()) this.kernelChanged({ kind: 'interface', interface: one });
    for (const route of this.#kernel.routes()) this.kernelChanged({ kind: 'route', route, present: true });
    this.#schedule();
  }

  /** VRFs, the default one first. */
  vrfs(): readonly KernelVrf[] {
    return [...this.#links.vrfs.values()];
  }

  kernelInterfaces(): readonly KernelInterface[] {
    return [...this.#links.interfaces()];
  }

  /** Whether bgpd asked for router advertisements somewhere. */
  advertisesForBgp(): boolean {
    return this.#advertised.size > 0;
  }

  /** Routes that went into the kernel and out of it, and how often neighbours of unnumbered links were put there or taken out. */
  kernelCounts(vrf: string): {
    readonly installs: number;
    readonly removals: number;
    readonly neighbours: number;
  } {
    return { ...this.#rib.kernelCounts(vrf), neighbours: this.#neighbourUpdates.get(vrf) ?? 0 };
  }

  interfaces(): readonly ZebraInterface[] {
    return [...this.#links.interfaces()].map(asZebraInterface);
  }

  /** The routes of a VRF. */
  table(vrf: string, family: Family): RouteTable {
    return this.#rib.table(vrf, family);
  }

  /** All tables of routes, by number: those of VRFs, and others that hold routes. */
  tables(): readonly RouteTable[] {
    return this.#rib.tables();
  }

  vrf(name: string): ZebraVrf | undefined {
    const vrf = this.#links.vrfs.get(name);
    return vrf && { name: vrf.name, id: vrf.id };
  }

  routerId(vrf: string): number {
    return routerIdOf(this.#config, [...this.#links.interfaces()], vrf);
  }

  /** Whether some route over the next hops of this number went into the kernel: zebra marks the next hops, not the route. */
  isGroupInstalled(nexthopGroup: number): boolean {
    return this.#rib.groups.isInstalled(nexthopGroup);
  }

  announce(vrf: string, route: ZebraRoute): void {
    const table = this.#links.tableOf(vrf);
    if (table === undefined) return;
    const hops = route.nextHops.map((hop) => asNexthop(hop, vrf));
    const nexthops = inOrder(hops, this.#links);
    for (const { gateway, routerMac, vrf: over } of nexthops)
      if (gateway !== null && routerMac !== null)
        this.evpn.l3.routeAdded(over, route.prefix, gateway, routerMac);
    this.#rib.add({
      ...NEW_ROUTE,
      protocol: 'bgp',
      vrf,
      prefix: route.prefix,
      distance: route.distance,
      metric: route.metric,
      tag: route.tag,
      table,
      since: this.#context.clock.now(),
      allowRecursion: route.allowRecursion,
      internal: route.internal,
      nexthops,
    });
    const entry = this.#rib.entry(vrf, route.prefix, 'bgp');
    if (!entry) return;
    const outcome = entry.selected ? (entry.failed ? 'failed' : 'installed') : 'better-elsewhere';
    this.#tell((listener) => listener.routeInstalled(vrf, route.prefix, outcome));
  }

  withdraw(vrf: string, prefix: Prefix): void {
    for (const { gateway, routerMac, vrf: over } of this.#rib.entry(vrf, prefix, 'bgp')?.nexthops ?? [])
      if (gateway !== null && routerMac !== null) this.evpn.l3.routeRemoved(over, prefix, gateway);
    this.#rib.remove(vrf, prefix, (entry) => entry.protocol === 'bgp');
    this.#tell((listener) => listener.routeInstalled(vrf, prefix, 'removed'));
  }

  /**
   * bgpd's connection ended. Its routes go, unless it asked for graceful restart in some VRF: then they stay, those of such a
   * VRF for so many seconds, and what was not announced anew by then goes (`zserv_client_free`, `zebra_gr.c`).
   */
  clientGone(staleTimes: ReadonlyMap<string, number>): void {
    const goneAt = this.#context.clock.now();
    const drop = (vrf: string): void => {
      for (const family of [4, 6] as const)
        for (const { prefix } of [...this.table(vrf, family).nodes()])
          this.#rib.remove(vrf, prefix, (entry) => entry.protocol === 'bgp' && entry.since <= goneAt);
    };
    if (staleTimes.size === 0) for (const vrf of this.#links.vrfs.keys()) drop(vrf);
    for (const [vrf, seconds] of staleTimes) this.#context.clock.after(seconds * SECOND_NS, () => drop(vrf));
  }

  redistribute(
    vrf: string,
    family: Family,
    protocol: RouteProtocol,
    _instance: number | null,
    wanted: boolean,
  ): void {
    this.#redistribution.want(vrf, family, protocol, wanted);
  }

  trackNextHop(vrf: string, prefix: Prefix, kind: 'next-hop' | 'import-check', wanted: boolean): void {
    this.#tracker.track(vrf, prefix, kind, wanted);
  }

  /** What an address would be answered with, were it watched; undefined: it is none. */
  nextHopOf(vrf: string, address: string): NextHopAnswer | undefined {
    const prefix = parsePrefix(address);
    return prefix && this.#tracker.lookup({ vrf, prefix, kind: 'next-hop' });
  }

  advertiseRouter(interfaceName: string, vrf: string, interval: number | null): void {
    if (interval === null) this.#advertised.delete(`${vrf} ${interfaceName}`);
    else this.#advertised.add(`${vrf} ${interfaceName}`);
    this.#kernel.advertiseRouter(interfaceName, vrf, interval);
  }

  /** A line of configuration took effect. */
  configurationChanged(change: ConfigChange): void {
    if (change.kind === 'interface') {
      this.#setup.apply(change.name, this.#links.named(change.name)[0]);
      for (const one of this.#links.named(change.name)) this.#interfaceChanged(one);
    }
    if (change.kind === 'protocol-map') this.#rib.reprocessAll();
    if (change.kind === 'route-map' || change.kind === 'prefix-list' || change.kind === 'access-list')
      this.#policyChanged();
    if (change.kind === 'interface' || change.kind === 'vrf') this.evpn.interfacesChanged();
    if (change.kind === 'static-route' || change.kind === 'vrf' || change.kind === 'global') this.#schedule();
  }

  /** Changed lists and route maps count when no more changes came for a while (`zebra route-map delay-timer`). */
  #policyChanged(): void {
    if (this.#config.protocolMaps.size === 0) return;
    this.#policyTimer?.();
    this.#policyTimer = this.#context.clock.after(ROUTE_MAP_DELAY, () => {
      this.#policyTimer = null;
      this.#rib.reprocessAll();
    });
  }

  kernelChanged(change: KernelChange): void {
    switch (change.kind) {
      case 'interface':
        this.#interfaceChanged(change.interface);
        this.evpn.interfacesChanged();
        return;
      case 'interface-removed':
        this.#interfaceRemoved(change);
        this.evpn.interfacesChanged();
        return;
      case 'route':
        kernelRouteChanged(this.#rib, this.#links, change.route, change.present, this.#context.clock.now());
        return;
      case 'vrf':
        if (change.present) {
          this.#links.vrfs.set(change.vrf.name, change.vrf);
          this.#rib.vrfCame(change.vrf.name);
        } else this.#vrfGoes(change.vrf.name);
        this.#tell((listener) => listener.vrfChanged(change.vrf.name));
        this.evpn.interfacesChanged();
        this.#schedule();
        return;
      case 'mac':
        this.evpn.macChanged(change.mac, change.present);
        return;
      case 'neighbour':
        this.evpn.neighbourChanged(change.neighbour, change.present);
        return;
      case 'router-advertisement':
        this.#neighbourUpdates.set(change.vrf, (this.#neighbourUpdates.get(change.vrf) ?? 0) + 1);
        this.#tell((listener) =>
          listener.neighbourChanged(change.interface, change.vrf, change.address, change.present),
        );
    }
  }

  #vrfGoes(name: string): void {
    this.#statics.forget(this.#rib.vrfGoes(name));
    this.#links.vrfs.delete(name);
    this.#neighbourUpdates.delete(name);
    this.#routerIds.delete(name);
  }

  #tell(say: (listener: ZebraListener) => void): void {
    this.#told.push(say);
    this.#schedule();
  }

  /** Later, in one go: statics, tracked next hops, and what the daemons are to hear. */
  #schedule(): void {
    if (this.#work) return;
    this.#work = true;
    this.#context.clock.after(WORK_DELAY_NS, () => {
      this.#work = false;
      this.#statics.update(this.#links, this.#context.clock.now());
      this.#updateRouterIds();
      this.#tracker.update();
      const told = this.#told.splice(0);
      const listener = this.#listener;
      if (listener) for (const say of told) say(listener);
    });
  }

  #updateRouterIds(): void {
    for (const vrf of this.#links.vrfs.keys()) {
      const id = this.routerId(vrf);
      if (id === (this.#routerIds.get(vrf) ?? 0)) continue;
      this.#routerIds.set(vrf, id);
      this.#told.push((listener) => listener.routerIdChanged(vrf, id));
    }
  }

  #interfaceChanged(one: KernelInterface): void {
    const before = this.#links.interface(one.vrf, one.name);
    const now = this.#links.set(one);
    if (before) this.#history.told(before, now, this.#context.clock.now());
    this.#linkChanged(before, now);
  }

  /** What follows for routes, and for those who are told. */
  #linkChanged(before: ZebraLink | undefined, now: ZebraLink): void {
    const { operative } = now;
    const was = before?.operative === true;
    const described = asZebraInterface(now);
    if (!before) {
      this.#setup.apply(now.name, now);
      this.#tell((listener) => listener.interfaceChanged({ kind: 'added', interface: described }));
    }
    const old = before?.addresses ?? [];
    const has = (list: readonly Prefix[], one: Prefix): boolean =>
      list.some((other) => comparePrefixes(other, one) === 0);
    for (const address of old.filter((one) => !has(now.addresses, one))) {
      this.#connected(now, address, false);
      this.#tell((listener) =>
        listener.interfaceChanged({ kind: 'address-removed', interface: described, address }),
      );
    }
    for (const address of now.addresses.filter((one) => !has(old, one))) {
      if (operative) this.#connected(now, address, true);
      this.#tell((listener) =>
        listener.interfaceChanged({ kind: 'address-added', interface: described, address }),
      );
    }
    if (operative === was) return;
    for (const address of now.addresses.filter((one) => has(old, one)))
      this.#connected(now, address, operative);
    if (!operative) this.#rib.groups.forget(now.index);
    if (before || operative)
      this.#tell((listener) =>
        listener.interfaceChanged({ kind: operative ? 'up' : 'down', interface: described }),
      );
    this.#rib.reprocess(now);
  }

  #connected(one: ZebraLink, address: Prefix, present: boolean): void {
    connectedChanged(this.#rib, this.#links, one, address, present, this.#context.clock.now());
  }

  #interfaceRemoved({ vrf, name, movedTo }: InterfaceRemoved): void {
    const before = this.#links.interface(vrf, name);
    if (!before) return;
    this.#linkChanged(before, this.#links.set({ ...before, up: false, running: false, addresses: [] }));
    this.#links.delete(vrf, name);
    this.#history.left(vrf, name, movedTo);
    this.#tell((listener) =>
      listener.interfaceChanged({ kind: 'removed', interface: asZebraInterface(before) }),
    );
  }
}

const asZebraInterface = (one: ZebraLink): ZebraInterface => ({
  name: one.name,
  index: one.index,
  vrf: one.vrf,
  up: one.operative,
  isLoopback: one.isLoopback,
  mac: one.mac,
  addresses: one.addresses,
});
