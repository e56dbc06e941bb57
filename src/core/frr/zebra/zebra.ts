/**
 * zebra: takes routes from the kernel, from interfaces, from staticd's lines and from bgpd, selects one a prefix,
 * puts it into the kernel, and tells those who asked about routes and next hops.
 */
import type { Context } from '../../base/context.ts';
import type { RouteProtocol } from '../bgp/path.ts';
import type {
  Zebra as ZebraPort,
  ZebraInterface,
  ZebraListener,
  ZebraRoute,
  ZebraVrf,
} from '../bgp/zebra-port.ts';
import type { ConfigChange, FrrConfig } from '../config/frr-config.ts';
import { comparePrefixes, formatPrefix, network, type Family, type Prefix } from '../prefix.ts';
import type { KernelChange, KernelInterface, KernelPort, KernelRoute, KernelVrf } from './kernel-port.ts';
import { ZebraEvpnTables } from './evpn/zebra-evpn.ts';
import { InterfaceSetup } from './interface-setup.ts';
import { NexthopGroups } from './nexthop-groups.ts';
import { NexthopTracker } from './nexthop-tracker.ts';
import { Redistribution } from './redistribution.ts';
import { resolveNexthop, type ResolveContext } from './resolve.ts';
import { asNexthop, BLACKHOLE, fibRoute } from './route-forms.ts';
import { RouteTable, selectedEntry, type RouteEntry, type RouteNexthop, type RouteNode } from './route.ts';
import { routerIdOf } from './router-id.ts';
import { better, isSystem, sameHops, sameSource, waysOf } from './selection.ts';
import { staticEntries, STATIC_PROTOCOL_NUMBER } from './static-routes.ts';

/** Changes are taken up together after this, and told to the daemons after that. */
const WORK_DELAY_NS = 1_000_000;

/** `proto` numbers of zebra's own routes; `static` is the kernel's word for 196 as well. */
const OWN_PROTOCOLS: Readonly<Record<number, RouteProtocol>> = {
  186: 'bgp',
  [STATIC_PROTOCOL_NUMBER]: 'static',
};
const PROTO_REDIRECT = 1;
const PROTO_KERNEL = 2;
const isLoopbackNetwork = (prefix: Prefix): boolean =>
  (prefix.family === 4 && prefix.address >> 24n === 127n) || (prefix.family === 6 && prefix.address === 1n);

export class Zebra implements ZebraPort {
  readonly #config: FrrConfig;
  readonly #context: Context;
  readonly #kernel: KernelPort;
  readonly #groups: NexthopGroups;
  readonly #interfaces = new Map<string, KernelInterface>();
  readonly #vrfs = new Map<string, KernelVrf>();
  readonly #tables = new Map<string, RouteTable>();
  readonly #tracker: NexthopTracker;
  readonly #redistribution: Redistribution;
  readonly #setup: InterfaceSetup;
  readonly evpn: ZebraEvpnTables;
  readonly #told: ((listener: ZebraListener) => void)[] = [];
  readonly #routerIds = new Map<string, number>();
  readonly #statics = new Map<string, RouteEntry>();
  #listener: ZebraListener | undefined;
  #work = false;

  constructor(config: FrrConfig, kernel: KernelPort, context: Context) {
    this.#config = config;
    this.#kernel = kernel;
    this.#context = context;
    this.#groups = new NexthopGroups(kernel, context.clock);
    this.#setup = new InterfaceSetup(config, kernel);
    const tell = (say: (listener: ZebraListener) => void): void => this.#tell(say);
    this.evpn = new ZebraEvpnTables(
      kernel.evpn,
      context.clock,
      () => this.#interfaces.values(),
      (say) => tell((listener) => say(listener.evpn)),
    );
    this.#tracker = new NexthopTracker(this.#resolveContext(), tell);
    this.#redistribution = new Redistribution((vrf, family) => this.table(vrf, family), tell);
  }

