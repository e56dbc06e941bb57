/** zebra's netlink socket: one set of daemons' view of a kernel's links, addresses and routes, and what it writes there. */
import { assertNever } from '../../base/assert.ts';
import type { Prefix } from '../../frr/prefix.ts';
import type {
  FibRoute,
  KernelChange,
  KernelDevice,
  KernelInterface,
  KernelPort,
  KernelRoute,
  KernelVrf,
  NexthopObject,
} from '../../frr/zebra/kernel-port.ts';
import { deleteAddress4 } from '../../linux/ip4/address.ts';
import { nexthopFor } from '../../linux/ip4/route-request.ts';
import { deleteAddress6 } from '../../linux/ip6/address.ts';
import { nexthopFor6 } from '../../linux/ip6/route-request.ts';
import { setDown } from '../../linux/device.ts';
import {
  addRoute4,
  addRoute6,
  allRoutes,
  deleteRoute4,
  deleteRoute6,
  setUp,
  type Kernel,
  type KernelEvent,
  type Link,
  type Namespace,
  type RouteRequest,
} from '../../linux/index.ts';
import { SCOPE, type Nexthop, type Route } from '../../linux/route.ts';
import { isValid } from '../../linux/neighbour-state.ts';
import { describeDevice, ignoresLinkDown } from './kernel-device.ts';
import { KernelEvpn, neighbourOf, vxlanOf } from './kernel-evpn.ts';
import type { RouterAdvertising } from './router-advertising.ts';
import { DEFAULT_VRF, type Scope, type VrfScopes } from './vrf-scope.ts';

const ZEBRA = 11;
const MAIN_TABLE = 254;

type Told = (change: KernelChange) => void;

export class KernelRoutes implements KernelPort {
  readonly evpn: KernelEvpn;
  readonly #kernel: Kernel;
  readonly #scopes: VrfScopes;
  readonly #advertising: RouterAdvertising;
  /** The VRF in which each link was told of last: one that is enslaved goes from one to another. */
  readonly #told = new Map<Link, string>();

  constructor(kernel: Kernel, scopes: VrfScopes, advertising: RouterAdvertising) {
    this.#kernel = kernel;
    this.#scopes = scopes;
    this.#advertising = advertising;
    this.evpn = new KernelEvpn(kernel, () => this.#home());
  }

  get release(): string {
    return this.#kernel.machine.release;
  }

  get usesVrfNamespaces(): boolean {
    return this.#scopes.usesNamespaces;
  }

  /** zebra leaves them alone where its VRFs are namespaces. */
  get nexthopObjects(): boolean {
    return !this.usesVrfNamespaces;
  }

  /** Tells of the kernel's changes from now on, those to links as they are now; the answer ends it. */
  subscribe(told: Told): () => void {
    for (const { link, scope } of this.#links()) this.#told.set(link, scope.vrf);
    return this.#kernel.subscribe((event) => this.#event(event, told));
  }

  interfaces(): readonly KernelInterface[] {
    return this.#links().map(({ link, scope }) => describe(link, scope));
  }

  /** Namespaces in which VRFs are, each once. */
  #nets(): readonly Namespace[] {
    return [...new Set(this.#scopes.all().map(({ net }) => net))];
  }

  #links(): readonly { readonly link: Link; readonly scope: Scope }[] {
    const scopes = this.#scopes.all();
    return [...new Set(scopes.map(({ net }) => net))].flatMap((net) =>
      [...net.links.values()].flatMap((link) => {
        const scope = this.#scopes.ofLink(net, link, scopes);
        return scope === undefined ? [] : [{ link, scope }];
      }),
    );
  }

  vrfs(): readonly KernelVrf[] {
    return this.#scopes.all().map(asVrf);
  }

  routes(): readonly KernelRoute[] {
    return this.#nets().flatMap((net) =>
      ([4, 6] as const).flatMap((family) =>
        allRoutes(net, family).flatMap((route) => {
          const asked = this.#route(net, route);
          return asked === undefined ? [] : [asked];
        }),
      ),
    );
  }

  install(route: FibRoute): boolean {
    const scope = this.#scopes.named(route.vrf);
    if (scope === undefined) return false;
    const request = requestOf(route);
    const added =
      route.prefix.family === 4
        ? addRoute4(scope.net, request, 'replace')
        : addRoute6(scope.net, request, 'replace');
    return added.ok;
  }

  withdraw(route: FibRoute): boolean {
    // Of a VRF whose device went the table is still there.
    const net = this.#scopes.named(route.vrf)?.net ?? (this.usesVrfNamespaces ? undefined : this.#home());
    if (net === undefined) return false;
    const request = { ...requestOf(route), type: null, ways: [], nhid: 0 };
    const deleted = route.prefix.family === 4 ? deleteRoute4(net, request) : deleteRoute6(net, request);
    return deleted.ok;
  }

  createNexthop(object: NexthopObject): void {
    const net = this.#home();
    switch (object.kind) {
      case 'single': {
        const { gateway, ifindex, weight, onlink } = object.hop;
        const way = { gateway, device: ifindex, weight, onlink };
        const scope = gateway === null && object.family === 4 ? SCOPE.link : SCOPE.global;
        const hop = object.family === 4 ? nexthopFor(net, way, MAIN_TABLE, scope) : nexthopFor6(net, way);
        if (!hop.ok) return;
        // IPv6 next hops have no scope of their own: the kernel shows the link.
        const shown = object.family === 6 ? { ...hop.value, scope: SCOPE.link } : hop.value;
        this.#keep(object.id, object.family, 'single', shown, []);
        return;
      }
      case 'blackhole':
        this.#keep(object.id, object.family, 'blackhole', null, []);
        return;
      case 'group': {
        const first = net.nexthops.get(object.members[0]?.id ?? 0);
        this.#keep(object.id, first?.family ?? 4, 'group', null, object.members);
        return;
      }
      default:
        assertNever(object);
    }
  }

  #keep(
    id: number,
    family: 4 | 6,
    kind: 'single' | 'blackhole' | 'group',
    nexthop: Nexthop | null,
    group: readonly { readonly id: number; readonly weight: number }[],
  ): void {
    const object = { id, kind, family, nexthop, group, protocol: ZEBRA };
    this.#home().nexthops.set(id, { ...object, fdb: false, gateway: null, resilient: null });
  }

  deleteNexthop(id: number): void {
    this.#home().nexthops.delete(id);
  }

  device(interfaceName: string, vrf: string): KernelDevice | undefined {
    const found = this.#link(interfaceName, vrf);
    return (
      found && describeDevice(found.net, found.link, this.#advertising.stateOf(found.net.name, interfaceName))
    );
  }

  forwards(family: 4 | 6): boolean {
    const name = family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
    return this.#home().sysctl.number(name) !== 0;
  }

  ignoresLinkDown(family: 4 | 6, of: 'all' | 'default'): boolean {
    return ignoresLinkDown(this.#home(), family, of);
  }

  setUp(interfaceName: string, vrf: string, up: boolean): void {
    const found = this.#link(interfaceName, vrf);
    if (found === undefined) return;
    if (up) setUp(found.net, found.link);
    else setDown(found.net, found.link);
  }

  addAddress(interfaceName: string, vrf: string, address: Prefix): void {
    const found = this.#link(interfaceName, vrf);
    if (found === undefined) return;
    if (address.family === 6) {
      this.#kernel.addAddress6(found.link, { address: address.address, length: address.length });
      return;
    }
    const local = Number(address.address);
    const host = address.length >= 31 ? 0 : 0xffffffff >>> address.length;
    this.#kernel.addAddress4(found.link, {
      local,
      length: address.length,
      broadcast: address.length >= 31 ? null : (local | host) >>> 0,
    });
  }

  deleteAddress(interfaceName: string, vrf: string, address: Prefix): void {
    const found = this.#link(interfaceName, vrf);
    if (found === undefined) return;
    if (address.family === 6) deleteAddress6(found.net, found.link, address.address, address.length);
    else deleteAddress4(found.net, found.link, Number(address.address), address.length);
  }

  advertiseRouter(interfaceName: string, vrf: string, interval: number | null): void {
    const scope = this.#scopes.named(vrf);
    if (scope !== undefined) this.#advertising.set(scope.net.name, interfaceName, interval);
  }

  #home(): Namespace {
    return (this.#scopes.named(DEFAULT_VRF) as Scope).net;
  }