  /** Reads the kernel's state; `listener` hears of all changes from now on. */
  start(listener: ZebraListener): void {
    this.#listener = listener;
    for (const vrf of this.#kernel.vrfs()) this.#vrfs.set(vrf.name, vrf);
    for (const one of this.#kernel.interfaces()) this.kernelChanged({ kind: 'interface', interface: one });
    for (const route of this.#kernel.routes()) this.kernelChanged({ kind: 'route', route, present: true });
    this.#schedule();
  }

  /** VRFs, the default one first. */
  vrfs(): readonly KernelVrf[] {
    return [...this.#vrfs.values()];
  }

  kernelInterfaces(): readonly KernelInterface[] {
    return [...this.#interfaces.values()];
  }

  table(vrf: string, family: Family): RouteTable {
    const key = `${family} ${vrf}`;
    let table = this.#tables.get(key);
    if (!table) {
      table = new RouteTable(family);
      this.#tables.set(key, table);
    }
    return table;
  }

  interfaces(): readonly ZebraInterface[] {
    return [...this.#interfaces.values()].map(asZebraInterface);
  }

  vrf(name: string): ZebraVrf | undefined {
    const vrf = this.#vrfs.get(name);
    return vrf && { name: vrf.name, id: vrf.id };
  }

  routerId(vrf: string): number {
    return routerIdOf(this.#config, [...this.#interfaces.values()], vrf);
  }

  /** Whether some route over the next hops of this number went into the kernel: zebra marks the next hops, not the route. */
  isGroupInstalled(nexthopGroup: number): boolean {
    return this.#groups.isInstalled(nexthopGroup);
  }

  announce(vrf: string, route: ZebraRoute): void {
    const nexthops = route.nextHops.map((hop) => asNexthop(hop, vrf));
    this.#add({
      protocol: 'bgp',
      vrf,
      prefix: route.prefix,
      instance: 0,
      distance: route.distance,
      metric: route.metric,
      tag: route.tag,
      table: this.#vrfs.get(vrf)?.table ?? 254,
      since: this.#context.clock.now(),
      allowRecursion: route.allowRecursion,
      internal: route.internal,
      nexthops,
      selected: false,
      installed: false,
      queued: false,
      failed: false,
      nexthopGroup: 0,
      installedNexthopGroup: 0,
    });
    const entry = this.#entry(vrf, route.prefix, 'bgp');
    if (!entry) return;
    const outcome = entry.selected ? (entry.failed ? 'failed' : 'installed') : 'better-elsewhere';
    this.#tell((listener) => listener.routeInstalled(vrf, route.prefix, outcome));
  }

  withdraw(vrf: string, prefix: Prefix): void {
    this.#remove(vrf, prefix, (entry) => entry.protocol === 'bgp');
    this.#tell((listener) => listener.routeInstalled(vrf, prefix, 'removed'));
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

  advertiseRouter(interfaceName: string, vrf: string, interval: number | null): void {
    this.#kernel.advertiseRouter(interfaceName, vrf, interval);
  }

  /** A line of configuration took effect. */
  configurationChanged(change: ConfigChange): void {
    if (change.kind === 'interface') this.#setup.apply(change.name);
    if (change.kind === 'static-route' || change.kind === 'vrf' || change.kind === 'global') this.#schedule();
  }

  kernelChanged(change: KernelChange): void {
    switch (change.kind) {
      case 'interface':
        this.#interfaceChanged(change.interface);
        this.evpn.interfacesChanged();
        return;
      case 'interface-removed':
        this.#interfaceRemoved(change.vrf, change.name);
        this.evpn.interfacesChanged();
        return;
      case 'route':
        this.#kernelRoute(change.route, change.present);
        return;
      case 'vrf':
        if (change.present) this.#vrfs.set(change.vrf.name, change.vrf);
        else this.#vrfs.delete(change.vrf.name);
        this.#tell((listener) => listener.vrfChanged(change.vrf.name));
        this.#schedule();
        return;
      case 'mac':
        this.evpn.macChanged(change.mac, change.present);
        return;
      case 'neighbour':
        this.evpn.neighbourChanged(change.neighbour, change.present);
        return;
      case 'router-advertisement':
        this.#tell((listener) =>
          listener.neighbourChanged(change.interface, change.vrf, change.address, change.present),
        );
    }
  }

  #resolveContext(): ResolveContext {
    const config = this.#config;
    return {
      table: (vrf, family) => this.table(vrf, family),
      operative: (name, vrf) => {
        const one = this.#interfaces.get(interfaceKey(vrf, name));
        return one?.up && one.running ? one : undefined;
      },
      get viaDefault(): boolean {
        return config.globals.has('nht ip nht resolve-via-default');
      },
    };
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
      this.#updateStatics();
      this.#updateRouterIds();
      this.#tracker.update();
      const told = this.#told.splice(0);
      const listener = this.#listener;
      if (listener) for (const say of told) say(listener);
    });
  }

  #updateRouterIds(): void {
    for (const vrf of this.#vrfs.keys()) {
      const id = this.routerId(vrf);
      if (id === (this.#routerIds.get(vrf) ?? 0)) continue;
      this.#routerIds.set(vrf, id);
      this.#told.push((listener) => listener.routerIdChanged(vrf, id));
    }
  }

  #entry(vrf: string, prefix: Prefix, protocol: RouteProtocol): RouteEntry | undefined {
    return this.table(vrf, prefix.family)
      .find(prefix)
      ?.entries.find((entry) => entry.protocol === protocol);
  }

  /** A route of a protocol comes; it takes the place of the same protocol's. */
  #add(entry: RouteEntry): void {
    const node = this.table(entry.vrf, entry.prefix.family).node(entry.prefix);
    const at = node.entries.findIndex((one) => sameSource(one, entry));
    const old = at < 0 ? undefined : node.entries[at];
    if (at >= 0) node.entries.splice(at, 1);
    node.entries.unshift(entry);
    this.#process(node, old);
  }

  #remove(vrf: string, prefix: Prefix, which: (entry: RouteEntry) => boolean): void {
    const table = this.table(vrf, prefix.family);
    const node = table.find(prefix);
    const at = node?.entries.findIndex(which) ?? -1;
    if (!node || at < 0) return;
    const [old] = node.entries.splice(at, 1);
    this.#process(node, old);
    table.prune(node);
  }

  /** Selects anew, and brings the kernel in line. `gone` is an entry that was just taken out. */
  #process(node: RouteNode, gone?: RouteEntry): void {
    const context = this.#resolveContext();
    const before = gone?.selected ? gone : selectedEntry(node);
    let best: RouteEntry | undefined;
    for (const entry of node.entries) {
      entry.nexthops = entry.nexthops.map((hop) => resolveNexthop(hop, node.prefix, waysOf(entry), context));
      entry.nexthopGroup = this.#groups.idOf(node.prefix.family, entry.nexthops);
      if (entry.nexthops.some((hop) => hop.active)) best = best ? better(best, entry) : entry;
    }
    for (const entry of node.entries) {
      entry.selected = entry === best;
      if (isSystem(entry)) entry.installed = entry.nexthops.some((hop) => hop.active);
    }
    this.#forward(node, before, best);
    this.#redistribution.selected(node.prefix, before, best);
    this.#schedule();
  }

  #forward(node: RouteNode, before: RouteEntry | undefined, best: RouteEntry | undefined): void {
    const { family } = node.prefix;
    if (best && !isSystem(best)) {
      const id = this.#groups.use(family, best.nexthops);
      const done = this.#kernel.install(fibRoute(best, this.#kernel.nexthopObjects ? id : 0));
      best.installed = done;
      if (done) this.#groups.installed(best.nexthopGroup);
      best.failed = !done;
      best.installedNexthopGroup = id;
    } else if (best && best !== before) best.installedNexthopGroup = this.#groups.use(family, best.nexthops);
    if (!before || before === best) return;
    this.#groups.release(family, before.nexthops);
    if (isSystem(before)) return;
    before.installed = false;
    if (!best || isSystem(best)) this.#kernel.withdraw(fibRoute(before, before.installedNexthopGroup));
  }

  #kernelRoute(route: KernelRoute, present: boolean): void {
    const own = OWN_PROTOCOLS[route.protocol];
    if (route.protocol === PROTO_KERNEL || route.protocol === PROTO_REDIRECT) return;
    const vrf = this.#vrfs.get(route.vrf);
    if (!vrf || route.table !== vrf.table) return;
    if (own !== undefined) {
      if (!present) this.#ownRouteGone(route, own);
      return;
    }
    if (!present) {
      this.#remove(
        route.vrf,
        route.prefix,
        (entry) => entry.protocol === 'kernel' && entry.metric === (route.metric & 0xffffff),
      );
      return;
    }
    this.#add({
      ...EMPTY,
      protocol: 'kernel',
      vrf: route.vrf,
      prefix: network(route.prefix),
      distance: (route.metric >>> 24) & 0xff,
      metric: route.metric & 0xffffff,
      table: route.table,
      since: this.#context.clock.now(),
      nexthops:
        route.type === 'unicast'
          ? route.nexthops.map((hop) => this.#fromKernel(hop, route.vrf))
          : [{ ...BLACKHOLE, vrf: route.vrf, reject: route.type }],
    });
  }

  #fromKernel(hop: KernelRoute['nexthops'][number], vrf: string): RouteNexthop {
    const device = [...this.#interfaces.values()].find((one) => one.vrf === vrf && one.index === hop.ifindex);
    return {
      ...BLACKHOLE,
      kind: hop.gateway ? 'gateway' : 'interface',
      gateway: hop.gateway,
      ifindex: hop.ifindex,
      interface: device?.name ?? null,
      vrf,
      reject: null,
      onlink: hop.onlink,
      weight: hop.weight > 1 ? hop.weight : 0,
    };
  }

  /** Somebody took one of our routes out of the kernel: it is put back. */
  #ownRouteGone(route: KernelRoute, protocol: RouteProtocol): void {
    const entry = this.#entry(route.vrf, route.prefix, protocol);
    const node = entry && this.table(route.vrf, route.prefix.family).find(route.prefix);
    if (!entry?.selected || !node || !entry.installed) return;
    this.#process(node);
  }

  #interfaceChanged(now: KernelInterface): void {
    const key = interfaceKey(now.vrf, now.name);
    const before = this.#interfaces.get(key);
    this.#interfaces.set(key, now);
    const operative = now.up && now.running;
    const was = before !== undefined && before.up && before.running;
    const described = asZebraInterface(now);
    if (!before) {
      this.#setup.apply(now.name);
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
    if (!operative) this.#groups.forget(now.index);
    if (before || operative)
      this.#tell((listener) =>
        listener.interfaceChanged({ kind: operative ? 'up' : 'down', interface: described }),
      );
    this.#reprocess(now);
  }

  #interfaceRemoved(vrf: string, name: string): void {
    const key = interfaceKey(vrf, name);
    const before = this.#interfaces.get(key);
    if (!before) return;
    this.#interfaceChanged({ ...before, up: false, running: false, addresses: [] });
    this.#interfaces.delete(key);
    this.#tell((listener) =>
      listener.interfaceChanged({ kind: 'removed', interface: asZebraInterface(before) }),
    );
  }

  #connected(one: KernelInterface, address: Prefix, present: boolean): void {
    if (isLoopbackNetwork(address)) return;
    const prefix = network(address);
    const isThis = (entry: RouteEntry): boolean =>
      entry.protocol === 'connected' && entry.nexthops[0]?.ifindex === one.index;
    if (!present) {
      // Another address of the same network keeps the route.
      const kept = this.#interfaces
        .get(interfaceKey(one.vrf, one.name))
        ?.addresses.some(
          (other) =>
            comparePrefixes(other, address) !== 0 && formatPrefix(network(other)) === formatPrefix(prefix),
        );
      if (!kept || !one.up || !one.running) this.#remove(one.vrf, prefix, isThis);
      return;
    }
    if (this.table(one.vrf, prefix.family).find(prefix)?.entries.some(isThis)) return;
    this.#add({
      ...EMPTY,
      protocol: 'connected',
      vrf: one.vrf,
      prefix,
      distance: 0,
      metric: 0,
      table: this.#vrfs.get(one.vrf)?.table ?? 254,
      since: this.#context.clock.now(),
      nexthops: [
        {
          ...BLACKHOLE,
          kind: 'interface',
          ifindex: one.index,
          interface: one.name,
          vrf: one.vrf,
          reject: null,
        },
      ],
    });
  }

  /** Routes over an interface stand or fall with it; the kernel does not tell of those that it flushed. */
  #reprocess(one: KernelInterface): void {
    for (const family of [4, 6] as const) {
      const table = this.table(one.vrf, family);
      for (const node of table.nodes()) {
        const gone = node.entries.find(
          (entry) =>
            entry.protocol === 'kernel' &&
            !one.up &&
            entry.nexthops.every((hop) => hop.ifindex === one.index),
        );
        if (gone) {
          node.entries.splice(node.entries.indexOf(gone), 1);
          this.#process(node, gone);
          table.prune(node);
        } else if (node.entries.some((entry) => entry.protocol !== 'connected')) this.#process(node);
      }
    }
  }

  /** staticd's routes come and go with their next hops. */
  #updateStatics(): void {
    const context = this.#resolveContext();
    const wanted = staticEntries(this.#config, this.#vrfs, this.#context.clock.now(), context);
    for (const [key, entry] of this.#statics)
      if (!wanted.has(key)) {
        this.#statics.delete(key);
        this.#remove(entry.vrf, entry.prefix, (one) => one === entry);
      }
    for (const [key, entry] of wanted) {
      const known = this.#statics.get(key);
      if (known && sameHops(known.nexthops, entry.nexthops)) continue;
      this.#statics.set(key, entry);
      this.#add(entry);
    }
  }
}

const EMPTY = {
  instance: 0,
  tag: 0,
  allowRecursion: false,
  internal: false,
  selected: false,
  installed: false,
  queued: false,
  failed: false,
  nexthopGroup: 0,
  installedNexthopGroup: 0,
} as const;

const interfaceKey = (vrf: string, name: string): string => `${vrf} ${name}`;

const asZebraInterface = (one: KernelInterface): ZebraInterface => ({
  name: one.name,
  index: one.index,
  vrf: one.vrf,
  up: one.up && one.running,
  isLoopback: one.isLoopback,
  mac: one.mac,
  addresses: one.addresses,
});