  #link(name: string, vrf: string): { readonly net: Namespace; readonly link: Link } | undefined {
    const scope = this.#scopes.named(vrf);
    const link = scope && [...scope.net.links.values()].find((one) => one.name === name);
    return scope && link ? { net: scope.net, link } : undefined;
  }

  #route(net: Namespace, route: Route): KernelRoute | undefined {
    const scope = this.#scopes.ofTable(net, route.table);
    const { type, tos } = route;
    if (scope === undefined || tos !== 0) return undefined;
    if (type !== 'unicast' && type !== 'blackhole' && type !== 'unreachable' && type !== 'prohibit')
      return undefined;
    return {
      vrf: scope.vrf,
      table: route.table,
      prefix: { family: route.family, address: route.destination, length: route.length },
      protocol: route.protocol,
      metric: route.metric,
      type,
      nexthops:
        type === 'unicast'
          ? route.nexthops.map(({ gateway, ifindex, weight, onlink }) => ({
              gateway,
              ifindex,
              weight,
              onlink,
            }))
          : [],
    };
  }

  /** A link as it is now. The device of a VRF brings the VRF; a link that changed its VRF leaves the other first. */
  #linkIs(net: Namespace, link: Link, told: Told): void {
    const scope = this.#scopes.ofLink(net, link);
    if (scope === undefined) return;
    const before = this.#told.get(link);
    if (before !== undefined && before !== scope.vrf)
      told({ kind: 'interface-removed', name: link.name, vrf: before, movedTo: scope.vrf });
    if (before === undefined && scope.device === link) {
      told({ kind: 'vrf', vrf: asVrf(scope), present: true });
      // What was in its table before it came is the VRF's now.
      for (const family of [4, 6] as const)
        for (const one of allRoutes(net, family)) {
          const route = one.table === scope.table ? this.#route(net, one) : undefined;
          if (route !== undefined) told({ kind: 'route', route, present: true });
        }
    }
    this.#told.set(link, scope.vrf);
    told({ kind: 'interface', interface: describe(link, scope) });
  }

  #linkGone(link: Link, told: Told): void {
    const vrf = this.#told.get(link);
    if (vrf === undefined) return;
    this.#told.delete(link);
    told({ kind: 'interface-removed', name: link.name, vrf, movedTo: null });
    if (link.kind === 'vrf')
      told({
        kind: 'vrf',
        vrf: { name: vrf, id: link.index, table: link.vrfTable ?? MAIN_TABLE, namespace: null },
        present: false,
      });
  }

  /** What zebra takes back when it ends: its routes and next hop objects. */
  sweep(): void {
    for (const net of this.#nets())
      for (const family of [4, 6] as const)
        for (const route of allRoutes(net, family)) {
          if (!OWN_PROTOCOLS.has(route.protocol)) continue;
          const request = requestOf({
            vrf: '',
            table: route.table,
            prefix: { family, address: route.destination, length: route.length },
            protocol: route.protocol,
            metric: route.metric,
            type: 'unicast',
            nexthops: [],
            nexthopId: 0,
          });
          const asked = { ...request, type: null };
          if (family === 4) deleteRoute4(net, asked);
          else deleteRoute6(net, asked);
        }
    const { nexthops } = this.#home();
    for (const [id, { protocol }] of nexthops) if (protocol === ZEBRA) nexthops.delete(id);
  }

  #event(event: KernelEvent, told: Told): void {
    switch (event.kind) {
      case 'link':
      case 'address4':
      case 'address6': {
        if (!this.#scopes.includes(event.namespace)) return;
        const { link } = event;
        if (event.kind === 'link' && event.deleted) this.#linkGone(link, told);
        else this.#linkIs(this.#kernel.namespace(event.namespace), link, told);
        return;
      }
      case 'route': {
        if (!this.#scopes.includes(event.namespace)) return;
        const route = this.#route(this.#kernel.namespace(event.namespace), event.route);
        if (route !== undefined) told({ kind: 'route', route, present: event.change !== 'delete' });
        return;
      }
      case 'namespace': {
        const scope = this.#scopes.all().find((one) => one.net.name === event.name);
        if (scope !== undefined && !event.deleted) told({ kind: 'vrf', vrf: asVrf(scope), present: true });
        return;
      }
      case 'fdb': {
        if (event.namespace !== this.#home().name) return;
        told({ kind: 'mac', mac: this.evpn.macOf(event), present: !event.deleted });
        return;
      }
      case 'neighbour': {
        const neighbour = event.namespace === this.#home().name ? neighbourOf(event.neighbour) : undefined;
        if (neighbour !== undefined)
          told({ kind: 'neighbour', neighbour, present: !event.deleted && isValid(event.neighbour.state) });
        return;
      }
      case 'rule':
      case 'vxlan-fdb':
        return;
      default:
        assertNever(event);
    }
  }
}

/** Routes of ours that are left in the kernel's tables are taken out. */
const OWN_PROTOCOLS: ReadonlySet<number> = new Set([186, 196]);

const asVrf = (scope: Scope): KernelVrf => ({
  name: scope.vrf,
  id: scope.id,
  table: scope.table,
  namespace: scope.path,
});

function describe(link: Link, scope: Scope): KernelInterface {
  const addresses: Prefix[] = [
    ...link.addresses4.map(({ local, length }): Prefix => ({ family: 4, address: BigInt(local), length })),
    ...link.ipv6.addresses
      .filter((one) => !one.tentative)
      .map(({ address, length }): Prefix => ({ family: 6, address, length })),
  ];
  return {
    index: link.index,
    name: link.name,
    vrf: scope.vrf,
    up: link.up,
    running: link.carrier,
    isLoopback: link.kind === 'lo' || link.kind === 'vrf',
    mac: link.mac,
    mtu: link.mtu,
    addresses,
    bridge: link.port === null ? 0 : (link.master?.index ?? 0),
    isBridge: link.bridge !== null,
    vxlan: vxlanOf(link),
  };
}

function requestOf(route: FibRoute): RouteRequest {
  const { family, address, length } = route.prefix;
  const hasObject = route.nexthopId !== 0 && route.type === 'unicast';
  return {
    family,
    destination: address,
    length,
    tos: 0,
    table: route.table,
    type: hasObject ? 'unicast' : route.type,
    scope: SCOPE.global,
    protocol: route.protocol,
    metric: route.metric,
    source: null,
    ways: hasObject
      ? []
      : route.nexthops.map(({ gateway, ifindex, weight, onlink }) => ({
          gateway,
          device: ifindex,
          weight: Math.max(1, weight),
          onlink,
        })),
    metrics: {},
    nhid: hasObject ? route.nexthopId : 0,
  };
}
